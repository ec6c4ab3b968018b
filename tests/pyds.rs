//! The page for people who come from pyds names everything that pyds has, and nothing that this crate has not.

use std::collections::BTreeSet;

const PAGE: &str = include_str!("../docs/pyds.md");
const NAMES: &str = include_str!("data/pyds-names.txt");

/// The rows of the page's tables: (pyds, here).
fn rows() -> Vec<(&'static str, &'static str)> {
    let cells = |line: &'static str| line.trim_matches('|').split_once('|');
    let rows = PAGE.lines().filter(|l| l.starts_with('|')).filter_map(cells);
    rows.filter(|(a, _)| !a.contains("---") && a.trim() != "pyds").collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_name_of_pyds_has_a_row() {
    let rows = rows();
    let named: BTreeSet<_> = rows.iter().flat_map(|(pyds, _)| quoted(pyds)).collect();
    let missing: Vec<_> = NAMES.lines().filter(|name| !named.contains(name)).collect();
    assert!(NAMES.lines().count() > 180, "the list of names is short");
    assert!(missing.is_empty(), "not on the page: {missing:?}");
    let empty: Vec<_> = rows.iter().filter(|(_, here)| here.trim().len() < 5).collect();
    assert!(empty.is_empty(), "rows without an answer: {empty:?}");
}

/// Names that exist, or this file does not compile: types and modules by `use`, functions and methods as values.
macro_rules! exist {
    (types { $($($type:ident)::+,)* } values { $($value:path,)* }) => {
        mod types {
            $(#[allow(unused_imports, reason = "that it can be named is the test")] use $($type)::+ as _;)*
        }

        #[allow(dead_code, path_statements, reason = "that it compiles is the test")]
        fn values() {
            $(let _ = $value;)*
        }

        const EXISTING: &[&str] = &[$(stringify!($($type)::+),)* $(stringify!($value),)*];
    };
}

exist! {
    types {
        dsframe::meta,
        dsframe::sys,
    dsframe::crops::CropWriter,
    dsframe::frame::Colorimetry,
    dsframe::frame::FrameViewMut,
    dsframe::frame::PixelFormat,
    dsframe::frame::View,
    dsframe::meta::ArrowHead,
    dsframe::meta::ArrowItem,
    dsframe::meta::BBox,
    dsframe::meta::BatchMeta,
    dsframe::meta::CircleItem,
    dsframe::meta::ClassifierMeta,
    dsframe::meta::Color,
    dsframe::meta::DisplayMeta,
    dsframe::meta::FrameInit,
    dsframe::meta::FrameMeta,
    dsframe::meta::FrameRecord,
    dsframe::meta::LabelInfo,
    dsframe::meta::LabelItem,
    dsframe::meta::LineItem,
    dsframe::meta::MetaIter,
    dsframe::meta::ObjectInit,
    dsframe::meta::ObjectMeta,
    dsframe::meta::RectItem,
    dsframe::meta::Scene,
    dsframe::meta::UserMeta,
    dsframe::meta::typed::CropImageMeta,
    dsframe::meta::typed::DataType,
    dsframe::meta::typed::Layer,
    dsframe::meta::typed::OpticalFlowMeta,
    dsframe::meta::typed::ReidMeta,
    dsframe::meta::typed::SegmentationMeta,
    dsframe::meta::typed::Target,
    dsframe::meta::typed::TargetFrame,
    dsframe::meta::typed::TargetLists,
    dsframe::meta::typed::TargetStream,
    dsframe::meta::typed::TensorMeta,
    dsframe::surface::Residency,
    dsframe::surface::SurfaceAlloc,
    dsframe::surface::SurfaceBatch,
    dsframe::surface::SurfaceRef,
    dsframe::sys::NvDsMeta,
    dsframe::sys::NvDsMetaPool,
    dsframe::sys::NvOFFlowVector,
    dsframe::sys::NvOSD_Color_info,
    }
    values {
    dsframe::frame::FrameView::to_owned,
    dsframe::meta::BatchMeta::add_copy_of,
    dsframe::meta::BatchMeta::add_frame,
    dsframe::meta::BatchMeta::add_user::<u8>,
    dsframe::meta::BatchMeta::clear_frames,
    dsframe::meta::BatchMeta::clear_user_metas,
    dsframe::meta::BatchMeta::frame,
    dsframe::meta::BatchMeta::frames,
    dsframe::meta::BatchMeta::from_buffer,
    dsframe::meta::BatchMeta::lock,
    dsframe::meta::BatchMeta::remove_frame,
    dsframe::meta::BatchMeta::remove_user,
    dsframe::meta::BatchMeta::to_owned,
    dsframe::meta::ClassifierMeta::add_label,
    dsframe::meta::ClassifierMeta::remove_label,
    dsframe::meta::FrameMeta::add_display,
    dsframe::meta::FrameMeta::add_object,
    dsframe::meta::FrameMeta::add_user::<u8>,
    dsframe::meta::FrameMeta::add_user_raw,
    dsframe::meta::FrameMeta::clear_displays,
    dsframe::meta::FrameMeta::clear_objects,
    dsframe::meta::FrameMeta::clear_user_metas,
    dsframe::meta::FrameMeta::misc,
    dsframe::meta::FrameMeta::ntp_timestamp,
    dsframe::meta::FrameMeta::objects,
    dsframe::meta::FrameMeta::remove_display,
    dsframe::meta::FrameMeta::remove_object,
    dsframe::meta::FrameMeta::remove_user,
    dsframe::meta::FrameMeta::retain_objects::<fn(dsframe::meta::ObjectMeta<'_>) -> bool>,
    dsframe::meta::FrameMeta::scene,
    dsframe::meta::FrameMeta::set_misc,
    dsframe::meta::ObjectMeta::add_classifier,
    dsframe::meta::ObjectMeta::add_user::<u8>,
    dsframe::meta::ObjectMeta::clear_user_metas,
    dsframe::meta::ObjectMeta::color_id,
    dsframe::meta::ObjectMeta::detector_bbox,
    dsframe::meta::ObjectMeta::mask,
    dsframe::meta::ObjectMeta::rect,
    dsframe::meta::ObjectMeta::set_mask,
    dsframe::meta::ObjectMeta::remove_classifier,
    dsframe::meta::ObjectMeta::remove_user,
    dsframe::meta::ObjectMeta::style,
    dsframe::meta::ObjectMeta::text_params,
    dsframe::meta::ObjectMeta::to_owned,
    dsframe::meta::ObjectMeta::tracker_bbox,
    dsframe::meta::ObjectMeta::with_label::<(), fn(&str)>,
    dsframe::meta::ObjectRecord::add_to,
    dsframe::meta::OwnedBatchMeta::attach,
    dsframe::meta::OwnedBatchMeta::copy_of,
    dsframe::meta::OwnedBatchMeta::new,
    dsframe::meta::UserMeta::data_ptr,
    dsframe::meta::UserMeta::latency,
    dsframe::meta::UserMeta::meta_type,
    dsframe::meta::UserMeta::payload::<u8>,
    dsframe::meta::UserMeta::tensor_output,
    dsframe::meta::UserMeta::type_of,
    dsframe::meta::typed::Layer::as_array::<f32>,
    dsframe::meta::typed::Layer::dims,
    dsframe::meta::typed::OpticalFlowMeta::vectors,
    dsframe::meta::typed::ReidMeta::vector,
    dsframe::meta::typed::SegmentationMeta::class_map,
    dsframe::meta::typed::TensorMeta::layer,
    dsframe::meta::typed::TensorMeta::network_info,
    dsframe::probe::Batch::meta,
    dsframe::probe::Frame::map_read,
    dsframe::probe::Frame::map_write,
    dsframe::surface::SurfaceBatch::as_ptr,
    dsframe::surface::SurfaceRef::as_ptr,
    }
}

#[test]
fn every_path_on_the_page_exists() {
    // Generic methods are listed with a type, which the page leaves out.
    let plain = |path: &&'static str| path.split("::<").next().unwrap_or_default().replace(' ', "");
    let existing: BTreeSet<_> = EXISTING.iter().map(plain).collect();
    let told: BTreeSet<_> =
        quoted_paths().into_iter().filter(|path| path.starts_with("dsframe::")).map(str::to_owned).collect();
    assert!(told.len() > 80, "only {} paths were found", told.len());
    let unknown: Vec<_> = told.difference(&existing).collect();
    assert!(unknown.is_empty(), "paths that are not known to exist, to be added to the list: {unknown:?}");
    let unused: Vec<_> = existing.difference(&told).collect();
    assert!(unused.is_empty(), "paths that the page does not name: {unused:?}");
}

/// Paths in text and tables, not in code blocks, which are compiled by themselves.
fn quoted_paths() -> Vec<&'static str> {
    let mut code = false;
    let text = PAGE.lines().filter(|line| {
        let fence = line.starts_with("```");
        code ^= fence;
        !code && !fence
    });
    text.flat_map(quoted).collect()
}
