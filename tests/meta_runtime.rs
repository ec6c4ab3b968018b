//! The C API as the table has it, on whichever runtime this process uses: pools, list orders,
//! ownership, copies. Run again with `DSFRAME_RUNTIME=native` for the other one.
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "every pointer here comes from the batch that the test made"
)]

use std::ffi::{CStr, c_void};
use std::ptr;
use std::sync::Mutex;

use dsframe::runtime::{Api, Runtime, api, embedded};
use dsframe::sys::*;
use gst::glib::ffi::{self, GList};

/// The process's table; says which once per test.
fn table() -> &'static Api {
    gst::init().unwrap();
    let api = api();
    println!("runtime: {} ({})", api.runtime, api.origin);
    api
}

/// Batches to test: what the runtime makes, and each generation where the runtime can choose.
unsafe fn batches(api: &Api, max: u32) -> Vec<*mut NvDsBatchMeta> {
    let mut all = vec![unsafe { (api.create_batch_meta)(max) }];
    if api.runtime == Runtime::Embedded {
        all.extend(MetaGeneration::ALL.map(|g| embedded::create_batch_meta(g, max)));
    }
    all
}

unsafe fn items<T>(mut list: *mut GList) -> Vec<*mut T> {
    let mut out = Vec::new();
    while !list.is_null() {
        unsafe {
            out.push((*list).data.cast());
            list = (*list).next;
        }
    }
    out
}

unsafe fn at<T, E>(element: *mut E, offset: usize) -> *mut T {
    unsafe { element.cast::<u8>().add(offset).cast() }
}

unsafe fn pool_state(pool: *mut NvDsMetaPool) -> (u32, u32, u32) {
    unsafe { ((*pool).max_elements_in_pool, (*pool).num_empty_elements, (*pool).num_full_elements) }
}

#[test]
fn a_new_batch_has_its_pools() {
    let api = table();
    unsafe {
        for batch in batches(api, 3) {
            let generation = MetaGeneration::of_batch(batch).unwrap();
            let b = &*batch;
            assert_eq!((b.max_frames_in_batch, b.num_frames_in_batch), (0, 0));
            assert_eq!(b.base_meta.meta_type, NVDS_BATCH_META);
            assert_eq!(b.base_meta.batch_meta, batch);
            for (pool, kind, size, count) in [
                (b.frame_meta_pool, NVDS_FRAME_META, generation.frame().size, 3),
                (b.obj_meta_pool, NVDS_OBJ_META, generation.object().size, 24),
                (b.classifier_meta_pool, NVDS_CLASSIFIER_META, size_of::<NvDsClassifierMeta>(), 24),
                (b.label_info_meta_pool, NVDS_LABEL_INFO_META, size_of::<NvDsLabelInfo>(), 24),
                (b.display_meta_pool, NVDS_DISPLAY_META, generation.display().size, 8),
                (b.user_meta_pool, NVDS_USER_META, size_of::<NvDsUserMeta>(), 8),
            ] {
                assert_eq!((*pool).meta_type, kind);
                assert_eq!((*pool).element_size as usize, size);
                assert_eq!(pool_state(pool), (count, count, 0), "pool of type {kind}");
                for element in items::<NvDsBaseMeta>((*pool).empty_list) {
                    assert_eq!(((*element).batch_meta, (*element).meta_type), (batch, kind));
                    assert!((*element).copy_func.is_none());
                    assert_eq!((*element).release_func.is_none(), kind == NVDS_USER_META);
                }
            }
            assert_eq!((api.destroy_batch_meta)(batch), 1);
        }
    }
}

#[test]
fn pools_grow_and_hand_out_the_last_released() {
    let api = table();
    unsafe {
        for batch in batches(api, 1) {
            let pool = (*batch).frame_meta_pool;
            let frames: Vec<_> = (0..16).map(|_| (api.acquire_frame_meta)(batch)).collect();
            // 1, then +2, +6, +18.
            assert_eq!(pool_state(pool), (27, 11, 16));
            let newest_first: Vec<_> = frames.iter().rev().copied().collect();
            assert_eq!(items::<NvDsFrameMeta>((*pool).full_list), newest_first);
            for &frame in &frames[..3] {
                (api.add_frame_meta_to_batch)(batch, frame);
            }
            assert_eq!(items::<NvDsFrameMeta>((*batch).frame_meta_list), frames[..3]);
            let second = frames[1];
            (*second).frame_num = 7;
            (api.remove_frame_meta_from_batch)(batch, second);
            assert_eq!((*batch).num_frames_in_batch, 2);
            assert_eq!((*second).frame_num, 0, "zeroed on release");
            assert_eq!((api.acquire_frame_meta)(batch), second, "last released, first out");
            // Growth stops at 128 at a time.
            let objects = (*batch).obj_meta_pool;
            for _ in 0..8 + 16 + 48 + 128 {
                (api.acquire_obj_meta)(batch);
            }
            assert_eq!(pool_state(objects), (200, 0, 200));
            (api.acquire_obj_meta)(batch);
            assert_eq!(pool_state(objects), (328, 127, 201));
            (api.destroy_batch_meta)(batch);
        }
    }
}

#[test]
fn list_orders_and_counters() {
    let api = table();
    unsafe {
        for batch in batches(api, 1) {
            let layout = *MetaGeneration::of_batch(batch).unwrap().object();
            let frame = (api.acquire_frame_meta)(batch);
            (api.add_frame_meta_to_batch)(batch, frame);
            let [a, b, c] = [0; 3].map(|_| (api.acquire_obj_meta)(batch));
            (api.add_obj_meta_to_frame)(frame, a, ptr::null_mut());
            (api.add_obj_meta_to_frame)(frame, b, a);
            (api.add_obj_meta_to_frame)(frame, c, ptr::null_mut());
            assert_eq!(items::<NvDsObjectMeta>((*frame).obj_meta_list), [c, b, a], "prepended");
            assert_eq!(((*frame).num_obj_meta, (*b).parent, (*c).parent), (3, a, ptr::null_mut()));

            let [x, y] = [0; 2].map(|_| (api.acquire_classifier_meta)(batch));
            (api.add_classifier_meta_to_object)(a, x);
            (api.add_classifier_meta_to_object)(a, y);
            let head = at::<*mut GList, _>(a, layout.classifier_meta_list);
            assert_eq!(items::<NvDsClassifierMeta>(*head), [y, x]);
            let [l, m] = [0; 2].map(|_| (api.acquire_label_info_meta)(batch));
            (api.add_label_info_meta_to_classifier)(x, l);
            (api.add_label_info_meta_to_classifier)(x, m);
            assert_eq!((*x).num_labels, 2);
            assert_eq!(items::<NvDsLabelInfo>((*x).label_info_list), [m, l]);
            (api.remove_label_info_meta_from_classifier)(x, m);
            assert_eq!((*x).num_labels, 1);
            (api.remove_classifier_meta_from_obj)(a, x);
            assert_eq!(pool_state((*batch).label_info_meta_pool).2, 0, "labels go with their classifier");
            assert_eq!(items::<NvDsClassifierMeta>(*head), [y]);

            let [d, e] = [0; 2].map(|_| (api.acquire_display_meta)(batch));
            (api.add_display_meta_to_frame)(frame, d);
            (api.add_display_meta_to_frame)(frame, e);
            assert_eq!(items::<NvDsDisplayMeta>((*frame).display_meta_list), [e, d]);
            (api.remove_display_meta_from_frame)(frame, d);
            assert_eq!(pool_state((*batch).display_meta_pool).2, 1);

            (api.remove_obj_meta_from_frame)(frame, c);
            assert_eq!((*frame).num_obj_meta, 2);
            (api.clear_obj_meta_list)(frame, (*frame).obj_meta_list);
            assert_eq!(((*frame).num_obj_meta, (*frame).obj_meta_list.is_null()), (0, true));
            for pool in [(*batch).obj_meta_pool, (*batch).classifier_meta_pool] {
                assert_eq!(pool_state(pool).2, 0);
            }
            (api.destroy_batch_meta)(batch);
        }
    }
}

/// Payloads released, in order.
static RELEASED: Mutex<Vec<usize>> = Mutex::new(Vec::new());
/// Held by tests that use `RELEASED`.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

unsafe extern "C" fn note_release(data: *mut c_void, user: *mut c_void) {
    assert!(user.is_null());
    let user_meta = data.cast::<NvDsUserMeta>();
    RELEASED.lock().unwrap().push(unsafe { (*user_meta).user_meta_data } as usize);
}

unsafe extern "C" fn copy_plus_100(data: *mut c_void, user: *mut c_void) -> *mut c_void {
    assert!(user.is_null());
    let user_meta = data.cast::<NvDsUserMeta>();
    unsafe { (*user_meta).user_meta_data.wrapping_byte_add(100) }
}

unsafe fn user(api: &Api, batch: *mut NvDsBatchMeta, payload: usize, copied: bool) -> *mut NvDsUserMeta {
    unsafe {
        let user = (api.acquire_user_meta)(batch);
        (*user).base_meta.meta_type = 9000;
        (*user).base_meta.copy_func = if copied { Some(copy_plus_100) } else { None };
        (*user).base_meta.release_func = Some(note_release);
        (*user).user_meta_data = payload as *mut c_void;
        user
    }
}

#[test]
fn release_order() {
    let api = table();
    let _alone = ONE_AT_A_TIME.lock().unwrap();
    unsafe {
        for batch in batches(api, 2) {
            RELEASED.lock().unwrap().clear();
            let [f, g] = [0; 2].map(|_| (api.acquire_frame_meta)(batch));
            let object = (api.acquire_obj_meta)(batch);
            (api.add_frame_meta_to_batch)(batch, f);
            (api.add_frame_meta_to_batch)(batch, g);
            (api.add_obj_meta_to_frame)(f, object, ptr::null_mut());
            (api.add_user_meta_to_batch)(batch, user(api, batch, 1, false));
            (api.add_user_meta_to_frame)(g, user(api, batch, 2, false));
            (api.add_user_meta_to_frame)(f, user(api, batch, 3, false));
            (api.add_user_meta_to_obj)(object, user(api, batch, 4, false));
            (api.add_user_meta_to_obj)(object, user(api, batch, 5, false));
            let _never_added = user(api, batch, 6, false);
            let removed = user(api, batch, 7, false);
            (api.add_user_meta_to_frame)(f, removed);
            (api.remove_user_meta_from_frame)(f, removed);
            assert_eq!(*RELEASED.lock().unwrap(), [7]);
            (api.destroy_batch_meta)(batch);
            // Pool by pool, last acquired first: frame g, then f (object before its own), the rest.
            assert_eq!(*RELEASED.lock().unwrap(), [7, 2, 5, 4, 3, 6, 1]);
        }
    }
}

#[test]
fn deep_copy() {
    let api = table();
    let _alone = ONE_AT_A_TIME.lock().unwrap();
    let embedded = api.runtime == Runtime::Embedded;
    unsafe {
        for batch in batches(api, 1) {
            RELEASED.lock().unwrap().clear();
            let generation = MetaGeneration::of_batch(batch).unwrap();
            let layout = generation.object();
            (*batch).max_frames_in_batch = 1;
            (*batch).misc_batch_info[3] = 33;
            let frame = (api.acquire_frame_meta)(batch);
            (api.add_frame_meta_to_batch)(batch, frame);
            (*frame).source_id = 4;
            (*frame).bInferDone = 1;
            (*frame).misc_frame_info[1] = 11;
            (*frame).pipeline_width = 640;
            let [a, b] = [0; 2].map(|_| (api.acquire_obj_meta)(batch));
            (*a).object_id = 70;
            (*a).rect_params.left = 1.5;
            at::<u8, _>(a, layout.obj_label).copy_from(c"person".as_ptr().cast(), 7);
            let text = at::<NvOSD_TextParams, _>(a, layout.text_params);
            (*text).display_text = ffi::g_strdup(c"a person".as_ptr());
            let mask = at::<NvOSD_MaskParams, _>(a, layout.mask_params);
            (*mask).data = ffi::g_malloc0(8).cast();
            (*mask).data.add(1).write(0.5);
            (*mask).size = 8;
            (api.add_obj_meta_to_frame)(frame, a, ptr::null_mut());
            (api.add_obj_meta_to_frame)(frame, b, a);
            (api.add_user_meta_to_obj)(a, user(api, batch, 1, true));
            (api.add_user_meta_to_frame)(frame, user(api, batch, 2, true));
            (api.add_user_meta_to_frame)(frame, user(api, batch, 3, false));
            (api.add_user_meta_to_batch)(batch, user(api, batch, 4, true));

            let copy = (api.batch_meta_copy)(batch.cast(), ptr::null_mut()).cast::<NvDsBatchMeta>();
            assert_eq!(MetaGeneration::of_batch(copy).unwrap(), generation);
            assert_eq!(((*copy).max_frames_in_batch, (*copy).num_frames_in_batch), (1, 1));
            assert_eq!((*copy).misc_batch_info[3], 33);
            let f = items::<NvDsFrameMeta>((*copy).frame_meta_list)[0];
            assert_eq!(((*f).source_id, (*f).bInferDone, (*f).misc_frame_info[1]), (4, 1, 11));
            assert_eq!((*f).num_obj_meta, 2);
            let objects = items::<NvDsObjectMeta>((*f).obj_meta_list);
            assert_eq!((*objects[0]).object_id, 70, "lists below the batch come out reversed");
            assert_eq!((*objects[0]).rect_params.left, 1.5);
            let label = CStr::from_ptr(at::<u8, _>(objects[0], layout.obj_label).cast());
            assert_eq!(label, c"person");
            let copied_text = (*at::<NvOSD_TextParams, _>(objects[0], layout.text_params)).display_text;
            assert_ne!(copied_text, (*text).display_text);
            assert_eq!(CStr::from_ptr(copied_text), c"a person");
            let copied_mask = at::<NvOSD_MaskParams, _>(objects[0], layout.mask_params);
            assert_ne!((*copied_mask).data, (*mask).data);
            assert_eq!((*copied_mask).data.add(1).read(), 0.5);
            // The two points where the contract is kept and the real library drops the field.
            assert_eq!((*f).pipeline_width, if embedded { 640 } else { 0 });
            assert_eq!((*objects[1]).parent, if embedded { objects[0] } else { ptr::null_mut() });

            let payloads = |list| -> Vec<usize> {
                items::<NvDsUserMeta>(list).iter().map(|&u| (*u).user_meta_data as usize).collect()
            };
            assert_eq!(payloads((*f).frame_user_meta_list), [102], "no copy function, no copy");
            assert_eq!(payloads((*copy).batch_user_meta_list), [104]);
            assert_eq!(payloads(*at(objects[0], layout.obj_user_meta_list)), [101]);

            (api.batch_meta_release)(batch.cast(), ptr::null_mut());
            assert_eq!(*RELEASED.lock().unwrap(), [1, 3, 2, 4]);
            (api.batch_meta_release)(copy.cast(), ptr::null_mut());
            assert_eq!(*RELEASED.lock().unwrap(), [1, 3, 2, 4, 101, 102, 104]);
        }
    }
}

#[test]
fn a_buffer_carries_frees_and_copies_its_batch() {
    let api = table();
    let _alone = ONE_AT_A_TIME.lock().unwrap();
    unsafe {
        for batch in batches(api, 1) {
            RELEASED.lock().unwrap().clear();
            (*batch).max_frames_in_batch = 1;
            (api.add_user_meta_to_batch)(batch, user(api, batch, 1, true));
            let mut buffer = gst::Buffer::new();
            let raw = buffer.get_mut().unwrap().as_mut_ptr();
            assert!((api.buffer_get_nvds_batch_meta)(raw).is_null());
            let (copy, release) = (api.batch_meta_copy, api.batch_meta_release);
            let meta =
                (api.buffer_add_nvds_meta)(raw, batch.cast(), ptr::null_mut(), Some(copy), Some(release));
            (*meta).meta_type = NVDS_BATCH_GST_META;
            (*meta).gst_to_nvds_meta_transform_func = None;
            (*meta).gst_to_nvds_meta_release_func = None;
            assert_eq!((*(*meta).meta.info).api, (api.meta_api_get_type)());
            assert_eq!((*(*meta).meta.info).size, size_of::<NvDsMeta>());
            assert_eq!((api.buffer_get_nvds_meta)(raw), meta);
            assert_eq!((api.buffer_get_nvds_batch_meta)(raw), batch);

            let copied = buffer.copy();
            let copied_batch = (api.buffer_get_nvds_batch_meta)(copied.as_mut_ptr());
            assert!(!copied_batch.is_null() && copied_batch != batch);
            drop(buffer);
            assert_eq!(*RELEASED.lock().unwrap(), [1]);
            drop(copied);
            assert_eq!(*RELEASED.lock().unwrap(), [1, 101]);
        }
    }
}

#[test]
fn user_meta_types_are_quarks() {
    let api = table();
    unsafe {
        let name = c"DSFRAME.TEST.TYPE";
        let a = (api.get_user_meta_type)(name.as_ptr().cast_mut());
        assert!(a > NVDS_START_USER_META);
        assert_eq!(a - NVDS_START_USER_META, ffi::g_quark_from_string(name.as_ptr()) as i32);
        assert_eq!((api.get_user_meta_type)(ptr::null_mut()), NVDS_START_USER_META);
    }
}

/// Under the lock, adding to one frame from many threads loses nothing; nesting is allowed.
#[test]
fn the_lock_is_recursive_and_keeps_threads_apart() {
    let api = table();
    unsafe {
        let batch = (api.create_batch_meta)(1);
        let frame = (api.acquire_frame_meta)(batch);
        (api.add_frame_meta_to_batch)(batch, frame);
        let addresses = (batch as usize, frame as usize);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(move || {
                    let (batch, frame) =
                        (addresses.0 as *mut NvDsBatchMeta, addresses.1 as *mut NvDsFrameMeta);
                    for i in 0..200 {
                        (api.acquire_meta_lock)(batch);
                        (api.acquire_meta_lock)(batch);
                        let object = (api.acquire_obj_meta)(batch);
                        (api.add_obj_meta_to_frame)(frame, object, ptr::null_mut());
                        if i % 2 == 0 {
                            (api.remove_obj_meta_from_frame)(frame, object);
                        }
                        (api.release_meta_lock)(batch);
                        (api.release_meta_lock)(batch);
                    }
                });
            }
        });
        assert_eq!((*frame).num_obj_meta, 400);
        assert_eq!(items::<NvDsObjectMeta>((*frame).obj_meta_list).len(), 400);
        assert_eq!(pool_state((*batch).obj_meta_pool).2, 400);
        (api.destroy_batch_meta)(batch);
    }
}
