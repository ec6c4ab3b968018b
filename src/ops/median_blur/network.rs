//! Sorting networks over rows: every step is a minimum and a maximum, the same for all pixels.

#[inline(always)]
fn order<const M: usize>(v: &mut [u8; M], a: usize, b: usize) {
    (v[a], v[b]) = (v[a].min(v[b]), v[a].max(v[b]));
}

/// Sorts three or five values.
#[inline(always)]
fn sort<const N: usize>(v: &mut [u8; N]) {
    let steps: &[(usize, usize)] = if N == 3 {
        &[(0, 1), (1, 2), (0, 1)]
    } else {
        &[(0, 1), (3, 4), (2, 4), (2, 3), (1, 4), (0, 3), (0, 2), (1, 3), (1, 2)]
    };
    for &(a, b) in steps {
        order(v, a, b);
    }
}

/// Sorts each column of the rows: the smallest goes to the first of `columns`.
#[inline(always)]
pub(super) fn sort_columns<const N: usize>(rows: [&[u8]; N], columns: &mut [Vec<u8>; N]) {
    let n = rows[0].len();
    let rows = rows.map(|row| &row[..n]);
    let columns = columns.each_mut().map(|column| &mut column[..n]);
    for i in 0..n {
        let mut v: [u8; N] = std::array::from_fn(|j| rows[j][i]);
        sort(&mut v);
        for j in 0..N {
            columns[j][i] = v[j];
        }
    }
}

/// The median of `N` sorted columns side by side, `channels` bytes apart.
#[inline(always)]
pub(super) fn median_of_columns<const N: usize>(columns: &[Vec<u8>; N], channels: usize, out: &mut [u8]) {
    let n = out.len();
    let at: [[&[u8]; N]; N] =
        std::array::from_fn(|rank| std::array::from_fn(|x| &columns[rank][x * channels..][..n]));
    for (i, out) in out.iter_mut().enumerate() {
        let mut ranks: [[u8; N]; N] = std::array::from_fn(|rank| std::array::from_fn(|x| at[rank][x][i]));
        for rank in &mut ranks {
            sort(rank);
        }
        // Both ways sorted: what has more than half of all on one side is not the median.
        *out = if N == 3 {
            median3([ranks[0][2], ranks[1][1], ranks[2][0]])
        } else {
            let r = &ranks;
            median13([
                r[0][3], r[0][4], r[1][2], r[1][3], r[1][4], r[2][1], r[2][2], r[2][3], r[3][0], r[3][1], r[3][2],
                r[4][0], r[4][1],
            ])
        };
    }
}

#[inline(always)]
fn median3([a, b, c]: [u8; 3]) -> u8 {
    a.min(b).max(a.max(b).min(c))
}

/// Puts the least and the greatest of the first `len` values to the ends.
#[inline(always)]
fn ends(v: &mut [u8; 13], len: usize) {
    let half = len / 2;
    for i in 0..half {
        order(v, i, len - 1 - i);
    }
    for i in 1..len.div_ceil(2) {
        order(v, 0, i);
    }
    for i in half..len - 1 {
        order(v, i, len - 1);
    }
}

/// Of any eight of thirteen values, neither the least nor the greatest is the median: both are
/// forgotten, another value is taken in, and so on.
#[inline(always)]
fn median13(v: [u8; 13]) -> u8 {
    let mut held = v;
    for (step, next) in (8..13).enumerate() {
        let len = 8 - step;
        ends(&mut held, len);
        // The least's place is taken by the next value; the greatest falls off the end.
        held[0] = v[next];
    }
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
            let columns = std::array::from_fn(|rank| ones.iter().map(|&o| u8::from(rank + o >= 5)).collect());
            let mut out = [9];
            median_of_columns::<5>(&columns, 1, &mut out);
            assert_eq!(out[0], u8::from(ones.iter().sum::<usize>() > 12), "{ones:?}");
        }
        for pattern in 0..64usize {
            let ones: [usize; 3] = std::array::from_fn(|x| pattern >> (2 * x) & 3);
            let columns = std::array::from_fn(|rank| ones.iter().map(|&o| u8::from(rank + o >= 3)).collect());
            let mut out = [9];
            median_of_columns::<3>(&columns, 1, &mut out);
            assert_eq!(out[0], u8::from(ones.iter().sum::<usize>() > 4), "{ones:?}");
        }
    }
}
