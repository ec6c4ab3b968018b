//! Edges: every format and window, and what makes weak edges long.

use anyhow::Result;
use dsframe::cuda::{Device, Stream};
use dsframe::frame::{Colorimetry, PixelFormat, Rect};
use dsframe::ops::canny::{canny, canny_on};

use super::{Picture, Place};
use crate::Report;

/// What edges are asked for.
#[derive(Debug, Clone, Copy)]
struct Settings {
    thresholds: [f64; 2],
    aperture: u32,
    l2: bool,
}

const PLAIN: Settings = Settings { thresholds: [50.0, 150.0], aperture: 3, l2: false };

/// Compares the map of `window` of `src` with the CPU's, in a window of a larger picture; the edges' share of pixels.
fn check(stream: &Stream, src: &Picture, window: Rect, place: Place, settings: Settings) -> Result<f64> {
    let Settings { thresholds: [low, high], aperture, l2 } = settings;
    let outer = (window.width + 3, window.height + 2);
    let mut dst = Picture::noise(stream, PixelFormat::Gray8, outer, place, Colorimetry::default())?;
    let at = Rect::new(if place.start.is_multiple_of(4) { 0 } else { 2 }, 1, window.width, window.height);
    canny_on(stream, &src.view(window)?, &mut dst.view_mut(at)?, low, high, aperture, l2)?;
    let mut frame = dst.host_mut()?;
    let mut plane = frame.plane_mut(0).into_crop(at)?;
    canny(&src.host()?.crop(window)?, plane.reborrow(), low, high, aperture, l2)?;
    let edges = plane.as_view().rows().flatten().filter(|pixel| **pixel > 0).count();
    dst.check(stream, 0, || format!("{window}, {place:?}, {settings:?}"))?;
    Ok(edges as f64 / f64::from((window.width * window.height).max(1)))
}

/// Every aperture and norm.
fn settings() -> impl Iterator<Item = Settings> {
    [(3, 1.0), (5, 9.0), (7, 90.0)].into_iter().flat_map(|(aperture, scale)| {
        [false, true].map(|l2| Settings { thresholds: [50.0 * scale, 150.0 * scale], aperture, l2 })
    })
}

/// Noise of every format at awkward sizes and windows.
fn formats(stream: &Stream, quick: bool) -> Result<String> {
    let sizes = [(1, 1), (1, 70), (70, 1), (2, 3), (63, 31), (64, 32), (65, 33), (131, 67), (322, 35)];
    let taken = |from: &PixelFormat| from.bits() == 8;
    let mut cases = 0;
    for (f, format) in PixelFormat::ALL.into_iter().filter(taken).enumerate() {
        for (n, (w, h)) in sizes.into_iter().enumerate() {
            // Each size of some format, each format at a large size.
            if quick && n % 7 != f % 7 && n != 7 {
                continue;
            }
            let places = Place::all(w as usize * format.bytes_per_pixel(0));
            for (p, place) in places.into_iter().enumerate() {
                if quick && (p + f + n) % 4 > 0 {
                    continue;
                }
                let src = Picture::noise(stream, format, (w, h), place, Colorimetry::default())?;
                let windows = [
                    Rect::new(0, 0, w, h),
                    Rect::new(1.min(w - 1), 1.min(h - 1), w.div_ceil(2), h.div_ceil(2)),
                    Rect::new(0, 0, 0, h),
                ];
                for window in windows.into_iter().filter(|window| window.fits(w, h)) {
                    for (s, settings) in settings().enumerate() {
                        if quick && (s + f + n) % 6 > 1 {
                            continue;
                        }
                        check(stream, &src, window, place, settings)?;
                        cases += 1;
                    }
                }
            }
        }
    }
    Ok(format!("{cases} cases, the CPU's map, nothing beside the window"))
}

/// A band half as wide as `pitch` around and around, whose edges are weak; its inner end is as bright as `seed`.
fn spiral((w, h): (u32, u32), pitch: f64, seed: u8) -> impl Fn(u32, u32) -> u8 {
    move |x, y| {
        let (x, y) = (f64::from(x) - f64::from(w) / 2.0, f64::from(y) - f64::from(h) / 2.0);
        let (radius, turn) = (x.hypot(y), y.atan2(x) / std::f64::consts::TAU);
        // Pixels from the middle of the band or of the gap; its edges are two pixels wide.
        let across = ((radius / pitch - turn).rem_euclid(1.0) - 0.25) * pitch;
        let across = across.abs().min(pitch - across.abs());
        let share = (0.5 + (pitch / 4.0 - across) / 2.0).clamp(0.0, 1.0);
        let band = if radius < 1.5 * pitch { seed } else { 124 };
        (100.0 + share * f64::from(band - 100)) as u8
    }
}

/// Teeth that hang from the first rows, or stand on the last or grow from the left; the last is as bright as `seed`
/// somewhere on its way.
fn comb((w, h): (u32, u32), from: u32, seed: u8) -> impl Fn(u32, u32) -> u8 {
    move |x, y| {
        let (across, along, ends) = match from {
            0 => (x, y, (w, h)),
            1 => (x, h - 1 - y, (w, h)),
            _ => (y, x, (h, w)),
        };
        let tooth = across % 10 < 5 && along + 6 <= ends.1;
        match along < 6 || tooth {
            true if across + 14 > ends.0 && (along / 8) % 9 == 5 => seed,
            true => 124,
            false => 100,
        }
    }
}

/// Bands at 45 degrees, which leave tiles at their corners; those that end in the last rows are as bright as `seed` there.
fn hatch((_, h): (u32, u32), rising: bool, seed: u8) -> impl Fn(u32, u32) -> u8 {
    move |x, y| {
        let across = if rising { x + y } else { x + h - y };
        match across / 11 % 2 == 0 {
            true if y + 8 > h => seed,
            true => 122,
            false => 100,
        }
    }
}

/// Weak edges that run through the whole picture, with a strong pixel at one end, and without.
fn long(stream: &Stream, quick: bool) -> Result<String> {
    let sizes = if quick { vec![(330, 200)] } else { vec![(330, 200), (1920, 1080), (3840, 2160)] };
    let mut cases = 0;
    for size in sizes {
        let (place, all) = (Place { start: 16, extra: 5 }, Rect::new(0, 0, size.0, size.1));
        let mut src = Picture::noise(stream, PixelFormat::Gray8, size, place, Colorimetry::default())?;
        for kind in 0..7 {
            let mut shares = [0.0; 2];
            for (seed, share) in [124, 150].into_iter().zip(&mut shares) {
                match kind {
                    0 => src.paint(stream, spiral(size, 10.0, seed))?,
                    1 => src.paint(stream, spiral(size, 23.0, seed))?,
                    5 | 6 => src.paint(stream, hatch(size, kind == 5, seed))?,
                    n => src.paint(stream, comb(size, n - 2, seed))?,
                }
                *share = check(stream, &src, all, place, PLAIN)?;
                cases += 1;
            }
            // The seed decides over all of it, or this checks nothing.
            anyhow::ensure!(
                shares[0] < 0.005 && shares[1] > 0.01,
                "picture {kind} of {size:?} has {shares:?} edges"
            );
        }
    }
    Ok(format!("{cases} cases, the CPU's map"))
}

/// Thresholds that make everything strong, or weak, or leave chains between.
fn extremes(stream: &Stream, quick: bool) -> Result<String> {
    let size = if quick { (200, 70) } else { (1921, 1081) };
    let (place, all) = (Place { start: 256, extra: 56 }, Rect::new(0, 0, size.0, size.1));
    let src = Picture::noise(stream, PixelFormat::Gray8, size, place, Colorimetry::default())?;
    let mut flat = Picture::noise(stream, PixelFormat::Nv12, size, place, Colorimetry::default())?;
    flat.paint(stream, |_, _| 77)?;
    let mut cases = 0;
    for thresholds in [
        [0.0, 0.0],
        [-9.0, -1.0],
        [0.0, 1e12],
        [0.0, 1400.0],
        [200.0, 1300.5],
        [900.0, 1000.0],
        [2039.0, 2040.0],
        [1e9, 1e12],
        [40_000.0, 10.0],
    ] {
        for l2 in [false, true] {
            let settings = Settings { thresholds, aperture: 3, l2 };
            check(stream, &src, all, place, settings)?;
            check(stream, &flat, all, place, settings)?;
            cases += 2;
        }
    }
    Ok(format!("{cases} cases, the CPU's map"))
}

/// Calls of ever other sizes, handed over one after the other on two streams: each leaves what it counts with as it was,
/// and memory that another size used before holds anything.
fn in_turns(device: &Device, quick: bool) -> Result<String> {
    let sizes = [(330, 200), (61, 33), (1, 1), (700, 40), (3, 300), (60, 32), (331, 201)];
    let streams = [device.stream()?, device.stream()?];
    let place = Place { start: 16, extra: 5 };
    let settings = [
        PLAIN,
        Settings { thresholds: [0.0, 1e12], ..PLAIN },
        Settings { thresholds: [0.0, 700.0], ..PLAIN },
    ];
    let mut calls = Vec::new();
    for round in 0..if quick { 2 } else { 20 } {
        for (n, size) in sizes.into_iter().enumerate() {
            for (s, stream) in streams.iter().enumerate() {
                let mut src =
                    Picture::noise(stream, PixelFormat::Gray8, size, place, Colorimetry::default())?;
                if (n + round) % 3 == 0 {
                    src.paint(stream, spiral(size, 9.0, 150))?;
                }
                let dst = Picture::noise(stream, PixelFormat::Gray8, size, place, Colorimetry::default())?;
                calls.push((s, src, dst, settings[(n + s + round) % 3]));
            }
        }
    }
    // All at once, so that both streams work at the same time.
    for (s, src, dst, settings) in &mut calls {
        let all = Rect::new(0, 0, src.size().0, src.size().1);
        let [low, high] = settings.thresholds;
        canny_on(&streams[*s], &src.view(all)?, &mut dst.view_mut(all)?, low, high, 3, false)?;
    }
    for (s, src, dst, settings) in &mut calls {
        let [low, high] = settings.thresholds;
        canny(&src.host()?, dst.host_mut()?.plane_mut(0), low, high, 3, false)?;
        dst.check(&streams[*s], 0, || format!("{:?}, {settings:?}", src.size()))?;
    }
    Ok(format!("{} calls on two streams, the CPU's map", calls.len()))
}

pub(crate) fn run(device: &Device, quick: bool, report: &mut Report) -> Result<()> {
    let stream = device.stream()?;
    report.line("edges of every format", formats(&stream, quick));
    report.line("long weak edges", long(&stream, quick));
    report.line("edges in pictures of ever other sizes", in_turns(device, quick));
    report.line("edges at extreme thresholds", extremes(&stream, quick));
    Ok(())
}
