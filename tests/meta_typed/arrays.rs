//! Tensors, segmentations and masks.

use std::ffi::c_void;
use std::ptr;

use dsframe::ErrorKind;
use dsframe::meta::typed::*;
use dsframe::meta::*;
use dsframe::sys::*;
use half::f16;
use ndarray::{Array2, Array3, ArrayD, IxDyn, arr1, arr2};

use crate::object_of;
use crate::raw::{Blob, address, attach};
use crate::support::{batches, frame_of};

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
            meta.put(4, 1_u32).put(8, ptr::from_mut(&mut info)).put(16, ptr::from_mut(&mut hosts));
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
        meta.put(4, 1_u32).put(8, ptr::from_mut(&mut info));
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
