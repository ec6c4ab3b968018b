//! What is planned, done to a plane.

use rayon::prelude::*;

use crate::frame::{Rect, View, ViewMut};
use crate::ops::resize::{Interpolation, resize_with};
use crate::ops::rows::Isa;

use super::cover::Cover;
use super::levels::{TOGETHER, levels};
use super::pixelate::pixelate;
use super::plan::{Effect, Job};

/// Bytes hidden below which other threads are not asked: about what one does in the time of asking.
const WORTH_ASKING: usize = 128 * 1024;

/// Does `jobs` to `plane` with the result of one after the other.
pub(super) fn all(isa: Isa, plane: &mut ViewMut<'_>, jobs: &[Job<'_, '_>]) {
    let bytes: usize = jobs.iter().map(|job| job.rect.area() as usize * plane.channels()).sum();
    if rayon::current_num_threads() == 1 || jobs.len() == 1 || bytes < WORTH_ASKING {
        for job in jobs {
            one(isa, &mut plane.crop_mut(job.rect).expect("boxes were clipped to the plane"), job);
        }
        return;
    }
    for jobs in jobs.chunks(TOGETHER) {
        let levels = levels(&jobs.iter().map(|job| job.rect).collect::<Vec<_>>());
        for level in 0..=levels.iter().copied().max().unwrap_or_default() {
            let jobs: Vec<_> =
                jobs.iter().zip(&levels).filter(|(_, at)| **at == level).map(|(j, _)| j).collect();
            let rects: Vec<_> = jobs.iter().map(|job| job.rect).collect();
            let parts = plane.disjoint_mut(&rects).expect("boxes of one level share no sample");
            parts.into_par_iter().zip(jobs).for_each(|(mut part, job)| one(isa, &mut part, job));
        }
    }
}

/// Does `job` to its box.
fn one(isa: Isa, part: &mut ViewMut<'_>, job: &Job<'_, '_>) {
    let Some(cover) = &job.cover else { return whole(isa, part, &job.effect) };
    let (width, height, channels) = (part.width(), part.height(), part.channels());
    let mut copy = Vec::with_capacity(width as usize * channels * height as usize);
    part.as_view().rows().for_each(|row| copy.extend_from_slice(row));
    let mut hidden = ViewMut::new(&mut copy, width, height, channels, width as usize * channels)
        .expect("the copy has the size of the box");
    whole(isa, &mut hidden, &job.effect);
    write_covered(part, &hidden.as_view(), cover);
}

/// Writes what `cover` covers of `from` to `part`, which has its size.
fn write_covered(part: &mut ViewMut<'_>, from: &View<'_>, cover: &Cover<'_>) {
    let (channels, mut runs) = (part.channels(), Vec::new());
    for y in 0..part.height() {
        cover.runs(y, &mut runs);
        let (out, from) = (part.row_mut(y), from.row(y));
        for run in &runs {
            let bytes = run.start * channels..run.end * channels;
            out[bytes.clone()].copy_from_slice(&from[bytes]);
        }
    }
}

/// Hides all of `part`.
fn whole(isa: Isa, part: &mut ViewMut<'_>, effect: &Effect<'_>) {
    match *effect {
        Effect::Fill(samples) => fill(part, samples),
        Effect::Pixelate(block) => pixelate(isa, part, block),
        Effect::Blur(blur) => {
            let all = Rect::new(0, 0, part.width(), part.height());
            blur.apply_window_at(isa, part.reborrow(), all).expect("a plane has 1 to 4 bytes a sample");
        }
        Effect::Shrink((width, height), soft) => {
            let channels = part.channels();
            let row = width as usize * channels;
            let mut bytes = vec![0; row * height as usize];
            let mut view = |work: &mut dyn FnMut(ViewMut<'_>)| {
                work(ViewMut::new(&mut bytes, width, height, channels, row).expect("it was made for this"));
            };
            let fits = "both have pixels, of the same bytes";
            view(&mut |small| resize_with(isa, &part.as_view(), small, Interpolation::Area).expect(fits));
            let all = Rect::new(0, 0, width, height);
            view(&mut |small| soft.apply_window_at(isa, small, all).expect(fits));
            view(&mut |small| {
                resize_with(isa, &small.as_view(), part.reborrow(), Interpolation::Bilinear).expect(fits);
            });
        }
    }
}

fn fill(part: &mut ViewMut<'_>, samples: [u8; 4]) {
    let channels = part.channels();
    let mut rows = part.rows_mut();
    let Some(first) = rows.next() else { return };
    first.chunks_exact_mut(channels).for_each(|pixel| pixel.copy_from_slice(&samples[..channels]));
    rows.for_each(|row| row.copy_from_slice(first));
}
