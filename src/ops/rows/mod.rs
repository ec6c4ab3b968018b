//! What the filters share: the choice of instructions, borders, planes of 16-bit values and strips of rows.

mod border;
#[allow(unsafe_code, reason = "calls code compiled for instructions that a token proves")]
mod isa;
mod plane;
mod ring;
mod strip;
#[cfg(test)]
pub(crate) mod testing;

pub use border::Border;
pub(crate) use border::pad_row;
pub(crate) use isa::Isa;
pub use plane::PlaneI16;
pub(crate) use ring::Ring;
pub(crate) use strip::{check_same_shape, split_rows};
