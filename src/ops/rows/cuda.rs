//! What filters of a neighbourhood share on the GPU: interleaved bytes of a plane in, packed 16-bit values out.

use crate::cuda::{DType, DeviceTensor, Grid, Header, KernelArgs, Stream};
use crate::error::{Error, Result};
use crate::frame::DevicePlane;

/// What reads grey pixels of any format in a kernel; it includes `pixels.cuh`.
pub(crate) const GRAY: Header = Header { name: "gray.cuh", text: include_str!("gray.cuh") };
/// What reads a [`Window`] in a kernel.
pub(crate) const WINDOW: Header = Header { name: "window.cuh", text: include_str!("window.cuh") };

/// Bytes and rows of a block's tile, and its threads; `window.cuh` has the same numbers.
const SPAN: u32 = 128;
const ROWS: u32 = 32;
const THREADS: u32 = 256;

const WIDE_IN: u32 = 1;
const WIDE_OUT: u32 = 2;

/// A plane to be filtered and where the values go; laid out as `Window` in `window.cuh`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    at: u64,
    pitch: u64,
    out: u64,
    row: u32,
    height: u32,
    channels: u32,
    flags: u32,
}

const _: () = assert!(size_of::<Window>() == 40, "window.cuh has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the struct in the source.
unsafe impl KernelArgs for Window {}

impl Window {
    /// Refuses what kernels do not read or write; `None` where there is nothing to do.
    pub(crate) fn of(
        stream: &Stream,
        src: &DevicePlane<'_>,
        dst: &DeviceTensor,
    ) -> Result<Option<(Self, Grid)>> {
        let (w, h, channels) = (src.width(), src.height(), src.channels());
        let shape = [h as usize, w as usize, channels];
        if dst.dtype() != DType::I16 || dst.shape() != shape {
            return Err(Error::invalid(format!(
                "dst is {:?} of shape {:?}, it must be I16 of shape {shape:?}",
                dst.dtype(),
                dst.shape()
            )));
        }
        super::check_channels(channels)?;
        stream.check_gpu("src", src.gpu())?;
        stream.check_gpu("dst", dst.stream().device().gpu())?;
        // Positions are 32-bit numbers in the kernels.
        if src.row_bytes() > 1 << 30 || h > 65_535 * ROWS {
            return Err(Error::unsupported(format!(
                "src is {w}x{h} with {channels} bytes a pixel; rows of 2^30 bytes and {} rows are filtered at most",
                65_535 * ROWS
            )));
        }
        if w == 0 || h == 0 {
            return Ok(None);
        }
        let row = src.row_bytes() as u32;
        let wide_in = src.address().is_multiple_of(4) && src.pitch().is_multiple_of(4);
        let wide_out = row.is_multiple_of(4) && dst.address().is_multiple_of(8);
        let flags = if wide_in { WIDE_IN } else { 0 } | if wide_out { WIDE_OUT } else { 0 };
        let (at, pitch, channels) = (src.address(), src.pitch() as u64, channels as u32);
        let window = Self { at, pitch, out: dst.address(), row, height: h, channels, flags };
        let blocks = (row.div_ceil(SPAN), h.div_ceil(ROWS), 1);
        Ok(Some((window, Grid { blocks, threads: (THREADS, 1, 1), shared: 0 })))
    }
}
