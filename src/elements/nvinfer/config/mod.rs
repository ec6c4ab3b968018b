//! What an nvinfer configuration file says.
//!
//! The format is that of the real element's `config-file-path`: a GLib key file with the groups
//! `[property]`, `[class-attrs-all]` and `[class-attrs-N]`. Key names, meanings and defaults are those
//! of the "Gst-nvinfer" page of the DeepStream developer guide and of the macros in
//! `gstnvinfer_property_parser.h`. One key is an extension, [`Config::channel_scales`].

mod keys;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Colour order of the network's input planes (`model-color-format`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ModelColorFormat {
    /// `0`: red, green, blue.
    #[default]
    Rgb,
    /// `1`: blue, green, red.
    Bgr,
    /// `2`: one plane of luma.
    Gray,
}

impl ModelColorFormat {
    /// Planes of the network's input: 3 or 1.
    #[must_use]
    pub fn channels(self) -> usize {
        match self {
            Self::Rgb | Self::Bgr => 3,
            Self::Gray => 1,
        }
    }
}

/// What is fed to the network (`process-mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProcessMode {
    /// `1`: whole frames.
    #[default]
    FullFrame,
    /// `2`: the boxes of objects found upstream.
    Objects,
}

/// How overlapping candidates become objects (`cluster-mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClusterMode {
    /// `2`: class-wise non-maximum suppression. Also stands in for modes 0 (the real element's
    /// default, OpenCV groupRectangles), 1 (DBSCAN) and 3 (both), which are not built in.
    #[default]
    Nms,
    /// `4`: candidates above the threshold are objects as they are.
    None,
}

/// Detection settings of one class: `[class-attrs-all]`, overridden key by key by `[class-attrs-N]`.
///
/// Sizes and offsets are pixels of the frame, thresholds are 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassAttrs {
    /// Candidates below are dropped before clustering (`pre-cluster-threshold`, or the older
    /// `threshold`; 0.2).
    pub pre_cluster_threshold: f32,
    /// Objects below are dropped after clustering (`post-cluster-threshold`; 0).
    pub post_cluster_threshold: f32,
    /// Of two boxes that overlap by more than this, the lower-scored goes (`nms-iou-threshold`; 0.3).
    pub nms_iou_threshold: f32,
    /// Objects kept per class after clustering, best first (`topk`; all of them if negative in the
    /// file, which is the default and `None` here).
    pub topk: Option<usize>,
    /// Narrower boxes are dropped (`detected-min-w`; 0).
    pub detected_min_w: f32,
    /// Lower boxes are dropped (`detected-min-h`; 0).
    pub detected_min_h: f32,
    /// Wider boxes are dropped; 0 is no limit (`detected-max-w`; 0).
    pub detected_max_w: f32,
    /// Higher boxes are dropped; 0 is no limit (`detected-max-h`; 0).
    pub detected_max_h: f32,
    /// Boxes that begin in this many rows at the top are dropped (`roi-top-offset`; 0).
    pub roi_top_offset: f32,
    /// Boxes that end in this many rows at the bottom are dropped (`roi-bottom-offset`; 0).
    pub roi_bottom_offset: f32,
    /// Box colour, RGBA from 0 to 1 (`border-color`); the element's own default where `None`.
    pub border_color: Option<[f32; 4]>,
    /// Fill colour, RGBA from 0 to 1 (`bg-color`); no fill where `None`.
    pub bg_color: Option<[f32; 4]>,
}

impl Default for ClassAttrs {
    fn default() -> Self {
        Self {
            pre_cluster_threshold: 0.2,
            post_cluster_threshold: 0.0,
            nms_iou_threshold: 0.3,
            topk: None,
            detected_min_w: 0.0,
            detected_min_h: 0.0,
            detected_max_w: 0.0,
            detected_max_h: 0.0,
            roi_top_offset: 0.0,
            roi_bottom_offset: 0.0,
            border_color: None,
            bg_color: None,
        }
    }
}

/// The settings of one nvinfer, read with [`Config::load`].
///
/// Every field is public: an element whose own properties were set overwrites `batch_size`,
/// `interval` and the like after loading, as the real element does.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The file this was read from; empty if made by hand.
    pub path: PathBuf,
    /// The model (`onnx-file`).
    pub onnx_file: PathBuf,
    /// Class names, one a line (`labelfile-path`).
    pub label_file: Option<PathBuf>,
    /// Factor on every input value (`net-scale-factor`; 1).
    pub net_scale_factor: f32,
    /// Subtracted from each plane, in the planes' order (`offsets`; zeros).
    pub offsets: [f32; 3],
    /// A further factor on each plane, in the planes' order. Extension key
    /// `dsframe-channel-scales=a;b;c`, for networks trained with a standard deviation per channel; the
    /// real element prints a notice about an unknown key and goes on without it. The input is
    /// `net_scale_factor * channel_scales[c] * (x - offsets[c])` for `x` in 0 to 255.
    pub channel_scales: [f32; 3],
    /// Order of the input planes (`model-color-format`; RGB).
    pub model_color_format: ModelColorFormat,
    /// Letterbox instead of stretching (`maintain-aspect-ratio`; 0).
    pub maintain_aspect_ratio: bool,
    /// With a letterbox: picture in the middle instead of at the top left (`symmetric-padding`; 0).
    pub symmetric_padding: bool,
    /// Channels, height, width (`infer-dims`). Needed where the model leaves its input size open.
    pub infer_dims: Option<[usize; 3]>,
    /// Whole frames or objects (`process-mode`; whole frames).
    pub process_mode: ProcessMode,
    /// Batches skipped between two that are inferred (`interval`; 0).
    pub interval: u32,
    /// Goes into the metadata as `unique_component_id` (`gie-unique-id`; 15).
    pub gie_unique_id: u32,
    /// With [`ProcessMode::Objects`]: only objects of this component (`operate-on-gie-id`; all, which
    /// is -1 in the file).
    pub operate_on_gie_id: Option<u32>,
    /// With [`ProcessMode::Objects`]: only objects of these classes; empty is all
    /// (`operate-on-class-ids`).
    pub operate_on_class_ids: Vec<u32>,
    /// Classes the network knows (`num-detected-classes`).
    pub num_detected_classes: Option<usize>,
    /// Objects of these classes are dropped (`filter-out-class-ids`).
    pub filter_out_class_ids: Vec<u32>,
    /// How candidates are merged (`cluster-mode`).
    pub cluster_mode: ClusterMode,
    /// How outputs are read (`parse-bbox-func-name`); found out from their shapes where `None`.
    pub parse_bbox_func_name: Option<String>,
    /// Frames or objects per inference (`batch-size`; 1). The CPU engine takes them one by one.
    pub batch_size: usize,
    /// With [`ProcessMode::Objects`]: narrower objects are left out (`input-object-min-width`; 0).
    pub input_object_min_width: u32,
    /// With [`ProcessMode::Objects`]: lower objects are left out (`input-object-min-height`; 0).
    pub input_object_min_height: u32,
    /// With [`ProcessMode::Objects`]: wider objects are left out, 0 is no limit
    /// (`input-object-max-width`; 0).
    pub input_object_max_width: u32,
    /// With [`ProcessMode::Objects`]: higher objects are left out, 0 is no limit
    /// (`input-object-max-height`; 0).
    pub input_object_max_height: u32,
    /// Cut boxes at the region of interest instead of dropping those that cross it
    /// (`crop-objects-to-roi-boundary`; 0).
    pub crop_objects_to_roi_boundary: bool,
    /// Settings of every class that `class_attrs` does not name (`[class-attrs-all]`).
    pub class_attrs_all: ClassAttrs,
    /// Settings of single classes (`[class-attrs-N]`), complete: what the group does not say is copied
    /// from `class_attrs_all` when the file is read.
    pub class_attrs: BTreeMap<u32, ClassAttrs>,
    /// Keys and groups of the file that no nvinfer knows, as `[group] key`.
    pub unknown_keys: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            onnx_file: PathBuf::new(),
            label_file: None,
            net_scale_factor: 1.0,
            offsets: [0.0; 3],
            channel_scales: [1.0; 3],
            model_color_format: ModelColorFormat::default(),
            maintain_aspect_ratio: false,
            symmetric_padding: false,
            infer_dims: None,
            process_mode: ProcessMode::default(),
            interval: 0,
            gie_unique_id: 15,
            operate_on_gie_id: None,
            operate_on_class_ids: Vec::new(),
            num_detected_classes: None,
            filter_out_class_ids: Vec::new(),
            cluster_mode: ClusterMode::default(),
            parse_bbox_func_name: None,
            batch_size: 1,
            input_object_min_width: 0,
            input_object_min_height: 0,
            input_object_max_width: 0,
            input_object_max_height: 0,
            crop_objects_to_roi_boundary: false,
            class_attrs_all: ClassAttrs::default(),
            class_attrs: BTreeMap::new(),
            unknown_keys: Vec::new(),
        }
    }
}

impl Config {
    /// The settings of class `class_id`.
    #[must_use]
    pub fn attrs(&self, class_id: u32) -> &ClassAttrs {
        self.class_attrs.get(&class_id).unwrap_or(&self.class_attrs_all)
    }
}
