//! Lists, regions, and what is plain numbers.

use std::ffi::c_void;
use std::ptr;

use dsframe::ErrorKind;
use dsframe::meta::typed::*;
use dsframe::meta::*;
use dsframe::sys::*;
use ndarray::{Array2, arr2};

use crate::object_of;
use crate::raw::{Blob, address, attach, known, number, rect};
use crate::support::{batches, frame_of};

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
fn target_lists_come_back_as_they_were_attached() {
    for batch in batches(1) {
        let latest = batch.as_batch().generation() == MetaGeneration::C;
        let frame = |i: u32| TargetFrame {
            frame_num: i,
            bbox: BBox { left: i as f32, top: 1.0, width: 2.0, height: 3.0 },
            confidence: 0.25,
            age: i * 2,
            state: Some(TrackerState::Tentative),
            visibility: Some(0.5),
            world_feet: latest.then_some([3.0, 4.0]),
        };
        let track = |object_id: u64, frames: u32| TargetTrack {
            object_id,
            class_id: 3,
            label: "ä".repeat(100),
            frames: (0..frames).map(frame).collect(),
        };
        let streams = vec![
            StreamTargets { stream_id: 1, surface_stream_id: 2, targets: vec![track(10, 2), track(11, 0)] },
            StreamTargets { stream_id: 4, surface_stream_id: 5, targets: vec![] },
        ];
        batch.as_batch().add_target_lists(TargetListKind::Terminated, streams.clone()).unwrap();
        // What a copy of the batch has points to memory of its own.
        let copy = OwnedBatchMeta::copy_of(batch.as_batch()).unwrap();
        drop(batch);
        let user = copy.as_batch().user_metas().next().unwrap();
        assert_eq!(user.kind(), UserMetaKind::TrackerTerminatedList);
        let lists = user.target_lists().unwrap().unwrap();
        assert_eq!(lists.streams().unwrap().len(), 2);
        for (read, made) in lists.streams().unwrap().zip(&streams) {
            assert_eq!(
                (read.stream_id(), read.surface_stream_id()),
                (made.stream_id, made.surface_stream_id)
            );
            assert_eq!(read.objects().unwrap().len(), made.targets.len());
            for (read, made) in read.objects().unwrap().zip(&made.targets) {
                assert_eq!((read.object_id(), read.class_id()), (made.object_id, made.class_id));
                assert_eq!(read.label(), "ä".repeat(63), "127 bytes are not cut within a character");
                assert_eq!(read.frames().unwrap().collect::<Vec<_>>(), made.frames);
            }
        }
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
        let mine = frame.add_user("ACME.X", 1_u8).unwrap();
        assert_eq!(mine.kind(), UserMetaKind::Named(UserMeta::type_of("ACME.X")));
    }
}
