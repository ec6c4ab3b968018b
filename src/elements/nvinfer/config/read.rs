//! From the file to [`Config`].

use std::path::Path;

use gst::glib;

use super::keys::Group;
use super::{ClassAttrs, ClusterMode, Config, ModelColorFormat, ProcessMode};
use crate::{Error, ErrorKind, Result};

/// Keys of the real element with nothing to do here: GPU, TensorRT, classifiers and segmentation.
#[rustfmt::skip]
const IGNORED: &[&str] = &[
    "auto-inc-mem", "classifier-async-mode", "classifier-threshold", "classifier-type",
    "clip-object-outside-roi", "custom-lib-path", "custom-network-config", "disable-output-host-copy",
    "dump-input-tensor", "dump-output-tensor", "dynamic-properties", "enable-dbscan", "enable-dla",
    "engine-create-func-name", "force-implicit-batch-dim", "gpu-id", "input-tensor-from-meta",
    "int8-calib-file", "ip-tensor-file", "layer-device-precision", "max-gpu-mem-per", "mean-file",
    "model-engine-file", "model-file", "network-mode", "op-tensor-files", "output-blob-names",
    "output-instance-mask", "output-io-formats", "output-tensor-meta", "overwrite-input-tensor",
    "overwrite-output-tensor", "parse-bbox-instance-mask-func-name", "parse-classifier-func-name",
    "parse-segmentation-func-name", "proto-file", "raw-output-file-write", "scaling-compute-hw",
    "scaling-filter", "secondary-reinfer-interval", "segmentation-output-order",
    "segmentation-threshold", "stabilize-buffer-count", "strongly-typed", "tensor-meta-pool-size",
    "tlt-encoded-model", "tlt-model-key", "uff-file", "uff-input-blob-name", "uff-input-dims",
    "uff-input-order", "input-dims", "use-dla-core", "warmup-engine", "workspace-size",
];

/// Keys that name a model in a form other than ONNX.
const OTHER_MODELS: &[&str] = &["model-engine-file", "tlt-encoded-model", "model-file", "uff-file"];

/// Parameters of the clustering methods that are not built in.
const IGNORED_CLASS_KEYS: &[&str] = &["eps", "group-threshold", "minBoxes", "dbscan-min-score"];

impl Config {
    /// Reads an nvinfer configuration file.
    ///
    /// Relative paths in it are relative to its folder. Unknown keys are collected in
    /// [`Config::unknown_keys`] and logged once as one warning; they are no error, as in the real
    /// element.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the file cannot be read, [`ErrorKind::Config`] if it is no key file, has a
    /// bad value or names no ONNX model, [`ErrorKind::Unsupported`] for settings that this runtime
    /// does not have: other network types, NHWC input, YAML files.
    ///
    /// ```
    /// use dsframe::elements::nvinfer::Config;
    /// let config = Config::load("examples/models/config_infer_nanodet.txt")?;
    /// assert!(config.maintain_aspect_ratio && config.symmetric_padding);
    /// assert_eq!(config.attrs(0).pre_cluster_threshold, 0.3);
    /// assert!(config.onnx_file.ends_with("nanodet_g_416.onnx"));
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        refuse_yaml(path)?;
        let reading = || format!("reading the nvinfer configuration {}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| Error::io(reading(), error))?;
        Self::parse(&text, path)
    }

    /// The same from text; `path` is what errors call it, its folder the base of relative paths.
    pub(super) fn parse(text: &str, path: &Path) -> Result<Self> {
        let keys = glib::KeyFile::new();
        keys.load_from_data(text, glib::KeyFileFlags::NONE).map_err(|error| {
            let message = format!("{} is not a key file: {}", path.display(), error.message());
            Error::new(ErrorKind::Config, message)
        })?;
        let mut config = Self { path: path.to_owned(), ..Self::default() };
        let group = |name| Group { file: path, keys: &keys, name };
        config.read_property(&group("property"))?;
        config.class_attrs_all.read(&group("class-attrs-all"), &mut config.unknown_keys)?;
        for name in keys.groups().iter().map(|name| name.as_str()) {
            if matches!(name, "property" | "class-attrs-all") {
                continue;
            }
            match name.strip_prefix("class-attrs-").and_then(|id| id.parse().ok()) {
                Some(class_id) => {
                    let mut attrs = config.class_attrs_all;
                    attrs.read(&group(name), &mut config.unknown_keys)?;
                    config.class_attrs.insert(class_id, attrs);
                }
                None => config.unknown_keys.push(format!("[{name}]")),
            }
        }
        if !config.unknown_keys.is_empty() {
            let keys = config.unknown_keys.join(", ");
            tracing::warn!("{}: ignored, unknown to nvinfer: {keys}", path.display());
        }
        Ok(config)
    }

    fn read_property(&mut self, group: &Group<'_>) -> Result<()> {
        let present = group.present();
        require_onnx(group, &present)?;
        for key in &present {
            let key = key.as_str();
            if self.read_input_key(group, key)? || self.read_output_key(group, key)? {
                continue;
            }
            if IGNORED.contains(&key) {
                tracing::debug!("{}: {key} has no effect in the embedded nvinfer", group.file.display());
            } else {
                self.unknown_keys.push(format!("[property] {key}"));
            }
        }
        Ok(())
    }

    /// Keys about the model and what is fed to it. Answers whether `key` is one.
    fn read_input_key(&mut self, group: &Group<'_>, key: &str) -> Result<bool> {
        match key {
            "onnx-file" => self.onnx_file = group.file_path(key)?,
            "net-scale-factor" => self.net_scale_factor = group.number(key)?,
            "offsets" => self.offsets = group.planes(key, 0.0)?,
            "dsframe-channel-scales" => self.channel_scales = group.planes(key, 1.0)?,
            "model-color-format" => {
                use ModelColorFormat::{Bgr, Gray, Rgb};
                let choices = [(0, Rgb), (1, Bgr), (2, Gray)];
                self.model_color_format = group.choice(key, &choices, "0 (RGB), 1 (BGR) or 2 (GRAY)")?;
            }
            "maintain-aspect-ratio" => self.maintain_aspect_ratio = group.flag(key)?,
            "symmetric-padding" => self.symmetric_padding = group.flag(key)?,
            "infer-dims" => self.infer_dims = Some(infer_dims(group, key)?),
            "process-mode" => {
                let choices = [(1, ProcessMode::FullFrame), (2, ProcessMode::Objects)];
                self.process_mode = group.choice(key, &choices, "1 (whole frames) or 2 (objects)")?;
            }
            "interval" => self.interval = group.count(key)?,
            "batch-size" => self.batch_size = group.positive(key)? as usize,
            "gie-unique-id" => self.gie_unique_id = group.positive(key)?,
            "operate-on-gie-id" => {
                let id = group.integer(key, -1, "the gie-unique-id of a detector upstream, or -1 for all")?;
                self.operate_on_gie_id = u32::try_from(id).ok();
            }
            "operate-on-class-ids" => self.operate_on_class_ids = group.class_ids(key)?,
            "input-object-min-width" => self.input_object_min_width = group.count(key)?,
            "input-object-min-height" => self.input_object_min_height = group.count(key)?,
            "input-object-max-width" => self.input_object_max_width = group.count(key)?,
            "input-object-max-height" => self.input_object_max_height = group.count(key)?,
            "network-input-order" if group.count(key)? != 0 => {
                return Err(unsupported(group, key, "the embedded nvinfer feeds planes (0, NCHW)"));
            }
            "network-input-order" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Keys about what is made of the outputs. Answers whether `key` is one.
    fn read_output_key(&mut self, group: &Group<'_>, key: &str) -> Result<bool> {
        match key {
            "labelfile-path" => self.label_file = Some(group.file_path(key)?),
            "num-detected-classes" => self.num_detected_classes = Some(group.positive(key)? as usize),
            "filter-out-class-ids" => self.filter_out_class_ids = group.class_ids(key)?,
            "parse-bbox-func-name" => self.parse_bbox_func_name = Some(group.text(key)?),
            "crop-objects-to-roi-boundary" => self.crop_objects_to_roi_boundary = group.flag(key)?,
            "cluster-mode" => self.cluster_mode = cluster_mode(group, key)?,
            "network-type" | "is-classifier" => {
                let detector =
                    if key == "network-type" { group.count(key)? == 0 } else { !group.flag(key)? };
                if !detector {
                    return Err(unsupported(group, key, "the embedded nvinfer runs detectors (0)"));
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl ClassAttrs {
    fn read(&mut self, group: &Group<'_>, unknown: &mut Vec<String>) -> Result<()> {
        const COLOR: &str = "four numbers from 0 to 1, red;green;blue;alpha";
        for key in &group.present() {
            let key = key.as_str();
            match key {
                "pre-cluster-threshold" | "threshold" => self.pre_cluster_threshold = group.fraction(key)?,
                "post-cluster-threshold" => self.post_cluster_threshold = group.fraction(key)?,
                "nms-iou-threshold" => self.nms_iou_threshold = group.fraction(key)?,
                "topk" => {
                    let topk = group.integer(key, i32::MIN, "a whole number; negative keeps all")?;
                    self.topk = usize::try_from(topk).ok();
                }
                "detected-min-w" => self.detected_min_w = group.pixels(key)?,
                "detected-min-h" => self.detected_min_h = group.pixels(key)?,
                "detected-max-w" => self.detected_max_w = group.pixels(key)?,
                "detected-max-h" => self.detected_max_h = group.pixels(key)?,
                "roi-top-offset" => self.roi_top_offset = group.pixels(key)?,
                "roi-bottom-offset" => self.roi_bottom_offset = group.pixels(key)?,
                "border-color" => self.border_color = Some(group.numbers(key, COLOR)?),
                "bg-color" => self.bg_color = Some(group.numbers(key, COLOR)?),
                _ if IGNORED_CLASS_KEYS.contains(&key) => {}
                _ => unknown.push(format!("[{}] {key}", group.name)),
            }
        }
        Ok(())
    }
}

fn require_onnx(group: &Group<'_>, present: &[String]) -> Result<()> {
    let has = |key: &str| present.iter().any(|present| present == key);
    if has("onnx-file") {
        return Ok(());
    }
    let file = group.file.display();
    let message = match OTHER_MODELS.iter().find(|key| has(key)) {
        Some(key) => format!(
            "{file}: [property] names a model with {key} only; the embedded nvinfer runs ONNX models: \
             add onnx-file=<path of the .onnx file>"
        ),
        None => format!("{file}: [property] names no model; add onnx-file=<path of the .onnx file>"),
    };
    Err(Error::new(ErrorKind::Config, message))
}

fn refuse_yaml(path: &Path) -> Result<()> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if !matches!(extension, "yml" | "yaml") {
        return Ok(());
    }
    let path = path.display();
    Err(Error::unsupported(format!(
        "{path} is a YAML file, the embedded nvinfer reads the key file form: [property] and lines of key=value"
    )))
}

fn unsupported(group: &Group<'_>, key: &str, what: &str) -> Error {
    let value = group.keys.value(group.name, key).unwrap_or_default();
    let file = group.file.display();
    Error::unsupported(format!("{file}: [{}] {key}={value} is not supported: {what}", group.name))
}

fn infer_dims(group: &Group<'_>, key: &str) -> Result<[usize; 3]> {
    let dims = group.numbers::<3>(key, "channels;height;width, as in 3;416;416")?;
    if dims.iter().any(|dim| *dim < 1.0 || dim.fract() != 0.0 || *dim > 65_536.0) {
        return Err(group.bad(key, "channels;height;width, whole numbers of 1 or more"));
    }
    Ok(dims.map(|dim| dim as usize))
}

fn cluster_mode(group: &Group<'_>, key: &str) -> Result<ClusterMode> {
    let value = group.integer(key, 0, "0 to 4")?;
    match value {
        2 => Ok(ClusterMode::Nms),
        4 => Ok(ClusterMode::None),
        0 | 1 | 3 => {
            let file = group.file.display();
            tracing::warn!("{file}: {key}={value} is not built in, NMS (2) is used instead");
            Ok(ClusterMode::Nms)
        }
        _ => Err(group.bad(key, "0 to 4")),
    }
}
