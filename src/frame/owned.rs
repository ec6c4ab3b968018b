use super::{Colorimetry, FrameView, FrameViewMut, PixelFormat, Rect};

/// A packed copy of a picture that outlives the buffer it came from. It is `Send`.
#[derive(Debug, Clone)]
pub struct OwnedFrame {
    format: PixelFormat,
    colorimetry: Colorimetry,
    data: Vec<u8>,
    /// Size of what `data` holds; up to one column and one row more than the picture in 4:2:0.
    stored: (u32, u32),
    window: Rect,
}

impl OwnedFrame {
    /// A black picture (zero bytes; luma and chroma zero in YUV formats).
    #[must_use]
    pub fn zeroed(format: PixelFormat, width: u32, height: u32) -> Self {
        let bytes = (0..format.planes()).map(|i| plane_bytes(format, i, (width, height))).sum();
        let window = Rect::new(0, 0, width, height);
        Self {
            format,
            colorimetry: Colorimetry::default(),
            data: vec![0; bytes],
            stored: (width, height),
            window,
        }
    }

    /// A black picture that a view of this size and chroma phase can be copied into, plane by plane.
    pub(crate) fn for_copy(
        format: PixelFormat,
        colorimetry: Colorimetry,
        (width, height): (u32, u32),
        (phase_x, phase_y): (u32, u32),
    ) -> Self {
        let window = Rect::new(phase_x, phase_y, width, height);
        let whole = Self::zeroed(format, window.right(), window.bottom());
        Self { colorimetry, window, ..whole }
    }

    /// A picture of one plane from its packed rows.
    pub(super) fn from_packed(format: PixelFormat, width: u32, height: u32, mut data: Vec<u8>) -> Self {
        data.truncate(plane_bytes(format, 0, (width, height)));
        let window = Rect::new(0, 0, width, height);
        Self { format, colorimetry: Colorimetry::default(), data, stored: (width, height), window }
    }

    /// The same bytes, to be read with other equations.
    #[must_use]
    pub fn with_colorimetry(self, colorimetry: Colorimetry) -> Self {
        Self { colorimetry, ..self }
    }

    pub(super) fn copy_of(view: &FrameView<'_>) -> Self {
        let (format, (phase_x, phase_y)) = (view.format(), view.chroma_phase());
        let window = Rect::new(phase_x, phase_y, view.width(), view.height());
        let stored = (window.right(), window.bottom());
        let mut data = Vec::with_capacity((0..format.planes()).map(|i| plane_bytes(format, i, stored)).sum());
        for i in 0..format.planes() {
            let plane = view.plane(i);
            let bytes = plane_bytes(format, i, stored);
            let start = data.len();
            if i == 0 && (phase_x, phase_y) != (0, 0) {
                // Luma of the shared chroma sample's other half: never read through the window.
                data.resize(start + bytes, 0);
                let pitch = plane_pitch(format, i, stored);
                for (y, row) in plane.rows().enumerate() {
                    let at = start + (y + phase_y as usize) * pitch + phase_x as usize * plane.channels();
                    data[at..at + row.len()].copy_from_slice(row);
                }
            } else {
                plane.rows().for_each(|row| data.extend_from_slice(row));
            }
        }
        Self { format, colorimetry: view.colorimetry(), data, stored, window }
    }

    /// The picture, borrowed.
    #[must_use]
    pub fn view(&self) -> FrameView<'_> {
        let mut rest = self.data.as_slice();
        let planes: Vec<_> = (0..self.format.planes())
            .map(|i| {
                let (plane, tail) = rest.split_at(plane_bytes(self.format, i, self.stored));
                rest = tail;
                (plane, plane_pitch(self.format, i, self.stored))
            })
            .collect();
        FrameView::new(self.format, self.stored.0, self.stored.1, &planes, self.colorimetry)
            .and_then(|view| view.crop(self.window))
            .expect("the planes were laid out for this size")
    }

    /// The picture, borrowed to be written.
    pub fn view_mut(&mut self) -> FrameViewMut<'_> {
        let (format, stored) = (self.format, self.stored);
        let mut rest = self.data.as_mut_slice();
        let planes: Vec<_> = (0..format.planes())
            .map(|i| {
                let (plane, tail) = std::mem::take(&mut rest).split_at_mut(plane_bytes(format, i, stored));
                rest = tail;
                (plane, plane_pitch(format, i, stored))
            })
            .collect();
        FrameViewMut::new(format, stored.0, stored.1, planes, self.colorimetry)
            .and_then(|view| view.into_crop(self.window))
            .expect("the planes were laid out for this size")
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.window.width
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.window.height
    }

    /// Bytes held.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        self.data.len()
    }
}

fn plane_pitch(format: PixelFormat, plane: usize, (width, height): (u32, u32)) -> usize {
    format.plane_size(plane, width, height).0 as usize * format.bytes_per_pixel(plane)
}

fn plane_bytes(format: PixelFormat, plane: usize, size: (u32, u32)) -> usize {
    plane_pitch(format, plane, size) * format.plane_size(plane, size.0, size.1).1 as usize
}
