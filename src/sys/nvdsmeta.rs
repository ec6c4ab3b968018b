//! `nvdsmeta.h`: batch, frame, object, classifier, label, display and user metadata.

use std::ffi::{c_char, c_int, c_uint, c_void};

use gst::glib::ffi::{GList, GRecMutex};

use super::{NvBbox_Coords, NvOSD_RectParams};

/// Elements of each kind in one display meta.
pub const MAX_ELEMENTS_IN_DISPLAY_META: usize = 16;
/// Bytes of a label array, the terminator included.
pub const MAX_LABEL_SIZE: usize = 128;
/// `gint64`s in a `misc_*` array, free for users.
pub const MAX_USER_FIELDS: usize = 4;
/// `gint64`s in a `reserved` array.
pub const MAX_RESERVED_FIELDS: usize = 4;
/// `object_id` of an object that no tracker has seen.
pub const UNTRACKED_OBJECT_ID: u64 = u64::MAX;

/// `NvDsMetaType`. Values 1 to 15 mean the same in every version; from 16 up they moved.
pub type NvDsMetaType = c_int;
/// No type.
pub const NVDS_INVALID_META: NvDsMetaType = -1;
/// A batch.
pub const NVDS_BATCH_META: NvDsMetaType = 1;
/// A frame.
pub const NVDS_FRAME_META: NvDsMetaType = 2;
/// An object.
pub const NVDS_OBJ_META: NvDsMetaType = 3;
/// A display meta.
pub const NVDS_DISPLAY_META: NvDsMetaType = 4;
/// A classifier's result.
pub const NVDS_CLASSIFIER_META: NvDsMetaType = 5;
/// A label of a classifier's result.
pub const NVDS_LABEL_INFO_META: NvDsMetaType = 6;
/// A user meta that nobody has given a type yet.
pub const NVDS_USER_META: NvDsMetaType = 7;
/// A message payload.
pub const NVDS_PAYLOAD_META: NvDsMetaType = 8;
/// An event message.
pub const NVDS_EVENT_MSG_META: NvDsMetaType = 9;
/// Optical flow.
pub const NVDS_OPTICAL_FLOW_META: NvDsMetaType = 10;
/// Latency measurement.
pub const NVDS_LATENCY_MEASUREMENT_META: NvDsMetaType = 11;
/// Raw output tensors of nvinfer.
pub const NVDSINFER_TENSOR_OUTPUT_META: NvDsMetaType = 12;
/// Segmentation of nvinfer.
pub const NVDSINFER_SEGMENTATION_META: NvDsMetaType = 13;
/// A JPEG crop of an object.
pub const NVDS_CROP_IMAGE_META: NvDsMetaType = 14;
/// Past frames of a tracker.
pub const NVDS_TRACKER_PAST_FRAME_META: NvDsMetaType = 15;
/// The first type that applications may use; see `nvds_get_user_meta_type`.
pub const NVDS_START_USER_META: NvDsMetaType = 8193;

/// Copies a payload: `(data, user_data) -> copy`.
pub type NvDsMetaCopyFunc = Option<unsafe extern "C" fn(*mut c_void, *mut c_void) -> *mut c_void>;
/// Frees a payload: `(data, user_data)`.
pub type NvDsMetaReleaseFunc = Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>;

/// What every element starts with.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsBaseMeta {
    /// The batch whose pool owns the element.
    pub batch_meta: *mut NvDsBatchMeta,
    /// What the element is.
    pub meta_type: NvDsMetaType,
    /// Free for users.
    pub uContext: *mut c_void,
    /// User metas: copies the payload.
    pub copy_func: NvDsMetaCopyFunc,
    /// User metas: frees the payload.
    pub release_func: NvDsMetaReleaseFunc,
}

/// A pool of elements of one kind.
#[repr(C)]
#[derive(Debug)]
pub struct NvDsMetaPool {
    /// What its elements are.
    pub meta_type: NvDsMetaType,
    /// Elements there are, in use or not.
    pub max_elements_in_pool: c_uint,
    /// Size of an element in bytes. This is what tells the generations apart.
    pub element_size: c_uint,
    /// Elements not in use.
    pub num_empty_elements: c_uint,
    /// Elements in use.
    pub num_full_elements: c_uint,
    /// Elements not in use, last released first.
    pub empty_list: *mut GList,
    /// Elements in use, last acquired first.
    pub full_list: *mut GList,
    /// Copies an element.
    pub copy_func: NvDsMetaCopyFunc,
    /// Releases what an element holds.
    pub release_func: NvDsMetaReleaseFunc,
}

/// A batch of frames.
#[repr(C)]
pub struct NvDsBatchMeta {
    /// Header.
    pub base_meta: NvDsBaseMeta,
    /// Frames the batch was made for; set by the muxer, not by `nvds_create_batch_meta`.
    pub max_frames_in_batch: c_uint,
    /// Frames in `frame_meta_list`.
    pub num_frames_in_batch: c_uint,
    /// Pool of frames.
    pub frame_meta_pool: *mut NvDsMetaPool,
    /// Pool of objects; NULL in an audio batch.
    pub obj_meta_pool: *mut NvDsMetaPool,
    /// Pool of classifiers.
    pub classifier_meta_pool: *mut NvDsMetaPool,
    /// Pool of display metas; NULL in an audio batch.
    pub display_meta_pool: *mut NvDsMetaPool,
    /// Pool of user metas.
    pub user_meta_pool: *mut NvDsMetaPool,
    /// Pool of labels.
    pub label_info_meta_pool: *mut NvDsMetaPool,
    /// The frames, in the order they were added.
    pub frame_meta_list: *mut GList,
    /// User metas of the batch, in the order they were added.
    pub batch_user_meta_list: *mut GList,
    /// The lock of everything in the batch.
    pub meta_mutex: GRecMutex,
    /// Free for users.
    pub misc_batch_info: [i64; MAX_USER_FIELDS],
    /// Of the libraries.
    pub reserved: [i64; MAX_RESERVED_FIELDS],
}

/// Where a frame came from. DeepStream 8 and later.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsSensorInfo_meta {
    /// Source.
    pub source_id: c_uint,
    /// URI, from GLib's allocator; freed with the frame, as are the next two.
    pub uri: *const c_char,
    /// Identity of the sensor.
    pub sensor_id: *const c_char,
    /// Name of the sensor.
    pub sensor_name: *const c_char,
}

/// A frame. **Prefix**: the rest is in [`FrameLayout`](super::FrameLayout).
#[repr(C)]
#[derive(Debug)]
pub struct NvDsFrameMeta {
    /// Header.
    pub base_meta: NvDsBaseMeta,
    /// Sink pad of the muxer.
    pub pad_index: c_uint,
    /// Index of the frame's surface in the batch.
    pub batch_id: c_uint,
    /// Number of the frame within its source, from 0.
    pub frame_num: c_int,
    /// Presentation time of the frame's buffer, nanoseconds; all ones: none.
    pub buf_pts: u64,
    /// Wall-clock time, nanoseconds.
    pub ntp_timestamp: u64,
    /// Source.
    pub source_id: c_uint,
    /// Surfaces per frame; more than one with a dewarper.
    pub num_surfaces_per_frame: c_int,
    /// Width of the frame before scaling by the muxer, pixels.
    pub source_frame_width: c_uint,
    /// Height of the frame before scaling by the muxer, pixels.
    pub source_frame_height: c_uint,
    /// Kind of surface.
    pub surface_type: c_uint,
    /// Index of the surface.
    pub surface_index: c_uint,
    /// Objects in `obj_meta_list`.
    pub num_obj_meta: c_uint,
    /// Non-zero: a primary detector has seen the frame.
    pub bInferDone: c_int,
    /// The objects, last added first.
    pub obj_meta_list: *mut GList,
    /// Display metas, last added first.
    pub display_meta_list: *mut GList,
    /// User metas, last added first.
    pub frame_user_meta_list: *mut GList,
    /// Free for users.
    pub misc_frame_info: [i64; MAX_USER_FIELDS],
    /// Width that the muxer scaled to; 0: not set.
    pub pipeline_width: c_uint,
    /// Height that the muxer scaled to; 0: not set.
    pub pipeline_height: c_uint,
}

/// A box as a component reported it.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct NvDsComp_BboxInfo {
    /// The box, pixels.
    pub org_bbox_coords: NvBbox_Coords,
}

/// An object. **Prefix**: ends before `rotation_angle` of `rect_params` and `mask_params`; the rest
/// is in [`ObjectLayout`](super::ObjectLayout).
#[repr(C)]
#[derive(Debug)]
pub struct NvDsObjectMeta {
    /// Header.
    pub base_meta: NvDsBaseMeta,
    /// The object it was found in, or NULL.
    pub parent: *mut NvDsObjectMeta,
    /// `gie-unique-id` of the detector.
    pub unique_component_id: c_int,
    /// Class within the detector.
    pub class_id: c_int,
    /// Identity of the track, or [`UNTRACKED_OBJECT_ID`].
    pub object_id: u64,
    /// Box of the detector.
    pub detector_bbox_info: NvDsComp_BboxInfo,
    /// Box of the tracker.
    pub tracker_bbox_info: NvDsComp_BboxInfo,
    /// Score of the detector; -0.1: none.
    pub confidence: f32,
    /// Score of the tracker; -0.1: none.
    pub tracker_confidence: f32,
    /// The box to draw, and its style.
    pub rect_params: NvOSD_RectParams,
}

/// A classifier's result for an object.
#[repr(C)]
#[derive(Debug)]
pub struct NvDsClassifierMeta {
    /// Header.
    pub base_meta: NvDsBaseMeta,
    /// Labels in `label_info_list`.
    pub num_labels: c_uint,
    /// `gie-unique-id` of the classifier.
    pub unique_component_id: c_int,
    /// The labels, last added first.
    pub label_info_list: *mut GList,
    /// `classifier-type` of the classifier, or NULL; never freed.
    pub classifier_type: *const c_char,
}

/// One label of a classifier's result.
#[repr(C)]
#[derive(Debug)]
pub struct NvDsLabelInfo {
    /// Header.
    pub base_meta: NvDsBaseMeta,
    /// Classes of the classifier.
    pub num_classes: c_uint,
    /// The label, NUL-terminated.
    pub result_label: [c_char; MAX_LABEL_SIZE],
    /// The label when it is too long for `result_label`, from GLib's allocator.
    pub pResult_label: *mut c_char,
    /// Class that won.
    pub result_class_id: c_uint,
    /// Which of the classifier's labels this is.
    pub label_id: c_uint,
    /// Its probability.
    pub result_prob: f32,
}

/// What to draw on a frame. **Prefix**: the five arrays are in
/// [`DisplayLayout`](super::DisplayLayout). Nobody checks the counts against 16.
#[repr(C)]
#[derive(Debug)]
pub struct NvDsDisplayMeta {
    /// Header.
    pub base_meta: NvDsBaseMeta,
    /// Rectangles in use.
    pub num_rects: c_uint,
    /// Texts in use.
    pub num_labels: c_uint,
    /// Lines in use.
    pub num_lines: c_uint,
    /// Arrows in use.
    pub num_arrows: c_uint,
    /// Circles in use.
    pub num_circles: c_uint,
}

/// Data of a user, or of a component that has no struct of its own.
#[repr(C)]
#[derive(Debug)]
pub struct NvDsUserMeta {
    /// Header; its type, `copy_func` and `release_func` belong to the payload.
    pub base_meta: NvDsBaseMeta,
    /// The payload.
    pub user_meta_data: *mut c_void,
}
