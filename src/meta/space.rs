//! Which picture the coordinates of a frame's boxes refer to.

use super::{FrameMeta, ObjectMeta};
use crate::roi::{Mux, SpaceBox, Spaces};
use crate::{Error, ErrorKind, Result};

impl FrameMeta<'_> {
    /// The pictures that this frame's boxes can be converted between: the source and the muxer's
    /// output, which the muxer stretched the source to. Say more with [`Spaces::padded`], [`Spaces::with_net`] and [`Spaces::with_tiler`].
    ///
    /// A muxer that does not scale sets no output size; the two pictures are then the same.
    ///
    /// # Errors
    /// `InvalidArgument` when the metadata names no source size, as behind `nvmultistreamtiler`, which erases it.
    ///
    /// ```
    /// # gst::init().unwrap();
    /// # use dsframe::meta::{FrameInit, ObjectInit, OwnedBatchMeta};
    /// use dsframe::roi::{BBox, Source};
    /// # let batch = OwnedBatchMeta::new(1)?;
    /// # let init = FrameInit { source_frame_width: 640, source_frame_height: 480, pipeline_width: 1280, pipeline_height: 960, ..FrameInit::default() };
    /// # let frame = batch.as_batch().add_frame(&init)?;
    /// # let object = frame.add_object(&ObjectInit { bbox: BBox::xywh(100.0, 20.0, 40.0, 80.0), ..ObjectInit::default() })?;
    /// let in_source = object.rect_in_mux().to::<Source>(&frame.spaces()?)?;
    /// assert_eq!(in_source.bbox(), BBox::xywh(50.0, 10.0, 20.0, 40.0));
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    pub fn spaces(&self) -> Result<Spaces> {
        let source = (self.source_frame_width(), self.source_frame_height());
        if source.0 == 0 || source.1 == 0 {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                format!(
                    "the frame of source {} has a source size of {}x{}, so nobody can say where its boxes came from; \
                     nvmultistreamtiler erases it: put the probe before the tiler",
                    self.source_id(),
                    source.0,
                    source.1
                ),
            ));
        }
        Spaces::new(source, self.size())
    }
}

impl ObjectMeta<'_> {
    /// [`rect`](Self::rect), marked as coordinates of the muxer's output.
    #[must_use]
    pub fn rect_in_mux(&self) -> SpaceBox<Mux> {
        SpaceBox::new(self.rect())
    }
}
