/// The last `count` rows of a strip, found by their row number.
#[derive(Debug, Default)]
pub(crate) struct Ring<T> {
    data: Vec<T>,
    count: usize,
    len: usize,
}

impl<T: Copy + Default> Ring<T> {
    /// Rows of `len` values, all the default.
    pub(crate) fn new(count: usize, len: usize) -> Self {
        Self { data: vec![T::default(); count * len], count, len }
    }

    #[inline]
    fn start(&self, y: i64) -> usize {
        y.rem_euclid(self.count as i64) as usize * self.len
    }

    #[inline]
    pub(crate) fn row(&self, y: i64) -> &[T] {
        &self.data[self.start(y)..][..self.len]
    }

    #[inline]
    pub(crate) fn row_mut(&mut self, y: i64) -> &mut [T] {
        let start = self.start(y);
        &mut self.data[start..][..self.len]
    }

    /// Rows `top` to `top + N - 1`.
    #[inline]
    pub(crate) fn rows<const N: usize>(&self, top: i64) -> [&[T]; N] {
        std::array::from_fn(|i| self.row(top + i as i64))
    }
}
