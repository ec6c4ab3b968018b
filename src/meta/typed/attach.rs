//! Payloads that this crate makes: a C struct that every reader of DeepStream's headers understands, with what it
//! points to behind it in one block.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;

use crate::Result;
use crate::meta::UserMeta;
use crate::meta::user::New;
use crate::meta::user_lists::Owner;
use crate::runtime::versions;
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

/// Attaches `value` as a payload with copy and release functions.
///
/// # Errors
/// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when the number of the type or its layout is not known,
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when the owner was removed.
pub(super) fn attach<'b, T: CPayload>(owner: impl Owner<'b>, value: T) -> Result<UserMeta<'b>> {
    let versions = versions(owner.layout())?;
    let meta_type = MetaTypes::for_versions(versions).number(value.kind())?;
    let block = Box::into_raw(Block::new(value, versions)?);
    let new = New::raw(meta_type, block.cast(), Some(copy::<T>), Some(release::<T>));
    // SAFETY: both functions take the block that `data` is.
    unsafe { owner.add_new_user(new) }.inspect_err(|_| {
        // SAFETY: made by Box::into_raw above, and nobody took it.
        drop(unsafe { Box::from_raw(block) });
    })
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
