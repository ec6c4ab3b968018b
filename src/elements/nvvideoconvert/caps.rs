//! What can become what, and which of the possible outputs is chosen.

use gst::prelude::*;
use gst::{Caps, CapsFeatures, Fraction, FractionRange, IntRange, Structure, StructureRef};
use gst_video::VideoInfo;

use super::super::nvmm::{FEATURE, is_nvmm};
use crate::frame::Colorimetry;
use crate::surface::host;

/// Fields that belong to the batch, not to the pictures; they stay with NVMM.
const BATCH_FIELDS: [&str; 2] = ["batch-size", "num-surfaces-per-frame"];
/// Fields that a conversion may change.
const PIXEL_FIELDS: [&str; 3] = ["format", "colorimetry", "chroma-site"];

/// Everything that `caps` on one pad allows on the other: both memories, the same one first. A turned
/// picture keeps its size, with the sides swapped: equal caps would be taken for equal frames.
pub(super) fn transformed(caps: &Caps, swap_sides: bool) -> Caps {
    let mut out = Caps::new_empty();
    let writable = out.get_mut().expect("new caps have one owner");
    for same_memory in [true, false] {
        for (structure, features) in caps.iter_with_features() {
            let from_nvmm = features.contains(FEATURE);
            let to_nvmm = from_nvmm == same_memory;
            let features = if to_nvmm { CapsFeatures::new([FEATURE]) } else { CapsFeatures::new_empty() };
            let widened = widened(structure, to_nvmm && from_nvmm, swap_sides);
            if !writable.is_subset_of_any(&widened, &features) {
                writable.append_structure_full(widened, Some(features));
            }
        }
    }
    out
}

trait SubsetOfAny {
    fn is_subset_of_any(&self, structure: &Structure, features: &CapsFeatures) -> bool;
}

impl SubsetOfAny for gst::CapsRef {
    fn is_subset_of_any(&self, structure: &Structure, features: &CapsFeatures) -> bool {
        self.iter_with_features().any(|(s, f)| f.is_equal(features) && structure.is_subset(s))
    }
}

/// The same frames in any format, and any size unless they are turned.
fn widened(structure: &StructureRef, keep_batch: bool, swap_sides: bool) -> Structure {
    let mut wide = structure.to_owned();
    PIXEL_FIELDS.iter().for_each(|field| wide.remove_field(*field));
    if swap_sides {
        for (to, from) in [("width", "height"), ("height", "width")] {
            if let Ok(side) = structure.value(from) {
                wide.set_value(to, side.clone());
            }
        }
    } else {
        wide.set("width", IntRange::new(1, i32::MAX));
        wide.set("height", IntRange::new(1, i32::MAX));
    }
    if wide.has_field("pixel-aspect-ratio") {
        wide.set(
            "pixel-aspect-ratio",
            FractionRange::new(Fraction::new(1, i32::MAX), Fraction::new(i32::MAX, 1)),
        );
    }
    if !keep_batch {
        BATCH_FIELDS.iter().for_each(|field| wide.remove_field(*field));
    }
    wide
}

/// One output for `input`: its memory, format and size where the output may have them.
pub(super) fn fixated(input: &Caps, mut options: Caps, swap_sides: bool) -> Caps {
    let Some(from) = input.structure(0) else { return options };
    let format = from.get::<&str>("format").unwrap_or("NV12");
    let allows = |structure: &StructureRef| {
        structure.value("format").is_ok_and(|v| v.can_intersect(&format.to_value()))
    };
    let best = options.iter().position(allows).unwrap_or(0);
    let nvmm = options.features(best).is_some_and(|f| f.contains(FEATURE));
    options = options.iter_with_features().nth(best).map_or_else(Caps::new_empty, |(s, f)| {
        Caps::builder_full().structure_with_features(s.to_owned(), f.to_owned()).build()
    });
    if options.is_empty() {
        return options;
    }
    let structure = options.make_mut().structure_mut(0).expect("one structure was kept");
    structure.fixate_field_str("format", format);
    fixate_size(from, structure, swap_sides);
    keep(from, structure, "chroma-site");
    keep_colorimetry(input, structure);
    options.fixate();
    if nvmm { with_surface_colorimetry(options) } else { options }
}

/// Width and height: both of the input, or the one that keeps its shape.
fn fixate_size(from: &StructureRef, to: &mut StructureRef, swap_sides: bool) {
    let side = |name| from.get::<i32>(name).unwrap_or(0).max(1);
    let (mut width, mut height) = (side("width"), side("height"));
    let mut par = from.get::<Fraction>("pixel-aspect-ratio").unwrap_or(Fraction::new(1, 1));
    if swap_sides {
        (width, height) = (height, width);
        par = Fraction::new(par.denom(), par.numer());
    }
    let scaled = |known: i32, a: i32, b: i32| {
        (i64::from(known) * i64::from(a) / i64::from(b)).clamp(1, i64::from(i32::MAX)) as i32
    };
    match (to.get::<i32>("width"), to.get::<i32>("height")) {
        (Ok(w), Err(_)) => _ = to.fixate_field_nearest_int("height", scaled(w, height, width)),
        (Err(_), Ok(h)) => _ = to.fixate_field_nearest_int("width", scaled(h, width, height)),
        _ => {
            to.fixate_field_nearest_int("width", width);
            to.fixate_field_nearest_int("height", height);
        }
    }
    if to.has_field("pixel-aspect-ratio") {
        to.fixate_field_nearest_fraction("pixel-aspect-ratio", par);
    }
}

/// Takes `field` over where the output leaves it open.
fn keep(from: &StructureRef, to: &mut StructureRef, field: &str) {
    if let (Ok(value), false) = (from.value(field), to.has_field(field)) {
        to.set_value(field, value.clone());
    }
}

/// YUV to YUV keeps matrix and range; RGB and gray have their own.
fn keep_colorimetry(input: &Caps, to: &mut StructureRef) {
    let yuv = |format: &str| {
        let format = gst_video::VideoFormat::from_string(format);
        gst_video::VideoFormatInfo::from_format(format).is_yuv()
    };
    let both = input.structure(0).and_then(|s| s.get::<&str>("format").ok()).is_some_and(yuv)
        && to.get::<&str>("format").is_ok_and(yuv);
    if !both {
        to.remove_field("chroma-site");
        return;
    }
    if let (Ok(info), false) = (VideoInfo::from_caps(input), to.has_field("colorimetry")) {
        to.set("colorimetry", info.colorimetry().to_string());
    }
}

/// Replaces a colorimetry that no surface has by one that every format has.
fn with_surface_colorimetry(mut caps: Caps) -> Caps {
    if let Ok(info) = VideoInfo::from_caps(&caps)
        && host::surface_spec(&info).is_err()
        && let Some(structure) = caps.make_mut().structure_mut(0)
    {
        structure.set("colorimetry", host::video_colorimetry(Colorimetry::default()).to_string());
    }
    caps
}

/// Whether nothing has to be done between these caps.
pub(super) fn same(input: &Caps, output: &Caps) -> bool {
    is_nvmm(input) == is_nvmm(output) && input == output
}
