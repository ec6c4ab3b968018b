//! Typed views of the user metas of NVIDIA's elements, on structs laid out for every generation. Run again with
//! `DSFRAME_RUNTIME=native` and `DSFRAME_DEEPSTREAM_LIBS=$(.ci/fetch-deepstream)` for the real libraries.

#[path = "meta_typed/raw.rs"]
mod raw;
#[path = "meta/support.rs"]
mod support;

use std::ffi::c_void;
use std::ptr;

use dsframe::ErrorKind;
use dsframe::meta::typed::*;
use dsframe::meta::*;
use dsframe::sys::*;
use half::f16;
use ndarray::{Array2, Array3, ArrayD, IxDyn, arr1, arr2};
use raw::{Blob, address, attach, known, number, rect};
use support::{batches, frame_of};

fn object_of(frame: FrameMeta<'_>) -> ObjectMeta<'_> {
    frame.add_object(&ObjectInit::default()).unwrap()
}

fn tensor_output() -> TensorOutput {
    let boxes = ArrayD::from_shape_vec(IxDyn(&[2, 3]), vec![1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    TensorOutput {
        unique_id: 7,
        network_info: (640, 384, 3),
        gpu_id: 0,
        maintain_aspect_ratio: true,
        symmetric_padding: true,
        layers: vec![
            TensorLayer::new("boxes", boxes),
            TensorLayer::new("half", arr1(&[f16::from_f32(0.5)]).into_dyn()),
            TensorLayer::new("i8", arr1(&[-1_i8, 2]).into_dyn()),
            TensorLayer::new("i32", arr1(&[-5_i32]).into_dyn()),
            TensorLayer::new("i64", arr1(&[1_i64 << 40]).into_dyn()),
            TensorLayer::new("u8", arr1(&[200_u8]).into_dyn()),
            TensorLayer::new("empty", ArrayD::<f32>::zeros(IxDyn(&[0, 4]))),
        ],
    }
}

#[test]
fn tensors_come_back_as_they_were_attached() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let user = frame.add_tensor_output(tensor_output()).unwrap();
        assert_eq!(user.kind(), UserMetaKind::TensorOutput);
        assert!(user.segmentation().unwrap().is_none());
        let tensor = user.tensor_output().unwrap().unwrap();
        assert_eq!((tensor.unique_id(), tensor.num_output_layers(), tensor.gpu_id()), (7, 7, 0));
        assert_eq!(tensor.network_info(), (640, 384, 3));
        assert_eq!((tensor.maintain_aspect_ratio(), tensor.symmetric_padding()), (Some(true), Some(true)));
        let boxes = tensor.layer(0).unwrap();
        assert_eq!((boxes.name(), boxes.dims(), boxes.data_type()), ("boxes", &[2, 3][..], DataType::F32));
        assert_eq!(boxes.as_array::<f32>().unwrap()[[1, 2]], 6.0);
        assert_eq!(tensor.layer_named("half").unwrap().as_array::<f16>().unwrap()[0], f16::from_f32(0.5));
        assert_eq!(tensor.layer_named("i64").unwrap().as_array::<i64>().unwrap()[0], 1 << 40);
        assert_eq!(tensor.layer_named("empty").unwrap().as_array::<f32>().unwrap().shape(), [0, 4]);
        assert_eq!(tensor.to_owned().unwrap(), tensor_output());

        let wrong = boxes.as_array::<i32>().unwrap_err();
        assert_eq!(wrong.kind(), ErrorKind::InvalidArgument);
        assert!(wrong.to_string().contains("F32") && wrong.to_string().contains("I32"), "{wrong}");
        let missing = tensor.layer_named("nope").unwrap_err();
        assert!(missing.to_string().contains("boxes, half"), "{missing}");
        assert_eq!(tensor.layer(7).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
}

#[test]
fn payloads_survive_copies_of_the_batch() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let object = object_of(frame);
        frame.add_tensor_output(tensor_output()).unwrap();
        object.add_crop_image(vec![0xff, 0xd8, 0xff, 0xd9]).unwrap();
        object.add_reid(vec![0.25, 0.75]).unwrap();
        object.set_mask(arr2(&[[0.0, 1.0, 0.5]]).view(), 0.4).unwrap();
        let mut buffer = gst::Buffer::new();
        batch.attach(buffer.get_mut().unwrap()).unwrap();
        let copy = buffer.copy();
        drop(buffer);
        let batch = BatchMeta::from_buffer(&copy).unwrap().unwrap();
        let frame = batch.frames().next().unwrap();
        let tensor = frame.user_metas().next().unwrap().tensor_output().unwrap().unwrap();
        assert_eq!(tensor.to_owned().unwrap(), tensor_output());
        drop(tensor);
        let object = frame.objects().next().unwrap();
        let mask = object.mask().unwrap().unwrap();
        assert_eq!((mask.scores().unwrap(), mask.threshold()), (arr2(&[[0.0, 1.0, 0.5]]).view(), 0.4));
        drop(mask);
        let crop = object.user_metas().find_map(|u| u.crop_image().unwrap()).unwrap();
        assert_eq!(crop.jpeg().unwrap(), [0xff, 0xd8, 0xff, 0xd9]);
        drop(crop);
        let reid = object.user_metas().find_map(|u| u.reid().unwrap()).unwrap();
        assert_eq!(reid.vector().unwrap(), arr1(&[0.25, 0.75]));
    }
}

#[test]
fn nothing_is_removed_under_a_view() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let object = object_of(frame);
        let user = frame.add_tensor_output(tensor_output()).unwrap();
        let tensor = user.tensor_output().unwrap().unwrap();
        let again = user.tensor_output().unwrap().unwrap();
        drop(again);
        assert!(!frame.remove_user(user) && !frame.remove_object(object));
        assert!(!batch.as_batch().remove_frame(frame));
        assert_eq!(
            object.set_mask(arr2(&[[1.0]]).view(), 0.5).unwrap_err().kind(),
            ErrorKind::InvalidArgument
        );
        assert_eq!(tensor.layer(0).unwrap().as_array::<f32>().unwrap()[[0, 0]], 1.0);
        drop(tensor);
        object.set_mask(arr2(&[[1.0]]).view(), 0.5).unwrap();
        let mask = object.mask().unwrap().unwrap();
        assert!(!frame.remove_object(object) && object.clear_mask().is_err());
        drop(mask);
        assert!(frame.remove_object(object) && frame.remove_user(user));
        assert!(batch.as_batch().remove_frame(frame));
    }
}

#[test]
fn broken_tensors_are_errors() {
    let name = c"out";
    let value = 1.5_f32;
    let good = NvDsInferLayerInfo {
        dataType: FLOAT,
        inferDims: NvDsInferDims { numDims: 1, d: [1, 0, 0, 0, 0, 0, 0, 0], numElements: 1 },
        bindingIndex: 0,
        layerName: name.as_ptr(),
        buffer: ptr::null_mut(),
        isInput: 0,
    };
    let with = |change: fn(&mut NvDsInferLayerInfo)| {
        let mut info = good;
        change(&mut info);
        info
    };
    let host = address(&value).cast_mut();
    let odd = host.wrapping_byte_add(1);
    let cases: [(&str, NvDsInferLayerInfo, *mut c_void, ErrorKind); 6] = [
        ("no host copy", good, ptr::null_mut(), ErrorKind::Residency),
        ("odd address", good, odd, ErrorKind::Abi),
        ("nine dimensions", with(|i| i.inferDims.numDims = 9), host, ErrorKind::Abi),
        ("wrong product", with(|i| i.inferDims.numElements = 2), host, ErrorKind::Abi),
        (
            "overflow",
            with(|i| {
                i.inferDims.numDims = 8;
                i.inferDims.d = [u32::MAX; 8];
            }),
            host,
            ErrorKind::Abi,
        ),
        (
            "too large",
            with(|i| {
                i.inferDims.d[0] = u32::MAX;
                i.inferDims.numElements = u32::MAX;
            }),
            host,
            ErrorKind::Abi,
        ),
    ];
    for batch in batches(1) {
        let frame = frame_of(&batch);
        for (what, mut info, host, kind) in cases {
            let mut hosts = [host];
            let mut meta = Blob::new(72);
            meta.put(4, 1_u32).put(8, &raw mut info).put(16, &raw mut hosts);
            let user = attach(frame, NVDSINFER_TENSOR_OUTPUT_META, meta.ptr());
            let tensor = user.tensor_output().unwrap().unwrap();
            let error = tensor.layer(0).and_then(|l| l.as_array::<f32>().map(|_| ())).unwrap_err();
            assert_eq!(error.kind(), kind, "{what}: {error}");
            // A pointer in the layer itself will do as well.
            drop(tensor);
        }
        let mut info = with(|_| {});
        info.buffer = host;
        let mut meta = Blob::new(72);
        meta.put(4, 1_u32).put(8, &raw mut info);
        let user = attach(frame, NVDSINFER_TENSOR_OUTPUT_META, meta.ptr());
        let tensor = user.tensor_output().unwrap().unwrap();
        assert_eq!(tensor.layer(0).unwrap().as_array::<f32>().unwrap()[0], 1.5);
        drop(tensor);
        meta.put(8, ptr::null_mut::<c_void>());
        assert_eq!(user.tensor_output().unwrap().unwrap().layer(0).unwrap_err().kind(), ErrorKind::Abi);
        meta.put(4, u32::MAX);
        assert!(user.tensor_output().unwrap_err().to_string().contains("4294967295"));
        let nothing = attach(frame, NVDSINFER_TENSOR_OUTPUT_META, ptr::null());
        assert_eq!(nothing.tensor_output().unwrap_err().kind(), ErrorKind::Abi);
    }
}

#[test]
fn tensors_that_cannot_be_described_are_refused() {
    let batch = batches(1).remove(0);
    let frame = frame_of(&batch);
    for layer in [
        TensorLayer::new("nine", ArrayD::<u8>::zeros(IxDyn(&[1; 9]))),
        TensorLayer::new("a\0b", ArrayD::<u8>::zeros(IxDyn(&[1]))),
    ] {
        let output = TensorOutput { layers: vec![layer], ..TensorOutput::default() };
        assert_eq!(frame.add_tensor_output(output).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
    assert_eq!(frame.user_metas().len(), 0);
    // Any order of memory is made row-major.
    let turned = arr2(&[[1_i32, 2, 3], [4, 5, 6]]).reversed_axes().into_dyn();
    let layers = vec![TensorLayer::new("turned", turned.clone())];
    let user = frame.add_tensor_output(TensorOutput { layers, ..TensorOutput::default() }).unwrap();
    let tensor = user.tensor_output().unwrap().unwrap();
    assert_eq!(tensor.layer(0).unwrap().as_array::<i32>().unwrap(), turned);
}

#[test]
fn segmentations_come_back() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let owned = Segmentation {
            unique_id: 4,
            classes: 2,
            class_map: arr2(&[[0, 1, -1], [1, 1, 0]]),
            class_probabilities_map: Some(Array3::from_shape_fn((2, 2, 3), |(c, y, x)| {
                (c * 6 + y * 3 + x) as f32
            })),
        };
        let user = frame.add_segmentation(owned.clone()).unwrap();
        let meta = user.segmentation().unwrap().unwrap();
        assert_eq!((meta.classes(), meta.height(), meta.width(), meta.unique_id()), (2, 2, 3, Some(4)));
        assert_eq!(meta.class_map().unwrap()[[0, 2]], -1);
        assert_eq!(meta.class_probabilities_map().unwrap().unwrap()[[1, 1, 2]], 11.0);
        assert_eq!(meta.to_owned().unwrap(), owned);
        drop(meta);
        let bare = Segmentation { class_probabilities_map: None, ..owned.clone() };
        let user = object_of(frame).add_segmentation(bare.clone()).unwrap();
        assert_eq!(user.segmentation().unwrap().unwrap().to_owned().unwrap(), bare);
        let wrong = Segmentation { classes: 3, ..owned };
        assert_eq!(frame.add_segmentation(wrong).unwrap_err().kind(), ErrorKind::InvalidArgument);

        // width, height, and whether there is a map.
        for (width, height, map) in [(3_u32, 2_u32, false), (u32::MAX, 1, true), (65536, 65536, true)] {
            let values = [0_i32; 6];
            let mut meta = Blob::new(48);
            meta.put(0, 2_u32).put(4, width).put(8, height);
            meta.put(16, if map { values.as_ptr() } else { ptr::null() });
            let user = attach(frame, NVDSINFER_SEGMENTATION_META, meta.ptr());
            let read = user.segmentation().map(Option::unwrap);
            let error = read.and_then(|s| s.class_map().map(|_| ())).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Abi, "{width} x {height}: {error}");
        }
    }
}

#[test]
fn masks_are_the_objects_own() {
    for batch in batches(1) {
        let object = object_of(frame_of(&batch));
        assert!(object.mask().unwrap().is_none());
        let scores = Array2::from_shape_fn((3, 5), |(y, x)| (y * 5 + x) as f32 / 16.0);
        object.set_mask(scores.view(), 0.5).unwrap();
        object.set_mask(scores.t(), 0.25).unwrap();
        let mask = object.mask().unwrap().unwrap();
        assert_eq!((mask.scores().unwrap(), mask.threshold()), (scores.t(), 0.25));
        drop(mask);
        for refused in [Array2::zeros((0, 4)), Array2::zeros((1, 16385))] {
            assert_eq!(object.set_mask(refused.view(), 0.5).unwrap_err().kind(), ErrorKind::InvalidArgument);
        }
        let params: *mut NvOSD_MaskParams =
            object.as_ptr().cast::<u8>().wrapping_add(object.generation().object().mask_params).cast();
        // SAFETY: the object's mask, of which there is no view.
        unsafe { (*params).width = 4000 };
        let error = object.mask().unwrap().unwrap().scores().map(|_| ()).unwrap_err();
        assert!(error.kind() == ErrorKind::Abi && error.to_string().contains("60 bytes"), "{error}");
        object.clear_mask().unwrap();
        assert!(object.mask().unwrap().is_none());
    }
}

/// A frame of a target, as this version lays it out.
fn target_frames(versions: VersionRange, count: usize) -> Blob {
    let stride = TARGET_MISC_DATA_FRAME.size(versions).unwrap();
    let at = |name| TARGET_MISC_DATA_FRAME.known_offset(versions, name);
    let mut frames = Blob::new(stride * count);
    for i in 0..count {
        let start = i * stride;
        frames.put(start, 100 + i as u32).put(start + 8, rect(i as f32));
        frames.put(start + at("confidence").unwrap(), 0.5_f32).put(start + at("age").unwrap(), i as u32);
        frames
            .put(start + at("trackerState").unwrap(), PROJECTED)
            .put(start + at("visibility").unwrap(), 0.75_f32);
        if let Some(feet) = at("ptWorldFeet") {
            frames.put(start + feet, [1.0_f32, 2.0]);
        }
    }
    frames
}

#[test]
fn target_lists_are_walked_in_every_layout() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let generation = batch.as_batch().generation();
        let mut frames = target_frames(known(generation), 3);
        let mut label = [0; MAX_LABEL_SIZE];
        label[0] = b'p' as _;
        let mut targets = [NvDsTargetMiscDataObject {
            list: frames.ptr(),
            numObj: 3,
            numAllocated: 4,
            uniqueId: 1 << 40,
            classId: 2,
            objLabel: label,
        }];
        let mut streams = [NvDsTargetMiscDataStream {
            list: targets.as_mut_ptr(),
            streamID: 5,
            surfaceStreamID: 6,
            numAllocated: 1,
            numFilled: 1,
        }];
        let mut lists = NvDsTargetMiscDataBatch {
            list: streams.as_mut_ptr(),
            numAllocated: 1,
            numFilled: 1,
            priv_data: ptr::null_mut(),
        };
        for kind in [TargetListKind::PastFrames, TargetListKind::Terminated, TargetListKind::Shadow] {
            let meta_type = match kind {
                TargetListKind::PastFrames => NVDS_TRACKER_PAST_FRAME_META,
                TargetListKind::Terminated => number(generation, UserMetaKind::TrackerTerminatedList),
                TargetListKind::Shadow => number(generation, UserMetaKind::TrackerShadowList),
            };
            let user = attach(frame, meta_type, address(&lists));
            let view = user.target_lists().unwrap().unwrap();
            assert_eq!(view.kind(), kind);
            let stream = view.streams().unwrap().next().unwrap();
            assert_eq!((stream.stream_id(), stream.surface_stream_id()), (5, 6));
            let target = stream.objects().unwrap().next().unwrap();
            assert_eq!((target.object_id(), target.class_id(), target.label().as_str()), (1 << 40, 2, "p"));
            let seen: Vec<_> = target.frames().unwrap().collect();
            assert_eq!(seen.len(), 3);
            assert_eq!((seen[2].frame_num, seen[2].age, seen[2].bbox.left), (102, 2, 2.0));
            assert_eq!((seen[1].confidence, seen[1].visibility), (0.5, Some(0.75)));
            assert_eq!(seen[1].state, Some(TrackerState::Projected));
            assert_eq!(seen[1].world_feet, (generation == MetaGeneration::C).then_some([1.0, 2.0]));
        }
        // Counts and pointers that cannot be right.
        lists.numFilled = u32::MAX;
        let user = attach(frame, NVDS_TRACKER_PAST_FRAME_META, address(&lists));
        let view = user.target_lists().unwrap().unwrap();
        assert_eq!(view.streams().map(|_| ()).unwrap_err().kind(), ErrorKind::Abi);
        lists = NvDsTargetMiscDataBatch { list: ptr::null_mut(), numFilled: 1, ..lists };
        let user = attach(frame, NVDS_TRACKER_PAST_FRAME_META, address(&lists));
        let view = user.target_lists().unwrap().unwrap();
        assert_eq!(view.streams().map(|_| ()).unwrap_err().kind(), ErrorKind::Abi);
    }
}

#[test]
fn regions_are_read_in_every_layout() {
    for batch in batches(1) {
        let (frame, generation) = (frame_of(&batch), batch.as_batch().generation());
        let object = object_of(frame);
        let versions = known(generation);
        let stride = ROI_META.size(versions).unwrap();
        let at = |name| ROI_META.offset(versions, name).unwrap().unwrap();
        let mut rois = Blob::new(2 * stride);
        for (i, left) in [(0, 4.0), (1, 8.0)] {
            let start = i * stride;
            rois.put(start, rect(left)).put(start + at("roi_polygon"), [[1_u32, 2]; 8]);
            rois.put(start + at("scale_ratio_x"), 0.5_f64).put(start + at("offset_top"), 3.0_f64);
            rois.put(start + at("object_meta"), object.as_ptr());
        }
        let user = attach(frame, number(generation, UserMetaKind::Roi), rois.ptr());
        assert_eq!(user.kind(), UserMetaKind::Roi);
        let one = user.roi().unwrap().unwrap();
        assert_eq!((one.roi().bbox().left, one.roi().offset().unwrap()), (4.0, (0.0, 3.0)));
        assert_eq!(one.roi().object().unwrap(), Some(object));
        assert!(one.roi().classifiers().unwrap().is_empty() && one.roi().user_metas().unwrap().is_empty());
        drop(one);

        let (mut ids, mut shape, mut name) = ([1_u64, 2], [2_i32, 3, 4, 5], *b"input");
        let vector = |begin: *mut c_void, bytes: usize| {
            let end = begin.wrapping_byte_add(bytes);
            StdVector { begin, end, end_of_storage: end }
        };
        let mut tensor = NvDsPreProcessTensorMeta {
            raw_tensor_buffer: ptr::null_mut(),
            buffer_size: 480,
            tensor_shape: vector(shape.as_mut_ptr().cast(), 16),
            data_type: NvDsDataType_FP32,
            tensor_name: StdString { data: name.as_mut_ptr().cast(), length: 5, local: [0; 2] },
            gpu_id: 1,
            private_data: ptr::null_mut(),
        };
        let mut meta = GstNvDsPreProcessBatchMeta {
            target_unique_ids: vector(ids.as_mut_ptr().cast(), 16),
            tensor_meta: &raw mut tensor,
            roi_vector: vector(rois.ptr(), 2 * stride),
            private_data: ptr::null_mut(),
        };
        let meta_type = number(generation, UserMetaKind::PreprocessBatch);
        let user = attach(frame, meta_type, address(&meta));
        let view = user.preprocess_batch().unwrap().unwrap();
        assert_eq!(view.target_unique_ids().unwrap(), [1, 2]);
        let lefts: Vec<f32> = view.rois().unwrap().iter().map(|r| r.bbox().left).collect();
        assert_eq!(lefts, [4.0, 8.0]);
        assert_eq!(view.rois().unwrap()[1].scale_ratio().unwrap().0, 0.5);
        assert_eq!(view.rois().unwrap()[1].polygon().unwrap()[7], [1, 2]);
        let read = view.tensor().unwrap().unwrap();
        assert_eq!((read.name.as_str(), read.shape, read.gpu_id), ("input", vec![2, 3, 4, 5], 1));
        drop(view);
        meta.roi_vector = vector(rois.ptr(), 2 * stride - 8);
        meta.tensor_meta = ptr::null_mut();
        let user = attach(frame, meta_type, address(&meta));
        let view = user.preprocess_batch().unwrap().unwrap();
        assert_eq!(view.rois().unwrap_err().kind(), ErrorKind::Abi);
        assert!(view.tensor().unwrap().is_none());
    }
}

#[test]
fn flow_latency_and_vectors_of_a_batch() {
    for batch in batches(1) {
        let (frame, generation) = (frame_of(&batch), batch.as_batch().generation());
        let flow =
            Array2::from_shape_fn((2, 3), |(y, x)| NvOFFlowVector { flowx: x as i16, flowy: -(y as i16) });
        let user = frame.add_optical_flow(9, flow).unwrap();
        let view = user.optical_flow().unwrap().unwrap();
        assert_eq!((view.frame_num(), view.vectors().unwrap().dim()), (9, (2, 3)));
        let last = view.vectors().unwrap()[[1, 2]];
        assert_eq!((last.flowx, last.flowy), (2, -1));
        drop(view);

        // SAFETY: numbers alone.
        let mut latency: NvDsMetaCompLatency = unsafe { std::mem::zeroed() };
        latency.component_name[0] = b'x' as _;
        latency.num_sub_comps = 1;
        latency.sub_comp_latencies[0].in_system_timestamp = 4.0;
        (latency.in_system_timestamp, latency.source_id) = (2.5, 3);
        let user = attach(frame, NVDS_LATENCY_MEASUREMENT_META, address(&latency));
        let read = user.latency().unwrap().unwrap();
        assert_eq!((read.component.as_str(), read.in_ms, read.source_id), ("x", 2.5, 3));
        assert_eq!((read.parts.len(), read.parts[0].in_ms), (1, 4.0));
        latency.num_sub_comps = 17;
        let user = attach(frame, NVDS_LATENCY_MEASUREMENT_META, address(&latency));
        assert_eq!(user.latency().unwrap_err().kind(), ErrorKind::Abi);

        let mut numbers = [1.0_f32, 2.0, 3.0, 4.0];
        let mut reid = NvDsReidTensorBatch {
            featureSize: 2,
            numFilled: 2,
            ptr_host: numbers.as_mut_ptr(),
            ptr_dev: ptr::null_mut(),
            priv_data: ptr::null_mut(),
        };
        let meta_type = number(generation, UserMetaKind::TrackerBatchReid);
        let user = attach(frame, meta_type, address(&reid));
        assert_eq!(user.reid_batch().unwrap().unwrap().vectors().unwrap(), arr2(&[[1.0, 2.0], [3.0, 4.0]]));
        (reid.ptr_dev, reid.ptr_host) = (reid.ptr_host, ptr::null_mut());
        let user = attach(frame, meta_type, address(&reid));
        let error = user.reid_batch().unwrap().unwrap().vectors().map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Residency);
    }
}

#[test]
fn analytics_are_told_by_number_and_by_name() {
    for batch in batches(1) {
        let (frame, generation) = (frame_of(&batch), batch.as_batch().generation());
        let nothing = 0_u64;
        let by_name = UserMeta::type_of("NVIDIA.DSANALYTICSOBJ.USER_META");
        let user = attach(frame, by_name, address(&nothing));
        assert_eq!(user.kind(), UserMetaKind::ObjAnalytics);
        let by_number = attach(frame, 32, address(&nothing));
        let expected = match generation {
            MetaGeneration::A => UserMetaKind::Unknown(32),
            _ => UserMetaKind::FrameAnalytics,
        };
        assert_eq!(by_number.kind(), expected);
        assert!(by_number.tensor_output().unwrap().is_none() && by_number.target_lists().unwrap().is_none());
        let mine = frame.add_user("ACME.X", 1_u8);
        assert_eq!(mine.kind(), UserMetaKind::Named(UserMeta::type_of("ACME.X")));
    }
}
