//! Counting values.

use crate::frame::View;

/// Pixels counted before 32-bit counts are added up.
const FLUSH: usize = 1 << 30;

/// Adds how often each value occurs to `bins`, one table a channel.
pub(super) fn add(view: &View<'_>, bins: &mut [[u64; 256]]) {
    match view.channels() {
        1 => run::<1>(view, bins),
        2 => run::<2>(view, bins),
        3 => run::<3>(view, bins),
        _ => run::<4>(view, bins),
    }
}

/// Neighbours are often equal: pixels take turns in four tables, so that none waits for the
/// count that the one before has just written.
fn run<const C: usize>(view: &View<'_>, bins: &mut [[u64; 256]]) {
    let mut tables = vec![[[0u32; 256]; C]; 4];
    let mut counted = 0;
    for row in view.rows() {
        for part in row.chunks(FLUSH / 2 * C) {
            let pixels = part.as_chunks::<C>().0;
            if counted + pixels.len() > FLUSH {
                flush(&mut tables, bins);
                counted = 0;
            }
            counted += pixels.len();
            let [t0, t1, t2, t3] = &mut tables[..] else { unreachable!("there are four tables") };
            let (fours, rest) = pixels.as_chunks::<4>();
            for [a, b, c, d] in fours {
                for i in 0..C {
                    t0[i][usize::from(a[i])] += 1;
                    t1[i][usize::from(b[i])] += 1;
                    t2[i][usize::from(c[i])] += 1;
                    t3[i][usize::from(d[i])] += 1;
                }
            }
            for pixel in rest {
                for i in 0..C {
                    t0[i][usize::from(pixel[i])] += 1;
                }
            }
        }
    }
    flush(&mut tables, bins);
}

fn flush<const C: usize>(tables: &mut [[[u32; 256]; C]], bins: &mut [[u64; 256]]) {
    for table in tables {
        for (bin, count) in bins.iter_mut().flatten().zip(table.iter_mut().flatten()) {
            *bin += u64::from(std::mem::take(count));
        }
    }
}
