//! Mirrors of what elements attach, and of what their libraries take.

use std::mem::{align_of, offset_of, size_of};

use dsframe::sys::*;

use crate::mirrors::{Extent, Mirror, mirror, size_behind};

pub(crate) fn payloads() -> Vec<Mirror> {
    vec![
        // nvdsinfer
        mirror!(Whole NvDsInferDims { numDims, d, numElements }),
        mirror!(Whole NvDsInferDimsCHW { c, h, w }),
        mirror!(Whole NvDsInferBatchDims { batchSize, dims }),
        mirror!(Whole NvDsInferLayerInfo { dataType, inferDims, bindingIndex, layerName, buffer, isInput }),
        mirror!(Whole NvDsInferNetworkInfo { width, height, channels }),
        mirror!(Prefix NvDsInferObjectDetectionInfo { classId, left, top, width, height, detectionConfidence }),
        mirror!(Whole NvDsInferInstanceMaskInfo { classId, left, top, width, height, detectionConfidence, mask, mask_width, mask_height, mask_size }),
        mirror!(Whole NvDsInferAttribute { attributeIndex, attributeValue, attributeConfidence, attributeLabel }),
        mirror!(Whole NvDsInferBatchDimsLayerInfo { profileDims }),
        // gstnvdsinfer
        mirror!(Prefix NvDsInferTensorMeta { unique_id, num_output_layers, output_layers_info, out_buf_ptrs_host, out_buf_ptrs_dev, gpu_id, priv_data, network_info }),
        mirror!(Prefix NvDsInferSegmentationMeta { classes, width, height, class_map, class_probabilities_map, priv_data }),
        // nvds_roi_meta
        mirror!(Prefix NvDsRoiMeta {}),
        // nvdspreprocess_meta
        mirror!(Prefix NvDsPreProcessTensorMeta { raw_tensor_buffer, buffer_size, tensor_shape, data_type, tensor_name, gpu_id, private_data }),
        mirror!(Whole GstNvDsPreProcessBatchMeta { target_unique_ids, tensor_meta, roi_vector, private_data }),
        // nvds_tracker_meta
        mirror!(Whole NvDsPastFrameObj { frameNum, tBbox, confidence, age }),
        mirror!(Whole NvDsPastFrameObjList { list, numObj, uniqueId, classId, objLabel }),
        mirror!(Whole NvDsPastFrameObjStream { list, streamID, surfaceStreamID, numAllocated, numFilled }),
        mirror!(Prefix NvDsPastFrameObjBatch { list, numAllocated, numFilled }),
        mirror!(Prefix NvDsTargetMiscDataFrame { frameNum }),
        mirror!(Whole NvDsTargetMiscDataObject { list, numObj, numAllocated, uniqueId, classId, objLabel }),
        mirror!(Whole NvDsTargetMiscDataStream { list, streamID, surfaceStreamID, numAllocated, numFilled }),
        mirror!(Whole NvDsTargetMiscDataBatch { list, numAllocated, numFilled, priv_data }),
        mirror!(Whole NvDsReidTensorBatch { featureSize, numFilled, ptr_host, ptr_dev, priv_data }),
        mirror!(Whole NvDsObjReid { featureSize, ptr_host, ptr_dev }),
        mirror!(Whole NvDsObjConvexHull { list, numPointsAllocated, numPoints }),
        mirror!(Whole NvDsObj3DBbox { xCentre, yCentre, zCentre, xLen, yLen, zLen, xRot, yRot, zRot, xVel, yVel, zVel }),
        // nvds_analytics_meta
        mirror!(Whole NvDsAnalyticsFrameMeta { ocStatus, objInROIcnt, objLCCurrCnt, objLCCumCnt, unique_id, objCnt }),
        mirror!(Prefix NvDsAnalyticsObjInfo { roiStatus, ocStatus, lcStatus, dirStatus, unique_id }),
        // nvds_latency_meta
        mirror!(Whole NvDsMetaSubCompLatency { sub_comp_name, in_system_timestamp, out_system_timestamp }),
        mirror!(Whole NvDsMetaCompLatency { component_name, in_system_timestamp, out_system_timestamp, source_id, frame_num, pad_index, sub_comp_latencies, num_sub_comps }),
        mirror!(Whole NvDsFrameLatencyInfo { source_id, frame_num, comp_in_timestamp, latency }),
        // nvds_opticalflow_meta
        mirror!(Whole NvOFFlowVector { flowx, flowy }),
        mirror!(Prefix NvDsOpticalFlowMeta { rows, cols, mv_size, cost_size, frame_num, data }),
        // nvds_obj_encode
        mirror!(Prefix NvDsObjEncUsrArgs { saveImg, attachUsrMeta, scaleImg, scaledWidth, scaledHeight, fileNameImg, objNum, quality }),
        mirror!(Whole NvDsObjEncOutParams { outBuffer, outLen }),
        // nvds_audio_meta
        mirror!(Whole NvDsAudioFrameMeta { base_meta, pad_index, batch_id, frame_num, buf_pts, ntp_timestamp, source_id, num_samples_per_frame, sample_rate, num_channels, format, layout, bInferDone, class_id, confidence, class_label, classifier_meta_list, frame_user_meta_list, misc_frame_info, reserved }),
        // nvbufaudio
        mirror!(Whole NvBufAudioParams { layout, format, bpf, channels, rate, dataSize, dataPtr, padId, sourceId, ntpTimestamp, bufPts, duration, reserved }),
        mirror!(Whole NvBufAudio { numFilled, batchSize, isContiguous, audioBuffers }),
        // nvds_dewarper_meta
        mirror!(Whole NvDewarperSurfaceMeta { r#type, index, source_id, num_filled_surfaces }),
        // nvdscustomusermeta
        mirror!(Whole NVDS_CUSTOM_PAYLOAD { payloadType, payloadSize, payload }),
        // gstnvdsseimeta
        mirror!(Whole GstVideoSEIMeta { meta, sei_metadata_type, sei_metadata_size, sei_metadata_ptr }),
        // nvll_osd_api
        mirror!(Prefix NvOSD_FrameTextParams { buf_ptr, mode, num_strings, text_params_list }),
        mirror!(Prefix NvOSD_FrameRectParams { buf_ptr, mode, num_rects, rect_params_list }),
        mirror!(Prefix NvOSD_FrameSegmentMaskParams { buf_ptr, mode, num_segments, rect_params_list, mask_params_list }),
        mirror!(Prefix NvOSD_FrameLineParams { buf_ptr, mode, num_lines, line_params_list }),
        mirror!(Prefix NvOSD_FrameArrowParams { buf_ptr, mode, num_arrows, arrow_params_list }),
        mirror!(Prefix NvOSD_FrameCircleParams { buf_ptr, mode, num_circles, circle_params_list }),
        // nvbufsurftransform
        mirror!(Largest NvBufSurfTransformRect { top, left, width, height, reserved }),
        mirror!(Largest NvBufSurfTransformConfigParams { compute_mode, gpu_id, cuda_stream, reserved }),
        mirror!(Largest NvBufSurfTransformParams { transform_flag, transform_flip, transform_filter, src_rect, dst_rect, reserved }),
        mirror!(Largest NvBufSurfTransform_ColorParams { red, green, blue, alpha, reserved }),
        mirror!(Largest NvBufSurfTransformCompositeParams { composite_flag, input_buf_count, src_comp_rect, dst_comp_rect, composite_filter, reserved }),
        mirror!(Largest NvBufSurfTransformCompositeBlendParams { composite_blend_flag, input_buf_count, composite_blend_filter, color_bg, perform_blending, reserved }),
        mirror!(Largest NvBufSurfTransformCompositeBlendParamsEx { params, src_comp_rect, dst_comp_rect, composite_blend_filter, alpha, reserved }),
        // nvbufsurface_ex
        mirror!(Largest NvBufSurfaceCreateParams { gpuId, width, height, size, isContiguous, colorFormat, layout, memType, _reserved }),
        mirror!(Prefix NvBufSurfaceChromaSubsamplingParams { chromaLocHoriz, chromaLocVert }),
        mirror!(Prefix NvBufSurfaceAllocateParams {}),
        mirror!(Prefix NvBufSurfacePlaneParamsEx { scanformat, secondfieldoffset, blockheightlog2, physicaladdress, flags }),
        mirror!(Prefix NvBufSurfaceParamsEx { startofvaliddata, sizeofvaliddatainbytes }),
        mirror!(Whole NvBufSurfaceMapPlaneParams { width, height, pitch, offset, psize, secondfieldoffset, blockheightlog2, flags, reserved }),
        mirror!(Prefix NvBufSurfaceMapParams { num_planes, gpuId, fd, totalSize, memType, layout, scanformat, colorFormat }),
        mirror!(Whole NvBufSurfaceCudaIpcMemHandle { reserved }),
        mirror!(Whole NvBufSurfaceExtendedMapParams { memHandle, reserved }),
        mirror!(Whole NvBufSurfaceCudaBuffer { basePtr, dataPtr, extMem, mipmap, reserved }),
        mirror!(Whole NvBufSurfaceNvmmBuffer { dataPtr, bufferDesc, reserved }),
        mirror!(Prefix NvBufSurfaceDeviceInfo { driverType, isVicPresent }),
        mirror!(Whole NvBufSurfaceGPUL2SyncParams { r#type, reserved }),
        // nvdsmeta_schema
        mirror!(Whole NvDsRect { top, left, width, height }),
        mirror!(Whole NvDsGeoLocation { lat, lon, alt }),
        mirror!(Whole NvDsCoordinate { x, y, z }),
        mirror!(Whole NvDsObjectSignature { signature, size }),
        mirror!(Whole NvDsEmbedding { embedding_vector, embedding_length }),
        mirror!(Whole NvDsJoint { x, y, z, confidence }),
        mirror!(Whole NvDsJoints { joints, num_joints, pose_type }),
        mirror!(Prefix NvDsEventMsgMeta { r#type, objType, bbox, location, coordinate, objSignature, objClassId, sensorId, moduleId, placeId, componentId, frameId, confidence, trackingId, ts, objectId, sensorStr }),
        mirror!(Whole NvDsEvent { eventType, metadata }),
        mirror!(Whole NvDsPayload { payload, payloadSize, componentId }),
        mirror!(Whole NvDsCustomMsgInfo { message, size }),
        mirror!(Whole NvDsVehicleObject { r#type, make, model, color, region, license }),
        mirror!(Whole NvDsVehicleObjectExt { r#type, make, model, color, region, license, mask }),
        mirror!(Whole NvDsPersonObject { gender, hair, cap, apparel, age }),
        mirror!(Whole NvDsPersonObjectExt { gender, hair, cap, apparel, age, mask }),
        mirror!(Whole NvDsFaceObject { gender, hair, cap, glasses, facialhair, name, eyecolor, age }),
        mirror!(Whole NvDsFaceObjectExt { gender, hair, cap, glasses, facialhair, name, eyecolor, age, mask }),
        mirror!(Whole NvDsProductObject { brand, r#type, shape }),
        mirror!(Whole NvDsProductObjectExt { brand, r#type, shape, mask }),
    ]
}
