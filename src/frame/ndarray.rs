//! `ndarray` views with the true strides: nothing is copied.

use ndarray::{ArrayView3, ArrayViewMut3, ShapeBuilder};

use super::{View, ViewMut};

impl<'a> View<'a> {
    /// Shape (height, width, channels), strides (pitch, channels, 1), as NumPy and OpenCV see it.
    #[must_use]
    pub fn as_array(&self) -> ArrayView3<'a, u8> {
        let (h, w, c) = (self.height() as usize, self.width() as usize, self.channels());
        let shape = (h, w, c).strides((self.pitch(), c, 1));
        ArrayView3::from_shape(shape, self.data()).expect("the view was checked when it was made")
    }
}

impl ViewMut<'_> {
    /// Shape (height, width, channels), strides (pitch, channels, 1); writes go to the frame.
    pub fn as_array_mut(&mut self) -> ArrayViewMut3<'_, u8> {
        let (h, w, c) = (self.height() as usize, self.width() as usize, self.channels());
        let shape = (h, w, c).strides((self.pitch(), c, 1));
        ArrayViewMut3::from_shape(shape, self.data_mut()).expect("the view was checked when it was made")
    }
}
