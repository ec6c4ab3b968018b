//! Rows turned around.

use crate::ops::rows::Isa;

macro_rules! by_channels {
    ($isa:expr, $channels:expr, $name:ident($($arg:expr),*)) => {
        $isa.run(|| match $channels {
            1 => $name::<1>($($arg),*),
            2 => $name::<2>($($arg),*),
            3 => $name::<3>($($arg),*),
            _ => $name::<4>($($arg),*),
        })
    };
}
pub(super) use by_channels;

/// The pixels of `src`, last first, to `dst`.
pub(super) fn reversed(isa: Isa, channels: usize, src: &[u8], dst: &mut [u8]) {
    #[inline(always)]
    fn run<const C: usize>(src: &[u8], dst: &mut [u8]) {
        let (src, dst) = (src.as_chunks::<C>().0, dst.as_chunks_mut::<C>().0);
        for (out, pixel) in dst.iter_mut().zip(src.iter().rev()) {
            *out = *pixel;
        }
    }
    by_channels!(isa, channels, run(src, dst));
}

/// The pixels of `row`, last first, in place.
pub(super) fn reverse(isa: Isa, channels: usize, row: &mut [u8]) {
    #[inline(always)]
    fn run<const C: usize>(row: &mut [u8]) {
        let pixels = row.as_chunks_mut::<C>().0;
        let half = pixels.len() / 2;
        let (left, right) = pixels.split_at_mut(half);
        for (a, b) in left.iter_mut().zip(right.iter_mut().rev()) {
            std::mem::swap(a, b);
        }
    }
    by_channels!(isa, channels, run(row));
}

/// Two rows of one length change places, each last pixel first.
pub(super) fn swap_reversed(isa: Isa, channels: usize, upper: &mut [u8], lower: &mut [u8]) {
    #[inline(always)]
    fn run<const C: usize>(upper: &mut [u8], lower: &mut [u8]) {
        let (upper, lower) = (upper.as_chunks_mut::<C>().0, lower.as_chunks_mut::<C>().0);
        for (a, b) in upper.iter_mut().zip(lower.iter_mut().rev()) {
            std::mem::swap(a, b);
        }
    }
    by_channels!(isa, channels, run(upper, lower));
}
