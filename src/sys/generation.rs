//! What moved between DeepStream versions, as tables, and how to tell from the data which applies.
//!
//! | generation | DeepStream | what is different |
//! |---|---|---|
//! | A | 6.0 to 7.1 | |
//! | B | 8.0 | larger surface structs, a larger frame |
//! | C | 9.0, 9.1 | as B, and a rectangle has a rotation angle, so all that holds rectangles grew |
//!
//! Metadata and surfaces are told apart on their own, since on Jetson they come from different
//! packages.

use std::mem::size_of;

use super::{NvBufSurface, NvDsBatchMeta, NvDsFrameMeta, NvDsMetaPool, NvDsObjectMeta};
use crate::{Error, ErrorKind, Result};

/// Where the fields of `NvDsFrameMeta` behind its prefix are, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameLayout {
    /// Size of the struct.
    pub size: usize,
    /// `sensorInfo_meta`, a [`NvDsSensorInfo_meta`](super::NvDsSensorInfo_meta), where there is one.
    pub sensor_info: Option<usize>,
    /// `reserved`, four `i64`.
    pub reserved: usize,
}

/// Where the fields of `NvDsObjectMeta` behind its prefix are, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectLayout {
    /// Size of the struct.
    pub size: usize,
    /// `rect_params.rotation_angle`, an `f32` in degrees, where there is one.
    pub rotation_angle: Option<usize>,
    /// `mask_params`, a [`NvOSD_MaskParams`](super::NvOSD_MaskParams).
    pub mask_params: usize,
    /// `text_params`, a [`NvOSD_TextParams`](super::NvOSD_TextParams).
    pub text_params: usize,
    /// `obj_label`, 128 bytes.
    pub obj_label: usize,
    /// `classifier_meta_list`, a `GList *`.
    pub classifier_meta_list: usize,
    /// `obj_user_meta_list`, a `GList *`.
    pub obj_user_meta_list: usize,
    /// `misc_obj_info`, four `i64`.
    pub misc_obj_info: usize,
    /// `reserved`, four `i64`.
    pub reserved: usize,
}

/// Where the arrays of `NvDsDisplayMeta` are, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisplayLayout {
    /// Size of the struct.
    pub size: usize,
    /// `rect_params`.
    pub rect_params: usize,
    /// Bytes from a rectangle to the next.
    pub rect_stride: usize,
    /// `rotation_angle` within a rectangle, where there is one.
    pub rotation_angle: Option<usize>,
    /// `text_params`.
    pub text_params: usize,
    /// `line_params`.
    pub line_params: usize,
    /// `arrow_params`.
    pub arrow_params: usize,
    /// `circle_params`.
    pub circle_params: usize,
    /// `misc_osd_data`, four `i64`.
    pub misc_osd_data: usize,
    /// `reserved`, four `i64`.
    pub reserved: usize,
}

/// Where the fields of the surface structs behind their prefixes are, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurfaceLayout {
    /// Size of `NvBufSurface`.
    pub surface_size: usize,
    /// `NvBufSurface.isImportedBuf`, a C `bool`, where there is one.
    pub is_imported_buf: Option<usize>,
    /// Bytes from an entry of `surfaceList` to the next.
    pub params_stride: usize,
    /// `NvBufSurfaceParams.paramex`, a pointer; always NULL in DeepStream 6.0, which reserves it.
    pub paramex: usize,
    /// `NvBufSurfaceParams.cudaBuffer`, a pointer, where there is one.
    pub cuda_buffer: Option<usize>,
}

/// The layout of the metadata structs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MetaGeneration {
    /// DeepStream 6.0 to 7.1.
    A,
    /// DeepStream 8.0.
    B,
    /// DeepStream 9.0 and 9.1.
    C,
}

/// The layout of the surface structs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SurfaceGeneration {
    /// DeepStream 6.0 to 7.1.
    A,
    /// DeepStream 8.0.
    B,
    /// DeepStream 9.0 and 9.1; laid out as B.
    C,
}

const FRAME_A: FrameLayout = FrameLayout { size: 200, sensor_info: None, reserved: 168 };
const FRAME_B: FrameLayout = FrameLayout { size: 232, sensor_info: Some(168), reserved: 200 };

const OBJECT_A: ObjectLayout = ObjectLayout {
    size: 544,
    rotation_angle: None,
    mask_params: 208,
    text_params: 232,
    obj_label: 336,
    classifier_meta_list: 464,
    obj_user_meta_list: 472,
    misc_obj_info: 480,
    reserved: 512,
};
const OBJECT_C: ObjectLayout = ObjectLayout {
    size: 552,
    rotation_angle: Some(208),
    mask_params: 216,
    text_params: 240,
    obj_label: 344,
    classifier_meta_list: 472,
    obj_user_meta_list: 480,
    misc_obj_info: 488,
    reserved: 520,
};

const DISPLAY_A: DisplayLayout = DisplayLayout {
    size: 6912,
    rect_params: 64,
    rect_stride: 104,
    rotation_angle: None,
    text_params: 1728,
    line_params: 3392,
    arrow_params: 4288,
    circle_params: 5312,
    misc_osd_data: 6848,
    reserved: 6880,
};
const DISPLAY_C: DisplayLayout = DisplayLayout {
    size: 7040,
    rect_params: 64,
    rect_stride: 112,
    rotation_angle: Some(104),
    text_params: 1856,
    line_params: 3520,
    arrow_params: 4416,
    circle_params: 5440,
    misc_osd_data: 6976,
    reserved: 7008,
};

const SURFACE_A: SurfaceLayout = SurfaceLayout {
    surface_size: 64,
    is_imported_buf: None,
    params_stride: 384,
    paramex: 352,
    cuda_buffer: None,
};
const SURFACE_B: SurfaceLayout = SurfaceLayout {
    surface_size: 72,
    is_imported_buf: Some(32),
    params_stride: 416,
    paramex: 368,
    cuda_buffer: Some(376),
};

// Every tail starts behind its prefix.
const _: () = assert!(size_of::<NvDsFrameMeta>() == FRAME_A.reserved);
const _: () = assert!(size_of::<NvDsObjectMeta>() == OBJECT_A.mask_params);
const _: () = assert!(size_of::<NvBufSurface>() <= SURFACE_A.surface_size);

impl MetaGeneration {
    /// All of them, oldest first.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::C];

    /// The layout of a frame.
    #[must_use]
    pub const fn frame(self) -> &'static FrameLayout {
        match self {
            Self::A => &FRAME_A,
            Self::B | Self::C => &FRAME_B,
        }
    }

    /// The layout of an object.
    #[must_use]
    pub const fn object(self) -> &'static ObjectLayout {
        match self {
            Self::A | Self::B => &OBJECT_A,
            Self::C => &OBJECT_C,
        }
    }

    /// The layout of a display meta.
    #[must_use]
    pub const fn display(self) -> &'static DisplayLayout {
        match self {
            Self::A | Self::B => &DISPLAY_A,
            Self::C => &DISPLAY_C,
        }
    }

    /// The generation whose frames, objects and display metas have these sizes in bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`] when no generation has them all.
    pub fn from_sizes(frame: usize, object: usize, display: usize) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|g| (g.frame().size, g.object().size, g.display().size) == (frame, object, display))
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Abi,
                    format!(
                        "the metadata pools hold frames of {frame}, objects of {object} and display metas of \
                         {display} bytes; known are 200/544/6912 (DeepStream 6.0 to 7.1), 232/544/6912 (8.0) \
                         and 232/552/7040 (9.x)"
                    ),
                )
            })
    }

    /// The generation of a batch, from the element sizes of its pools.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`] when the pools are missing (an audio batch has no objects) or their
    /// sizes are those of no generation.
    ///
    /// # Safety
    /// `batch` points to a `NvDsBatchMeta` that stays alive during the call.
    pub unsafe fn of_batch(batch: *const NvDsBatchMeta) -> Result<Self> {
        let size = |pool: *mut NvDsMetaPool, what: &str| {
            if pool.is_null() {
                return Err(Error::new(
                    ErrorKind::Abi,
                    format!("the batch has no pool of {what}s; audio batches are not handled"),
                ));
            }
            // SAFETY: a non-NULL pool pointer of a live batch points to its pool, whose layout is
            // the same in every version.
            Ok(unsafe { (*pool).element_size } as usize)
        };
        // SAFETY: the caller vouches for the batch, whose layout is the same in every version.
        let (frame, object, display) =
            unsafe { ((*batch).frame_meta_pool, (*batch).obj_meta_pool, (*batch).display_meta_pool) };
        Self::from_sizes(size(frame, "frame")?, size(object, "object")?, size(display, "display meta")?)
    }
}

impl SurfaceGeneration {
    /// All of them, oldest first.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::C];

    /// The layout of the surface structs.
    #[must_use]
    pub const fn layout(self) -> &'static SurfaceLayout {
        match self {
            Self::A => &SURFACE_A,
            Self::B | Self::C => &SURFACE_B,
        }
    }

    /// The generation of a mapped NVMM buffer of `size` bytes. B and C are the same here; C is
    /// the answer for both.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`] when no generation has this size.
    pub fn from_mapped_size(size: usize) -> Result<Self> {
        match size {
            64 => Ok(Self::A),
            72 => Ok(Self::C),
            _ => Err(Error::new(
                ErrorKind::Abi,
                format!(
                    "the buffer's memory has {size} bytes; a NvBufSurface has 64 (DeepStream 6.0 to 7.1) or \
                     72 (8.0 and later). Check that the caps say memory:NVMM"
                ),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_lead_back_to_their_generation() {
        for g in MetaGeneration::ALL {
            assert_eq!(
                MetaGeneration::from_sizes(g.frame().size, g.object().size, g.display().size).unwrap(),
                g
            );
        }
        for g in SurfaceGeneration::ALL {
            let found = SurfaceGeneration::from_mapped_size(g.layout().surface_size).unwrap();
            assert_eq!(found.layout(), g.layout());
        }
    }

    #[test]
    fn an_unknown_size_is_named() {
        let error = MetaGeneration::from_sizes(192, 544, 6912).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Abi);
        assert!(error.to_string().contains("192"), "{error}");
        let error = SurfaceGeneration::from_mapped_size(3_110_400).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Abi);
        assert!(error.to_string().contains("3110400"), "{error}");
    }
}
