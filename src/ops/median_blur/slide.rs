//! Squares of three, whose sorted columns are moved along the row in registers.

use super::network::{Bytes, median_of_sorted, sort};
use super::x86_64::ask;

/// Bytes that can be moved along a row.
pub(super) trait Slide: Bytes {
    /// What lies a pixel of `C` bytes further left, `before` being the bytes on the left of these.
    fn left<const C: usize>(self, before: Self) -> Self;
    /// What lies a pixel of `C` bytes further right, `after` being the bytes on the right of these.
    fn right<const C: usize>(self, after: Self) -> Self;
}

/// One row of medians of squares of three pixels of `C` bytes, from the rows above, here and below; false in a row of less than
/// two vectors. Sorted columns stay in registers. `ahead` bytes further on is what the next row will be written to.
#[inline(always)]
pub(super) fn row3<V: Slide, const C: usize>(rows: [&[u8]; 3], ahead: usize, out: &mut [u8]) -> bool {
    let len = out.len();
    if len < 2 * V::LANES {
        return false;
    }
    assert!(rows.iter().all(|row| row.len() >= len), "a row is shorter than the output");
    let (from, to) = ([rows[0].as_ptr(), rows[1].as_ptr(), rows[2].as_ptr()], out.as_mut_ptr());
    let mut at = 0;
    // SAFETY: rows and output are at least two vectors long, and no vector of either goes beyond `len` bytes: in the loop
    // `at` is at most two vectors before that. Pixels have at most 4 bytes.
    unsafe {
        let mut here = columns3::<V>(from, 0);
        let mut before = edge::<V, C>(here, true);
        while at + 2 * V::LANES <= len {
            let after = columns3::<V>(from, at + V::LANES);
            ask(to.wrapping_add(at + ahead));
            slid::<V, C>(before, here, after).store(to.add(at));
            (before, here, at) = (here, after, at + V::LANES);
        }
        if at + V::LANES < len {
            let at = at.min(len - V::LANES - C);
            let [left, here, right] = [at - C, at, at + C].map(|at| columns3::<V>(from, at));
            median_of_sorted([left, here, right]).store(to.add(at));
        }
        let at = len - V::LANES;
        let (left, here) = (columns3::<V>(from, at - C), columns3::<V>(from, at));
        let after = edge::<V, C>(here, false);
        let mut right = here;
        for i in 0..3 {
            right[i] = here[i].right::<C>(after[i]);
        }
        median_of_sorted([left, here, right]).store(to.add(at));
    }
    true
}

/// Columns of three, sorted.
///
/// # Safety
/// Each row has a vector from `at` on.
#[inline(always)]
unsafe fn columns3<V: Bytes>(rows: [*const u8; 3], at: usize) -> [V; 3] {
    // SAFETY: the caller says that the bytes are there.
    let mut v = unsafe { [V::load(rows[0].add(at)), V::load(rows[1].add(at)), V::load(rows[2].add(at))] };
    sort(&mut v);
    v
}

/// What lies beside the first or the last vector of a row: its outermost pixel, next to it.
#[inline(always)]
fn edge<V: Bytes, const C: usize>(sorted: [V; 3], first: bool) -> [V; 3] {
    let mut beside = sorted;
    for v in &mut beside {
        let mut bytes = [0u8; 64];
        // SAFETY: no vector is longer than the array.
        unsafe { v.store(bytes.as_mut_ptr()) };
        let (from, to) = if first { (0, V::LANES - C) } else { (V::LANES - C, 0) };
        bytes.copy_within(from..from + C, to);
        // SAFETY: as above.
        *v = unsafe { V::load(bytes.as_ptr()) };
    }
    beside
}

#[inline(always)]
fn slid<V: Slide, const C: usize>(before: [V; 3], here: [V; 3], after: [V; 3]) -> V {
    let (mut left, mut right) = (here, here);
    for i in 0..3 {
        left[i] = here[i].left::<C>(before[i]);
        right[i] = here[i].right::<C>(after[i]);
    }
    median_of_sorted([left, here, right])
}
