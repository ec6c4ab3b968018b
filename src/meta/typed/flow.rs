//! Optical flow of nvof.

use ndarray::{Array2, ArrayView2};

use super::attach::{self, CPayload, Words};
use super::view::{View, bounded, broken, slice};
use crate::meta::{FrameMeta, UserMeta};
use crate::sys::*;
use crate::{Error, Result};

/// More rows or columns than there can be.
const MAX_EXTENT: usize = 1 << 16;

/// `NvDsOpticalFlowMeta`: how blocks moved since the frame before. The batch stays locked, and nothing can be removed
/// from it, while this exists.
#[derive(Debug)]
pub struct OpticalFlowMeta<'b> {
    _view: View<'b>,
    raw: NvDsOpticalFlowMeta,
}

impl<'b> OpticalFlowMeta<'b> {
    pub(super) fn of(user: UserMeta<'b>) -> Result<Option<Self>> {
        let Some(view) = View::of(user, UserMetaKind::OpticalFlow)? else { return Ok(None) };
        // SAFETY: payloads of this type start with this struct in every version.
        let raw = unsafe { view.read() };
        Ok(Some(Self { _view: view, raw }))
    }

    /// Frame.
    #[must_use]
    pub fn frame_num(&self) -> u64 {
        self.raw.frame_num
    }

    /// A vector per block, (rows, columns), in units of 1/32 pixel.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when the vectors are missing, not of 4 bytes, or more than can be.
    pub fn vectors(&self) -> Result<ArrayView2<'_, NvOFFlowVector>> {
        let rows = bounded(self.raw.rows, MAX_EXTENT, "rows of the optical flow")?;
        let cols = bounded(self.raw.cols, MAX_EXTENT, "cols of the optical flow")?;
        if self.raw.mv_size as usize != size_of::<NvOFFlowVector>() {
            return Err(broken(format!(
                "a vector of the optical flow has {} bytes, not 4",
                self.raw.mv_size
            )));
        }
        let data = self.raw.data.cast::<NvOFFlowVector>().cast_const();
        // SAFETY: rows x cols vectors, live as long as the payload.
        let vectors = unsafe { slice(data, rows * cols, "vectors of the optical flow") }?;
        ArrayView2::from_shape((rows, cols), vectors).map_err(|e| broken(format!("vectors: {e}")))
    }
}

#[derive(Clone)]
struct Flow {
    frame_num: u64,
    vectors: Array2<NvOFFlowVector>,
}

impl CPayload for Flow {
    type C = Words<7>;
    type Parts = ();

    fn kind(&self) -> UserMetaKind {
        UserMetaKind::OpticalFlow
    }

    fn parts(&self, _versions: VersionRange) -> Result<()> {
        Ok(())
    }

    fn c(&self, (): &()) -> Words<7> {
        // What comes behind is NULL in either layout: no costs, nothing private.
        Words::ZERO.put(
            0,
            NvDsOpticalFlowMeta {
                rows: self.vectors.nrows() as u32,
                cols: self.vectors.ncols() as u32,
                mv_size: size_of::<NvOFFlowVector>() as u32,
                cost_size: 0,
                frame_num: self.frame_num,
                data: self.vectors.as_ptr().cast_mut().cast(),
            },
        )
    }
}

impl<'b> FrameMeta<'b> {
    /// Attaches optical flow as nvof does (`NVDS_OPTICAL_FLOW_META`): a vector per block, in units of 1/32 pixel.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for more than 65536 rows or columns.
    pub fn add_optical_flow(&self, frame_num: u64, vectors: Array2<NvOFFlowVector>) -> Result<UserMeta<'b>> {
        let (rows, cols) = vectors.dim();
        if rows > MAX_EXTENT || cols > MAX_EXTENT {
            return Err(Error::invalid(format!(
                "{rows} x {cols} vectors are too many, {MAX_EXTENT} of each is the most"
            )));
        }
        let vectors = vectors.as_standard_layout().into_owned();
        attach::attach(*self, Flow { frame_num, vectors })
    }
}
