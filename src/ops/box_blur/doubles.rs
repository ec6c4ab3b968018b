//! Sums of many columns: those of few are added to sums of twice as many, or one more, until they are the box's.

use crate::ops::rows::Lines;

use super::scalar::{Column, Mean, VALUES, divide};

/// Values whose sums are made in one go; what they are made of stays in the nearest cache.
const STRETCH: usize = 1024;

/// Room for the sums of [`STRETCH`] values and of those up to a box further on: what is read and what is written.
pub(super) struct Doubles {
    long: [Lines<u32>; 2],
    /// Of as many columns as `fit` 16 bits.
    short: [Lines<u16>; 2],
    fit: usize,
    channels: usize,
    ksize: usize,
}

impl Doubles {
    pub(super) fn new(channels: usize, ksize: (u32, u32)) -> Self {
        let (across, fit) = (ksize.0 as usize, 65535 / (255 * ksize.1 as usize));
        let len = STRETCH + across * channels + VALUES;
        Self {
            long: [Lines::new(len), Lines::new(len)],
            short: [Lines::new(len), Lines::new(len)],
            fit,
            channels,
            ksize: across,
        }
    }

    /// The means of a row, from the sums of its columns and of the border's.
    #[inline(always)]
    pub(super) fn means<T: Column>(&mut self, columns: &[T], mean: Mean, out: &mut [u8]) {
        let (step, bits) = (self.channels, usize::BITS - self.ksize.leading_zeros());
        let ([held, next], [short, next_short]) = (&mut self.long, &mut self.short);
        for (i, out) in out.chunks_mut(STRETCH).enumerate() {
            let columns = &columns[i * STRETCH..];
            // How many columns the sums are of, and whether they are among the short ones.
            let (mut done, mut is_short) = (1, false);
            for bit in (0..bits - 1).rev() {
                let more = self.ksize >> bit & 1;
                // What later sums are made of, too.
                let len = out.len() + (self.ksize - 2 * done - more) * step;
                let (apart, extra) = (done * step, (more == 1).then_some(2 * done * step));
                let fits = bit > 0 && 2 * done + more <= self.fit;
                match (fits, is_short) {
                    (true, true) => double(short, columns, apart, extra, &mut next_short[..len]),
                    (true, false) => double(columns, columns, apart, extra, &mut next_short[..len]),
                    (false, true) => double(short, columns, apart, extra, &mut next[..len]),
                    (false, false) if done == 1 => double(columns, columns, apart, extra, &mut next[..len]),
                    (false, false) => double(held, columns, apart, extra, &mut next[..len]),
                }
                if fits {
                    std::mem::swap(short, next_short);
                } else {
                    std::mem::swap(held, next);
                }
                (done, is_short) = (2 * done + more, fits);
            }
            if done == 1 {
                held.iter_mut().zip(columns).for_each(|(held, column)| *held = column.wide());
            }
            divide(mean, &held[..out.len()], out);
        }
    }
}

/// Each value and the one `apart` further on, and the column `extra` further on. The last block goes over values a second time.
#[inline(always)]
fn double<A: Column, T: Column, S: Column>(
    from: &[A],
    columns: &[T],
    apart: usize,
    extra: Option<usize>,
    out: &mut [S],
) {
    let Some(last) = out.len().checked_sub(VALUES) else {
        for (i, out) in out.iter_mut().enumerate() {
            let more = extra.map_or(0, |extra| columns[i + extra].wide());
            *out = S::of(from[i].wide() + from[i + apart].wide() + more);
        }
        return;
    };
    let mut at = 0;
    loop {
        let first = from[at..].first_chunk::<VALUES>().expect("there are as many values as sums");
        let second = from[at + apart..].first_chunk::<VALUES>().expect("and as many further on");
        let mut sums = [S::default(); VALUES];
        for ((sum, first), second) in sums.iter_mut().zip(first).zip(second) {
            *sum = S::of(first.wide() + second.wide());
        }
        if let Some(extra) = extra {
            let more = columns[at + extra..].first_chunk::<VALUES>().expect("the row has K - 1 pixels more");
            for (sum, more) in sums.iter_mut().zip(more) {
                *sum = S::of(sum.wide() + more.wide());
            }
        }
        *out[at..].first_chunk_mut().expect("a block begins before the last") = sums;
        if at == last {
            return;
        }
        at = (at + VALUES).min(last);
    }
}
