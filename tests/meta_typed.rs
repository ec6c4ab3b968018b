//! Typed views of the user metas of NVIDIA's elements, on structs laid out for every generation. Run again with
//! `DSFRAME_RUNTIME=native` and `DSFRAME_DEEPSTREAM_LIBS=$(.ci/fetch-deepstream)` for the real libraries.

#[path = "meta_typed/arrays.rs"]
mod arrays;
#[path = "meta_typed/lists.rs"]
mod lists;
#[path = "meta_typed/raw.rs"]
mod raw;
#[path = "meta/support.rs"]
mod support;

use dsframe::meta::{FrameMeta, ObjectInit, ObjectMeta};

fn object_of(frame: FrameMeta<'_>) -> ObjectMeta<'_> {
    frame.add_object(&ObjectInit::default()).unwrap()
}
