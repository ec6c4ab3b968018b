//! Sorting networks over rows: every step is a minimum and a maximum, the same for all pixels.

/// Bytes side by side that are compared at once.
pub(super) trait Bytes: Copy {
    const LANES: usize;
    /// # Safety
    /// `LANES` bytes can be read there.
    unsafe fn load(from: *const u8) -> Self;
    /// # Safety
    /// `LANES` bytes can be written there.
    unsafe fn store(self, to: *mut u8);
    /// The lesser and the greater, lane by lane.
    fn order(self, other: Self) -> (Self, Self);
}

impl Bytes for u8 {
    const LANES: usize = 1;

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller says that there is a byte.
        unsafe { *from }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: the caller says that there is room for a byte.
        unsafe { *to = self }
    }

    #[inline(always)]
    fn order(self, other: Self) -> (Self, Self) {
        (self.min(other), self.max(other))
    }
}

#[inline(always)]
fn order<V: Bytes, const M: usize>(v: &mut [V; M], a: usize, b: usize) {
    (v[a], v[b]) = v[a].order(v[b]);
}

/// Sorts three or five values.
#[inline(always)]
pub(super) fn sort<V: Bytes, const N: usize>(v: &mut [V; N]) {
    order(v, 0, 1);
    if N == 3 {
        order(v, 1, 2);
        order(v, 0, 1);
        return;
    }
    order(v, 3, 4);
    order(v, 2, 4);
    order(v, 2, 3);
    order(v, 1, 4);
    order(v, 0, 3);
    order(v, 0, 2);
    order(v, 1, 3);
    order(v, 1, 2);
}

/// The greatest of the least, the median of the medians, the least of the greatest; and the median of these.
#[inline(always)]
pub(super) fn median_of_sorted<V: Bytes>([a, b, c]: [[V; 3]; 3]) -> V {
    let low = a[0].order(b[0]).1.order(c[0]).1;
    let high = a[2].order(b[2]).0.order(c[2]).0;
    median3([low, median3([a[1], b[1], c[1]]), high])
}

/// One row of medians of squares of `N` pixels of `channels` bytes, from `N` rows that are padded on both sides.
///
/// The rows and `columns` have two vectors more than the pixels.
#[inline(always)]
pub(super) fn row<V: Bytes, const N: usize>(
    rows: [&[u8]; N],
    columns: &mut [Vec<u8>; N],
    channels: usize,
    out: &mut [u8],
) {
    // The smallest of each column to the first row, and so on.
    let padded = out.len() + (N - 1) * channels;
    let room = padded + 2 * V::LANES;
    assert!(rows.iter().all(|row| row.len() >= room), "a row has no room for whole vectors");
    assert!(columns.iter().all(|column| column.len() >= room), "a column has no room for whole vectors");
    for i in (0..padded).step_by(V::LANES) {
        // SAFETY: `i` is less than `padded`, and rows and columns go on for more than a vector from there.
        unsafe {
            // No closures: one that is not inlined would be compiled without the vector instructions.
            let mut v = [V::load(rows[0].as_ptr().add(i)); N];
            for j in 1..N {
                v[j] = V::load(rows[j].as_ptr().add(i));
            }
            sort(&mut v);
            for (column, v) in columns.iter_mut().zip(v) {
                v.store(column.as_mut_ptr().add(i));
            }
        }
    }
    let mut sorted = [columns[0].as_ptr(); N];
    for j in 1..N {
        sorted[j] = columns[j].as_ptr();
    }
    let whole = out.len() / V::LANES * V::LANES;
    for i in (0..whole).step_by(V::LANES) {
        // SAFETY: `i` is less than the row's length, thus the last column's vector begins before `padded`; a whole vector
        // from `i` on lies in `out`.
        unsafe { median_of_columns::<V, N>(sorted, channels, i).store(out.as_mut_ptr().add(i)) };
    }
    if whole < out.len() {
        let mut last = [0; 64];
        // SAFETY: as above, and no vector is longer than the array.
        unsafe { median_of_columns::<V, N>(sorted, channels, whole).store(last.as_mut_ptr()) };
        let rest = out.len() - whole;
        out[whole..].copy_from_slice(&last[..rest]);
    }
}

/// The medians from byte `at` on, of `N` sorted columns side by side.
///
/// # Safety
/// Each column has a vector from `at + (N - 1) * channels` on.
#[inline(always)]
unsafe fn median_of_columns<V: Bytes, const N: usize>(
    columns: [*const u8; N],
    channels: usize,
    at: usize,
) -> V {
    // SAFETY: the caller says that the columns are long enough.
    let load = |rank: usize, x: usize| unsafe { V::load(columns[rank].add(at + x * channels)) };
    if N == 3 {
        let column = |x| [load(0, x), load(1, x), load(2, x)];
        return median_of_sorted([column(0), column(1), column(2)]);
    }
    let mut r = [[load(0, 0); N]; N];
    for (i, rank) in r.iter_mut().enumerate() {
        for (x, value) in rank.iter_mut().enumerate() {
            *value = load(i, x);
        }
    }
    for rank in &mut r {
        sort(rank);
    }
    // Both ways sorted: what has more than half of all on one side is not the median.
    median13([
        r[0][3], r[0][4], r[1][2], r[1][3], r[1][4], r[2][1], r[2][2], r[2][3], r[3][0], r[3][1], r[3][2],
        r[4][0], r[4][1],
    ])
}

#[inline(always)]
fn median3<V: Bytes>([a, b, c]: [V; 3]) -> V {
    let (low, high) = a.order(b);
    low.order(high.order(c).0).1
}

/// Puts the least and the greatest of the first `LEN` values to the ends.
#[inline(always)]
fn ends<V: Bytes, const LEN: usize>(v: &mut [V; 13]) {
    for i in 0..LEN / 2 {
        order(v, i, LEN - 1 - i);
    }
    for i in 1..LEN.div_ceil(2) {
        order(v, 0, i);
    }
    for i in LEN / 2..LEN - 1 {
        order(v, i, LEN - 1);
    }
}

/// Of any eight of thirteen values, neither the least nor the greatest is the median: both are
/// forgotten, another value is taken in, and so on.
#[inline(always)]
fn median13<V: Bytes>(v: [V; 13]) -> V {
    let mut held = v;
    // The least's place is taken by the next value; the greatest falls off the end.
    ends::<V, 8>(&mut held);
    held[0] = v[8];
    ends::<V, 7>(&mut held);
    held[0] = v[9];
    ends::<V, 6>(&mut held);
    held[0] = v[10];
    ends::<V, 5>(&mut held);
    held[0] = v[11];
    ends::<V, 4>(&mut held);
    held[0] = v[12];
    median3([held[0], held[1], held[2]])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A network of minima and maxima is right for all values when it is for zeros and ones.
    #[test]
    fn every_pattern_of_zeros_and_ones_has_its_median() {
        for bits in 0..1u32 << 13 {
            let v = std::array::from_fn(|i| (bits >> i & 1) as u8);
            assert_eq!(median13(v), u8::from(bits.count_ones() > 6), "{bits:b}");
        }
        for bits in 0..32u32 {
            let mut v: [u8; 5] = std::array::from_fn(|i| (bits >> i & 1) as u8);
            sort(&mut v);
            assert!(v.is_sorted());
        }
        // Sorted columns have only these patterns: 0 to 5 ones each.
        for pattern in 0..6usize.pow(5) {
            let ones: [usize; 5] = std::array::from_fn(|x| pattern / 6usize.pow(x as u32) % 6);
            let columns: [Vec<u8>; 5] =
                std::array::from_fn(|rank| ones.iter().map(|&o| u8::from(rank + o >= 5)).collect());
            // SAFETY: each column has five bytes.
            let median = unsafe { median_of_columns::<u8, 5>(columns.each_ref().map(|c| c.as_ptr()), 1, 0) };
            assert_eq!(median, u8::from(ones.iter().sum::<usize>() > 12), "{ones:?}");
        }
        for pattern in 0..64usize {
            let ones: [usize; 3] = std::array::from_fn(|x| pattern >> (2 * x) & 3);
            let columns: [Vec<u8>; 3] =
                std::array::from_fn(|rank| ones.iter().map(|&o| u8::from(rank + o >= 3)).collect());
            // SAFETY: each column has three bytes.
            let median = unsafe { median_of_columns::<u8, 3>(columns.each_ref().map(|c| c.as_ptr()), 1, 0) };
            assert_eq!(median, u8::from(ones.iter().sum::<usize>() > 4), "{ones:?}");
        }
    }
}
