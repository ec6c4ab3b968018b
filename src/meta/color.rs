//! A colour as the C structs keep it.

use super::raw::Scalar;
use crate::frame::Color;
use crate::sys::NvOSD_ColorParams;

/// To and from the C struct, whole or in place.
pub(super) trait CColor: Sized {
    fn to_c(self) -> NvOSD_ColorParams;
    fn from_c(c: NvOSD_ColorParams) -> Self;
    /// # Safety
    /// `field` is a live colour.
    unsafe fn load(field: *mut NvOSD_ColorParams) -> Self;
    /// # Safety
    /// `field` is a live colour.
    unsafe fn store(self, field: *mut NvOSD_ColorParams);
}

impl CColor for Color {
    fn to_c(self) -> NvOSD_ColorParams {
        let [red, green, blue, alpha] = [self.r, self.g, self.b, self.a].map(f64::from);
        NvOSD_ColorParams { red, green, blue, alpha }
    }

    fn from_c(c: NvOSD_ColorParams) -> Self {
        Self::rgba(c.red as f32, c.green as f32, c.blue as f32, c.alpha as f32)
    }

    unsafe fn load(field: *mut NvOSD_ColorParams) -> Self {
        // SAFETY: parts of a live struct.
        unsafe {
            Self::from_c(NvOSD_ColorParams {
                red: f64::load(&raw mut (*field).red),
                green: f64::load(&raw mut (*field).green),
                blue: f64::load(&raw mut (*field).blue),
                alpha: f64::load(&raw mut (*field).alpha),
            })
        }
    }

    unsafe fn store(self, field: *mut NvOSD_ColorParams) {
        let c = self.to_c();
        // SAFETY: parts of a live struct.
        unsafe {
            f64::store(&raw mut (*field).red, c.red);
            f64::store(&raw mut (*field).green, c.green);
            f64::store(&raw mut (*field).blue, c.blue);
            f64::store(&raw mut (*field).alpha, c.alpha);
        }
    }
}
