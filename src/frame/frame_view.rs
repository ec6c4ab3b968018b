use crate::error::{Error, Result};

use super::{Colorimetry, MAX_PLANES, OwnedFrame, PixelFormat, Rect, View, ViewMut};

/// A borrowed picture, or a window of one, in the format the pipeline carries.
///
/// The window moves in whole luma pixels in every format: a crop of a 4:2:0 picture may start on an
/// odd column, and its chroma planes then start with the sample that this column shares.
#[derive(Clone, Copy, Debug)]
pub struct FrameView<'a> {
    format: PixelFormat,
    colorimetry: Colorimetry,
    planes: [View<'a>; MAX_PLANES],
    window: Rect,
}

/// A borrowed picture that can be written; see [`FrameView`].
#[derive(Debug)]
pub struct FrameViewMut<'a> {
    format: PixelFormat,
    colorimetry: Colorimetry,
    planes: [ViewMut<'a>; MAX_PLANES],
    window: Rect,
}

fn no_planes<'a>() -> [ViewMut<'a>; MAX_PLANES] {
    [(); MAX_PLANES].map(|()| ViewMut::new(&mut [], 0, 0, 1, 0).expect("no rows fit into no bytes"))
}

pub(super) fn check_planes(format: PixelFormat, given: usize) -> Result<()> {
    if given == format.planes() {
        return Ok(());
    }
    Err(Error::invalid(format!("{given} planes were given, {format:?} has {}", format.planes())))
}

fn check_plane(format: PixelFormat, plane: usize, size: (u32, u32), found: (u32, u32, usize)) -> Result<()> {
    let (w, h) = format.plane_size(plane, size.0, size.1);
    let needed = (w, h, format.bytes_per_pixel(plane));
    if found == needed {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "plane {plane} is {}x{} with {} bytes a pixel, plane {plane} of a {}x{} {format:?} picture is {}x{} with {}",
        found.0, found.1, found.2, size.0, size.1, needed.0, needed.1, needed.2
    )))
}

#[inline]
pub(super) fn check_crop(rect: Rect, window: Rect) -> Result<Rect> {
    if rect.fits(window.width, window.height) {
        return Ok(Rect { x: window.x + rect.x, y: window.y + rect.y, ..rect });
    }
    Err(outside(rect, window))
}

#[cold]
fn outside(rect: Rect, window: Rect) -> Error {
    Error::invalid(format!(
        "the window {rect} does not lie in the {}x{} picture; clip it first",
        window.width, window.height
    ))
}

/// The samples of `plane` that the pixels of `window` use.
#[inline]
pub(crate) fn plane_window(format: PixelFormat, plane: usize, window: Rect) -> Rect {
    let Some((sx, sy)) = format.chroma_shift().filter(|_| plane > 0) else { return window };
    let (x, y) = (window.x >> sx, window.y >> sy);
    if window.is_empty() {
        return Rect::new(x, y, 0, 0);
    }
    Rect::new(x, y, window.right().div_ceil(1 << sx) - x, window.bottom().div_ceil(1 << sy) - y)
}

/// Where the first pixel of `window` lies in its chroma sample.
pub(super) fn phase(format: PixelFormat, window: Rect) -> (u32, u32) {
    let (sx, sy) = format.chroma_shift().unwrap_or((0, 0));
    (window.x & sx, window.y & sy)
}

impl<'a> FrameView<'a> {
    /// A picture of `width` x `height` pixels from its planes, each with its pitch in bytes.
    ///
    /// # Errors
    /// When the number of planes is not the format's, a pitch is shorter than a row, or a plane too short.
    pub fn new(
        format: PixelFormat,
        width: u32,
        height: u32,
        planes: &[(&'a [u8], usize)],
        colorimetry: Colorimetry,
    ) -> Result<Self> {
        check_planes(format, planes.len())?;
        let mut views = [View::new(&[], 0, 0, 1, 0)?; MAX_PLANES];
        for (i, &(data, pitch)) in planes.iter().enumerate() {
            let (w, h) = format.plane_size(i, width, height);
            views[i] = View::new(data, w, h, format.bytes_per_pixel(i), pitch)?;
        }
        Ok(Self { format, colorimetry, planes: views, window: Rect::new(0, 0, width, height) })
    }

    /// A picture of `width` x `height` pixels from views of its planes, which may come from arrays.
    ///
    /// # Errors
    /// When the number of planes is not the format's, or a plane has not the size or the bytes per pixel that
    /// the format gives it.
    pub fn from_planes(
        format: PixelFormat,
        width: u32,
        height: u32,
        planes: &[View<'a>],
        colorimetry: Colorimetry,
    ) -> Result<Self> {
        check_planes(format, planes.len())?;
        let mut views = [View::new(&[], 0, 0, 1, 0)?; MAX_PLANES];
        for (i, plane) in planes.iter().enumerate() {
            let found = (plane.width(), plane.height(), plane.channels());
            check_plane(format, i, (width, height), found)?;
            views[i] = *plane;
        }
        Ok(Self { format, colorimetry, planes: views, window: Rect::new(0, 0, width, height) })
    }

    /// Pixels in a row of the window.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.window.width
    }

    /// Rows of the window.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.window.height
    }

    /// How the bytes are laid out.
    #[must_use]
    pub fn format(&self) -> PixelFormat {
        self.format
    }

    /// Matrix and range, for YUV formats.
    #[must_use]
    pub fn colorimetry(&self) -> Colorimetry {
        self.colorimetry
    }

    /// Plane `index` under the window. In 4:2:0 formats the chroma planes hold every sample that a
    /// pixel of the window uses; [`chroma_phase`](Self::chroma_phase) says where the first pixel lies.
    ///
    /// # Panics
    /// When `index` is not below the format's number of planes.
    #[must_use]
    #[inline]
    pub fn plane(&self, index: usize) -> View<'a> {
        assert!(index < self.format.planes(), "plane {index} of {:?}", self.format);
        View::from_span(self.planes[index].span().cut(plane_window(self.format, index, self.window)))
    }

    /// Offset of the window's first pixel in its chroma sample: (x, y), each 0 or 1; (0, 0) for
    /// formats with full chroma.
    #[must_use]
    pub fn chroma_phase(&self) -> (u32, u32) {
        phase(self.format, self.window)
    }

    /// The window `rect` of this one, in O(1); nothing is copied.
    ///
    /// # Errors
    /// When `rect` does not lie inside; [`roi`](crate::roi) clips boxes.
    #[inline]
    pub fn crop(&self, rect: Rect) -> Result<FrameView<'a>> {
        Ok(Self { window: check_crop(rect, self.window)?, ..*self })
    }

    /// A copy that can be kept and sent to another thread; rows are packed.
    #[must_use]
    pub fn to_owned(&self) -> OwnedFrame {
        OwnedFrame::copy_of(self)
    }
}

impl<'a> FrameViewMut<'a> {
    /// A writable picture; the arguments are those of [`FrameView::new`].
    ///
    /// # Errors
    /// When the number of planes is not the format's, a pitch is shorter than a row, or a plane too short.
    pub fn new(
        format: PixelFormat,
        width: u32,
        height: u32,
        planes: Vec<(&'a mut [u8], usize)>,
        colorimetry: Colorimetry,
    ) -> Result<Self> {
        check_planes(format, planes.len())?;
        let mut views = no_planes();
        for (i, (data, pitch)) in planes.into_iter().enumerate() {
            let (w, h) = format.plane_size(i, width, height);
            views[i] = ViewMut::new(data, w, h, format.bytes_per_pixel(i), pitch)?;
        }
        Ok(Self { format, colorimetry, planes: views, window: Rect::new(0, 0, width, height) })
    }

    /// A writable picture from views of its planes; the arguments are those of [`FrameView::from_planes`].
    ///
    /// # Errors
    /// As [`FrameView::from_planes`].
    pub fn from_planes(
        format: PixelFormat,
        width: u32,
        height: u32,
        planes: Vec<ViewMut<'a>>,
        colorimetry: Colorimetry,
    ) -> Result<Self> {
        check_planes(format, planes.len())?;
        let mut views = no_planes();
        for (i, plane) in planes.into_iter().enumerate() {
            let found = (plane.width(), plane.height(), plane.channels());
            check_plane(format, i, (width, height), found)?;
            views[i] = plane;
        }
        Ok(Self { format, colorimetry, planes: views, window: Rect::new(0, 0, width, height) })
    }

    /// A shorter borrow of the same picture.
    pub fn reborrow(&mut self) -> FrameViewMut<'_> {
        FrameViewMut { planes: self.planes.each_mut().map(ViewMut::reborrow), ..*self }
    }

    /// `rect` of the window in pixels of the whole picture.
    pub(super) fn placed(&self, rect: Rect) -> Result<Rect> {
        check_crop(rect, self.window)
    }

    /// `window` with the bytes of `block` around it and no others; both in pixels of the whole picture. No two
    /// blocks of views that are alive may share a pixel or a sample, for the two would alias.
    pub(super) fn alone(&self, block: Rect, window: Rect) -> Result<FrameViewMut<'_>> {
        let mut planes = no_planes();
        let (right, bottom) = (self.planes[0].width(), self.planes[0].height());
        let block = Rect {
            width: block.width.min(right - block.x),
            height: block.height.min(bottom - block.y),
            ..block
        };
        for (i, plane) in planes.iter_mut().enumerate().take(self.format.planes()) {
            *plane = ViewMut::from_span(self.planes[i].span().window_alone(plane_window(
                self.format,
                i,
                block,
            ))?);
        }
        let window = Rect { x: window.x - block.x, y: window.y - block.y, ..window };
        Ok(FrameViewMut { format: self.format, colorimetry: self.colorimetry, planes, window })
    }

    /// The same picture, read only.
    #[must_use]
    pub fn as_view(&self) -> FrameView<'_> {
        FrameView {
            format: self.format,
            colorimetry: self.colorimetry,
            planes: [self.planes[0].as_view(), self.planes[1].as_view(), self.planes[2].as_view()],
            window: self.window,
        }
    }

    /// Pixels in a row of the window.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.window.width
    }

    /// Rows of the window.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.window.height
    }

    /// How the bytes are laid out.
    #[must_use]
    pub fn format(&self) -> PixelFormat {
        self.format
    }

    /// Matrix and range, for YUV formats.
    #[must_use]
    pub fn colorimetry(&self) -> Colorimetry {
        self.colorimetry
    }

    /// Offset of the first pixel in its chroma sample, as [`FrameView::chroma_phase`].
    #[must_use]
    pub fn chroma_phase(&self) -> (u32, u32) {
        phase(self.format, self.window)
    }

    /// Plane `index` under the window, to be written; see [`FrameView::plane`].
    ///
    /// # Panics
    /// When `index` is not below the format's number of planes.
    pub fn plane_mut(&mut self, index: usize) -> ViewMut<'_> {
        assert!(index < self.format.planes(), "plane {index} of {:?}", self.format);
        let window = plane_window(self.format, index, self.window);
        ViewMut::from_span(self.planes[index].span().cut(window))
    }

    /// Plane `index` under the window, for as long as the memory is borrowed.
    ///
    /// # Panics
    /// When `index` is not below the format's number of planes.
    #[must_use]
    pub fn into_plane(self, index: usize) -> ViewMut<'a> {
        assert!(index < self.format.planes(), "plane {index} of {:?}", self.format);
        let window = plane_window(self.format, index, self.window);
        let plane = self.planes.into_iter().nth(index).expect("it is below the number of planes");
        plane.into_crop(window).expect("the window was checked when it was made")
    }

    /// All planes under the window at once, to be written together; formats with fewer than
    /// [`MAX_PLANES`] leave the rest empty (0x0).
    pub fn planes_mut(&mut self) -> [ViewMut<'_>; MAX_PLANES] {
        let (format, window) = (self.format, self.window);
        let mut index = 0;
        self.planes.each_mut().map(|plane| {
            let rect =
                if index < format.planes() { plane_window(format, index, window) } else { Rect::default() };
            index += 1;
            plane.crop_mut(rect).expect("the window was checked when it was made")
        })
    }

    /// The window `rect` of this one, in O(1), for as long as the memory is borrowed.
    ///
    /// # Errors
    /// When `rect` does not lie inside.
    pub fn into_crop(self, rect: Rect) -> Result<FrameViewMut<'a>> {
        Ok(Self { window: check_crop(rect, self.window)?, ..self })
    }

    /// The window `rect` of this one, in O(1), for as long as this one is not used.
    ///
    /// # Errors
    /// When `rect` does not lie inside.
    pub fn crop_mut(&mut self, rect: Rect) -> Result<FrameViewMut<'_>> {
        let window = check_crop(rect, self.window)?;
        let planes = self.planes.each_mut().map(ViewMut::reborrow);
        Ok(FrameViewMut { format: self.format, colorimetry: self.colorimetry, planes, window })
    }
}
