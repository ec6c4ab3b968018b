//! What the examples share: inputs, the pipeline, playing it to the end.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "each example uses its own part")]

mod input;
mod output;
mod pipeline;
mod report;
mod run;

pub use input::Input;
pub use output::videos;
pub use pipeline::{Built, Spec, build};
pub use report::{Progress, table};
pub use run::run;
