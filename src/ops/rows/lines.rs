use std::ops::{Deref, DerefMut};

/// Values that begin on a cache line, so that no vector of them lies in two.
#[derive(Debug, Default)]
pub(crate) struct Lines<T> {
    all: Vec<T>,
    start: usize,
    len: usize,
}

/// Bytes of a cache line, and of the widest vector.
const LINE: usize = 64;

impl<T: Copy + Default> Lines<T> {
    pub(crate) fn new(len: usize) -> Self {
        let mut lines = Self::default();
        lines.resize(len);
        lines
    }

    /// Makes room for `len` values; what they are is not defined.
    pub(crate) fn resize(&mut self, len: usize) {
        let spare = LINE / size_of::<T>();
        if self.all.len() < len + spare {
            self.all.resize(len + spare, T::default());
            // Where the distance cannot be told, any start will do.
            self.start = self.all.as_ptr().align_offset(LINE).min(spare);
        }
        self.len = len;
    }
}

impl<T> Deref for Lines<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        &self.all[self.start..self.start + self.len]
    }
}

impl<T> DerefMut for Lines<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.all[self.start..self.start + self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_begin_on_a_line_and_keep_their_number() {
        let mut lines = Lines::<i16>::new(3);
        for len in [3, 70, 1, 0, 5000] {
            lines.resize(len);
            lines.fill(7);
            assert_eq!((lines.len(), lines.as_ptr().addr() % LINE), (len, 0));
        }
    }
}
