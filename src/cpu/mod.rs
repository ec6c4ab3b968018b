//! What the processor can do, and how work is spread over its cores.
//!
//! An operation asks for a capability token and uses the code behind it only when it gets one: the token is
//! the proof that the instructions exist. `DSFRAME_CPU` lowers what is used, to compare or to
//! rule a path out: `scalar`, `avx2` or `avx512` on x86-64, `scalar` or `neon` on aarch64; `auto` or unset is the best there is.
//!
//! Large pictures are cut into strips of rows, one per thread of rayon's current pool. What one thread does in some
//! microseconds is not handed out. `RAYON_NUM_THREADS=1`, or a pool of one thread, keeps all on the caller's thread.

mod level;
mod strips;

#[cfg(target_arch = "aarch64")]
#[allow(unused_imports, reason = "used only where it pays")]
pub(crate) use level::Neon;
#[cfg(target_arch = "x86_64")]
#[allow(unused_imports, reason = "512 bits are used only where they pay")]
pub(crate) use level::{Avx2, Avx512};
pub use level::{CPU_VARIABLE, Level, level};
pub(crate) use strips::{for_each, strips};
