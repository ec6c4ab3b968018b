//! What DeepStream 9.0 drops from deep copies, put back: parents, classifier types, the frames' size
//! after the muxer. Copies of the embedded runtime have it already, and are not changed.

use super::batch::BatchMeta;
use super::frame::FrameMeta;
use super::object::ObjectMeta;

/// Under the lock of `src`'s batch; nobody else knows `dst` yet.
pub(super) fn batch(src: BatchMeta<'_>, dst: BatchMeta<'_>) {
    src.frames().zip(dst.frames()).for_each(|(src, dst)| frame(src, dst));
}

/// As [`batch`]. Objects come out of a copy in reverse.
pub(super) fn frame(src: FrameMeta<'_>, dst: FrameMeta<'_>) {
    dst.set_pipeline_size(src.pipeline_width(), src.pipeline_height());
    let sources: Vec<_> = src.objects().collect();
    let copies: Vec<_> = dst.objects().rev().collect();
    if sources.len() != copies.len() {
        return;
    }
    for (source, copy) in sources.iter().zip(&copies) {
        let parent = source.parent().and_then(|p| sources.iter().position(|s| *s == p));
        copy.link_parent(parent.map(|i| copies[i]));
        classifiers(*source, *copy);
    }
}

fn classifiers(src: ObjectMeta<'_>, dst: ObjectMeta<'_>) {
    for (source, copy) in src.classifiers().zip(dst.classifiers().rev()) {
        // SAFETY: live classifiers; the name is never freed, and may be shared.
        unsafe { (*copy.as_ptr()).classifier_type = (*source.as_ptr()).classifier_type };
    }
}
