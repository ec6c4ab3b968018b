//! Payloads that this crate makes: a C struct that every reader of DeepStream's headers understands, with what it
//! points to behind it in one block.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use crate::Result;
use crate::meta::iter::Handle as _;
use crate::meta::retire::expect_live;
use crate::meta::{BatchMeta, FrameMeta, ObjectMeta, UserMeta};
use crate::runtime::{api, versions};
use crate::sys::*;

/// A value that can become a payload of one of DeepStream's own types.
pub(super) trait CPayload: Clone + Send + Sync + 'static {
    /// The C struct, at the largest size that any version has.
    type C;
    /// Arrays that the C struct needs and the value does not have.
    type Parts;

    /// What it is.
    fn kind(&self) -> UserMetaKind;
    /// The arrays. They may point into heap memory of the value, which does not move.
    fn parts(&self, versions: VersionRange) -> Result<Self::Parts>;
    /// The C struct, which may point into heap memory of the value and of the parts.
    fn c(&self, parts: &Self::Parts) -> Self::C;
}

/// What `user_meta_data` points to; readers see the C struct alone.
#[repr(C)]
struct Block<T: CPayload> {
    c: T::C,
    parts: T::Parts,
    value: T,
    versions: VersionRange,
}

impl<T: CPayload> Block<T> {
    fn new(value: T, versions: VersionRange) -> Result<Box<Self>> {
        let parts = value.parts(versions)?;
        let c = value.c(&parts);
        Ok(Box::new(Self { c, parts, value, versions }))
    }
}

/// An element that user metas can be added to.
pub(super) trait Owner<'b>: Copy {
    fn batch(self) -> *mut NvDsBatchMeta;
    fn layout(self) -> MetaGeneration;
    /// `Ok` while the owner is there.
    fn check(self) -> Result<()>;
    /// # Safety
    /// `user` is a user meta of the owner's batch that is in no list, and the batch's lock is held.
    unsafe fn link(self, user: *mut NvDsUserMeta);
}

macro_rules! owner {
    ($($name:ident, $what:literal: $function:ident;)*) => {
        $(impl<'b> Owner<'b> for $name<'b> {
            fn batch(self) -> *mut NvDsBatchMeta {
                // SAFETY: the header of a live element names its batch; a batch names itself.
                unsafe { (*self.as_ptr()).base_meta.batch_meta }
            }

            fn layout(self) -> MetaGeneration {
                self.generation()
            }

            fn check(self) -> Result<()> {
                expect_live(self.is_live(), $what)
            }

            unsafe fn link(self, user: *mut NvDsUserMeta) {
                // SAFETY: two live elements of one batch, by the caller's word.
                unsafe { (api().$function)(self.as_ptr(), user) };
            }
        })*
    };
}

owner! {
    BatchMeta, "batch": add_user_meta_to_batch;
    FrameMeta, "frame": add_user_meta_to_frame;
    ObjectMeta, "object": add_user_meta_to_obj;
}

/// Attaches `value` as a payload with copy and release functions.
///
/// # Errors
/// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when the number of the type or its layout is not known,
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when the owner was removed.
pub(super) fn attach<'b, T: CPayload>(owner: impl Owner<'b>, value: T) -> Result<UserMeta<'b>> {
    let versions = versions(owner.layout())?;
    let meta_type = MetaTypes::for_versions(versions).number(value.kind())?;
    let block = Block::new(value, versions)?;
    // SAFETY: a live batch, by the handle. Acquiring from it never fails. Every field is set, since the real library
    // leaves what the last user stored. Linked under the lock.
    unsafe {
        let batch = BatchMeta::from_raw(owner.batch())?;
        let _lock = batch.lock();
        owner.check()?;
        let raw = (api().acquire_user_meta)(owner.batch());
        (*raw).base_meta.meta_type = meta_type;
        (*raw).base_meta.uContext = ptr::null_mut();
        (*raw).base_meta.copy_func = Some(copy::<T>);
        (*raw).base_meta.release_func = Some(release::<T>);
        (*raw).user_meta_data = Box::into_raw(block).cast();
        owner.link(raw);
        Ok(UserMeta::from_element(NonNull::new_unchecked(raw.cast()), owner.layout()))
    }
}

/// Copies a payload. What could not be made again is left out: nothing unwinds through C.
unsafe extern "C" fn copy<T: CPayload>(data: *mut c_void, _user: *mut c_void) -> *mut c_void {
    // SAFETY: called with the user meta that has this copy function, so its payload is ours or NULL.
    let block = unsafe { (*data.cast::<NvDsUserMeta>()).user_meta_data.cast::<Block<T>>().as_ref() };
    let Some(block) = block else { return ptr::null_mut() };
    let again = std::panic::AssertUnwindSafe(|| Block::new(block.value.clone(), block.versions));
    match std::panic::catch_unwind(again) {
        Ok(Ok(copy)) => Box::into_raw(copy).cast(),
        _ => {
            tracing::error!("copying a user meta's payload failed; the copy has none");
            ptr::null_mut()
        }
    }
}

/// Frees a payload.
unsafe extern "C" fn release<T: CPayload>(data: *mut c_void, _user: *mut c_void) {
    // SAFETY: called once, with the user meta that has this release function; the field is emptied, since a recycled
    // element keeps it. The block came from Box::into_raw in `attach` or `copy`.
    unsafe {
        let block = (&raw mut (*data.cast::<NvDsUserMeta>()).user_meta_data).replace(ptr::null_mut());
        if !block.is_null() {
            drop(Box::from_raw(block.cast::<Block<T>>()));
        }
    }
}

/// Memory for a C struct of `N` words, zeroed. Padding of what is put in may stay uninitialised.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
pub(super) struct Words<const N: usize>([MaybeUninit<u64>; N]);

impl<const N: usize> Words<N> {
    pub(super) const ZERO: Self = Self([MaybeUninit::zeroed(); N]);

    /// Stores a value at an offset.
    ///
    /// # Panics
    /// When it does not fit.
    pub(super) fn put<T: Copy>(mut self, offset: usize, value: T) -> Self {
        assert!(
            offset + size_of::<T>() <= size_of::<Self>(),
            "{offset} is outside {} bytes",
            size_of::<Self>()
        );
        // SAFETY: within the words, checked above; write_unaligned needs no alignment.
        unsafe { (&raw mut self.0).cast::<u8>().add(offset).cast::<T>().write_unaligned(value) };
        self
    }
}
