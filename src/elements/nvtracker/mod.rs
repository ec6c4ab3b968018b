//! Multi-object tracking.

mod appearance;
mod assignment;
mod bytetrack;
mod config;
mod geometry;
mod kalman;
mod track;
mod types;

pub use appearance::{DESCRIPTOR_LEN, describe_rgb};
pub use bytetrack::Tracker;
pub use config::Config;
pub use types::{Assignment, Detection, EndedTrack, PredictedBox, Target, TrackedBox, Update};
