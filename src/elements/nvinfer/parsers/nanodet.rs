//! NanoDet: per level a map of class scores and a map of distance distributions.
//!
//! Every level has two tensors with as many rows as the level has cells: class probabilities
//! `[1, cells, classes]` (after the sigmoid) and `[1, cells, 4 * bins]`, the distributions of the distances
//! from the cell's centre to the left, top, right and bottom edges, in strides. A distance is the
//! expectation of the softmax over its bins (Generalized Focal Loss, Li et al. 2020). Cell `(ix, iy)` has
//! its centre at `((ix + 0.5) * stride, (iy + 0.5) * stride)`. Names and order of the outputs do not
//! matter: the stride follows from the number of cells and the size of the network's input.

use super::{Candidate, ParseContext, best, cells, matrix, wrong_shapes};
use crate::Result;
use crate::elements::nvinfer::engine::OutputTensor;

const STRIDES: [usize; 6] = [4, 8, 16, 32, 64, 128];

/// Columns of a distance map with the `reg_max` of published NanoDets: 7, 10, 16.
const USUAL_BOX_COLUMNS: [usize; 3] = [32, 44, 68];

const MUST: &str = "pairs of [1, cells, classes] and [1, cells, 4 * bins], one pair per stride of 4 to 128 \
                    (NanoDet); if they are, set num-detected-classes";

/// One level's tensors.
pub(in super::super) struct Level<'a> {
    stride: usize,
    classes: &'a [f32],
    num_classes: usize,
    boxes: &'a [f32],
    bins: usize,
}

/// Pairs the outputs into levels, fine to coarse.
pub(in super::super) fn levels<'a>(
    outputs: &'a [OutputTensor],
    context: &ParseContext<'_>,
) -> Result<Vec<Level<'a>>> {
    let wrong = || wrong_shapes(outputs, MUST);
    if outputs.is_empty() || !outputs.len().is_multiple_of(2) {
        return Err(wrong());
    }
    let mut levels = Vec::new();
    for stride in STRIDES {
        let rows = cells(context.net, stride);
        let of_level = |output: &&OutputTensor| matrix(output).is_some_and(|[count, _]| count == rows);
        let tensors: Vec<_> = outputs.iter().filter(of_level).collect();
        match tensors.as_slice() {
            [] => {}
            [a, b] => levels.push(level(stride, rows, [a, b], context).ok_or_else(wrong)?),
            _ => return Err(wrong()),
        }
    }
    if levels.len() * 2 == outputs.len() { Ok(levels) } else { Err(wrong()) }
}

/// Tells the two tensors of a level apart: by the number of classes, else by a usual number of bins.
fn level<'a>(
    stride: usize,
    rows: usize,
    [a, b]: [&'a OutputTensor; 2],
    context: &ParseContext<'_>,
) -> Option<Level<'a>> {
    let columns = |output: &OutputTensor| output.data.len() / rows;
    let is_pair = |classes: &OutputTensor, boxes: &OutputTensor| {
        let fits = columns(boxes).is_multiple_of(4) && columns(boxes) >= 8 && columns(classes) > 0;
        fits && match context.num_classes {
            Some(count) => columns(classes) == count,
            None => USUAL_BOX_COLUMNS.contains(&columns(boxes)),
        }
    };
    let (classes, boxes) = match (is_pair(a, b), is_pair(b, a)) {
        (true, _) => (a, b),
        (false, true) => (b, a),
        (false, false) => return None,
    };
    Some(Level {
        stride,
        classes: &classes.data,
        num_classes: columns(classes),
        boxes: &boxes.data,
        bins: columns(boxes) / 4,
    })
}

/// The expected distance in strides: softmax over the bins, weighted by the bin's number.
fn expectation(logits: &[f32]) -> f32 {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut sum, mut weighted) = (0.0, 0.0);
    for (bin, logit) in logits.iter().enumerate() {
        let weight = (logit - top).exp();
        sum += weight;
        weighted += weight * bin as f32;
    }
    weighted / sum
}

pub(super) fn parse(
    outputs: &[OutputTensor],
    context: &ParseContext<'_>,
    candidates: &mut Vec<Candidate>,
) -> Result<()> {
    for level in levels(outputs, context)? {
        let columns = context.net[0].div_ceil(level.stride);
        let rows =
            level.classes.chunks_exact(level.num_classes).zip(level.boxes.chunks_exact(4 * level.bins));
        for (cell, (scores, logits)) in rows.enumerate() {
            let (class_id, score) = best(scores.iter().copied());
            if !score.is_finite() || score < (context.threshold)(class_id) {
                continue;
            }
            let stride = level.stride as f32;
            let distance = |side: usize| expectation(&logits[side * level.bins..][..level.bins]) * stride;
            let x = ((cell % columns) as f32 + 0.5) * stride;
            let y = ((cell / columns) as f32 + 0.5) * stride;
            let corners = [x - distance(0), y - distance(1), x + distance(2), y + distance(3)];
            candidates.push(Candidate::from_corners(corners, score, class_id));
        }
    }
    candidates.retain(Candidate::is_finite);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elements::nvinfer::parsers::Parser;

    fn tensor(name: &str, rows: usize, columns: usize, value: f32) -> OutputTensor {
        let (shape, data) = (vec![1, rows, columns], vec![value; rows * columns]);
        OutputTensor { name: name.to_owned(), shape, data }
    }

    /// A 64x32 network with strides 8 and 16, 3 classes, 8 bins, boxes before classes.
    fn outputs() -> Vec<OutputTensor> {
        let (fine, coarse) = (8 * 4, 4 * 2);
        let mut boxes = tensor("d", fine, 32, 0.0);
        // Cell (5, 2): distances of 1, 2, 3 and 4 strides, as good as certain.
        let row = &mut boxes.data[(2 * 8 + 5) * 32..][..32];
        for side in 0..4 {
            row[side * 8 + side + 1] = 50.0;
        }
        let mut classes = tensor("c", fine, 3, 0.01);
        classes.data[(2 * 8 + 5) * 3 + 1] = 0.9;
        let mut far = tensor("b", coarse, 3, 0.01);
        far.data[2] = 0.5;
        vec![boxes, tensor("a", coarse, 32, 0.0), far, classes]
    }

    fn context(num_classes: Option<usize>) -> ParseContext<'static> {
        ParseContext { net: [64, 32], num_classes, threshold: &|class| if class == 2 { 0.5 } else { 0.6 } }
    }

    #[test]
    fn boxes_come_from_cell_stride_and_expectation() {
        for num_classes in [Some(3), None] {
            let mut found = Vec::new();
            let parser = Parser::recognise(&outputs(), &context(num_classes)).unwrap();
            assert_eq!(parser, Parser::NanoDet);
            parser.parse(&outputs(), &context(num_classes), &mut found).unwrap();
            let [near, far] = found.as_slice() else { panic!("{found:?}") };
            // Centre (44, 20), stride 8.
            assert_eq!([near.left, near.top, near.width, near.height], [36.0, 4.0, 32.0, 48.0]);
            assert_eq!((near.class_id, near.score), (1, 0.9));
            // Centre (8, 8), stride 16, even distribution over 0 to 7: 3.5 strides.
            assert_eq!([far.left, far.top, far.width, far.height], [-48.0, -48.0, 112.0, 112.0]);
            assert_eq!((far.class_id, far.score), (2, 0.5));
        }
    }

    #[test]
    fn other_shapes_are_refused_with_their_names() {
        let error = Parser::NanoDet.parse(&outputs()[..3], &context(Some(3)), &mut Vec::new()).unwrap_err();
        assert!(
            error.to_string().contains("d [1, 32, 32]") && error.to_string().contains("4 * bins"),
            "{error}"
        );
        assert!(levels(&outputs(), &context(Some(4))).is_err(), "no tensor has 4 classes");
        assert!(levels(&[], &context(None)).is_err());
    }

    #[test]
    fn values_that_are_no_numbers_make_no_boxes() {
        let mut outputs = outputs();
        outputs[0].data.fill(f32::NAN);
        outputs[2].data.fill(f32::NAN);
        let mut found = Vec::new();
        Parser::NanoDet.parse(&outputs, &context(Some(3)), &mut found).unwrap();
        assert!(found.is_empty(), "{found:?}");
    }
}
