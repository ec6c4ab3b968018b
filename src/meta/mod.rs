//! NvDs metadata: batch, frame, object, classifier, label, display and user metas.
//!
//! A handle such as [`FrameMeta`] is a small `Copy` value that points into the batch's C structs and
//! lives no longer than the borrow of the buffer. Reading and writing go straight to these structs,
//! so every other element of the pipeline sees the result. Setters take `&self`: the structs are
//! shared with C, and no Rust reference to them ever exists.
//!
//! **Lists** are read in one step under the batch's lock. An iterator walks what was there at that
//! moment, less what is removed before its turn comes, so adding and removing during a walk is allowed.
//! Elements below the batch come newest first, as in C; `.rev()` gives the order in which they were added.
//!
//! **A removed element** goes back to its pool, and handles to it are stale: they write nothing, have empty
//! lists, are in no list, and adding to them is an error, even after the pool has given the memory to another
//! element. (The memory stays valid: pools live as long as the batch. Numbers read through a stale handle mean
//! nothing.) `is_live` tells. What C code removes behind a handle's back is not seen.
//!
//! **Locking.** What could break memory (lists, strings, labels) happens under the batch's lock;
//! numbers are read and written as atomics, without it. Take [`BatchMeta::lock`] around a group of changes that
//! other threads must see whole, and around a long walk, which is faster for it: the thread that has the
//! lock takes it again for next to nothing.
//!
//! **Copies.** [`FrameMeta::snapshot`] is short and made for logs, [`FrameMeta::to_owned`] has every field and can
//! be [written back](FrameRecord::add_to). What NVIDIA's elements attach is read through [`typed`] views.
//!
//! ```
//! # gst::init().unwrap();
//! use dsframe::meta::{BBox, FrameInit, ObjectInit, OwnedBatchMeta};
//! let batch = OwnedBatchMeta::new(1)?;
//! let frame = batch.as_batch().add_frame(&FrameInit { source_id: 2, ..FrameInit::default() })?;
//! let bbox = BBox { left: 10.0, top: 20.0, width: 30.0, height: 60.0 };
//! frame.add_object(&ObjectInit { label: "person", bbox, confidence: 0.9, ..ObjectInit::default() })?;
//! let person = frame.objects().next().unwrap();
//! assert_eq!((person.label().as_str(), person.rect()), ("person", bbox));
//! assert_eq!(person.object_id(), None); // no tracker has seen it
//! # Ok::<(), dsframe::Error>(())
//! ```

mod batch;
mod classifier;
mod clip;
mod color;
mod compose;
mod display;
mod frame;
mod frame_lists;
mod init;
mod iter;
mod lock;
mod mend;
mod object;
mod object_lists;
mod owned_batch;
mod palette;
mod raw;
mod record;
mod retire;
mod scene;
mod shapes;
mod snapshot;
mod space;
mod style;
mod text;
pub mod typed;
mod user;
mod user_lists;
mod write_back;

pub use batch::{BatchMeta, MetaLock};
pub use init::{FrameInit, ObjectInit, SensorInfo};
pub use owned_batch::OwnedBatchMeta;

pub use crate::frame::Color;
pub use crate::roi::BBox;
pub use classifier::{ClassifierInit, ClassifierMeta, LabelInfo, LabelInit};
pub use display::DisplayMeta;
pub use frame::FrameMeta;
pub use iter::MetaIter;
pub use object::ObjectMeta;
pub use palette::{ColorLookup, ColorPalette};
pub use record::{
    BatchRecord, ClassifierRecord, DisplayRecord, FrameRecord, LabelRecord, MaskRecord, ObjectRecord,
};
pub use scene::{ArrowHead, ArrowItem, CircleItem, LabelItem, LineItem, RectItem, Scene};
pub use snapshot::{FrameSnapshot, ObjectSnapshot};
pub use style::Style;
pub use user::{Payload, UserMeta};
