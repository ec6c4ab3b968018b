//! From candidates to objects: thresholds, suppression, limits, and back to the source picture.

use std::collections::BTreeMap;

use super::config::{ClassAttrs, ClusterMode, Config};
use super::parsers::Candidate;
use super::preprocess::NetMap;

/// An object found by a [`super::Detector`], in pixels of the source picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Left edge, 0 or more.
    pub left: f32,
    /// Top edge, 0 or more.
    pub top: f32,
    /// Width. The right edge may lie outside the picture, as in the real element.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// Score, 0 to 1.
    pub confidence: f32,
    /// Class, an index into the labels.
    pub class_id: u32,
}

/// Merges candidates as nvinfer's NMS does: per class, thresholded, best first, each suppressing what
/// overlaps it by more than `nms-iou-threshold`; then `post-cluster-threshold` and `topk`.
///
/// The answer is ordered by class, within a class by falling score, equal scores in the order given.
#[must_use]
pub fn cluster(candidates: &[Candidate], config: &Config) -> Vec<Candidate> {
    let mut classes: BTreeMap<u32, Vec<Candidate>> = BTreeMap::new();
    for candidate in candidates {
        if candidate.score >= config.attrs(candidate.class_id).pre_cluster_threshold {
            classes.entry(candidate.class_id).or_default().push(*candidate);
        }
    }
    let mut objects = Vec::new();
    for (class_id, mut boxes) in classes {
        let attrs = config.attrs(class_id);
        boxes.sort_by(|a, b| b.score.total_cmp(&a.score));
        if config.cluster_mode == ClusterMode::Nms {
            boxes = suppress(&boxes, attrs.nms_iou_threshold);
            boxes.retain(|object| object.score >= attrs.post_cluster_threshold);
        }
        boxes.truncate(attrs.topk.unwrap_or(usize::MAX));
        objects.append(&mut boxes);
    }
    objects
}

/// The boxes of `sorted` (best first) that no better kept box overlaps by more than `threshold`.
fn suppress(sorted: &[Candidate], threshold: f32) -> Vec<Candidate> {
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in sorted {
        if kept.iter().all(|better| iou(better, candidate) <= threshold) {
            kept.push(*candidate);
        }
    }
    kept
}

/// Intersection over union; 0 for two boxes without area.
fn iou(a: &Candidate, b: &Candidate) -> f32 {
    let overlap = |a: f32, a_size: f32, b: f32, b_size: f32| (a + a_size).min(b + b_size) - a.max(b);
    let width = overlap(a.left, a.width, b.left, b.width).max(0.0);
    let height = overlap(a.top, a.height, b.top, b.height).max(0.0);
    let common = width * height;
    let union = a.width * a.height + b.width * b.height - common;
    if union > 0.0 { common / union } else { 0.0 }
}

/// Maps objects into the source picture and applies the filters of the real element, in its order: left
/// and top edge to 0 or more, `filter-out-class-ids`, the size limits, the region of interest.
///
/// Two things differ from it on purpose. A box that begins left of or above the picture keeps its right
/// and bottom edges (the real element moves it). And a box is dropped, or cropped, for reaching below the
/// region of interest only where `roi-bottom-offset` sets one: the real element compares with the
/// picture's height in any case, which loses people who leave at the bottom.
#[must_use]
pub fn into_source(objects: &[Candidate], map: &NetMap, height: usize, config: &Config) -> Vec<Detection> {
    let to_detection = |object: &Candidate| {
        let [left, top] = map.to_source([object.left, object.top]);
        let [right, bottom] = map.to_source([object.left + object.width, object.top + object.height]);
        let (left, top) = (left.max(0.0), top.max(0.0));
        Detection {
            left,
            top,
            width: right - left,
            height: bottom - top,
            confidence: object.score,
            class_id: object.class_id,
        }
    };
    let wanted = objects.iter().filter(|object| !config.filter_out_class_ids.contains(&object.class_id));
    let found = wanted.map(to_detection);
    found.filter_map(|found| limit(found, config.attrs(found.class_id), height, config)).collect()
}

fn limit(mut found: Detection, attrs: &ClassAttrs, height: usize, config: &Config) -> Option<Detection> {
    let within = |size: f32, min: f32, max: f32| size > 0.0 && size >= min && (max <= 0.0 || size <= max);
    let fits = |found: &Detection| {
        within(found.width, attrs.detected_min_w, attrs.detected_max_w)
            && within(found.height, attrs.detected_min_h, attrs.detected_max_h)
    };
    let bottom =
        if attrs.roi_bottom_offset > 0.0 { height as f32 - attrs.roi_bottom_offset } else { f32::INFINITY };
    let crosses = found.top < attrs.roi_top_offset || found.top + found.height > bottom;
    if !fits(&found) || (crosses && !config.crop_objects_to_roi_boundary) {
        return None;
    }
    if crosses {
        let end = (found.top + found.height).min(bottom);
        found.top = found.top.max(attrs.roi_top_offset);
        found.height = end - found.top;
    }
    (found.height > 0.0).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(left: f32, top: f32, width: f32, height: f32, score: f32, class_id: u32) -> Candidate {
        Candidate { left, top, width, height, score, class_id }
    }

    fn row(left: f32, score: f32, class_id: u32) -> Candidate {
        candidate(left, 0.0, 10.0, 10.0, score, class_id)
    }

    fn config(change: impl FnOnce(&mut Config)) -> Config {
        let mut config = Config::default();
        config.class_attrs_all.nms_iou_threshold = 0.5;
        change(&mut config);
        config
    }

    fn lefts(objects: &[Candidate]) -> Vec<f32> {
        objects.iter().map(|object| object.left).collect()
    }

    #[test]
    fn suppression_is_greedy_by_score_and_class() {
        // 1 and 3 overlap 0 by more than half; 3 does not reach 6; class 1 is on its own.
        let boxes =
            [row(3.0, 0.6, 0), row(1.0, 0.8, 0), row(0.0, 0.9, 0), row(6.0, 0.7, 0), row(0.0, 0.5, 1)];
        let found = cluster(&boxes, &config(|_| ()));
        assert_eq!(lefts(&found), [0.0, 6.0, 0.0]);
        assert_eq!(found[2].class_id, 1);
        let all = cluster(&boxes, &config(|config| config.cluster_mode = ClusterMode::None));
        assert_eq!(lefts(&all), [0.0, 1.0, 6.0, 3.0, 0.0]);
    }

    #[test]
    fn an_overlap_of_exactly_the_threshold_stays() {
        let boxes = [candidate(0.0, 0.0, 4.0, 1.0, 0.9, 0), candidate(0.0, 0.0, 2.0, 1.0, 0.8, 0)];
        assert_eq!(cluster(&boxes, &config(|_| ())).len(), 2);
        let config = config(|config| config.class_attrs_all.nms_iou_threshold = 0.49);
        assert_eq!(cluster(&boxes, &config).len(), 1);
    }

    #[test]
    fn equal_scores_keep_their_order() {
        let boxes = [row(1.0, 0.5, 0), row(0.0, 0.5, 0), row(50.0, 0.5, 0)];
        assert_eq!(lefts(&cluster(&boxes, &config(|_| ()))), [1.0, 50.0]);
    }

    #[test]
    fn thresholds_and_topk_are_per_class() {
        let boxes =
            [row(0.0, 0.3, 0), row(50.0, 0.9, 0), row(90.0, 0.5, 0), row(0.0, 0.3, 1), row(0.0, 0.1, 2)];
        let config = config(|config| {
            let all = config.class_attrs_all;
            config.class_attrs.insert(0, ClassAttrs { pre_cluster_threshold: 0.31, topk: Some(1), ..all });
            config.class_attrs.insert(1, ClassAttrs { post_cluster_threshold: 0.4, ..all });
        });
        assert_eq!(lefts(&cluster(&boxes, &config)), [50.0]);
        assert!(cluster(&[], &config).is_empty());
    }

    /// Scale 2, 10 rows of padding at the top, a 100x80 picture.
    fn mapped(object: Candidate, config: &Config) -> Option<[f32; 4]> {
        let map = NetMap { scale: [2.0, 2.0], pad: [0.0, 10.0], origin: [0.0, 0.0] };
        let found = into_source(&[object], &map, 80, config);
        found.first().map(|found| [found.left, found.top, found.width, found.height])
    }

    #[test]
    fn boxes_go_back_and_stay_right_of_zero() {
        let config = config(|_| ());
        let plain = candidate(20.0, 30.0, 40.0, 60.0, 0.9, 0);
        assert_eq!(mapped(plain, &config), Some([10.0, 10.0, 20.0, 30.0]));
        let corner = candidate(-20.0, 0.0, 40.0, 60.0, 0.9, 0);
        assert_eq!(mapped(corner, &config), Some([0.0, 0.0, 10.0, 25.0]));
        let outside = candidate(-40.0, 30.0, 20.0, 60.0, 0.9, 0);
        assert_eq!(mapped(outside, &config), None);
        let below = candidate(20.0, 130.0, 40.0, 60.0, 0.9, 0);
        assert_eq!(mapped(below, &config), Some([10.0, 60.0, 20.0, 30.0]));
    }

    #[test]
    fn class_size_and_region_filters() {
        let plain = candidate(20.0, 30.0, 40.0, 60.0, 0.9, 3); // 10, 10, 20, 30
        let attrs = |change: fn(&mut ClassAttrs)| config(|config| change(&mut config.class_attrs_all));
        let rows: [(Config, bool); 10] = [
            (config(|config| config.filter_out_class_ids = vec![3]), false),
            (config(|config| config.filter_out_class_ids = vec![2]), true),
            (attrs(|attrs| attrs.detected_min_w = 20.5), false),
            (attrs(|attrs| attrs.detected_min_h = 30.0), true),
            (attrs(|attrs| attrs.detected_max_w = 19.5), false),
            (attrs(|attrs| attrs.detected_max_h = 29.0), false),
            (attrs(|attrs| attrs.roi_top_offset = 11.0), false),
            (attrs(|attrs| attrs.roi_top_offset = 10.0), true),
            (attrs(|attrs| attrs.roi_bottom_offset = 41.0), false),
            (attrs(|attrs| attrs.roi_bottom_offset = 40.0), true),
        ];
        for (index, (config, stays)) in rows.iter().enumerate() {
            assert_eq!(mapped(plain, config).is_some(), *stays, "row {index}");
        }
        let crop = config(|config| {
            config.crop_objects_to_roi_boundary = true;
            config.class_attrs_all.roi_top_offset = 15.0;
            config.class_attrs_all.roi_bottom_offset = 50.0;
        });
        assert_eq!(mapped(plain, &crop), Some([10.0, 15.0, 20.0, 15.0]));
    }
}
