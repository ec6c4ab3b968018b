//! Derivatives, their size and the thinning of edges to the ridge, row by row in plain loops.

use crate::ops::rows::per_isa;

use super::bits::{EDGE, MAYBE};
use super::strip::Magnitude;

/// tan 22.5° in 16 fractional bits, as twice the 15 bits that OpenCV has.
const TAN: u32 = 2 * 13573;

per_isa! {
/// Sobel's 3x3 derivatives in x and y and their sizes, from rows that are padded by a pixel on both sides.
pub(super) fn sobel3[M: Magnitude](
    rows: [&[u8]; 3],
    sums: &mut [i16],
    differences: &mut [i16],
    dx: &mut [i16],
    dy: &mut [i16],
    sizes: &mut [M],
) {
    let n = dx.len();
    let [a, b, c] = rows.map(|row| &row[..n + 2]);
    let (sums, differences) = (&mut sums[..n + 2], &mut differences[..n + 2]);
    for i in 0..n + 2 {
        let [a, b, c] = [a[i], b[i], c[i]].map(i16::from);
        sums[i] = a + 2 * b + c;
        differences[i] = c - a;
    }
    let (s, d) = (&*sums, &*differences);
    let (dy, sizes) = (&mut dy[..n], &mut sizes[..n]);
    let (left, right) = (&s[..n], &s[2..][..n]);
    let (before, here, after) = (&d[..n], &d[1..][..n], &d[2..][..n]);
    for i in 0..n {
        dx[i] = right[i] - left[i];
        dy[i] = before[i] + 2 * here[i] + after[i];
        sizes[i] = M::of(dx[i], dy[i]);
    }
}
}

per_isa! {
pub(super) fn magnitudes[M: Magnitude](dx: &[i16], dy: &[i16], out: &mut [M]) {
    for (out, (&dx, &dy)) in out.iter_mut().zip(dx.iter().zip(dy)) {
        *out = M::of(dx, dy);
    }
}
}

per_isa! {
/// Marks the pixels whose gradient is above `low` and the largest along its own direction, in steps of 45°.
///
/// Rows of `sizes` are those above, at and below the pixels, each with one value more on both sides.
///
/// The direction is flat when `y < x·tan 22.5°` and steep when `y > x·tan 67.5° = 2x + x·tan 22.5°`, for `x, y` the
/// sizes of the derivatives. `y` is whole and `x·tan` is not, in 15 fractional bits, unless `x` is 0: rounding down loses nothing.
pub(super) fn thin[M: Magnitude](
    dx: &[i16],
    dy: &[i16],
    sizes: [&[M]; 3],
    limits: (M, M),
    marks: &mut [u8],
) {
    let ((low, high), n) = (limits, marks.len());
    let (dx, dy) = (&dx[..n], &dy[..n]);
    let [above, here, below] = sizes.map(|row| [&row[..n], &row[1..][..n], &row[2..][..n]]);
    for i in 0..n {
        let size = here[1][i];
        let (x, y) = (dx[i].unsigned_abs(), dy[i].unsigned_abs());
        let slope = ((u32::from(x) * TAN) >> 16) as u16;
        let flat = y <= slope;
        let steep = y > 2 * x + slope;
        let falling = (dx[i] ^ dy[i]) >= 0;
        let across = (size > here[0][i]) & (size >= here[2][i]);
        let down = (size > above[1][i]) & (size >= below[1][i]);
        let one = (size > above[0][i]) & (size > below[2][i]);
        let other = (size > above[2][i]) & (size > below[0][i]);
        let diagonal = (falling & one) | (!falling & other);
        let ridge = (flat & across) | (steep & down) | (!flat & !steep & diagonal);
        let keep = ridge & (size > low);
        let strong = keep & (size > high);
        marks[i] = if keep { MAYBE } else { 0 } | if strong { EDGE } else { 0 };
    }
}
}
