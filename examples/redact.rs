//! Hides people, or other objects, in videos.
//!
//!     cargo run --release --example redact -- vtest.avi --out hidden --method blur --device cuda
//!
//! The CPU hides, in the frames' own memory; with `--device cuda` the GPU does, as in `cuda_redact`.

#![allow(unreachable_pub, reason = "an example has no outside")]

#[path = "common/mod.rs"]
mod common;
#[path = "redact/hide.rs"]
mod hide;

fn main() -> std::process::ExitCode {
    hide::main(hide::On::Cpu)
}
