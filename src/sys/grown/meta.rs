//! Metadata.

use super::super::DeepStreamVersion::*;
use super::grown;

grown! {
    FRAME_META = "NvDsFrameMeta" {
        V6_0: 200 { reserved 168 32 }
        V8_0: 232 { sensorInfo_meta 168 32, reserved 200 32 }
    }
    OBJECT_META = "NvDsObjectMeta" {
        V6_0: 544 { rect_params 104 104, mask_params 208 24, text_params 232 104, obj_label 336 128,
            classifier_meta_list 464 8, obj_user_meta_list 472 8, misc_obj_info 480 32, reserved 512 32 }
        V9_0: 552 { rect_params 104 112, mask_params 216 24, text_params 240 104, obj_label 344 128,
            classifier_meta_list 472 8, obj_user_meta_list 480 8, misc_obj_info 488 32, reserved 520 32 }
    }
    DISPLAY_META = "NvDsDisplayMeta" {
        V6_0: 6912 { rect_params 64 1664, text_params 1728 1664, line_params 3392 896,
            arrow_params 4288 1024, circle_params 5312 1536, misc_osd_data 6848 32, reserved 6880 32 }
        V9_0: 7040 { rect_params 64 1792, text_params 1856 1664, line_params 3520 896,
            arrow_params 4416 1024, circle_params 5440 1536, misc_osd_data 6976 32, reserved 7008 32 }
    }
    RECT_PARAMS = "NvOSD_RectParams" {
        V6_0: 104 {}
        V9_0: 112 { rotation_angle 104 4 }
    }
    CIRCLE_PARAMS = "NvOSD_CircleParams" {
        V6_0: 96 { reserved 88 4 }
        V6_4: 96 { circle_width 88 4, reserved 92 4 }
    }
    FRAME_TEXT_PARAMS = "NvOSD_FrameTextParams" {
        V6_0: 24 {}
        V6_3: 32 { surf 24 8 }
    }
    FRAME_RECT_PARAMS = "NvOSD_FrameRectParams" {
        V6_0: 24 {}
        V6_3: 32 { surf 24 8 }
        V9_0: 40 { mask_params_list 24 8, surf 32 8 }
    }
    FRAME_SEGMENT_MASK_PARAMS = "NvOSD_FrameSegmentMaskParams" {
        V6_0: 32 {}
        V6_3: 40 { surf 32 8 }
    }
    FRAME_LINE_PARAMS = "NvOSD_FrameLineParams" {
        V6_0: 24 {}
        V6_3: 32 { surf 24 8 }
    }
    FRAME_ARROW_PARAMS = "NvOSD_FrameArrowParams" {
        V6_0: 24 {}
        V6_3: 32 { surf 24 8 }
    }
    FRAME_CIRCLE_PARAMS = "NvOSD_FrameCircleParams" {
        V6_0: 24 {}
        V6_3: 32 { surf 24 8 }
    }
    TENSOR_META = "NvDsInferTensorMeta" {
        V6_0: 64 {}
        V6_1: 64 { maintain_aspect_ratio 60 4 }
        V7_1: 72 { maintain_aspect_ratio 60 4, symmetric_padding 64 4 }
    }
    SEGMENTATION_META = "NvDsInferSegmentationMeta" {
        V6_0: 40 {}
        V6_2: 48 { unique_id 40 4 }
    }
    OBJECT_DETECTION_INFO = "NvDsInferObjectDetectionInfo" {
        V6_0: 24 {}
        V9_0: 28 { rotation_angle 24 4 }
    }
    ROI_META = "NvDsRoiMeta" {
        V6_0: 232 { roi 0 104, roi_polygon 104 64, converted_buffer 168 8, frame_meta 176 8, scale_ratio_x 184 8,
            scale_ratio_y 192 8, offset_left 200 8, offset_top 208 8, classifier_meta_list 216 8,
            roi_user_meta_list 224 8 }
        V6_2: 240 { roi 0 104, roi_polygon 104 64, converted_buffer 168 8, frame_meta 176 8, scale_ratio_x 184 8,
            scale_ratio_y 192 8, offset_left 200 8, offset_top 208 8, classifier_meta_list 216 8,
            roi_user_meta_list 224 8, object_meta 232 8 }
        V9_0: 248 { roi 0 112, roi_polygon 112 64, converted_buffer 176 8, frame_meta 184 8, scale_ratio_x 192 8,
            scale_ratio_y 200 8, offset_left 208 8, offset_top 216 8, classifier_meta_list 224 8,
            roi_user_meta_list 232 8, object_meta 240 8 }
    }
    PREPROCESS_TENSOR_META = "NvDsPreProcessTensorMeta" {
        V6_0: 96 {}
        V6_2: 104 { meta_id 96 4 }
        V7_1: 104 { meta_id 96 4, maintain_aspect_ratio 100 4 }
    }
    PAST_FRAME_OBJ_BATCH = "NvDsPastFrameObjBatch" {
        V6_0: 16 {}
        V6_3: 24 { priv_data 16 8 }
        V6_4: none;
    }
    TARGET_MISC_DATA_FRAME = "NvDsTargetMiscDataFrame" {
        V6_4: 128 { tBbox 8 104, confidence 112 4, age 116 4, trackerState 120 4, visibility 124 4 }
        V9_0: 144 { tBbox 8 112, confidence 120 4, age 124 4, trackerState 128 4, visibility 132 4,
            ptWorldFeet 136 8 }
    }
    ANALYTICS_OBJ_INFO = "NvDsAnalyticsObjInfo" {
        V6_0: 112 {}
        V6_3: 144 { objStatus 112 32 }
    }
    OPTICAL_FLOW_META = "NvDsOpticalFlowMeta" {
        V6_0: 48 { priv 32 8, reserved 40 8 }
        V7_0: 56 { cost 32 8, priv 40 8, reserved 48 8 }
    }
    OBJ_ENC_USR_ARGS = "NvDsObjEncUsrArgs" {
        V6_0: 1044 {}
        V6_2: 1048 { isFrame 1044 1 }
        V6_4: 1048 { isFrame 1044 1, calcEncodeTime 1045 1 }
    }
    EVENT_MSG_META = "NvDsEventMsgMeta" {
        V6_0: 184 { otherAttrs 152 8, videoPath 160 8, extMsg 168 8, extMsgSize 176 4 }
        V6_2: 216 { otherAttrs 152 8, videoPath 160 8, extMsg 168 8, extMsgSize 176 4, pose 184 16,
            embedding 200 16 }
        V6_4: 264 { otherAttrs 152 8, videoPath 160 8, extMsg 168 8, extMsgSize 176 4, pose 184 16,
            embedding 200 16, has3DTracking 216 1, singleView3DTracking 224 40 }
        V8_0: 14032 { entries 152 13600, count 13752 4, bbox3d 13760 8, llm 13768 8,
            num_interactions 13776 4, interactions 13784 8, num_congestions 13792 4, congestions 13800 8,
            num_fov 13808 4, fov 13816 8, segmentation 13824 8, otherAttrs 13832 8, videoPath 13840 8,
            extMsg 13848 8, extMsgSize 13856 4, pose 13864 16, embedding 13880 16, has3DTracking 13896 1,
            singleView3DTracking 13904 128 }
        V9_0: 14040 { entries 152 13600, count 13752 4, bbox3d 13760 8, llm 13768 8,
            num_interactions 13776 4, interactions 13784 8, num_congestions 13792 4, congestions 13800 8,
            num_fov 13808 4, fov 13816 8, segmentation 13824 8, otherAttrs 13832 8, videoPath 13840 8,
            extMsg 13848 8, extMsgSize 13856 4, pose 13864 16, embedding 13880 16, has3DTracking 13896 1,
            singleView3DTracking 13904 136 }
        V9_1: 14040 { entries 152 13600, count 13752 4, bbox3d 13760 8, llm 13768 8,
            num_interactions 13776 4, interactions 13784 8, num_congestions 13792 4, congestions 13800 8,
            num_fov 13808 4, fov 13816 8, segmentation 13824 8, otherAttrs 13832 8, videoPath 13840 8,
            extMsg 13848 8, extMsgSize 13856 4, pose 13864 16, embedding 13880 16, has3DTracking 13896 1,
            singleView3DTracking 13904 128, visibility 14032 4 }
    }
}
