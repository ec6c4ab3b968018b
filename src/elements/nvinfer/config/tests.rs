use std::path::Path;

use super::{ClusterMode, Config, ModelColorFormat, ProcessMode};
use crate::ErrorKind;

fn parse(text: &str) -> crate::Result<Config> {
    Config::parse(text, Path::new("/models/pgie.txt"))
}

fn property(line: &str) -> crate::Result<Config> {
    parse(&format!("[property]\nonnx-file=a.onnx\n{line}\n"))
}

#[test]
fn defaults_are_those_of_the_real_element() {
    let config = property("").unwrap();
    assert_eq!(config.onnx_file, Path::new("/models/a.onnx"));
    assert_eq!((config.net_scale_factor, config.gie_unique_id, config.batch_size), (1.0, 15, 1));
    assert_eq!(config.model_color_format, ModelColorFormat::Rgb);
    let attrs = config.attrs(7);
    assert_eq!((attrs.pre_cluster_threshold, attrs.nms_iou_threshold, attrs.topk), (0.2, 0.3, None));
}

#[test]
fn every_key_reaches_its_field() {
    let config = parse(
        "[property]\nonnx-file=/abs/a.onnx\nlabelfile-path=l.txt\nnet-scale-factor=0.5\noffsets=1;2;3\n\
         dsframe-channel-scales=4;5;6\nmodel-color-format=1\nmaintain-aspect-ratio=1\nsymmetric-padding=1\n\
         infer-dims=3;416;320\nprocess-mode=2\ninterval=4\ngie-unique-id=2\noperate-on-gie-id=1\n\
         operate-on-class-ids=0;2\nnum-detected-classes=80\nfilter-out-class-ids=1;3;\ncluster-mode=4\n\
         parse-bbox-func-name=NvDsInferParseYolo\nbatch-size=8\ninput-object-min-width=1\n\
         input-object-min-height=2\ninput-object-max-width=3\ninput-object-max-height=4\n\
         crop-objects-to-roi-boundary=1\nnetwork-mode=2\ngpu-id=0\nnetwork-type=0\n\
         [class-attrs-all]\npre-cluster-threshold=0.4\ntopk=20\nnms-iou-threshold=0.6\n\
         [class-attrs-2]\nthreshold=0.9\npost-cluster-threshold=0.1\ndetected-min-w=5\ndetected-min-h=6\n\
         detected-max-w=7\ndetected-max-h=8\nroi-top-offset=9\nroi-bottom-offset=10\ntopk=-1\n\
         border-color=1;0;0.5;1\n",
    )
    .unwrap();
    assert_eq!(config.onnx_file, Path::new("/abs/a.onnx"));
    assert_eq!(config.label_file.as_deref(), Some(Path::new("/models/l.txt")));
    assert_eq!((config.net_scale_factor, config.offsets), (0.5, [1.0, 2.0, 3.0]));
    assert_eq!(config.channel_scales, [4.0, 5.0, 6.0]);
    assert_eq!(config.model_color_format, ModelColorFormat::Bgr);
    assert!(config.maintain_aspect_ratio && config.symmetric_padding && config.crop_objects_to_roi_boundary);
    assert_eq!(config.infer_dims, Some([3, 416, 320]));
    assert_eq!((config.process_mode, config.interval), (ProcessMode::Objects, 4));
    assert_eq!((config.gie_unique_id, config.operate_on_gie_id), (2, Some(1)));
    assert_eq!((config.operate_on_class_ids, config.filter_out_class_ids), (vec![0, 2], vec![1, 3]));
    assert_eq!((config.num_detected_classes, config.batch_size), (Some(80), 8));
    assert_eq!(config.cluster_mode, ClusterMode::None);
    assert_eq!(config.parse_bbox_func_name.as_deref(), Some("NvDsInferParseYolo"));
    let sizes = [config.input_object_min_width, config.input_object_min_height];
    assert_eq!((sizes, config.input_object_max_width, config.input_object_max_height), ([1, 2], 3, 4));
    assert!(config.unknown_keys.is_empty(), "{:?}", config.unknown_keys);

    let (all, two) = (config.class_attrs_all, config.class_attrs[&2]);
    assert_eq!((all.pre_cluster_threshold, all.topk, all.nms_iou_threshold), (0.4, Some(20), 0.6));
    assert_eq!((two.pre_cluster_threshold, two.topk, two.nms_iou_threshold), (0.9, None, 0.6));
    assert_eq!(two.post_cluster_threshold, 0.1);
    let limits = [two.detected_min_w, two.detected_min_h, two.detected_max_w, two.detected_max_h];
    assert_eq!((limits, two.roi_top_offset, two.roi_bottom_offset), ([5.0, 6.0, 7.0, 8.0], 9.0, 10.0));
    assert_eq!(two.border_color, Some([1.0, 0.0, 0.5, 1.0]));
}

#[test]
fn bad_values_name_file_group_key_value_and_rule() {
    // (line, what the message says besides file and key)
    let rows = [
        ("net-scale-factor=big", "\"big\", it must be a number"),
        ("net-scale-factor=nan", "it must be a number"),
        ("offsets=1;2", "one number per input plane"),
        ("model-color-format=7", "\"7\", it must be 0 (RGB), 1 (BGR) or 2 (GRAY)"),
        ("maintain-aspect-ratio=maybe", "0 or 1"),
        ("infer-dims=416;416", "channels;height;width"),
        ("infer-dims=3;-1;416", "1 or more"),
        ("process-mode=3", "1 (whole frames) or 2 (objects)"),
        ("interval=-1", "0 or more"),
        ("batch-size=0", "1 or more"),
        ("gie-unique-id=0", "1 or more"),
        ("operate-on-class-ids=0;-2", "class ids"),
        ("cluster-mode=9", "0 to 4"),
        ("labelfile-path=", "not empty"),
        ("num-detected-classes=99999999999", "1 or more"),
    ];
    for (line, says) in rows {
        let error = property(line).expect_err(line);
        let text = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Config, "{text}");
        let key = line.split('=').next().unwrap();
        assert!(text.contains("/models/pgie.txt: [property] ") && text.contains(key), "{text}");
        assert!(text.contains(says), "{line}: {text}");
    }
    let error = parse("[property]\nonnx-file=a\n[class-attrs-3]\nnms-iou-threshold=60\n").unwrap_err();
    assert!(error.to_string().contains("[class-attrs-3] nms-iou-threshold is \"60\""), "{error}");
}

#[test]
fn a_model_in_another_form_says_what_to_add() {
    for key in ["model-engine-file", "tlt-encoded-model", "model-file", "uff-file"] {
        let error = parse(&format!("[property]\n{key}=x\n")).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(key) && text.contains("runs ONNX") && text.contains("add onnx-file="),
            "{text}"
        );
    }
    assert!(parse("[other]\na=1\n").unwrap_err().to_string().contains("names no model"));
}

#[test]
fn what_the_runtime_lacks_is_unsupported() {
    for line in ["network-type=1", "network-type=100", "is-classifier=1", "network-input-order=1"] {
        let error = property(line).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains(line), "{error}");
    }
    assert_eq!(Config::load("/a/b.yml").unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn unknown_keys_are_collected() {
    let config = parse("[property]\nonnx-file=a\nonix=1\n[class-attrs-all]\nmin=2\n[extra]\na=1\n").unwrap();
    assert_eq!(config.unknown_keys, ["[property] onix", "[class-attrs-all] min", "[extra]"]);
}

#[test]
fn other_cluster_modes_fall_back_to_nms() {
    for mode in [0, 1, 2, 3] {
        assert_eq!(property(&format!("cluster-mode={mode}")).unwrap().cluster_mode, ClusterMode::Nms);
    }
}

#[test]
fn unreadable_files_are_named() {
    let error = Config::load("/nowhere/pgie.txt").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("/nowhere/pgie.txt"), "{error}");
    let error = parse("not a key file").unwrap_err();
    assert!(error.to_string().contains("/models/pgie.txt is not a key file"), "{error}");
}
