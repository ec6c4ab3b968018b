//! User metas of batches, frames and objects: the same calls on each.

use std::ffi::c_void;

use super::batch::BatchMeta;
use super::frame::FrameMeta;
use super::object::ObjectMeta;
use super::retire;
use super::user::{self, New, Payload, UserMeta};
use crate::Result;
use crate::runtime::api;
use crate::sys::{MetaGeneration, NvDsMetaCopyFunc, NvDsMetaReleaseFunc, NvDsMetaType};

/// An element that user metas can be added to.
pub(super) trait Owner<'b>: Copy {
    fn layout(self) -> MetaGeneration;

    /// Adds `new`; on an error its payload is still the caller's, unless it is a [`New::of`].
    ///
    /// # Safety
    /// The parts of `new` fit together.
    unsafe fn add_new_user(self, new: New) -> Result<UserMeta<'b>>;
}

macro_rules! owner {
    ($($name:ident, $what:literal: $add:ident, $remove:ident;)*) => {
        $(impl<'b> Owner<'b> for $name<'b> {
            fn layout(self) -> MetaGeneration {
                self.generation
            }

            unsafe fn add_new_user(self, new: New) -> Result<UserMeta<'b>> {
                // SAFETY: the owner's batch is live, and the new user meta is one of its pool.
                unsafe {
                    user::add(self.raw, self.generation, $what, || self.is_live(), new, |_, user| {
                        (api().$add)(self.as_ptr(), user);
                    })
                }
            }
        }

        impl<'b> $name<'b> {
            /// Adds a value of your own; see [`UserMeta::payload`].
            ///
            /// # Errors
            /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when what it is added to was removed, as
            /// frames and objects can be.
            pub fn add_user<T: Payload>(&self, name: &str, value: T) -> Result<UserMeta<'b>> {
                let new = New::of(name, value);
                // SAFETY: what `New::of` makes fits together.
                unsafe { self.add_new_user(new) }
            }

            /// Adds a payload of C's: what `nvds_acquire_user_meta_from_pool`, four assignments and
            #[doc = concat!("`nvds_", stringify!($add), "` do.")]
            ///
            /// # Errors
            /// As [`add_user`](Self::add_user); the payload is still the caller's then.
            ///
            /// # Safety
            /// `data`, `copy` and `release` fit together as C's headers ask: both functions get the
            /// `NvDsUserMeta`, `copy` answers with a new payload, `release` frees the one in `user_meta_data`.
            /// All three stay valid as long as the batch and its copies.
            pub unsafe fn add_user_raw(
                &self,
                meta_type: NvDsMetaType,
                data: *mut c_void,
                copy: NvDsMetaCopyFunc,
                release: NvDsMetaReleaseFunc,
            ) -> Result<UserMeta<'b>> {
                // SAFETY: by the caller's word.
                unsafe { self.add_new_user(New::raw(meta_type, data, copy, release)) }
            }

            #[doc = concat!("Removes a user meta and frees its payload; `false` when it is not on this ", $what)]
            /// (any more), and while a [typed view](super::typed) of the batch is alive.
            pub fn remove_user(&self, user: UserMeta<'_>) -> bool {
                let remove = || {
                    // SAFETY: the user meta is in the owner's list, where `retire` found it under the lock.
                    unsafe { (api().$remove)(self.as_ptr(), user.as_ptr()) };
                };
                // SAFETY: a live owner and its list.
                unsafe { retire::remove(self.raw, || self.user_metas(), user, remove) }
            }

            /// Removes all user metas and frees their payloads; says how many there were.
            pub fn clear_user_metas(&self) -> usize {
                let remove = |user: UserMeta<'_>| {
                    // SAFETY: the user meta is in the owner's list, where `retire` found it under the lock.
                    unsafe { (api().$remove)(self.as_ptr(), user.as_ptr()) };
                };
                // SAFETY: a live owner and its list.
                unsafe { retire::clear(self.raw, || self.user_metas(), remove) }
            }
        })*
    };
}

owner! {
    BatchMeta, "batch": add_user_meta_to_batch, remove_user_meta_from_batch;
    FrameMeta, "frame": add_user_meta_to_frame, remove_user_meta_from_frame;
    ObjectMeta, "object": add_user_meta_to_obj, remove_user_meta_from_object;
}
