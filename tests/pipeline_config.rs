//! nvinfer and its neighbours with a configuration or in a place that cannot work: the bus has an error
//! with the file and the key, at once.
#![cfg(feature = "onnx")]

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use common::{TestPipeline, parse, within};
use gst::prelude::*;

const LIMIT: Duration = Duration::from_secs(60);
const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/models/config_infer_nanodet.txt");
const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/models");

/// A source without end, so that the error alone ends it.
fn pipeline(elements: &str) -> TestPipeline {
    parse(&format!(
        "videotestsrc ! video/x-raw,format=NV12,width=64,height=48,framerate=20/1 ! nvvideoconvert ! \
         video/x-raw(memory:NVMM) ! m.sink_0 nvstreammux name=m ! {elements} ! fakesink"
    ))
}

/// The error of a pipeline with these elements.
fn refused(elements: &str) -> String {
    let start = Instant::now();
    let pipeline = pipeline(elements);
    let error = pipeline.run().unwrap_err();
    pipeline.0.set_state(gst::State::Null).unwrap();
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}: {error}", start.elapsed());
    error
}

/// The committed configuration with the paths made whole, and a line of it replaced or added.
fn config_with(folder: &Path, group: &str, key: &str, value: &str) -> String {
    let text = std::fs::read_to_string(CONFIG).unwrap();
    let mut lines: Vec<String> = Vec::new();
    let prefix = format!("{key}=");
    for line in text.lines().filter(|line| !line.starts_with(&prefix)) {
        lines.push(line.to_owned());
        if line == group {
            lines.push(format!("{key}={value}"));
        }
    }
    let mut text = lines.join("\n");
    for file in ["nanodet_g_416.onnx", "coco_labels.txt"] {
        text = text.replace(&format!("={file}"), &format!("={MODELS}/{file}"));
    }
    let path = folder.join("config.txt");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn files_that_cannot_be_read_are_named() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        assert!(refused("nvinfer").contains("config-file-path"));

        let error = refused(&format!("nvinfer config-file-path={}", at("none.txt")));
        assert!(error.contains(&at("none.txt")) && error.contains("No such file"), "{error}");

        let error = refused(&format!("nvinfer config-file-path={}", at("")));
        assert!(error.contains(&at("")), "{error}");

        for (name, text, words) in [
            ("empty.txt", "", "onnx-file"),
            ("words.txt", "these are no keys", "not a key file"),
            ("config.yml", "property:\n  onnx-file: a.onnx\n", "[property]"),
            ("engine.txt", "[property]\nmodel-engine-file=a.engine\n", "onnx-file"),
            ("model.txt", "[property]\nonnx-file=no_such.onnx\n", "no_such.onnx"),
            ("itself.txt", "[property]\nonnx-file=itself.txt\n", "itself.txt"),
        ] {
            std::fs::write(at(name), text).unwrap();
            let error = refused(&format!("nvinfer config-file-path={}", at(name)));
            let names_it = error.contains(&at(name)) || error.contains(&at(words));
            assert!(names_it && error.contains(words), "{name}: {error}");
        }
    });
}

#[test]
fn values_that_cannot_be_are_named_with_file_and_key() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let (property, class) = ("[property]", "[class-attrs-all]");
        for (group, key, value) in [
            (property, "interval", "often"),
            (property, "interval", "-1"),
            (property, "batch-size", "0"),
            (property, "gie-unique-id", "zero"),
            (property, "network-type", "1"),
            (property, "process-mode", "3"),
            (property, "model-color-format", "5"),
            (property, "net-scale-factor", "x"),
            (property, "offsets", "1;two;3"),
            (property, "maintain-aspect-ratio", "maybe"),
            (property, "cluster-mode", "9"),
            (property, "num-detected-classes", "0"),
            (property, "parse-bbox-func-name", "NvDsInferParseNothing"),
            (property, "operate-on-class-ids", "person"),
            (class, "pre-cluster-threshold", "1.5"),
            (class, "nms-iou-threshold", "much"),
            (class, "topk", "all"),
        ] {
            let path = config_with(folder.path(), group, key, value);
            let error = refused(&format!("nvinfer config-file-path={path}"));
            let says = [format!("{key} is \"{value}\""), format!("{key}={value}")];
            let said = says.iter().any(|says| error.contains(says)) && error.contains(&path);
            assert!(said, "{key}={value}: {error}");
        }
        let path = config_with(folder.path(), property, "labelfile-path", "none.txt");
        let error = refused(&format!("nvinfer config-file-path={path}"));
        assert!(error.contains("none.txt"), "{error}");
        // A model that does not fit what the file says about it.
        let path = config_with(folder.path(), property, "model-color-format", "2");
        let error = refused(&format!("nvinfer config-file-path={path}"));
        assert!(error.contains(&path) && error.contains("model-color-format"), "{error}");
    });
}

#[test]
fn a_property_that_cannot_be_is_named() {
    within(LIMIT, || {
        for (property, value, wrong) in
            [("infer-on-class-ids", "0:person", "\"person\""), ("filter-out-class-ids", "-1", "\"-1\"")]
        {
            let error = refused(&format!("nvinfer config-file-path={CONFIG} {property}={value}"));
            assert!(error.contains(&format!("{property} has {wrong}")), "{error}");
        }
    });
}

#[test]
fn an_element_that_refused_works_once_it_is_set_right() {
    within(LIMIT, || {
        let pipeline =
            pipeline("nvinfer name=infer config-file-path=/nowhere/config.txt ! identity eos-after=2");
        assert!(pipeline.run().unwrap_err().contains("/nowhere/config.txt"));
        pipeline.0.set_state(gst::State::Null).unwrap();
        pipeline.element("infer").set_property("config-file-path", CONFIG);
        pipeline.run().unwrap();
    });
}

#[test]
fn elements_without_a_muxer_before_them_ask_for_one() {
    within(LIMIT, || {
        for element in [&*format!("nvinfer config-file-path={CONFIG}"), "nvtracker", "nvdsosd"] {
            let pipeline = parse(&format!(
                "videotestsrc ! video/x-raw,width=64,height=48 ! nvvideoconvert ! \
                 video/x-raw(memory:NVMM),format=NV12 ! {element} ! fakesink"
            ));
            let error = pipeline.run().unwrap_err();
            assert!(error.contains("no batch metadata; put nvstreammux before"), "{element}: {error}");
        }
    });
}
