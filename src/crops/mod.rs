//! Crops: best shot per track, encoders, a bounded writer off the streaming thread.
//!
//! ```text
//! crop view ─► BestShots (scores, copies only what beats what is kept)
//!                 └─► OwnedFrame ─► CropWriter (queue) ─► Encoder ─► file
//!                 └─► ContactSheet (thumbnails) ─► PNG
//! ```
//!
//! ```
//! use dsframe::crops::{CropName, CropWriter, ImageFormat, Job, WriterOptions};
//! use dsframe::frame::{OwnedFrame, PixelFormat};
//! # let folder = std::env::temp_dir().join(format!("dsframe-doc-{}", std::process::id()));
//! let mut writer = CropWriter::new(WriterOptions { overwrite: true, ..Default::default() })?;
//! let frame = OwnedFrame::zeroed(PixelFormat::Rgba, 126, 148);
//! let name = CropName {
//!     frame_num: 0, source_id: 2, object: 3, label: "person", width: 126, height: 148,
//!     format: ImageFormat::Jpg,
//! };
//! let path = name.path_in(&folder);
//! assert!(path.ends_with("stream_2/0_2_3_PERSON_126x148.jpg"));
//! writer.submit(Job { frame, path: path.clone() });
//! assert_eq!(writer.finish()?.written, 1);
//! assert!(path.exists());
//! # std::fs::remove_dir_all(folder).unwrap();
//! # Ok::<(), dsframe::Error>(())
//! ```
#![forbid(unsafe_code)]

mod best_shot;
mod contact_sheet;
mod encode;
mod file;
mod jfif;
mod name;
mod score;
mod writer;

pub use best_shot::{BestShots, BestShotsOptions, Candidate, Offered, Shot, TrackKey, TrackShots};
pub use contact_sheet::{ContactSheet, SheetOptions};
pub use encode::{DEFAULT_QUALITY, Encoder, ImageFormat};
pub use name::{CropName, label_for_file_name};
pub use score::{Scorer, max_overlap};
pub use writer::{CropWriter, Job, OnFull, Submitted, WriteCounts, WriterOptions};

#[cfg(test)]
mod tests;
