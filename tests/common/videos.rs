//! Small media files made for tests, and frames of files counted.
#![allow(dead_code, unreachable_pub, reason = "every test file uses a part of it")]

use std::path::{Path, PathBuf};

use crate::common::{TestPipeline, parse};

/// Plays a pipeline to its end.
fn play(description: &str) {
    parse(description).run().unwrap_or_else(|error| panic!("{description}: {error}"));
}

/// An AVI of `count` JPEG frames, 25 a second.
pub fn avi(folder: &Path, name: &str, count: u32, size: (u32, u32)) -> PathBuf {
    patterned_avi(folder, name, count, size, "ball")
}

/// The same with a picture of videotestsrc's choice.
pub fn patterned_avi(
    folder: &Path,
    name: &str,
    count: u32,
    (width, height): (u32, u32),
    pattern: &str,
) -> PathBuf {
    let path = folder.join(name);
    play(&format!(
        "videotestsrc num-buffers={count} pattern={pattern} ! \
         video/x-raw,format=I420,width={width},height={height},framerate=25/1 ! jpegenc ! avimux ! \
         filesink location=\"{}\"",
        path.display()
    ));
    path
}

/// A WAV file.
pub fn wav(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    play(&format!("audiotestsrc num-buffers=20 ! wavenc ! filesink location=\"{}\"", path.display()));
    path
}

/// Size and number of the frames that a file decodes to.
pub fn decoded(path: &Path) -> ((i32, i32), usize) {
    let pipeline: TestPipeline = parse(&format!(
        "filesrc location=\"{}\" ! decodebin ! appsink name=out caps=video/x-raw max-buffers=8 sync=false",
        path.display()
    ));
    let samples = pipeline.samples("out");
    let caps = samples.first().and_then(|sample| sample.caps()?.structure(0));
    let size = caps.map(|s| (s.get("width").unwrap(), s.get("height").unwrap()));
    (size.unwrap_or((0, 0)), samples.len())
}
