//! One function for each promise.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use dsframe::frame::{FrameView, OwnedFrame, PixelFormat, Rect};
use dsframe::ops::color;
use dsframe::surface::{Residency, SurfaceBatch};
use dsframe::{Error, ErrorKind};

use crate::Table;
use crate::expected::{Expected, checksum};
use crate::play::{Player, decoder, source};

/// Whether NVIDIA's elements are at work.
fn real() -> bool {
    decoder() == "nvv4l2decoder"
}

/// What RGB may differ by: the real converter rounds on its own; the embedded one leaves all but RGBA of the same size
/// to GStreamer's, whose short cuts are further off.
fn rgb_tolerance() -> u8 {
    if real() { 2 } else { 12 }
}

/// What NV12 and I420 may differ by where NVIDIA's converter does more than copy NV12: it then works on RGB, which cost
/// up to 11 for I420, 8 for a window (DeepStream 9.0 on an H100).
fn yuv_tolerance() -> u8 {
    if real() { 12 } else { 0 }
}

/// Formats of the converter, and the largest difference a sample may have from the software decoder's frame under the
/// same conversion. GRAY8 is stretched to full range by NVIDIA's converter (3 off at most), and is not by the embedded.
fn tolerances() -> [(&'static str, u8); 7] {
    let (rgb, i420, gray) = (rgb_tolerance(), yuv_tolerance(), if real() { 3 } else { 20 });
    [
        ("NV12", 0),
        ("RGBA", rgb),
        ("I420", i420),
        ("BGRx", rgb),
        ("GRAY8", gray),
        // NVIDIA's converter makes it as it makes I420: 8 off at most, 1.5 on average.
        ("P010_10LE", rgb.max(i420)),
        ("NV21", 0),
    ]
}

/// Formats that not every converter, or build of this crate, has.
const OPTIONAL: [&str; 2] = ["P010_10LE", "NV21"];

/// Whether `error` says that there is no such conversion, or no view of its result.
fn is_missing(error: &anyhow::Error) -> bool {
    let viewless = error.downcast_ref::<Error>().is_some_and(|error| error.kind() == ErrorKind::Unsupported);
    viewless
        || format!("{error:#}").contains("not-negotiated")
        || format!("{error:#}").contains("could not link")
}

/// Where the converter's memory of this type is, on a GPU card.
pub(crate) fn residency(memory: u32) -> Residency {
    if !real() {
        return Residency::Host;
    }
    match memory {
        1 => Residency::Pinned,
        3 => Residency::Unified,
        _ => Residency::Device,
    }
}

/// What the probes of one run saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) frames: usize,
    pub(crate) equal: usize,
    pub(crate) refused: usize,
    pub(crate) largest: u8,
    /// The largest difference in luma.
    pub(crate) luma: u8,
    pub(crate) sum: u64,
    pub(crate) samples: u64,
    pub(crate) surface: String,
    pub(crate) last: String,
}

pub(crate) type Shared = Arc<Mutex<Seen>>;

pub(crate) fn lock(seen: &Shared) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Seen {
    /// Takes in how far `a` is from `b`, sample by sample.
    fn compare<'a>(&mut self, a: impl Iterator<Item = &'a u8>, b: impl Iterator<Item = &'a u8>) {
        for (a, b) in a.zip(b) {
            let difference = a.abs_diff(*b);
            self.largest = self.largest.max(difference);
            self.sum += u64::from(difference);
            self.samples += 1;
        }
    }

    fn mean(&self) -> f64 {
        self.sum as f64 / self.samples.max(1) as f64
    }
}

/// Compares `view` with the software decoder's frame in whichever way its format allows.
fn compare(seen: &mut Seen, view: &FrameView<'_>, expected: &FrameView<'_>) {
    let rows =
        |view: &FrameView<'_>, plane: usize| view.plane(plane).rows().flatten().copied().collect::<Vec<u8>>();
    match view.format() {
        PixelFormat::Nv12 => {
            (0..2).for_each(|i| seen.compare(rows(view, i).iter(), rows(expected, i).iter()))
        }
        PixelFormat::Gray8 => {
            let mut gray = OwnedFrame::zeroed(PixelFormat::Gray8, view.width(), view.height());
            color::gray_from(expected, gray.view_mut().plane_mut(0)).expect("sizes and formats are right");
            seen.compare(rows(view, 0).iter(), rows(&gray.view(), 0).iter());
        }
        PixelFormat::I420 | PixelFormat::Nv21 => {
            seen.compare(rows(view, 0).iter(), rows(expected, 0).iter());
            seen.luma = seen.largest;
            let pairs = rows(expected, 1);
            let (u, v) = (pairs.iter().step_by(2), pairs.iter().skip(1).step_by(2));
            if view.format() == PixelFormat::I420 {
                seen.compare(rows(view, 1).iter(), u);
                seen.compare(rows(view, 2).iter(), v);
            } else {
                let own = rows(view, 1);
                seen.compare(own.iter().skip(1).step_by(2), u);
                seen.compare(own.iter().step_by(2), v);
            }
        }
        _ => {
            let (ours, theirs) = (color::to_rgb(expected), color::to_rgb(view));
            seen.compare(rows(&theirs.view(), 0).iter(), rows(&ours.view(), 0).iter());
        }
    }
}

/// Plays the clip through one converter; `wanted` is where the memory must be.
fn convert(
    stream: &Path,
    expected: &Arc<Expected>,
    memory: u32,
    caps: &str,
    crop: Option<Rect>,
) -> Result<Seen> {
    let cut = crop.map(|r| format!("src-crop={}:{}:{}:{}", r.x, r.y, r.width, r.height)).unwrap_or_default();
    let player = Player::new(&format!(
        "{} ! nvvideoconvert name=convert nvbuf-memory-type={memory} {cut} ! video/x-raw(memory:NVMM),{caps} ! \
         fakesink sync=false",
        source(stream)
    ))?;
    let (seen, wanted) = (Shared::default(), residency(memory));
    let (inside, expected) = (Arc::clone(&seen), Arc::clone(expected));
    player.look("convert", move |buffer, number| {
        let batch = SurfaceBatch::from_buffer(buffer)?;
        let surface = batch.surface(0)?;
        let seen = &mut *lock(&inside);
        (seen.frames, seen.surface) = (seen.frames + 1, format!("{surface:?}"));
        if batch.residency() != wanted {
            return Err(Error::new(ErrorKind::Residency, format!("{wanted:?} was expected of {surface:?}")));
        }
        let map = match surface.map_read() {
            Ok(map) => map,
            Err(error) if error.kind() == ErrorKind::Residency && wanted == Residency::Device => {
                (seen.refused, seen.last) = (seen.refused + 1, error.to_string());
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if crop.is_none() && expected.sums.get(number) == Some(&checksum(&map.view())) {
            seen.equal += 1;
        }
        if let Some(frame) = expected.frame(number) {
            compare(seen, &map.view(), &crop.map_or(Ok(frame), |rect| frame.crop(rect))?);
        }
        Ok(())
    })?;
    player.run()?;
    Ok(std::mem::take(&mut *lock(&seen)))
}

pub(crate) fn formats(table: &mut Table, stream: &Path, expected: &Arc<Expected>) {
    for (format, tolerance) in tolerances() {
        for memory in 0..=3 {
            let result = convert(stream, expected, memory, &format!("format={format}"), None)
                .and_then(|seen| judge(&seen, expected, format, memory, tolerance));
            let name = format!("nvbuf-memory-type={memory} {format}");
            match &result {
                Err(error) if OPTIONAL.contains(&format) && is_missing(error) => table.skip(&name, error),
                _ => table.line(&name, result),
            }
        }
    }
}

fn judge(seen: &Seen, expected: &Expected, format: &str, memory: u32, tolerance: u8) -> Result<String> {
    let all = expected.sums.len();
    ensure!(seen.frames == all, "{} frames came, the clip has {all}", seen.frames);
    if residency(memory) == Residency::Device {
        ensure!(seen.refused == all, "{} of {all} frames were refused", seen.refused);
        ensure!(seen.last.contains("nvbuf-memory-type=3"), "{}", seen.last);
        return Ok(format!("{}; {all} refused: {}", seen.surface, seen.last));
    }
    ensure!(seen.samples > 0, "nothing was compared; {}", seen.surface);
    ensure!(
        seen.largest <= tolerance,
        "largest difference {}, mean {:.4}; {}",
        seen.largest,
        seen.mean(),
        seen.surface
    );
    if format == "NV12" {
        ensure!(
            seen.equal == all,
            "{} of {all} frames equal the software decoder's; {}",
            seen.equal,
            seen.surface
        );
    }
    let equal = match format {
        "NV12" => format!("{all} frames equal, "),
        "I420" => format!("luma {}, ", seen.luma),
        _ => String::new(),
    };
    let (kept, largest, mean) = (expected.kept(), seen.largest, seen.mean());
    Ok(format!("{}; {equal}largest difference {largest}, mean {mean:.4} in {kept} frames", seen.surface))
}

/// Windows, which the converter cuts out without scaling where they are of even size.
pub(crate) fn windows(table: &mut Table, stream: &Path, expected: &Arc<Expected>) {
    for (x, y, width, height) in [(0, 0, 334, 202), (32, 16, 502, 100), (64, 2, 128, 256)] {
        for (format, tolerance) in [("RGBA", rgb_tolerance()), ("NV12", yuv_tolerance())] {
            let caps = format!("format={format},width={width},height={height}");
            let crop = Some(Rect::new(x, y, width, height));
            let result = convert(stream, expected, 3, &caps, crop).and_then(|seen| {
                let (largest, mean) = (seen.largest, seen.mean());
                let text = format!("{}; largest difference {largest}, mean {mean:.4}", seen.surface);
                ensure!(seen.frames == expected.sums.len(), "{} frames came", seen.frames);
                ensure!(seen.samples > 0 && largest <= tolerance, "{text}");
                Ok(text)
            });
            table.line(&format!("nvbuf-memory-type=3 {format}, window {width}x{height} at {x},{y}"), result);
        }
    }
}

/// The byte that is written at a place of frame `number`; within what limited-range luma can hold.
fn mark(number: usize, x: usize, y: u32) -> u8 {
    40 + ((number * 7 + x * 3 + y as usize * 5) % 160) as u8
}

const BOX: Rect = Rect { x: 33, y: 17, width: 120, height: 61 };

/// Writes a pattern behind one converter and reads it behind the next, which converts to other memory.
pub(crate) fn edits(table: &mut Table, stream: &Path, expected: &Arc<Expected>) {
    for (format, memory, next, tolerance) in [
        ("RGBA", 1, "nvbuf-memory-type=3 ! video/x-raw(memory:NVMM),format=BGRx", 0),
        ("RGBA", 3, "nvbuf-memory-type=1 ! video/x-raw(memory:NVMM),format=BGRx", 0),
        ("NV12", 1, "nvbuf-memory-type=3 ! video/x-raw(memory:NVMM),format=RGBA", rgb_tolerance()),
        ("NV12", 3, "nvbuf-memory-type=1 ! video/x-raw(memory:NVMM),format=RGBA", rgb_tolerance()),
    ] {
        let result = edited(stream, expected, format, memory, next).and_then(|(seen, text)| {
            ensure!(seen.largest <= tolerance, "{text}");
            Ok(text)
        });
        table.line(&format!("edits of nvbuf-memory-type={memory} {format}, seen behind {next}"), result);
    }
}

fn edited(
    stream: &Path,
    expected: &Expected,
    format: &str,
    memory: u32,
    next: &str,
) -> Result<(Seen, String)> {
    let player = Player::new(&format!(
        "{} ! nvvideoconvert name=first nvbuf-memory-type={memory} ! video/x-raw(memory:NVMM),format={format} ! \
         nvvideoconvert name=second {next} ! fakesink sync=false",
        source(stream)
    ))?;
    // The windows as they were written, in RGB, until they come by again.
    let written = Arc::new(Mutex::new(VecDeque::new()));
    let ahead = Arc::clone(&written);
    player.look("first", move |buffer, number| {
        let batch = SurfaceBatch::from_buffer(buffer)?;
        let mut map = batch.surface(0)?.map_write()?;
        let mut window = map.view_mut().into_crop(BOX)?;
        let mut plane = window.plane_mut(0);
        for y in 0..plane.height() {
            plane.row_mut(y).iter_mut().enumerate().for_each(|(x, byte)| *byte = mark(number, x, y));
        }
        let rgb = color::to_rgb(&map.view().crop(BOX)?);
        ahead.lock().unwrap_or_else(PoisonError::into_inner).push_back(rgb);
        map.finish()
    })?;
    let seen = Shared::default();
    let inside = Arc::clone(&seen);
    player.look("second", move |buffer, _| {
        let batch = SurfaceBatch::from_buffer(buffer)?;
        let rgb = color::to_rgb(&batch.surface(0)?.map_read()?.view().crop(BOX)?);
        let seen = &mut *lock(&inside);
        (seen.frames, seen.surface) = (seen.frames + 1, format!("{:?}", batch.surface(0)?));
        let wrote = written.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let wrote =
            wrote.ok_or_else(|| Error::new(ErrorKind::Pipeline, "a frame more came than was written"))?;
        let (rgb, wrote) = (rgb.view().plane(0), wrote.view().plane(0));
        seen.compare(rgb.rows().flatten(), wrote.rows().flatten());
        Ok(())
    })?;
    player.run()?;
    let seen = std::mem::take(&mut *lock(&seen));
    ensure!(seen.frames == expected.sums.len() && seen.samples > 0, "{} frames came", seen.frames);
    let (samples, largest, mean) = (seen.samples, seen.largest, seen.mean());
    let text = format!("{samples} samples, largest difference {largest}, mean {mean:.4}; {}", seen.surface);
    Ok((seen, text))
}
