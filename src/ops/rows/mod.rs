//! What the filters share: the choice of instructions, borders, planes of 16-bit values and strips of rows.

#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "vector loads and stores")]
pub(crate) mod aarch64;
mod border;
#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "describes a kernel's argument")]
mod cuda;
mod gray;
mod isa;
mod lines;
mod plane;
mod ring;
mod samples;
#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "launches kernels")]
pub(crate) mod separable;
mod strip;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector loads and stores, chosen by run-time detection")]
mod x86_64;

pub use border::Border;
pub(crate) use border::pad_row;
#[cfg(feature = "cuda")]
pub(crate) use cuda::{GRAY, WINDOW, Window};
pub(crate) use gray::Gray;
pub(crate) use isa::{Isa, per_isa};
pub(crate) use lines::Lines;
pub use plane::PlaneI16;
pub(crate) use ring::Ring;
pub(crate) use samples::{chroma_shift, samples};
pub(crate) use strip::{check_channels, check_same_shape, split_rows, split_values, with_copy};
