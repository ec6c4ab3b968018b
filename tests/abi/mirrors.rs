//! Every mirrored struct and constant, as data to compare.

use std::mem::{align_of, offset_of, size_of};

use dsframe::sys::*;

/// How much of a struct is mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it, and it is the same in every version that has it.
    Whole,
    /// A start that is the same in every version.
    Prefix,
    /// All of it as in the newest version. Older ones have less at the end.
    Largest,
}

/// One mirrored struct; fields are name, offset and size.
pub(crate) struct Mirror {
    pub name: &'static str,
    pub size: usize,
    pub align: usize,
    pub extent: Extent,
    pub fields: Vec<(&'static str, usize, usize)>,
}

pub(super) fn size_behind<T, F>(_: fn(&T) -> &F) -> usize {
    size_of::<F>()
}

macro_rules! mirror {
    ($kind:ident $name:ident { $($field:ident),* $(,)? }) => {
        Mirror {
            name: stringify!($name),
            size: size_of::<$name>(),
            align: align_of::<$name>(),
            extent: Extent::$kind,
            fields: vec![$((
                stringify!($field).trim_start_matches("r#"),
                offset_of!($name, $field),
                size_behind(|s: &$name| &s.$field),
            )),*],
        }
    };
}

pub(super) use mirror;

pub(crate) fn mirrors() -> Vec<Mirror> {
    vec![
        mirror!(Prefix NvBufSurface { gpuId, batchSize, numFilled, isContiguous, memType, surfaceList }),
        mirror!(Prefix NvBufSurfaceParams {
            width, height, pitch, colorFormat, layout, bufferDesc, dataSize, dataPtr, planeParams
        }),
        mirror!(Whole NvBufSurfacePlaneParams {
            num_planes, width, height, pitch, offset, psize, bytesPerPix, _reserved
        }),
        mirror!(Prefix NvBufSurfaceMappedAddr { addr, eglImage }),
        mirror!(Whole NvBbox_Coords { left, top, width, height }),
        mirror!(Whole NvOSD_ColorParams { red, green, blue, alpha }),
        mirror!(Whole NvOSD_FontParams { font_name, font_size, font_color }),
        mirror!(Whole NvOSD_TextParams {
            display_text, x_offset, y_offset, font_params, set_bg_clr, text_bg_clr
        }),
        mirror!(Prefix NvOSD_RectParams {
            left, top, width, height, border_width, border_color, has_bg_color, reserved, bg_color,
            has_color_info, color_id
        }),
        mirror!(Whole NvOSD_Color_info { id, color }),
        mirror!(Whole NvOSD_MaskParams { data, size, threshold, width, height }),
        mirror!(Whole NvOSD_LineParams { x1, y1, x2, y2, line_width, line_color }),
        mirror!(Whole NvOSD_ArrowParams { x1, y1, x2, y2, arrow_width, arrow_head, arrow_color, reserved }),
        mirror!(Whole NvOSD_CircleParams {
            xc, yc, radius, circle_color, has_bg_color, bg_color, circle_width
        }),
        mirror!(Whole NvDsBaseMeta { batch_meta, meta_type, uContext, copy_func, release_func }),
        mirror!(Whole NvDsMetaPool {
            meta_type, max_elements_in_pool, element_size, num_empty_elements, num_full_elements, empty_list,
            full_list, copy_func, release_func
        }),
        mirror!(Whole NvDsBatchMeta {
            base_meta, max_frames_in_batch, num_frames_in_batch, frame_meta_pool, obj_meta_pool,
            classifier_meta_pool, display_meta_pool, user_meta_pool, label_info_meta_pool, frame_meta_list,
            batch_user_meta_list, meta_mutex, misc_batch_info, reserved
        }),
        mirror!(Whole NvDsSensorInfo_meta { source_id, uri, sensor_id, sensor_name }),
        mirror!(Prefix NvDsFrameMeta {
            base_meta, pad_index, batch_id, frame_num, buf_pts, ntp_timestamp, source_id,
            num_surfaces_per_frame, source_frame_width, source_frame_height, surface_type, surface_index,
            num_obj_meta, bInferDone, obj_meta_list, display_meta_list, frame_user_meta_list,
            misc_frame_info, pipeline_width, pipeline_height
        }),
        mirror!(Whole NvDsComp_BboxInfo { org_bbox_coords }),
        mirror!(Prefix NvDsObjectMeta {
            base_meta, parent, unique_component_id, class_id, object_id, detector_bbox_info,
            tracker_bbox_info, confidence, tracker_confidence
        }),
        mirror!(Whole NvDsClassifierMeta {
            base_meta, num_labels, unique_component_id, label_info_list, classifier_type
        }),
        mirror!(Whole NvDsLabelInfo {
            base_meta, num_classes, result_label, pResult_label, result_class_id, label_id, result_prob
        }),
        mirror!(Prefix NvDsDisplayMeta {
            base_meta, num_rects, num_labels, num_lines, num_arrows, num_circles
        }),
        mirror!(Whole NvDsUserMeta { base_meta, user_meta_data }),
        mirror!(Whole NvDsMeta {
            meta, meta_data, user_data, meta_type, copyfunc, freefunc, gst_to_nvds_meta_transform_func,
            gst_to_nvds_meta_release_func
        }),
    ]
}
