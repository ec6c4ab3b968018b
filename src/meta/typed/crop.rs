//! JPEG crops of NVIDIA's object encoder.

use super::attach::{self, CPayload};
use super::view::{View, bounded, slice};
use crate::meta::{FrameMeta, ObjectMeta, UserMeta};
use crate::sys::*;
use crate::{Error, Result};

/// More bytes than a JPEG file of a frame has.
const MAX_BYTES: usize = 1 << 28;

/// `NvDsObjEncOutParams`: a JPEG file (`NVDS_CROP_IMAGE_META`). The batch stays locked, and nothing can be removed from
/// it, while this exists.
#[derive(Debug)]
pub struct CropImageMeta<'b> {
    _view: View<'b>,
    raw: NvDsObjEncOutParams,
}

impl<'b> CropImageMeta<'b> {
    pub(super) fn of(user: UserMeta<'b>) -> Result<Option<Self>> {
        let Some(view) = View::of(user, UserMetaKind::CropImage)? else { return Ok(None) };
        // SAFETY: payloads of this type are this struct in every version.
        let raw = unsafe { view.read() };
        Ok(Some(Self { _view: view, raw }))
    }

    /// The file.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when it is missing, or longer than it can be.
    pub fn jpeg(&self) -> Result<&[u8]> {
        let length = bounded(self.raw.outLen, MAX_BYTES, "outLen of a crop")?;
        // SAFETY: outLen bytes, live as long as the payload.
        unsafe { slice(self.raw.outBuffer.cast_const(), length, "outBuffer of a crop") }
    }
}

#[derive(Clone)]
struct Crop(Vec<u8>);

impl CPayload for Crop {
    type C = NvDsObjEncOutParams;
    type Parts = ();

    fn kind(&self) -> UserMetaKind {
        UserMetaKind::CropImage
    }

    fn parts(&self, _versions: VersionRange) -> Result<()> {
        Ok(())
    }

    fn c(&self, (): &()) -> NvDsObjEncOutParams {
        NvDsObjEncOutParams { outBuffer: self.0.as_ptr().cast_mut(), outLen: self.0.len() as u64 }
    }
}

macro_rules! add {
    ($($name:ident)*) => {
        $(impl<'b> $name<'b> {
            /// Attaches a JPEG file as NVIDIA's object encoder does (`NVDS_CROP_IMAGE_META`).
            ///
            /// # Errors
            /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for more than 256 MiB.
            pub fn add_crop_image(&self, jpeg: Vec<u8>) -> Result<UserMeta<'b>> {
                if jpeg.len() > MAX_BYTES {
                    return Err(Error::invalid(format!("{} bytes are no JPEG file of a crop", jpeg.len())));
                }
                attach::attach(*self, Crop(jpeg))
            }
        })*
    };
}

add!(FrameMeta ObjectMeta);
