//! `nvbufaudio.h`: audio buffers.

use std::ffi::{c_uint, c_void};

/// `NvBufAudioFormat`: sample format.
pub type NvBufAudioFormat = c_uint;
/// INVALID FORMAT.
pub const NVBUF_AUDIO_INVALID_FORMAT: NvBufAudioFormat = 0;
/// S8.
pub const NVBUF_AUDIO_S8: NvBufAudioFormat = 1;
/// U8.
pub const NVBUF_AUDIO_U8: NvBufAudioFormat = 2;
/// S16LE.
pub const NVBUF_AUDIO_S16LE: NvBufAudioFormat = 3;
/// S16BE.
pub const NVBUF_AUDIO_S16BE: NvBufAudioFormat = 4;
/// U16LE.
pub const NVBUF_AUDIO_U16LE: NvBufAudioFormat = 5;
/// U16BE.
pub const NVBUF_AUDIO_U16BE: NvBufAudioFormat = 6;
/// S24 32LE.
pub const NVBUF_AUDIO_S24_32LE: NvBufAudioFormat = 7;
/// S24 32BE.
pub const NVBUF_AUDIO_S24_32BE: NvBufAudioFormat = 8;
/// U24 32LE.
pub const NVBUF_AUDIO_U24_32LE: NvBufAudioFormat = 9;
/// U24 32BE.
pub const NVBUF_AUDIO_U24_32BE: NvBufAudioFormat = 10;
/// S32LE.
pub const NVBUF_AUDIO_S32LE: NvBufAudioFormat = 11;
/// S32BE.
pub const NVBUF_AUDIO_S32BE: NvBufAudioFormat = 12;
/// U32LE.
pub const NVBUF_AUDIO_U32LE: NvBufAudioFormat = 13;
/// U32BE.
pub const NVBUF_AUDIO_U32BE: NvBufAudioFormat = 14;
/// S24LE.
pub const NVBUF_AUDIO_S24LE: NvBufAudioFormat = 15;
/// S24BE.
pub const NVBUF_AUDIO_S24BE: NvBufAudioFormat = 16;
/// U24LE.
pub const NVBUF_AUDIO_U24LE: NvBufAudioFormat = 17;
/// U24BE.
pub const NVBUF_AUDIO_U24BE: NvBufAudioFormat = 18;
/// S20LE.
pub const NVBUF_AUDIO_S20LE: NvBufAudioFormat = 19;
/// S20BE.
pub const NVBUF_AUDIO_S20BE: NvBufAudioFormat = 20;
/// U20LE.
pub const NVBUF_AUDIO_U20LE: NvBufAudioFormat = 21;
/// U20BE.
pub const NVBUF_AUDIO_U20BE: NvBufAudioFormat = 22;
/// S18LE.
pub const NVBUF_AUDIO_S18LE: NvBufAudioFormat = 23;
/// S18BE.
pub const NVBUF_AUDIO_S18BE: NvBufAudioFormat = 24;
/// U18LE.
pub const NVBUF_AUDIO_U18LE: NvBufAudioFormat = 25;
/// U18BE.
pub const NVBUF_AUDIO_U18BE: NvBufAudioFormat = 26;
/// F32LE.
pub const NVBUF_AUDIO_F32LE: NvBufAudioFormat = 27;
/// F32BE.
pub const NVBUF_AUDIO_F32BE: NvBufAudioFormat = 28;
/// F64LE.
pub const NVBUF_AUDIO_F64LE: NvBufAudioFormat = 29;
/// F64BE.
pub const NVBUF_AUDIO_F64BE: NvBufAudioFormat = 30;

/// `NvBufAudioLayout`: order of the samples.
pub type NvBufAudioLayout = c_uint;
/// None.
pub const NVBUF_AUDIO_INVALID_LAYOUT: NvBufAudioLayout = 0;
/// Frame by frame.
pub const NVBUF_AUDIO_INTERLEAVED: NvBufAudioLayout = 1;
/// Channel by channel.
pub const NVBUF_AUDIO_NON_INTERLEAVED: NvBufAudioLayout = 2;

/// A buffer of samples.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufAudioParams {
    /// Interleaved or not.
    pub layout: NvBufAudioLayout,
    /// Sample format.
    pub format: NvBufAudioFormat,
    /// Bytes per frame of samples.
    pub bpf: u32,
    /// Channels.
    pub channels: u32,
    /// Samples per second.
    pub rate: u32,
    /// Bytes of data.
    pub dataSize: u32,
    /// The samples.
    pub dataPtr: *mut c_void,
    /// Sink pad.
    pub padId: u32,
    /// Source.
    pub sourceId: u32,
    /// Wall-clock time, nanoseconds.
    pub ntpTimestamp: u64,
    /// Presentation time, nanoseconds.
    pub bufPts: u64,
    /// Duration, nanoseconds.
    pub duration: u64,
    /// Unused.
    pub reserved: [u8; 16],
}

/// A batch of audio buffers.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufAudio {
    /// Entries in use.
    pub numFilled: u32,
    /// Entries of `audioBuffers`.
    pub batchSize: u32,
    /// C `bool`: the buffers lie one after the other.
    pub isContiguous: u8,
    /// The buffers.
    pub audioBuffers: *mut NvBufAudioParams,
}
