//! The same random operations on the embedded runtime and on DeepStream's own libraries, where these are: what can
//! be observed must be the same after every step. Parents, pipeline sizes and classifier types are not used, nor is
//! anything else in which the two differ by choice (see the docs of `runtime::embedded`).
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "every pointer here comes from the batch that the test made"
)]

use std::ffi::{CStr, c_void};
use std::fmt::Write;
use std::ptr;
use std::sync::Mutex;

use dsframe::runtime::{Api, embedded, native_api};
use dsframe::sys::*;
use gst::glib::ffi::{self, GList};
use proptest::prelude::*;

/// What callbacks ran: `(copied, payload)`.
static CALLS: Mutex<Vec<(bool, usize)>> = Mutex::new(Vec::new());

unsafe extern "C" fn copy_user(data: *mut c_void, _: *mut c_void) -> *mut c_void {
    let payload = unsafe { (*data.cast::<NvDsUserMeta>()).user_meta_data };
    CALLS.lock().unwrap().push((true, payload as usize));
    payload.wrapping_byte_add(1000)
}

unsafe extern "C" fn release_user(data: *mut c_void, _: *mut c_void) {
    CALLS.lock().unwrap().push((false, unsafe { (*data.cast::<NvDsUserMeta>()).user_meta_data } as usize));
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

unsafe fn text(text: *const i8) -> String {
    if text.is_null() { "-".into() } else { unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned() }
}

/// An operation; numbers choose among what there is.
#[derive(Debug, Clone, Copy)]
struct Step {
    what: u8,
    a: u8,
    b: u8,
    c: u8,
    payload: u16,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..28, any::<u8>(), any::<u8>(), any::<u8>(), 1_u16..900);
    prop::collection::vec(step.prop_map(|(what, a, b, c, payload)| Step { what, a, b, c, payload }), 1..60)
}

struct Run<'a> {
    api: &'a Api,
    batch: *mut NvDsBatchMeta,
}

impl Run<'_> {
    unsafe fn user(&self, payload: u16) -> *mut NvDsUserMeta {
        unsafe {
            let user = (self.api.acquire_user_meta)(self.batch);
            (*user).base_meta.meta_type = 9000 + i32::from(payload % 3);
            (*user).base_meta.copy_func = if payload.is_multiple_of(4) { None } else { Some(copy_user) };
            (*user).base_meta.release_func =
                if payload.is_multiple_of(7) { None } else { Some(release_user) };
            (*user).base_meta.uContext = ptr::without_provenance_mut(usize::from(payload) + 1);
            (*user).user_meta_data = ptr::without_provenance_mut(payload.into());
            user
        }
    }

    unsafe fn frame(&self, s: Step) -> Option<*mut NvDsFrameMeta> {
        unsafe { pick(items((*self.batch).frame_meta_list), s.a) }
    }

    unsafe fn object(&self, s: Step) -> Option<*mut NvDsObjectMeta> {
        unsafe { pick(items((*self.frame(s)?).obj_meta_list), s.b) }
    }

    unsafe fn classifier(&self, s: Step) -> Option<*mut NvDsClassifierMeta> {
        unsafe { pick(items(*classifiers(self.object(s)?)), s.c) }
    }

    /// `None` where there is nothing to do it on.
    unsafe fn step(&mut self, s: Step) -> Option<()> {
        let api = self.api;
        let batch = self.batch;
        let label = CString(format!("label {}", s.payload));
        // Copies of copies would grow without bounds.
        if matches!(s.what, 22..=24) && unsafe { in_use(batch) } > 150 {
            return None;
        }
        unsafe {
            match s.what {
                0 | 1 => {
                    let frame = (api.acquire_frame_meta)(batch);
                    (*frame).frame_num = s.payload.into();
                    (*frame).source_id = s.a.into();
                    (*frame).misc_frame_info[2] = s.b.into();
                    let layout = MetaGeneration::of_batch(batch).unwrap().frame();
                    let sensor = at::<NvDsSensorInfo_meta, _>(frame, layout.sensor_info.unwrap());
                    (*sensor).uri = label.dup();
                    (api.add_frame_meta_to_batch)(batch, frame);
                }
                2 => (api.remove_frame_meta_from_batch)(batch, self.frame(s)?),
                3..=5 => {
                    let frame = self.frame(s)?;
                    let object = (api.acquire_obj_meta)(batch);
                    let layout = MetaGeneration::C.object();
                    (*object).class_id = s.c.into();
                    (*object).rect_params.width = s.payload.into();
                    (*at::<NvOSD_TextParams, _>(object, layout.text_params)).display_text = label.dup();
                    label.write(at(object, layout.obj_label));
                    if s.c.is_multiple_of(2) {
                        let mask = at::<NvOSD_MaskParams, _>(object, layout.mask_params);
                        (*mask).size = 8;
                        (*mask).data = ffi::g_malloc0(8).cast();
                        *(*mask).data = s.b.into();
                    }
                    (api.add_obj_meta_to_frame)(frame, object, ptr::null_mut());
                }
                6 => (api.remove_obj_meta_from_frame)(self.frame(s)?, self.object(s)?),
                7 | 8 => {
                    let object = self.object(s)?;
                    let classifier = (api.acquire_classifier_meta)(batch);
                    (*classifier).unique_component_id = s.payload.into();
                    (api.add_classifier_meta_to_object)(object, classifier);
                }
                9 => (api.remove_classifier_meta_from_obj)(self.object(s)?, self.classifier(s)?),
                10 | 11 => {
                    let classifier = self.classifier(s)?;
                    let info = (api.acquire_label_info_meta)(batch);
                    (*info).result_prob = s.payload.into();
                    label.write((&raw mut (*info).result_label).cast());
                    if s.payload.is_multiple_of(2) {
                        (*info).pResult_label = label.dup();
                    }
                    (api.add_label_info_meta_to_classifier)(classifier, info);
                }
                12 => {
                    let classifier = self.classifier(s)?;
                    let info = pick(items((*classifier).label_info_list), s.b)?;
                    (api.remove_label_info_meta_from_classifier)(classifier, info);
                }
                13 => {
                    let frame = self.frame(s)?;
                    let display = (api.acquire_display_meta)(batch);
                    (*display).num_rects = s.b.into();
                    let texts = at::<NvOSD_TextParams, _>(display, MetaGeneration::C.display().text_params);
                    (*texts.add((s.c % 16).into())).display_text = label.dup();
                    (api.add_display_meta_to_frame)(frame, display);
                }
                14 => {
                    let frame = self.frame(s)?;
                    (api.remove_display_meta_from_frame)(
                        frame,
                        pick(items((*frame).display_meta_list), s.b)?,
                    );
                }
                15 => (api.add_user_meta_to_batch)(batch, self.user(s.payload)),
                16 => (api.add_user_meta_to_frame)(self.frame(s)?, self.user(s.payload)),
                17 => (api.add_user_meta_to_obj)(self.object(s)?, self.user(s.payload)),
                18 => {
                    (api.remove_user_meta_from_batch)(batch, pick(items((*batch).batch_user_meta_list), s.a)?)
                }
                19 => {
                    let frame = self.frame(s)?;
                    (api.remove_user_meta_from_frame)(
                        frame,
                        pick(items((*frame).frame_user_meta_list), s.b)?,
                    );
                }
                20 => {
                    let object = self.object(s)?;
                    (api.remove_user_meta_from_object)(object, pick(items(*users(object)), s.c)?);
                }
                21 => self.clear(s)?,
                22 => self.copy_lists(s)?,
                23 => self.copy_one(s)?,
                24 => {
                    // The copy goes on living, or the source does.
                    let copy = (api.batch_meta_copy)(batch.cast(), ptr::null_mut()).cast::<NvDsBatchMeta>();
                    let dead =
                        if s.a.is_multiple_of(2) { std::mem::replace(&mut self.batch, copy) } else { copy };
                    (api.destroy_batch_meta)(dead);
                }
                25 => {
                    (api.acquire_obj_meta)(batch);
                }
                26 => {
                    self.user(s.payload);
                }
                _ => {
                    (api.acquire_meta_lock)(batch);
                    (api.release_meta_lock)(batch);
                }
            }
        }
        Some(())
    }

    unsafe fn clear(&self, s: Step) -> Option<()> {
        let (api, batch) = (self.api, self.batch);
        unsafe {
            match s.payload % 7 {
                0 => (api.clear_frame_meta_list)(batch, (*batch).frame_meta_list),
                1 => {
                    let frame = self.frame(s)?;
                    (api.clear_obj_meta_list)(frame, (*frame).obj_meta_list);
                }
                2 => {
                    let object = self.object(s)?;
                    (api.clear_classifier_meta_list)(object, *classifiers(object));
                }
                3 => {
                    let classifier = self.classifier(s)?;
                    (api.clear_label_info_meta_list)(classifier, (*classifier).label_info_list);
                }
                4 => (api.clear_batch_user_meta_list)(batch, (*batch).batch_user_meta_list),
                5 => {
                    let frame = self.frame(s)?;
                    (api.clear_frame_user_meta_list)(frame, (*frame).frame_user_meta_list);
                }
                _ => {
                    let object = self.object(s)?;
                    (api.clear_obj_user_meta_list)(object, *users(object));
                }
            }
        }
        Some(())
    }

    /// From one frame or object of the batch to another.
    unsafe fn copy_lists(&self, s: Step) -> Option<()> {
        let (api, batch) = (self.api, self.batch);
        let other = Step { a: s.b, b: s.a, ..s };
        unsafe {
            match s.payload % 8 {
                // The real library never ends when a list that is appended to is copied to its own owner.
                0 => {
                    let copy = (api.create_batch_meta)(1);
                    (*copy).max_frames_in_batch = 1;
                    (api.copy_frame_meta_list)((*batch).frame_meta_list, copy);
                    (api.copy_frame_meta_list)((*copy).frame_meta_list, batch);
                    (api.destroy_batch_meta)(copy);
                }
                1 => (api.copy_obj_meta_list)((*self.frame(s)?).obj_meta_list, self.frame(other)?),
                2 => (api.copy_display_meta_list)((*self.frame(s)?).display_meta_list, self.frame(other)?),
                3 => (api.copy_frame_user_meta_list)(
                    (*self.frame(s)?).frame_user_meta_list,
                    self.frame(other)?,
                ),
                4 => (api.copy_classification_list)(*classifiers(self.object(s)?), self.object(other)?),
                5 => (api.copy_obj_user_meta_list)(*users(self.object(s)?), self.object(other)?),
                6 => (api.copy_label_info_list)(
                    (*self.classifier(s)?).label_info_list,
                    self.classifier(other)?,
                ),
                _ => (api.copy_batch_user_meta_list)((*self.frame(s)?).frame_user_meta_list, batch),
            }
        }
        Some(())
    }

    unsafe fn copy_one(&self, s: Step) -> Option<()> {
        let (api, batch) = (self.api, self.batch);
        unsafe {
            match s.payload % 5 {
                0 => {
                    let src = self.frame(s)?;
                    let dst = (api.acquire_frame_meta)(batch);
                    (api.copy_frame_meta)(src, dst);
                    (api.add_frame_meta_to_batch)(batch, dst);
                }
                1 => {
                    let src = self.object(s)?;
                    let dst = (api.acquire_obj_meta)(batch);
                    (api.copy_obj_meta)(src, dst);
                    (api.add_obj_meta_to_frame)(self.frame(s)?, dst, ptr::null_mut());
                }
                2 => {
                    let src = self.classifier(s)?;
                    let dst = (api.acquire_classifier_meta)(batch);
                    (api.copy_classifier_meta)(src, dst);
                    (api.add_classifier_meta_to_object)(self.object(s)?, dst);
                }
                3 => {
                    let src = pick(items((*self.classifier(s)?).label_info_list), s.a)?;
                    let dst = (api.acquire_label_info_meta)(batch);
                    (api.copy_label_info_meta)(src, dst);
                    (api.add_label_info_meta_to_classifier)(self.classifier(s)?, dst);
                }
                _ => {
                    let src = pick(items((*self.frame(s)?).display_meta_list), s.b)?;
                    let dst = (api.acquire_display_meta)(batch);
                    (api.copy_display_meta)(src, dst);
                    (api.add_display_meta_to_frame)(self.frame(s)?, dst);
                }
            }
        }
        Some(())
    }
}

/// A string that goes into C structures.
struct CString(String);

impl CString {
    unsafe fn dup(&self) -> *mut i8 {
        unsafe { ffi::g_strndup(self.0.as_ptr().cast(), self.0.len()) }
    }

    unsafe fn write(&self, to: *mut u8) {
        unsafe { to.copy_from(self.0.as_ptr(), self.0.len()) };
    }
}

unsafe fn in_use(batch: *mut NvDsBatchMeta) -> u32 {
    unsafe {
        let b = &*batch;
        [
            b.obj_meta_pool,
            b.classifier_meta_pool,
            b.display_meta_pool,
            b.user_meta_pool,
            b.label_info_meta_pool,
        ]
        .iter()
        .map(|&pool| (*pool).num_full_elements)
        .sum()
    }
}

fn pick<T>(all: Vec<*mut T>, which: u8) -> Option<*mut T> {
    let count = all.len();
    (count > 0).then(|| all[usize::from(which) % count])
}

unsafe fn classifiers(object: *mut NvDsObjectMeta) -> *mut *mut GList {
    unsafe { at(object, MetaGeneration::C.object().classifier_meta_list) }
}

unsafe fn users(object: *mut NvDsObjectMeta) -> *mut *mut GList {
    unsafe { at(object, MetaGeneration::C.object().obj_user_meta_list) }
}

#[path = "runtime_differential/observe.rs"]
mod observe;

/// Everything that can be observed, step by step.
fn run(api: &Api, steps: &[Step]) -> Vec<String> {
    CALLS.lock().unwrap().clear();
    let mut seen = Vec::new();
    unsafe {
        let batch = (api.create_batch_meta)(2);
        (*batch).max_frames_in_batch = 2;
        let mut run = Run { api, batch };
        for &step in steps {
            let done = run.step(step).is_some();
            let calls = std::mem::take(&mut *CALLS.lock().unwrap());
            seen.push(format!("{step:?} done {done}, calls {calls:?}\n{}", observe::batch(run.batch)));
        }
        (api.destroy_batch_meta)(run.batch);
        seen.push(format!("destroyed, calls {:?}", std::mem::take(&mut *CALLS.lock().unwrap())));
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Without DeepStream's libraries the embedded runtime is compared with itself, which shows that it does not
    /// crash, and that it does not depend on addresses.
    #[test]
    fn both_runtimes_do_the_same(steps in steps()) {
        static REPORT: std::sync::Once = std::sync::Once::new();
        let native = native_api();
        REPORT.call_once(|| match &native {
            Ok(api) => println!("compared with {}", api.origin),
            Err(error) => println!("SKIPPED the comparison with DeepStream's libraries: {error}"),
        });
        let other = native.unwrap_or(embedded::API);
        for (ours, theirs) in run(&embedded::API, &steps).iter().zip(&run(&other, &steps)) {
            prop_assert_eq!(ours, theirs);
        }
    }
}
