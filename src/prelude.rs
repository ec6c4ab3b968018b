//! What most programs use: `use dsframe::prelude::*;`.

pub use crate::frame::{FrameView, FrameViewMut, OwnedFrame, PixelFormat, Rect, View, ViewMut};
pub use crate::meta::{BatchMeta, Color, FrameMeta, ObjectMeta, Scene};
pub use crate::probe::{Batch, Frame, OnError, Verdict};
pub use crate::roi::BBox;
pub use crate::{Error, ErrorKind, Result};
