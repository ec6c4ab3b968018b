//! `nvds_audio_meta.h`: audio frames.

use std::ffi::{c_char, c_int, c_uint};

use gst::glib::ffi::GList;

use super::{NvBufAudioFormat, NvBufAudioLayout, NvDsBaseMeta};

/// A frame of an audio batch.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsAudioFrameMeta {
    /// Header.
    pub base_meta: NvDsBaseMeta,
    /// Sink pad of the muxer.
    pub pad_index: c_uint,
    /// Index in the batch.
    pub batch_id: c_uint,
    /// Number of the frame within its source.
    pub frame_num: c_int,
    /// Presentation time, nanoseconds.
    pub buf_pts: u64,
    /// Wall-clock time, nanoseconds.
    pub ntp_timestamp: u64,
    /// Source.
    pub source_id: c_uint,
    /// Samples per channel.
    pub num_samples_per_frame: c_int,
    /// Samples per second.
    pub sample_rate: c_uint,
    /// Channels.
    pub num_channels: c_uint,
    /// Sample format.
    pub format: NvBufAudioFormat,
    /// Interleaved or not.
    pub layout: NvBufAudioLayout,
    /// Non-zero: nvinferaudio has heard it.
    pub bInferDone: c_int,
    /// Class that won.
    pub class_id: c_int,
    /// Its probability.
    pub confidence: f32,
    /// Its label, NUL-terminated.
    pub class_label: [c_char; 128],
    /// Classifier metas.
    pub classifier_meta_list: *mut GList,
    /// User metas.
    pub frame_user_meta_list: *mut GList,
    /// Free for users.
    pub misc_frame_info: [i64; 4],
    /// Of the libraries.
    pub reserved: [i64; 4],
}
