//! Rows turned around.

use crate::ops::rows::{Isa, per_isa};

/// The pixels of `src`, last first, to `dst`.
pub(super) fn reversed(isa: Isa, channels: usize, src: &[u8], dst: &mut [u8]) {
    match channels {
        1 => copy(isa, src.as_chunks::<1>().0, dst.as_chunks_mut::<1>().0),
        2 => copy(isa, src.as_chunks::<2>().0, dst.as_chunks_mut::<2>().0),
        3 => copy(isa, src.as_chunks::<3>().0, dst.as_chunks_mut::<3>().0),
        _ => copy(isa, src.as_chunks::<4>().0, dst.as_chunks_mut::<4>().0),
    }
}

/// The pixels of `row`, last first, in place.
pub(super) fn reverse(isa: Isa, channels: usize, row: &mut [u8]) {
    let half = row.len() / channels / 2 * channels;
    let (left, right) = row.split_at_mut(half);
    let middle = right.len() - half;
    swap_reversed(isa, channels, left, &mut right[middle..]);
}

/// Two rows of one length change places, each last pixel first.
pub(super) fn swap_reversed(isa: Isa, channels: usize, upper: &mut [u8], lower: &mut [u8]) {
    match channels {
        1 => swap(isa, upper.as_chunks_mut::<1>().0, lower.as_chunks_mut::<1>().0),
        2 => swap(isa, upper.as_chunks_mut::<2>().0, lower.as_chunks_mut::<2>().0),
        3 => swap(isa, upper.as_chunks_mut::<3>().0, lower.as_chunks_mut::<3>().0),
        _ => swap(isa, upper.as_chunks_mut::<4>().0, lower.as_chunks_mut::<4>().0),
    }
}

per_isa! {
    fn copy[const C: usize](src: &[[u8; C]], dst: &mut [[u8; C]]) {
        for (out, pixel) in dst.iter_mut().zip(src.iter().rev()) {
            *out = *pixel;
        }
    }
}

per_isa! {
    fn swap[const C: usize](upper: &mut [[u8; C]], lower: &mut [[u8; C]]) {
        for (a, b) in upper.iter_mut().zip(lower.iter_mut().rev()) {
            std::mem::swap(a, b);
        }
    }
}
