//! Semantic segmentation of nvinfer.

use std::ptr;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3};

use super::attach::{self, CPayload, Words};
use super::view::{View, bounded, broken, slice};
use crate::meta::{FrameMeta, ObjectMeta, UserMeta};
use crate::sys::*;
use crate::{Error, Result};

/// More rows, columns or classes than there can be.
const MAX_EXTENT: usize = 1 << 16;

/// `NvDsInferSegmentationMeta`: a class for each pixel of the network's output. The batch stays locked, and nothing can
/// be removed from it, while this exists.
#[derive(Debug)]
pub struct SegmentationMeta<'b> {
    view: View<'b>,
    raw: NvDsInferSegmentationMeta,
}

impl<'b> SegmentationMeta<'b> {
    pub(super) fn of(user: UserMeta<'b>) -> Result<Option<Self>> {
        let Some(view) = View::of(user, UserMetaKind::Segmentation)? else { return Ok(None) };
        // SAFETY: payloads of this type start with this struct in every version.
        let raw: NvDsInferSegmentationMeta = unsafe { view.read() };
        for (extent, what) in [(raw.width, "width"), (raw.height, "height"), (raw.classes, "classes")] {
            bounded(extent, MAX_EXTENT, &format!("{what} of the segmentation"))?;
        }
        Ok(Some(Self { view, raw }))
    }

    /// Classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.raw.classes as usize
    }

    /// Columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.raw.width as usize
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.raw.height as usize
    }

    /// `gie-unique-id` of the nvinfer; `None` before 6.2, and where the version is not known.
    #[must_use]
    pub fn unique_id(&self) -> Option<i32> {
        // SAFETY: a gint that all versions in question have at this place.
        unsafe { self.view.at(SEGMENTATION_META.known_offset(self.view.versions, "unique_id")) }
    }

    /// The class of each pixel, (height, width); -1 where none is above the threshold.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when the map is missing or cannot be as large as it says.
    pub fn class_map(&self) -> Result<ArrayView2<'_, i32>> {
        let shape = (self.height(), self.width());
        // SAFETY: height x width numbers, live as long as the payload.
        let values = unsafe { slice(self.raw.class_map.cast_const(), shape.0 * shape.1, "class_map") }?;
        ArrayView2::from_shape(shape, values).map_err(|e| broken(format!("class_map: {e}")))
    }

    /// The probability of each class and pixel, (classes, height, width); `None` where there are none.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when the map cannot be as large as it says.
    pub fn class_probabilities_map(&self) -> Result<Option<ArrayView3<'_, f32>>> {
        let data = self.raw.class_probabilities_map.cast_const();
        if data.is_null() {
            return Ok(None);
        }
        let shape = (self.classes(), self.height(), self.width());
        let count = shape.0.saturating_mul(shape.1 * shape.2);
        // SAFETY: classes x height x width numbers, live as long as the payload.
        let values = unsafe { slice(data, count, "class_probabilities_map") }?;
        let array = ArrayView3::from_shape(shape, values);
        array.map(Some).map_err(|e| broken(format!("class_probabilities_map: {e}")))
    }

    /// A copy.
    ///
    /// # Errors
    /// As [`class_map`](Self::class_map).
    pub fn to_owned(&self) -> Result<Segmentation> {
        Ok(Segmentation {
            unique_id: self.unique_id().unwrap_or(0),
            classes: self.raw.classes,
            class_map: self.class_map()?.to_owned(),
            class_probabilities_map: self.class_probabilities_map()?.map(|p| p.to_owned()),
        })
    }
}

/// A segmentation to attach, or a copy of one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Segmentation {
    /// `gie-unique-id` of the network.
    pub unique_id: i32,
    /// Classes.
    pub classes: u32,
    /// The class of each pixel, (height, width); -1: none.
    pub class_map: Array2<i32>,
    /// The probability of each class and pixel, (classes, height, width).
    pub class_probabilities_map: Option<Array3<f32>>,
}

impl Segmentation {
    fn check(mut self) -> Result<Self> {
        let (height, width) = self.class_map.dim();
        if height > MAX_EXTENT || width > MAX_EXTENT || self.classes as usize > MAX_EXTENT {
            return Err(Error::invalid(format!(
                "the segmentation has {height} x {width} pixels and {} classes; {MAX_EXTENT} of each is the most",
                self.classes
            )));
        }
        if !self.class_map.is_standard_layout() {
            self.class_map = self.class_map.as_standard_layout().into_owned();
        }
        if let Some(map) = &mut self.class_probabilities_map {
            let wanted = (self.classes as usize, height, width);
            if map.dim() != wanted {
                return Err(Error::invalid(format!(
                    "class_probabilities_map has the shape {:?}, it must be (classes, height, width) = {wanted:?}",
                    map.dim()
                )));
            }
            if !map.is_standard_layout() {
                *map = map.as_standard_layout().into_owned();
            }
        }
        Ok(self)
    }
}

impl CPayload for Segmentation {
    type C = Words<6>;
    type Parts = ();

    fn kind(&self) -> UserMetaKind {
        UserMetaKind::Segmentation
    }

    fn parts(&self, _versions: VersionRange) -> Result<()> {
        Ok(())
    }

    fn c(&self, (): &()) -> Words<6> {
        let (height, width) = self.class_map.dim();
        let map = self.class_probabilities_map.as_ref();
        let raw = NvDsInferSegmentationMeta {
            classes: self.classes,
            width: width as u32,
            height: height as u32,
            class_map: self.class_map.as_ptr().cast_mut(),
            class_probabilities_map: map.map_or(ptr::null_mut(), |m| m.as_ptr().cast_mut()),
            priv_data: ptr::null_mut(),
        };
        Words::ZERO.put(0, raw).put(40, self.unique_id)
    }
}

macro_rules! add {
    ($($name:ident)*) => {
        $(impl<'b> $name<'b> {
            /// Attaches a segmentation as nvinfer does (`NVDSINFER_SEGMENTATION_META`).
            ///
            /// # Errors
            /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when the shapes do not fit together.
            pub fn add_segmentation(&self, segmentation: Segmentation) -> Result<UserMeta<'b>> {
                attach::attach(*self, segmentation.check()?)
            }
        })*
    };
}

add!(FrameMeta ObjectMeta);
