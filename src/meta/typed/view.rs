//! A borrowed payload: locked, and kept from being removed, while someone looks at it.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_void};
use std::mem::align_of;
use std::ptr::NonNull;

use crate::meta::{BatchMeta, MetaLock, UserMeta};
use crate::sys::*;
use crate::{Error, ErrorKind, Result};

/// The most bytes that an array in a payload may claim to have: 1 GiB.
const MAX_BYTES: usize = 1 << 30;

thread_local! {
    /// Batches of which this thread has views. The lock keeps other threads away.
    static VIEWED: RefCell<Vec<*const NvDsBatchMeta>> = const { RefCell::new(Vec::new()) };
}

/// Whether this thread looks at a payload of the batch. Nothing may then be removed from it: the payload would be
/// freed under the view.
pub(in crate::meta) fn is_viewed(batch: *const NvDsBatchMeta) -> bool {
    let viewed = VIEWED.with_borrow(|viewed| viewed.contains(&batch));
    if viewed {
        tracing::warn!(
            "nothing is removed from a batch while a typed view of it is alive; drop the view first"
        );
    }
    viewed
}

/// Names a batch in `VIEWED`.
struct Pin(*const NvDsBatchMeta);

impl Pin {
    fn new(batch: *const NvDsBatchMeta) -> Self {
        VIEWED.with_borrow_mut(|viewed| viewed.push(batch));
        Self(batch)
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        // A thread that ends may have torn down its list already.
        let _ = VIEWED.try_with(|viewed| {
            let mut viewed = viewed.borrow_mut();
            if let Some(at) = viewed.iter().rposition(|&batch| batch == self.0) {
                viewed.swap_remove(at);
            }
        });
    }
}

/// A payload that stays as it is until the view is dropped.
pub(super) struct View<'b> {
    data: NonNull<c_void>,
    pub(super) generation: MetaGeneration,
    pub(super) versions: VersionRange,
    _pin: Pin,
    _lock: MetaLock<'b>,
}

impl<'b> View<'b> {
    /// The payload of `user` if it is of `kind`.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`] when that cannot be told without knowing the version, or when the payload is NULL.
    pub(super) fn of(user: UserMeta<'b>, kind: UserMetaKind) -> Result<Option<Self>> {
        let versions = crate::runtime::versions(user.generation())?;
        let lock = lock(user)?;
        if !MetaTypes::for_versions(versions).is(user.meta_type(), kind)? {
            return Ok(None);
        }
        let name = kind.c_name().unwrap_or("the type");
        let data = NonNull::new(user.data_ptr())
            .ok_or_else(|| broken(format!("a user meta of {name} has no payload")))?;
        if !data.cast::<u64>().is_aligned() {
            return Err(broken(format!(
                "the payload of a user meta of {name} is at the odd address {data:p}"
            )));
        }
        let generation = user.generation();
        // SAFETY: the header of a live element names its batch.
        let pin = Pin::new(unsafe { (*user.as_ptr()).base_meta.batch_meta });
        Ok(Some(Self { data, generation, versions, _pin: pin, _lock: lock }))
    }

    /// A view of what a live element of the batch `lock` is held of owns.
    pub(super) fn of_element(
        batch: *const NvDsBatchMeta,
        lock: MetaLock<'b>,
        generation: MetaGeneration,
        data: NonNull<c_void>,
    ) -> Self {
        let versions = VersionRange::from(generation);
        Self { data, generation, versions, _pin: Pin::new(batch), _lock: lock }
    }

    /// The payload as a struct.
    ///
    /// # Safety
    /// The payload starts with a `T`, all bit patterns of which are values.
    pub(super) unsafe fn read<T: Copy>(&self) -> T {
        // SAFETY: by the caller's word; the payload lives as long as the view.
        unsafe { self.data.cast::<T>().read() }
    }

    /// A value at an offset; `None` stays `None`.
    ///
    /// # Safety
    /// The payload has a `T` there.
    pub(super) unsafe fn at<T: Copy>(&self, offset: Option<usize>) -> Option<T> {
        // SAFETY: by the caller's word.
        offset.map(|offset| unsafe { self.data.cast::<u8>().add(offset).cast::<T>().read() })
    }

    pub(super) fn data(&self) -> NonNull<c_void> {
        self.data
    }
}

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:p} (DeepStream {})", self.data, self.versions)
    }
}

fn lock(user: UserMeta<'_>) -> Result<MetaLock<'_>> {
    // SAFETY: the header of a live element names its live batch, which outlives the handle.
    let batch = unsafe { BatchMeta::from_raw((*user.as_ptr()).base_meta.batch_meta) }?;
    Ok(batch.lock())
}

/// That a payload is not what its type says.
#[cold]
pub(super) fn broken(message: String) -> Error {
    Error::new(ErrorKind::Abi, message)
}

/// `count` values at `data`, after checks of all that can be checked.
///
/// # Errors
/// [`ErrorKind::Abi`] for NULL, a wrong alignment, or more than 1 GiB.
///
/// # Safety
/// `data` is NULL, or has `count` values that nobody writes to or frees for `'v`. All bit patterns are values of `T`.
pub(super) unsafe fn slice<'v, T: Copy>(data: *const T, count: usize, what: &str) -> Result<&'v [T]> {
    check(data.cast(), count, size_of::<T>(), align_of::<T>(), what)?;
    if count == 0 {
        return Ok(&[]);
    }
    // SAFETY: not NULL, aligned, of a sane size, and live by the caller's word.
    Ok(unsafe { std::slice::from_raw_parts(data, count) })
}

/// The checks of [`slice`], for an array whose stride is known at run time.
/// The pointer is not followed.
pub(super) fn check(
    data: *const c_void,
    count: usize,
    stride: usize,
    align: usize,
    what: &str,
) -> Result<()> {
    if count == 0 {
        return Ok(());
    }
    if data.is_null() {
        return Err(broken(format!(
            "{what}: the address is NULL, but there should be {count} of {stride} bytes"
        )));
    }
    if !data.addr().is_multiple_of(align) {
        return Err(broken(format!("{what}: the address {data:p} is not a multiple of {align}")));
    }
    match count.checked_mul(stride) {
        Some(bytes) if bytes <= MAX_BYTES => Ok(()),
        _ => Err(broken(format!("{what}: {count} of {stride} bytes are more than {MAX_BYTES} bytes can be"))),
    }
}

/// A count that a payload claims, if it is not absurd.
pub(super) fn bounded(count: impl Into<u64>, max: usize, what: &str) -> Result<usize> {
    let count = count.into();
    usize::try_from(count)
        .ok()
        .filter(|&n| n <= max)
        .ok_or_else(|| broken(format!("{what}: {count} is more than the {max} that there can be")))
}

/// A C string; NULL is `None`. Bytes that are not UTF-8 become U+FFFD.
///
/// # Safety
/// NULL or NUL-terminated, and nobody frees or changes it during the call.
pub(super) unsafe fn string(text: *const c_char) -> Option<String> {
    // SAFETY: not NULL, and NUL-terminated by the caller's word.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

/// A char array up to its NUL, or whole where there is none.
pub(super) fn array_string(array: &[c_char]) -> String {
    let bytes: Vec<u8> = array.iter().map(|&c| c.cast_unsigned_byte()).take_while(|&b| b != 0).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

trait CastUnsignedByte {
    fn cast_unsigned_byte(self) -> u8;
}

impl CastUnsignedByte for i8 {
    fn cast_unsigned_byte(self) -> u8 {
        self.cast_unsigned()
    }
}

impl CastUnsignedByte for u8 {
    fn cast_unsigned_byte(self) -> u8 {
        self
    }
}
