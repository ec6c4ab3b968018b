use std::ops::Range;

/// What lies outside a picture, by OpenCV's names. `abcdef` is a row of six pixels.
///
/// ```
/// use dsframe::ops::Border;
/// assert_eq!(Border::Reflect101.index(-2, 6), Some(2));
/// assert_eq!(Border::Reflect.index(-2, 6), Some(1));
/// assert_eq!(Border::Replicate.index(-2, 6), Some(0));
/// assert_eq!(Border::Constant(0).index(-2, 6), None);
/// ```
///
/// Source: <https://docs.opencv.org/4.x/d2/de8/group__core__array.html> (`BorderTypes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Border {
    /// `fedcb|abcdef|edcba`, OpenCV's default.
    #[default]
    Reflect101,
    /// `edcba|abcdef|fedcb`.
    Reflect,
    /// `aaaaa|abcdef|fffff`.
    Replicate,
    /// `iiiii|abcdef|iiiii`, the byte `i` in every channel.
    Constant(u8),
}

impl Border {
    /// The position that stands for `at` in `0..len`; `None` for the constant outside, and for `len` 0.
    #[must_use]
    #[inline]
    pub fn index(self, at: i64, len: u32) -> Option<u32> {
        let n = i64::from(len);
        if (0..n).contains(&at) {
            return Some(at as u32);
        }
        if n == 0 {
            return None;
        }
        // One reflection is nearly always enough; the general way divides.
        let found = match self {
            Self::Constant(_) => return None,
            Self::Reflect101 if at < 0 && at > -n => -at,
            Self::Reflect101 if at >= n && at < 2 * n - 1 => 2 * n - 2 - at,
            Self::Replicate => at.clamp(0, n - 1),
            Self::Reflect => {
                let phase = at.rem_euclid(2 * n);
                phase.min(2 * n - 1 - phase)
            }
            Self::Reflect101 if n == 1 => 0,
            Self::Reflect101 => {
                let phase = at.rem_euclid(2 * n - 2);
                phase.min(2 * n - 2 - phase)
            }
        };
        Some(found as u32)
    }

    fn constant(self) -> u8 {
        if let Self::Constant(value) = self { value } else { 0 }
    }
}

/// Writes the pixels of columns `columns`, which may lie outside, to the front of `out`.
///
/// `row` is a row of pixels of `channels` bytes, `None` for a row of the constant outside.
#[inline]
pub(crate) fn pad_row(
    row: Option<&[u8]>,
    channels: usize,
    columns: Range<i64>,
    border: Border,
    out: &mut [u8],
) {
    let pixels = (columns.end - columns.start).max(0) as usize;
    let out = &mut out[..pixels * channels];
    let Some(row) = row else { return out.fill(border.constant()) };
    let width = (row.len() / channels) as i64;
    let (from, to) = (columns.start.clamp(0, width), columns.end.clamp(0, width));
    if from < to {
        let inside = &row[from as usize * channels..to as usize * channels];
        out[(from - columns.start) as usize * channels..][..inside.len()].copy_from_slice(inside);
    }
    for beyond in [columns.start..from.min(columns.end), to.max(columns.start)..columns.end] {
        if !beyond.is_empty() {
            let out = &mut out[(beyond.start - columns.start) as usize * channels..];
            match channels {
                1 => pad_pixels::<1>(row, beyond, border, out),
                3 => pad_pixels::<3>(row, beyond, border, out),
                4 => pad_pixels::<4>(row, beyond, border, out),
                _ => pad_pixels::<2>(row, beyond, border, out),
            }
        }
    }
}

/// Pixels of `C` bytes that all lie outside of `row`.
#[inline]
fn pad_pixels<const C: usize>(row: &[u8], columns: Range<i64>, border: Border, out: &mut [u8]) {
    let (row, _) = row.as_chunks::<C>();
    for (x, out) in columns.zip(out.as_chunks_mut::<C>().0) {
        *out = border.index(x, row.len() as u32).map_or([border.constant(); C], |at| row[at as usize]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Step by step, as the pictures in the docs show it.
    fn walk(border: Border, at: i64, n: i64) -> Option<u32> {
        let mut at = at;
        loop {
            if (0..n).contains(&at) {
                return Some(at as u32);
            }
            at = match border {
                Border::Constant(_) => return None,
                Border::Replicate => at.clamp(0, n - 1),
                Border::Reflect => {
                    if at < 0 {
                        -at - 1
                    } else {
                        2 * n - 1 - at
                    }
                }
                Border::Reflect101 if n == 1 => 0,
                Border::Reflect101 => {
                    if at < 0 {
                        -at
                    } else {
                        2 * n - 2 - at
                    }
                }
            }
        }
    }

    #[test]
    fn outside_positions_are_those_of_the_definition() {
        for border in [Border::Reflect101, Border::Reflect, Border::Replicate, Border::Constant(7)] {
            for (n, at) in (1..6u32).flat_map(|n| (-23..24i64).map(move |at| (n, at))) {
                assert_eq!(border.index(at, n), walk(border, at, i64::from(n)), "{border:?} {at} of {n}");
            }
            assert_eq!(border.index(0, 0), None);
        }
    }

    #[test]
    fn rows_are_padded_on_both_sides_and_beyond() {
        let row = [1, 2, 3, 4, 5, 6];
        for border in [Border::Reflect101, Border::Reflect, Border::Replicate, Border::Constant(9)] {
            for columns in [-5..8i64, 0..3, 1..2, -4..-1, 4..9, 3..3, -2..1, i64::MIN..i64::MIN + 2] {
                let mut out = [77; 40];
                pad_row(Some(&row), 2, columns.clone(), border, &mut out);
                for (i, x) in columns.clone().enumerate() {
                    let expected =
                        border.index(x, 3).map_or([9, 9], |x| [row[2 * x as usize], row[2 * x as usize + 1]]);
                    assert_eq!(out[2 * i..][..2], expected, "{border:?} {columns:?}");
                }
                assert_eq!(out[2 * columns.count()], 77);
            }
        }
        let mut out = [1; 6];
        pad_row(None, 3, -1..1, Border::Constant(4), &mut out);
        assert_eq!(out, [4; 6]);
    }
}
