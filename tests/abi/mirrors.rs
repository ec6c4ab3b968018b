//! Every mirrored struct and constant, as data to compare.

use std::collections::BTreeMap;
use std::mem::{align_of, offset_of, size_of};

use dsframe::sys::*;

/// One mirrored struct: name, size, alignment, whole or prefix, fields as (name, offset, size).
pub(crate) struct Mirror {
    pub name: &'static str,
    pub size: usize,
    pub align: usize,
    pub whole: bool,
    pub fields: Vec<(&'static str, usize, usize)>,
}

fn size_behind<T, F>(_: fn(&T) -> &F) -> usize {
    size_of::<F>()
}

macro_rules! mirror {
    ($kind:ident $name:ident { $($field:ident),* $(,)? }) => {
        Mirror {
            name: stringify!($name),
            size: size_of::<$name>(),
            align: align_of::<$name>(),
            whole: stringify!($kind) == "whole",
            fields: vec![$((
                stringify!($field),
                offset_of!($name, $field),
                size_behind(|s: &$name| &s.$field),
            )),*],
        }
    };
}

macro_rules! constants {
    ($($name:ident),* $(,)?) => { vec![$((stringify!($name), $name as i128)),*] };
}

pub(crate) fn mirrors() -> Vec<Mirror> {
    vec![
        mirror!(prefix NvBufSurface { gpuId, batchSize, numFilled, isContiguous, memType, surfaceList }),
        mirror!(prefix NvBufSurfaceParams {
            width, height, pitch, colorFormat, layout, bufferDesc, dataSize, dataPtr, planeParams
        }),
        mirror!(whole NvBufSurfacePlaneParams {
            num_planes, width, height, pitch, offset, psize, bytesPerPix, _reserved
        }),
        mirror!(prefix NvBufSurfaceMappedAddr { addr, eglImage }),
        mirror!(whole NvBbox_Coords { left, top, width, height }),
        mirror!(whole NvOSD_ColorParams { red, green, blue, alpha }),
        mirror!(whole NvOSD_FontParams { font_name, font_size, font_color }),
        mirror!(whole NvOSD_TextParams {
            display_text, x_offset, y_offset, font_params, set_bg_clr, text_bg_clr
        }),
        mirror!(prefix NvOSD_RectParams {
            left, top, width, height, border_width, border_color, has_bg_color, reserved, bg_color,
            has_color_info, color_id
        }),
        mirror!(whole NvOSD_Color_info { id, color }),
        mirror!(whole NvOSD_MaskParams { data, size, threshold, width, height }),
        mirror!(whole NvOSD_LineParams { x1, y1, x2, y2, line_width, line_color }),
        mirror!(whole NvOSD_ArrowParams { x1, y1, x2, y2, arrow_width, arrow_head, arrow_color, reserved }),
        mirror!(whole NvOSD_CircleParams {
            xc, yc, radius, circle_color, has_bg_color, bg_color, circle_width
        }),
        mirror!(whole NvDsBaseMeta { batch_meta, meta_type, uContext, copy_func, release_func }),
        mirror!(whole NvDsMetaPool {
            meta_type, max_elements_in_pool, element_size, num_empty_elements, num_full_elements, empty_list,
            full_list, copy_func, release_func
        }),
        mirror!(whole NvDsBatchMeta {
            base_meta, max_frames_in_batch, num_frames_in_batch, frame_meta_pool, obj_meta_pool,
            classifier_meta_pool, display_meta_pool, user_meta_pool, label_info_meta_pool, frame_meta_list,
            batch_user_meta_list, meta_mutex, misc_batch_info, reserved
        }),
        mirror!(whole NvDsSensorInfo_meta { source_id, uri, sensor_id, sensor_name }),
        mirror!(prefix NvDsFrameMeta {
            base_meta, pad_index, batch_id, frame_num, buf_pts, ntp_timestamp, source_id,
            num_surfaces_per_frame, source_frame_width, source_frame_height, surface_type, surface_index,
            num_obj_meta, bInferDone, obj_meta_list, display_meta_list, frame_user_meta_list,
            misc_frame_info, pipeline_width, pipeline_height
        }),
        mirror!(whole NvDsComp_BboxInfo { org_bbox_coords }),
        mirror!(prefix NvDsObjectMeta {
            base_meta, parent, unique_component_id, class_id, object_id, detector_bbox_info,
            tracker_bbox_info, confidence, tracker_confidence
        }),
        mirror!(whole NvDsClassifierMeta {
            base_meta, num_labels, unique_component_id, label_info_list, classifier_type
        }),
        mirror!(whole NvDsLabelInfo {
            base_meta, num_classes, result_label, pResult_label, result_class_id, label_id, result_prob
        }),
        mirror!(prefix NvDsDisplayMeta {
            base_meta, num_rects, num_labels, num_lines, num_arrows, num_circles
        }),
        mirror!(whole NvDsUserMeta { base_meta, user_meta_data }),
        mirror!(whole NvDsMeta {
            meta, meta_data, user_data, meta_type, copyfunc, freefunc, gst_to_nvds_meta_transform_func,
            gst_to_nvds_meta_release_func
        }),
    ]
}

pub(crate) fn known_constants() -> BTreeMap<&'static str, i128> {
    constants![
        NVBUF_COLOR_FORMAT_INVALID,
        NVBUF_COLOR_FORMAT_GRAY8,
        NVBUF_COLOR_FORMAT_YUV420,
        NVBUF_COLOR_FORMAT_YVU420,
        NVBUF_COLOR_FORMAT_YUV420_ER,
        NVBUF_COLOR_FORMAT_YVU420_ER,
        NVBUF_COLOR_FORMAT_NV12,
        NVBUF_COLOR_FORMAT_NV12_ER,
        NVBUF_COLOR_FORMAT_NV21,
        NVBUF_COLOR_FORMAT_NV21_ER,
        NVBUF_COLOR_FORMAT_UYVY,
        NVBUF_COLOR_FORMAT_UYVY_ER,
        NVBUF_COLOR_FORMAT_VYUY,
        NVBUF_COLOR_FORMAT_VYUY_ER,
        NVBUF_COLOR_FORMAT_YUYV,
        NVBUF_COLOR_FORMAT_YUYV_ER,
        NVBUF_COLOR_FORMAT_YVYU,
        NVBUF_COLOR_FORMAT_YVYU_ER,
        NVBUF_COLOR_FORMAT_YUV444,
        NVBUF_COLOR_FORMAT_RGBA,
        NVBUF_COLOR_FORMAT_BGRA,
        NVBUF_COLOR_FORMAT_ARGB,
        NVBUF_COLOR_FORMAT_ABGR,
        NVBUF_COLOR_FORMAT_RGBx,
        NVBUF_COLOR_FORMAT_BGRx,
        NVBUF_COLOR_FORMAT_xRGB,
        NVBUF_COLOR_FORMAT_xBGR,
        NVBUF_COLOR_FORMAT_RGB,
        NVBUF_COLOR_FORMAT_BGR,
        NVBUF_COLOR_FORMAT_NV12_10LE,
        NVBUF_COLOR_FORMAT_NV12_12LE,
        NVBUF_COLOR_FORMAT_YUV420_709,
        NVBUF_COLOR_FORMAT_YUV420_709_ER,
        NVBUF_COLOR_FORMAT_NV12_709,
        NVBUF_COLOR_FORMAT_NV12_709_ER,
        NVBUF_COLOR_FORMAT_YUV420_2020,
        NVBUF_COLOR_FORMAT_NV12_2020,
        NVBUF_COLOR_FORMAT_NV12_10LE_ER,
        NVBUF_COLOR_FORMAT_NV12_10LE_709,
        NVBUF_COLOR_FORMAT_NV12_10LE_709_ER,
        NVBUF_COLOR_FORMAT_NV12_10LE_2020,
        NVBUF_COLOR_FORMAT_SIGNED_R16G16,
        NVBUF_COLOR_FORMAT_R8_G8_B8,
        NVBUF_COLOR_FORMAT_B8_G8_R8,
        NVBUF_COLOR_FORMAT_R32F_G32F_B32F,
        NVBUF_COLOR_FORMAT_B32F_G32F_R32F,
        NVBUF_COLOR_FORMAT_YUV422,
        NVBUF_COLOR_FORMAT_NV21_10LE,
        NVBUF_COLOR_FORMAT_NV21_12LE,
        NVBUF_COLOR_FORMAT_NV12_12LE_2020,
        NVBUF_COLOR_FORMAT_NV16,
        NVBUF_COLOR_FORMAT_NV16_10LE,
        NVBUF_COLOR_FORMAT_NV24,
        NVBUF_COLOR_FORMAT_NV24_10LE,
        NVBUF_COLOR_FORMAT_NV16_ER,
        NVBUF_COLOR_FORMAT_NV24_ER,
        NVBUF_COLOR_FORMAT_NV16_709,
        NVBUF_COLOR_FORMAT_NV24_709,
        NVBUF_COLOR_FORMAT_NV16_709_ER,
        NVBUF_COLOR_FORMAT_NV24_709_ER,
        NVBUF_COLOR_FORMAT_NV24_10LE_709,
        NVBUF_COLOR_FORMAT_NV24_10LE_709_ER,
        NVBUF_COLOR_FORMAT_NV24_10LE_2020,
        NVBUF_COLOR_FORMAT_NV24_12LE_2020,
        NVBUF_COLOR_FORMAT_RGBA_10_10_10_2_709,
        NVBUF_COLOR_FORMAT_RGBA_10_10_10_2_2020,
        NVBUF_COLOR_FORMAT_BGRA_10_10_10_2_709,
        NVBUF_COLOR_FORMAT_BGRA_10_10_10_2_2020,
        NVBUF_COLOR_FORMAT_A32,
        NVBUF_COLOR_FORMAT_UYVP,
        NVBUF_COLOR_FORMAT_UYVP_ER,
        NVBUF_COLOR_FORMAT_YUV444_ER,
        NVBUF_COLOR_FORMAT_YUV444_709,
        NVBUF_COLOR_FORMAT_YUV444_709_ER,
        NVBUF_COLOR_FORMAT_YUV444_2020,
        NVBUF_COLOR_FORMAT_YUV444_10LE,
        NVBUF_COLOR_FORMAT_YUV444_10LE_ER,
        NVBUF_COLOR_FORMAT_YUV444_10LE_709,
        NVBUF_COLOR_FORMAT_YUV444_10LE_709_ER,
        NVBUF_COLOR_FORMAT_YUV444_10LE_2020,
        NVBUF_COLOR_FORMAT_YUV444_12LE,
        NVBUF_COLOR_FORMAT_YUV444_12LE_ER,
        NVBUF_COLOR_FORMAT_YUV444_12LE_709,
        NVBUF_COLOR_FORMAT_YUV444_12LE_709_ER,
        NVBUF_COLOR_FORMAT_YUV444_12LE_2020,
        NVBUF_COLOR_FORMAT_NV12_12LE_ER,
        NVBUF_COLOR_FORMAT_NV12_12LE_709,
        NVBUF_COLOR_FORMAT_NV12_12LE_709_ER,
        NVBUF_COLOR_FORMAT_GRAY8_ER,
        NVBUF_COLOR_FORMAT_UYVY_709,
        NVBUF_COLOR_FORMAT_UYVY_709_ER,
        NVBUF_COLOR_FORMAT_UYVY_2020,
        NVBUF_COLOR_FORMAT_GRAY16_LE,
        NVBUF_COLOR_FORMAT_BGRA64_LE,
        NVBUF_COLOR_FORMAT_NV16_2020,
        NVBUF_COLOR_FORMAT_NV16_10LE_ER,
        NVBUF_COLOR_FORMAT_NV16_10LE_709,
        NVBUF_COLOR_FORMAT_NV16_10LE_709_ER,
        NVBUF_COLOR_FORMAT_NV16_10LE_2020,
        NVBUF_COLOR_FORMAT_NV16_12LE,
        NVBUF_COLOR_FORMAT_NV16_12LE_ER,
        NVBUF_COLOR_FORMAT_NV16_12LE_709,
        NVBUF_COLOR_FORMAT_NV16_12LE_709_ER,
        NVBUF_COLOR_FORMAT_NV16_12LE_2020,
        NVBUF_COLOR_FORMAT_NV24_2020,
        NVBUF_COLOR_FORMAT_NV24_10LE_ER,
        NVBUF_COLOR_FORMAT_NV24_12LE,
        NVBUF_COLOR_FORMAT_NV24_12LE_ER,
        NVBUF_COLOR_FORMAT_NV24_12LE_709,
        NVBUF_COLOR_FORMAT_NV24_12LE_709_ER,
        NVBUF_COLOR_FORMAT_UYVP_709,
        NVBUF_COLOR_FORMAT_UYVP_709_ER,
        NVBUF_COLOR_FORMAT_UYVP_2020,
        NVBUF_LAYOUT_PITCH,
        NVBUF_LAYOUT_BLOCK_LINEAR,
        NVBUF_MAP_READ,
        NVBUF_MAP_WRITE,
        NVBUF_MAP_READ_WRITE,
        NVBUF_MEM_DEFAULT,
        NVBUF_MEM_CUDA_PINNED,
        NVBUF_MEM_CUDA_DEVICE,
        NVBUF_MEM_CUDA_UNIFIED,
        NVBUF_MEM_SURFACE_ARRAY,
        NVBUF_MEM_HANDLE,
        NVBUF_MEM_SYSTEM,
        NVBUF_MEM_CUDA_ARRAY,
        START_HEAD,
        END_HEAD,
        BOTH_HEAD,
        NVDS_INVALID_META,
        NVDS_BATCH_META,
        NVDS_FRAME_META,
        NVDS_OBJ_META,
        NVDS_DISPLAY_META,
        NVDS_CLASSIFIER_META,
        NVDS_LABEL_INFO_META,
        NVDS_USER_META,
        NVDS_PAYLOAD_META,
        NVDS_EVENT_MSG_META,
        NVDS_OPTICAL_FLOW_META,
        NVDS_LATENCY_MEASUREMENT_META,
        NVDSINFER_TENSOR_OUTPUT_META,
        NVDSINFER_SEGMENTATION_META,
        NVDS_CROP_IMAGE_META,
        NVDS_TRACKER_PAST_FRAME_META,
        NVDS_START_USER_META,
        NVDS_BATCH_GST_META,
        NVDS_DECODER_GST_META,
        NVDS_DEWARPER_GST_META,
        NVDS_BUFFER_GST_AS_FRAME_USER_META,
        NVBUF_MAX_PLANES,
        MAX_ELEMENTS_IN_DISPLAY_META,
        MAX_LABEL_SIZE,
        MAX_RESERVED_FIELDS,
        MAX_USER_FIELDS,
        UNTRACKED_OBJECT_ID,
        MAX_BORDER_WIDTH,
    ]
    .into_iter()
    .collect()
}
