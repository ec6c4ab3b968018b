//! User metas: values of an application, or of a component that has no struct of its own.

use std::any::Any;
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use super::lock::Guard;
use super::retire::{acquired, expect_live};
use super::text;
use crate::Result;
use crate::runtime::api;
use crate::sys::*;

super::iter::element! {
    /// `NvDsUserMeta`: a typed payload on a batch, frame or object.
    UserMeta(NvDsUserMeta)
}

/// A value that can be attached: it is cloned when the buffer is copied, and may be dropped on any
/// thread.
pub trait Payload: Clone + Send + Sync + 'static {}
impl<T: Clone + Send + Sync + 'static> Payload for T {}

/// A payload without its type.
trait Erased: Any + Send + Sync {
    fn duplicate(&self) -> Arc<dyn Erased>;
    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

impl<T: Payload> Erased for T {
    fn duplicate(&self) -> Arc<dyn Erased> {
        Arc::new(self.clone())
    }

    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
}

/// What `user_meta_data` points to: shared, so that a reader may keep it while the meta is removed.
type Stored = Arc<dyn Erased>;

impl UserMeta<'_> {
    /// `NvDsMetaType` of the payload: a constant of `sys`, or a number from [`UserMeta::type_of`].
    #[must_use]
    pub fn meta_type(&self) -> NvDsMetaType {
        // SAFETY: a live user meta, whose header does not change under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            (*self.raw.as_ptr()).base_meta.meta_type
        }
    }

    /// The number of a name in this process, as `nvds_get_user_meta_type` gives it: equal names have
    /// equal numbers, which differ from run to run.
    #[must_use]
    pub fn type_of(name: &str) -> NvDsMetaType {
        // SAFETY: an interned string lives for ever, as the real library wants.
        unsafe { (api().get_user_meta_type)(text::intern(name).cast_mut()) }
    }

    /// The payload, whatever it is. Its owner says how it may be used.
    #[must_use]
    pub fn data_ptr(&self) -> *mut c_void {
        // SAFETY: a live user meta, whose fields do not change under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            (*self.raw.as_ptr()).user_meta_data
        }
    }

    /// A clone of the payload, if it was added through this crate under `name` and is a `T`.
    ///
    /// ```
    /// # gst::init().unwrap();
    /// # use dsframe::meta::{FrameInit, OwnedBatchMeta};
    /// # let batch = OwnedBatchMeta::new(1)?;
    /// # let frame = batch.as_batch().add_frame(&FrameInit::default())?;
    /// frame.add_user("ACME.SHARPNESS", 0.75_f32)?;
    /// let found = frame.user_metas().find_map(|user| user.payload::<f32>("ACME.SHARPNESS"));
    /// assert_eq!(found, Some(0.75));
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    #[must_use]
    pub fn payload<T: Payload>(&self, name: &str) -> Option<T> {
        self.with_payload(name, T::clone)
    }

    /// Calls `read` with the payload, if it was added through this crate under `name` and is a `T`. The
    /// lock is not held meanwhile, and `read` may even remove the user meta.
    ///
    /// ```
    /// # gst::init().unwrap();
    /// # use dsframe::meta::{FrameInit, OwnedBatchMeta};
    /// # let batch = OwnedBatchMeta::new(1)?;
    /// # let frame = batch.as_batch().add_frame(&FrameInit::default())?;
    /// let user = frame.add_user("ACME.POSE", vec![0.5_f32; 51])?;
    /// assert_eq!(user.with_payload("ACME.POSE", |pose: &Vec<f32>| pose.len()), Some(51));
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    pub fn with_payload<T: Payload, R>(&self, name: &str, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.shared_payload(name).map(|payload| read(&payload))
    }

    /// The payload itself, if it was added through this crate under `name` and is a `T`. It outlives the
    /// buffer as long as it is kept.
    #[must_use]
    pub fn shared_payload<T: Payload>(&self, name: &str) -> Option<Arc<T>> {
        // SAFETY: a live user meta that does not change under the lock; only payloads that `add` or
        // `copy` made have this release function, and they are of this type.
        let payload = unsafe {
            let _lock = Guard::of(self.raw);
            let user = self.raw.as_ptr();
            let base = (*user).base_meta;
            let ours = base.release_func.is_some_and(|f| f as usize == release as *const () as usize);
            if !ours || !self.is_live() || base.meta_type != Self::type_of(name) {
                return None;
            }
            Arc::clone((*user).user_meta_data.cast::<Stored>().as_ref()?)
        };
        payload.into_any().downcast::<T>().ok()
    }
}

/// What a new user meta has.
pub(super) struct New {
    meta_type: NvDsMetaType,
    data: *mut c_void,
    copy: NvDsMetaCopyFunc,
    release: NvDsMetaReleaseFunc,
    ours: bool,
}

impl New {
    pub(super) fn of<T: Payload>(name: &str, value: T) -> Self {
        let payload: Box<Stored> = Box::new(Arc::new(value));
        Self {
            meta_type: UserMeta::type_of(name),
            data: Box::into_raw(payload).cast(),
            copy: Some(copy),
            release: Some(release),
            ours: true,
        }
    }

    pub(super) fn raw(
        meta_type: NvDsMetaType,
        data: *mut c_void,
        copy: NvDsMetaCopyFunc,
        release: NvDsMetaReleaseFunc,
    ) -> Self {
        Self { meta_type, data, copy, release, ours: false }
    }
}

/// Acquires a user meta from the owner's batch, fills all of it and hands it to `link`.
///
/// # Safety
/// `owner` is an element or batch of this generation, `link` adds a user meta of the same batch to it,
/// and the parts of `new` fit together.
pub(super) unsafe fn add<'b, E>(
    owner: NonNull<E>,
    generation: MetaGeneration,
    what: &str,
    live: impl Fn() -> bool,
    new: New,
    link: impl FnOnce(*mut NvDsBatchMeta, *mut NvDsUserMeta),
) -> Result<UserMeta<'b>> {
    // SAFETY: acquiring from a live batch never fails. Every field is set, since the real library
    // leaves what the last user stored. Linked under the lock.
    unsafe {
        let lock = Guard::of(owner);
        expect_live(live(), what).inspect_err(|_| {
            if new.ours {
                drop(Box::from_raw(new.data.cast::<Stored>()));
            }
        })?;
        let raw = (api().acquire_user_meta)(lock.batch());
        (*raw).base_meta.meta_type = new.meta_type;
        (*raw).base_meta.uContext = ptr::null_mut();
        (*raw).base_meta.copy_func = new.copy;
        (*raw).base_meta.release_func = new.release;
        (*raw).user_meta_data = new.data;
        link(lock.batch(), raw);
        Ok(acquired(raw, generation))
    }
}

/// Clones a payload. A clone that panics leaves the copy without one: nothing unwinds through C.
unsafe extern "C" fn copy(data: *mut c_void, _user: *mut c_void) -> *mut c_void {
    // SAFETY: called with the user meta that has this copy function, so its payload is ours or NULL.
    let payload = unsafe { (*data.cast::<NvDsUserMeta>()).user_meta_data.cast::<Stored>().as_ref() };
    let Some(payload) = payload else { return ptr::null_mut() };
    let clone = std::panic::AssertUnwindSafe(|| (**payload).duplicate());
    match std::panic::catch_unwind(clone) {
        Ok(clone) => Box::into_raw(Box::new(clone)).cast(),
        Err(_) => {
            tracing::error!("cloning a user meta's payload panicked; the copy has none");
            ptr::null_mut()
        }
    }
}

/// Drops a payload.
unsafe extern "C" fn release(data: *mut c_void, _user: *mut c_void) {
    // SAFETY: called once, with the user meta that has this release function; the field is emptied,
    // since a recycled element keeps it.
    let payload = unsafe {
        let field = &raw mut (*data.cast::<NvDsUserMeta>()).user_meta_data;
        field.replace(ptr::null_mut()).cast::<Stored>()
    };
    if payload.is_null() {
        return;
    }
    let drop_it = std::panic::AssertUnwindSafe(|| {
        // SAFETY: made by Box::into_raw in `New::of` or `copy`, and taken out of its field.
        drop(unsafe { Box::from_raw(payload) });
    });
    if std::panic::catch_unwind(drop_it).is_err() {
        tracing::error!("dropping a user meta's payload panicked");
    }
}
