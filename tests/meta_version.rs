//! The version as the user says it, where the layout leaves it open. One test, since the process asks once.

#[path = "meta_typed/raw.rs"]
mod raw;

use std::ptr;

use dsframe::ErrorKind;
use dsframe::meta::typed::TargetListKind;
use dsframe::meta::*;
use dsframe::runtime::{Runtime, api, embedded, versions};
use dsframe::sys::*;
use raw::{address, attach, rect};

#[test]
fn a_version_that_the_user_names_settles_numbers_and_layouts() {
    // SAFETY: the first thing this process does, and no other thread reads the environment.
    unsafe { std::env::set_var(VERSION_VARIABLE, "6.3") };
    gst::init().unwrap();
    let error = versions(MetaGeneration::C).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Abi);
    assert!(error.to_string().contains("says 6.3"), "{error}");
    assert_eq!(versions(MetaGeneration::A).unwrap().exact(), Some(DeepStreamVersion::V6_3));
    if api().runtime == Runtime::Native {
        println!("the real library's batches are not of generation A; the rest is for the embedded runtime");
        return;
    }

    // SAFETY: a fresh batch that nobody else knows.
    let batch =
        unsafe { OwnedBatchMeta::from_raw(embedded::create_batch_meta(MetaGeneration::A, 1)) }.unwrap();
    let frame = batch.as_batch().add_frame(&FrameInit::default()).unwrap();
    for (number, kind) in [
        (16, UserMetaKind::TrackerBatchReid),
        (18, UserMetaKind::AudioBatch),
        (21, UserMetaKind::PreprocessBatch),
        (32, UserMetaKind::Unknown(32)),
    ] {
        assert_eq!(attach(frame, number, ptr::null()).kind(), kind);
    }

    // 120 bytes each, as nobody has had them since.
    let past = |i: u32| NvDsPastFrameObj { frameNum: i, tBbox: rect(i as f32), confidence: 0.5, age: i + 1 };
    let mut frames = [past(0), past(1)];
    let mut targets = [NvDsPastFrameObjList {
        list: frames.as_mut_ptr(),
        numObj: 2,
        uniqueId: 9,
        classId: 1,
        objLabel: [0; MAX_LABEL_SIZE],
    }];
    let mut streams = [NvDsPastFrameObjStream {
        list: targets.as_mut_ptr(),
        streamID: 3,
        surfaceStreamID: 4,
        numAllocated: 1,
        numFilled: 1,
    }];
    let lists = NvDsPastFrameObjBatch { list: streams.as_mut_ptr(), numAllocated: 1, numFilled: 1 };
    let user = attach(frame, NVDS_TRACKER_PAST_FRAME_META, address(&lists));
    let view = user.target_lists().unwrap().unwrap();
    assert_eq!(view.kind(), TargetListKind::PastFrames);
    let target = view.streams().unwrap().next().unwrap().objects().unwrap().next().unwrap();
    let seen: Vec<_> = target.frames().unwrap().collect();
    assert_eq!((seen[1].frame_num, seen[1].age, seen[1].bbox.left), (1, 2, 1.0));
    assert_eq!((seen[1].state, seen[1].visibility, seen[1].world_feet), (None, None, None));
    drop(view);

    // What came later is not there, and says so.
    let object = frame.add_object(&ObjectInit::default()).unwrap();
    let error = object.add_reid(vec![1.0]).unwrap_err();
    assert!(error.to_string().contains("7.0"), "{error}");
    let scores = ndarray::arr1(&[1.0_f32]).into_dyn();
    let layers = vec![typed::TensorLayer::new("scores", scores)];
    let user = frame.add_tensor_output(typed::TensorOutput { layers, ..Default::default() }).unwrap();
    let tensor = user.tensor_output().unwrap().unwrap();
    assert_eq!((tensor.maintain_aspect_ratio(), tensor.symmetric_padding()), (Some(false), None));
}
