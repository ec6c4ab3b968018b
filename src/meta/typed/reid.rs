//! Re-identification vectors of nvtracker.

use std::ptr;

use ndarray::{ArrayView1, ArrayView2};

use super::attach::{self, CPayload};
use super::view::{View, bounded, broken, slice};
use crate::meta::{ObjectMeta, UserMeta};
use crate::sys::*;
use crate::{Error, ErrorKind, Result};

/// More numbers or targets than there can be.
const MAX_ENTRIES: usize = 1 << 20;

/// `NvDsObjReid`: the vector of an object (`NVDS_TRACKER_OBJ_REID_META`, since 7.0). The batch stays locked, and nothing
/// can be removed from it, while this exists.
#[derive(Debug)]
pub struct ReidMeta<'b> {
    _view: View<'b>,
    raw: NvDsObjReid,
}

impl<'b> ReidMeta<'b> {
    pub(super) fn of(user: UserMeta<'b>) -> Result<Option<Self>> {
        let Some(view) = View::of(user, UserMetaKind::TrackerObjReid)? else { return Ok(None) };
        if view.versions.oldest() < DeepStreamVersion::V7_0 {
            return Err(Error::new(
                ErrorKind::Abi,
                format!(
                    "DeepStream {} has no struct for the re-identification vector of an object",
                    view.versions
                ),
            ));
        }
        // SAFETY: payloads of this type are this struct since 7.0.
        let raw = unsafe { view.read() };
        Ok(Some(Self { _view: view, raw }))
    }

    /// The vector.
    ///
    /// # Errors
    /// [`ErrorKind::Residency`] when it is on the GPU alone, [`ErrorKind::Abi`] when it cannot be as long as it says.
    pub fn vector(&self) -> Result<ArrayView1<'_, f32>> {
        let count = bounded(self.raw.featureSize, MAX_ENTRIES, "featureSize")?;
        on_host(self.raw.ptr_host, self.raw.ptr_dev, count)?;
        // SAFETY: featureSize numbers, live as long as the payload.
        Ok(unsafe { slice(self.raw.ptr_host.cast_const(), count, "re-identification vector") }?.into())
    }

    /// Address in device memory; NULL where there is none.
    #[must_use]
    pub fn device_ptr(&self) -> *const f32 {
        self.raw.ptr_dev
    }
}

fn on_host(host: *const f32, device: *const f32, count: usize) -> Result<()> {
    if host.is_null() && !device.is_null() && count > 0 {
        return Err(Error::new(
            ErrorKind::Residency,
            "the re-identification vector is in device memory alone; copy it, or use device_ptr()",
        ));
    }
    Ok(())
}

/// `NvDsReidTensorBatch`: the vectors of a batch's objects (`NVDS_TRACKER_BATCH_REID_META`, since 6.3).
#[derive(Debug)]
pub struct ReidBatchMeta<'b> {
    _view: View<'b>,
    raw: NvDsReidTensorBatch,
}

impl<'b> ReidBatchMeta<'b> {
    pub(super) fn of(user: UserMeta<'b>) -> Result<Option<Self>> {
        let Some(view) = View::of(user, UserMetaKind::TrackerBatchReid)? else { return Ok(None) };
        // SAFETY: payloads of this type are this struct in every version.
        let raw = unsafe { view.read() };
        Ok(Some(Self { _view: view, raw }))
    }

    /// The vectors, (targets, numbers).
    ///
    /// # Errors
    /// As [`ReidMeta::vector`].
    pub fn vectors(&self) -> Result<ArrayView2<'_, f32>> {
        let columns = bounded(self.raw.featureSize, MAX_ENTRIES, "featureSize")?;
        let rows = bounded(self.raw.numFilled, MAX_ENTRIES, "numFilled of the re-identification vectors")?;
        on_host(self.raw.ptr_host, self.raw.ptr_dev, rows * columns)?;
        // SAFETY: numFilled x featureSize numbers, live as long as the payload.
        let values =
            unsafe { slice(self.raw.ptr_host.cast_const(), rows * columns, "re-identification vectors") }?;
        ArrayView2::from_shape((rows, columns), values).map_err(|e| broken(format!("vectors: {e}")))
    }
}

#[derive(Clone)]
struct Reid(Vec<f32>);

impl CPayload for Reid {
    type C = NvDsObjReid;
    type Parts = ();

    fn kind(&self) -> UserMetaKind {
        UserMetaKind::TrackerObjReid
    }

    fn parts(&self, versions: VersionRange) -> Result<()> {
        if versions.oldest() < DeepStreamVersion::V7_0 {
            return Err(Error::unsupported(format!(
                "DeepStream {versions} may be older than 7.0, which first had these"
            )));
        }
        Ok(())
    }

    fn c(&self, (): &()) -> NvDsObjReid {
        NvDsObjReid {
            featureSize: self.0.len() as u32,
            ptr_host: self.0.as_ptr().cast_mut(),
            ptr_dev: ptr::null_mut(),
        }
    }
}

impl<'b> ObjectMeta<'b> {
    /// Attaches a re-identification vector as nvtracker does (`NVDS_TRACKER_OBJ_REID_META`).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for more than 2^20 numbers, [`ErrorKind::Unsupported`] before DeepStream 7.0.
    pub fn add_reid(&self, vector: Vec<f32>) -> Result<UserMeta<'b>> {
        if vector.len() > MAX_ENTRIES {
            return Err(Error::invalid(format!(
                "{} numbers are too many, {MAX_ENTRIES} is the most",
                vector.len()
            )));
        }
        attach::attach(*self, Reid(vector))
    }
}
