/// An owned plane of 16-bit values, rows packed: what derivatives are written to.
///
/// ```
/// use dsframe::ops::PlaneI16;
/// let plane = PlaneI16::zeroed(4, 2, 1);
/// assert_eq!(plane.row(1), [0; 4]);
/// assert_eq!(plane.as_array().shape(), [2, 4, 1]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlaneI16 {
    data: Vec<i16>,
    width: u32,
    height: u32,
    channels: usize,
}

impl PlaneI16 {
    /// A plane of zeros, `channels` values a pixel.
    #[must_use]
    pub fn zeroed(width: u32, height: u32, channels: usize) -> Self {
        let data = vec![0; width as usize * height as usize * channels];
        Self { data, width, height, channels }
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Values of a pixel.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// All values, row by row.
    #[must_use]
    pub fn data(&self) -> &[i16] {
        &self.data
    }

    /// All values, row by row.
    pub fn data_mut(&mut self) -> &mut [i16] {
        &mut self.data
    }

    /// The `width * channels` values of row `y`.
    ///
    /// # Panics
    /// When `y` is not below the height.
    #[must_use]
    pub fn row(&self, y: u32) -> &[i16] {
        assert!(y < self.height, "row {y} of a plane of {} rows", self.height);
        let row = self.width as usize * self.channels;
        &self.data[y as usize * row..][..row]
    }

    /// Shape (height, width, channels).
    #[must_use]
    pub fn as_array(&self) -> ndarray::ArrayView3<'_, i16> {
        let shape = (self.height as usize, self.width as usize, self.channels);
        ndarray::ArrayView3::from_shape(shape, &self.data).expect("the rows are packed")
    }

    /// Gives the plane this shape. What was in it is lost; its memory is used again.
    pub fn reshape(&mut self, width: u32, height: u32, channels: usize) {
        self.data.resize(width as usize * height as usize * channels, 0);
        (self.width, self.height, self.channels) = (width, height, channels);
    }
}
