//! Whether boxes lie apart.

use crate::frame::Rect;

/// Boxes that are compared at a time.
const LANES: usize = 16;

/// Up to `B` boxes, a multiple of [`LANES`], of a picture of at most 65,535 pixels a side. Each is compared with all, several
/// at a time: numbers of 16 bits, less 32,768.
pub(super) struct Near<const B: usize> {
    left: [i16; B],
    top: [i16; B],
    right: [i16; B],
    bottom: [i16; B],
    count: usize,
}

impl<const B: usize> Near<B> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        // Nothing lies left of what begins last.
        let (first, last) = ([i16::MAX; B], [i16::MIN; B]);
        Self { left: first, top: first, right: last, bottom: last, count: 0 }
    }

    /// Forgets all.
    #[inline]
    pub(super) fn clear(&mut self) {
        if self.count > 0 {
            *self = Self::new();
        }
    }

    /// Adds `rect`, which has pixels; false where it shares one with another.
    #[inline(always)]
    pub(super) fn take(&mut self, rect: &Rect) -> bool {
        let number = |at: u32| (at as u16 ^ 0x8000).cast_signed();
        let (left, top) = (number(rect.x), number(rect.y));
        let (right, bottom) = (number(rect.right()), number(rect.bottom()));
        let mut met = false;
        for lane in (0..self.count).step_by(LANES) {
            let of = |all: &[i16; B]| -> [i16; LANES] {
                all[lane..lane + LANES].try_into().expect("a multiple of the lanes")
            };
            let (lefts, tops, rights, bottoms) =
                (of(&self.left), of(&self.top), of(&self.right), of(&self.bottom));
            let mut here = 0i16;
            for i in 0..LANES {
                let across = (lefts[i] < right) & (left < rights[i]);
                here |= -i16::from(across & (tops[i] < bottom) & (top < bottoms[i]));
            }
            met |= here != 0;
        }
        let at = self.count;
        (self.left[at], self.top[at], self.right[at], self.bottom[at]) = (left, top, right, bottom);
        self.count += 1;
        !met
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_apart_where_no_pixel_is_in_two() {
        let mut state = 7u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for (size, most) in [(90, 9), (4000, 300), (65_535, 5000)] {
            for _ in 0..20 {
                let mut near = Near::<64>::new();
                let mut all: Vec<Rect> = Vec::new();
                while all.len() < 64 {
                    let (width, height) = (1 + next(most), 1 + next(most));
                    let rect = Rect::new(next(size - width + 1), next(size - height + 1), width, height);
                    let meets = |other: &Rect| {
                        rect.x < other.right()
                            && other.x < rect.right()
                            && rect.y < other.bottom()
                            && other.y < rect.bottom()
                    };
                    let apart = !all.iter().any(meets);
                    assert_eq!(near.take(&rect), apart, "{rect} beside {all:?}");
                    all.push(rect);
                }
            }
        }
    }

    #[test]
    fn boxes_that_touch_are_apart() {
        let mut near = Near::<16>::new();
        assert!(near.take(&Rect::new(0, 0, 32_768, 65_535)));
        assert!(near.take(&Rect::new(32_768, 0, 32_767, 32_768)));
        assert!(near.take(&Rect::new(32_768, 32_768, 32_767, 32_767)));
        assert!(!near.take(&Rect::new(65_534, 65_534, 1, 1)));
        near.clear();
        assert!(near.take(&Rect::new(65_534, 65_534, 1, 1)));
    }
}
