use std::fmt;

/// A window of a picture in whole pixels; the origin is the top-left corner, x to the right, y down.
///
/// ```
/// use dsframe::frame::Rect;
/// let window = Rect::new(10, 20, 30, 40);
/// assert_eq!((window.right(), window.bottom()), (40, 60));
/// assert!(window.fits(40, 60) && !window.fits(39, 60));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rect {
    /// Left edge, in pixels.
    pub x: u32,
    /// Top edge, in pixels.
    pub y: u32,
    /// Width, in pixels.
    pub width: u32,
    /// Height, in pixels.
    pub height: u32,
}

impl Rect {
    /// The window with its top-left pixel at (`x`, `y`).
    #[must_use]
    pub const fn new(x: u32, y: u32, width: u32, height: u32) -> Self {
        Self { x, y, width, height }
    }

    /// One past the last column; saturates at `u32::MAX`.
    #[must_use]
    pub const fn right(&self) -> u32 {
        self.x.saturating_add(self.width)
    }

    /// One past the last row; saturates at `u32::MAX`.
    #[must_use]
    pub const fn bottom(&self) -> u32 {
        self.y.saturating_add(self.height)
    }

    /// Width times height, in pixels.
    #[must_use]
    pub const fn area(&self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// Whether no pixel is inside.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Whether the whole window lies in a picture of `width` x `height` pixels.
    #[must_use]
    pub const fn fits(&self, width: u32, height: u32) -> bool {
        self.x as u64 + self.width as u64 <= width as u64
            && self.y as u64 + self.height as u64 <= height as u64
    }

    /// The window grown outwards so that it starts on even columns and rows and ends on them, or at the
    /// edge of a picture of `width` x `height`: whole chroma samples of a 4:2:0 picture.
    ///
    /// ```
    /// use dsframe::frame::Rect;
    /// assert_eq!(Rect::new(3, 4, 2, 2).even(640, 480), Rect::new(2, 4, 4, 2));
    /// ```
    #[must_use]
    pub const fn even(&self, width: u32, height: u32) -> Self {
        let (x, y) = (self.x & !1, self.y & !1);
        let (right, bottom) = (self.right(), self.bottom());
        let right = right.saturating_add(right & 1);
        let bottom = bottom.saturating_add(bottom & 1);
        let right = if right > width { width } else { right };
        let bottom = if bottom > height { height } else { bottom };
        Self { x, y, width: right.saturating_sub(x), height: bottom.saturating_sub(y) }
    }

    /// The window shrunk inwards so that it starts on even columns and rows and ends on them, or at the edge
    /// of a picture of `width` x `height`, whose last sample may be cut; empty where nothing is left.
    ///
    /// ```
    /// use dsframe::frame::Rect;
    /// assert_eq!(Rect::new(3, 4, 4, 2).even_inside(640, 480), Rect::new(4, 4, 2, 2));
    /// assert!(Rect::new(3, 4, 2, 2).even_inside(640, 480).is_empty());
    /// ```
    #[must_use]
    pub const fn even_inside(&self, width: u32, height: u32) -> Self {
        let (x, y) = (self.x.saturating_add(self.x & 1), self.y.saturating_add(self.y & 1));
        let (right, bottom) = (self.right(), self.bottom());
        let right = if right >= width { width } else { right & !1 };
        let bottom = if bottom >= height { height } else { bottom & !1 };
        let (columns, rows) = (right.saturating_sub(x), bottom.saturating_sub(y));
        if columns == 0 || rows == 0 {
            return Self { x: 0, y: 0, width: 0, height: 0 };
        }
        Self { x, y, width: columns, height: rows }
    }
}

impl fmt::Display for Rect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{} at ({}, {})", self.width, self.height, self.x, self.y)
    }
}
