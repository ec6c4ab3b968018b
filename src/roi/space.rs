use std::marker::PhantomData;

use crate::error::{Error, Result};
use crate::frame::Rect;

use super::{BBox, Letterbox};

mod sealed {
    pub trait Sealed {
        /// This space's coordinates in those of the muxer's picture.
        fn in_mux(spaces: &super::Spaces) -> crate::error::Result<super::Axes>;
    }
}

/// A picture that coordinates may refer to: [`Source`], [`Mux`], [`Tile`] or [`Net`].
pub trait Space: sealed::Sealed + Copy + 'static {
    /// The name, for messages.
    const NAME: &'static str;
}

/// The camera's or file's own picture, before the muxer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source;

/// The muxer's output, in which DeepStream's `rect_params` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mux;

/// The tiler's output, all tiles together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile;

/// The network's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net;

/// Scale and offset of x and of y: `there = here * scale + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axes {
    x: (f64, f64),
    y: (f64, f64),
}

impl Axes {
    const SAME: Self = Self { x: (1.0, 0.0), y: (1.0, 0.0) };

    /// From a whole picture of `size` into `window` of another.
    fn into_window(size: (u32, u32), window: Rect) -> Self {
        let axis =
            |from: u32, length: u32, start: u32| (f64::from(length) / f64::from(from), f64::from(start));
        Self { x: axis(size.0, window.width, window.x), y: axis(size.1, window.height, window.y) }
    }

    fn of_letterbox(fit: &Letterbox) -> Self {
        let (scale, inner) = (fit.scale(), fit.inner());
        Self { x: (scale.0, f64::from(inner.x)), y: (scale.1, f64::from(inner.y)) }
    }

    fn inverse(self) -> Self {
        let axis = |(scale, offset): (f64, f64)| (1.0 / scale, -offset / scale);
        Self { x: axis(self.x), y: axis(self.y) }
    }

    fn then(self, next: Self) -> Self {
        let axis = |a: (f64, f64), b: (f64, f64)| (a.0 * b.0, a.1 * b.0 + b.1);
        Self { x: axis(self.x, next.x), y: axis(self.y, next.y) }
    }

    fn point(self, (x, y): (f32, f32)) -> (f32, f32) {
        let axis = |v: f32, (scale, offset): (f64, f64)| (f64::from(v) * scale + offset) as f32;
        (axis(x, self.x), axis(y, self.y))
    }

    fn bbox(self, b: BBox) -> BBox {
        let (left, top) = self.point((b.left, b.top));
        let size = |v: f32, scale: f64| (f64::from(v) * scale) as f32;
        BBox::xywh(left, top, size(b.width, self.x.0), size(b.height, self.y.0))
    }
}

/// The pictures of one frame on its way through a pipeline, and how each lies in the next.
///
/// Nothing is assumed that was not said: without a network or a tiler, converting from or to its
/// space is an error.
///
/// ```
/// use dsframe::roi::{BBox, Mux, Net, Source, SpaceBox, Spaces};
/// // A 640x480 camera, scaled to 1920x1080 by the muxer with black borders at the sides.
/// let spaces = Spaces::new((640, 480), (1920, 1080))?.padded()?.with_net((416, 416), true, true)?;
/// let person = SpaceBox::<Mux>::new(BBox::xywh(240.0, 0.0, 144.0, 540.0));
/// let in_source = person.to::<Source>(&spaces)?.bbox();
/// assert!(in_source.left.abs() < 1e-3 && (in_source.width, in_source.height) == (64.0, 240.0));
/// let in_net = person.to::<Net>(&spaces)?.bbox();
/// assert!((in_net.left - 52.0).abs() < 1e-3 && (in_net.top - 91.0).abs() < 1e-3);
/// # Ok::<(), dsframe::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spaces {
    source: (u32, u32),
    mux: (u32, u32),
    source_in_mux: Axes,
    mux_in_net: Option<Axes>,
    mux_in_tile: Option<Axes>,
}

impl Spaces {
    /// A source of `source` pixels that the muxer stretches to `mux` pixels, both (width, height).
    ///
    /// # Errors
    /// When a side is zero: a tiler sets the source's size to 0, after which nobody can say where a box came from.
    pub fn new(source: (u32, u32), mux: (u32, u32)) -> Result<Self> {
        no_zero("the source", source)?;
        no_zero("the muxer's output", mux)?;
        let whole = Rect::new(0, 0, mux.0, mux.1);
        Ok(Self {
            source,
            mux,
            source_in_mux: Axes::into_window(source, whole),
            mux_in_net: None,
            mux_in_tile: None,
        })
    }

    /// With the source's shape kept and black borders around it (nvstreammux `enable-padding=1`): in the middle, on
    /// even pixels, as the embedded muxer puts it. NVIDIA's first muxer is closed and may round otherwise;
    /// [`in_window`](Self::in_window) takes any place.
    ///
    /// # Errors
    /// None beyond those of [`new`](Self::new).
    pub fn padded(self) -> Result<Self> {
        let fit = Letterbox::fit_even(self.source, self.mux)?;
        Ok(Self { source_in_mux: Axes::of_letterbox(&fit), ..self })
    }

    /// With the source's picture in `window` of the muxer's output.
    ///
    /// # Errors
    /// When `window` is empty or does not lie in the muxer's output.
    pub fn in_window(self, window: Rect) -> Result<Self> {
        if window.is_empty() || !window.fits(self.mux.0, self.mux.1) {
            return Err(Error::invalid(format!(
                "the window {window} does not lie in the muxer's {}x{} output",
                self.mux.0, self.mux.1
            )));
        }
        Ok(Self { source_in_mux: Axes::into_window(self.source, window), ..self })
    }

    /// With a network of `size` input pixels behind the muxer; `maintain_aspect_ratio` and
    /// `symmetric_padding` are nvinfer's keys of these names.
    ///
    /// # Errors
    /// When a side is zero.
    pub fn with_net(
        self,
        size: (u32, u32),
        maintain_aspect_ratio: bool,
        symmetric_padding: bool,
    ) -> Result<Self> {
        no_zero("the network's input", size)?;
        let axes = if maintain_aspect_ratio {
            Axes::of_letterbox(&Letterbox::fit(self.mux, size, symmetric_padding)?)
        } else {
            Axes::into_window(self.mux, Rect::new(0, 0, size.0, size.1))
        };
        Ok(Self { mux_in_net: Some(axes), ..self })
    }

    /// With a tiler behind the muxer whose output is `size` pixels in `rows` x `columns` tiles, the frame in tile
    /// `index`, counted along the rows. Tiles are `size.0 / columns` by `size.1 / rows` pixels, rounded down.
    ///
    /// # Errors
    /// When a side or a count is zero, or there is no tile `index`.
    pub fn with_tiler(self, size: (u32, u32), rows: u32, columns: u32, index: u32) -> Result<Self> {
        no_zero("the tiler's output", size)?;
        let tiles = rows.saturating_mul(columns);
        if index >= tiles {
            return Err(Error::invalid(format!(
                "tile {index} of {rows} rows and {columns} columns: there are {tiles} tiles, counted from 0"
            )));
        }
        let (width, height) = (size.0 / columns, size.1 / rows);
        no_zero("a tile", (width, height))?;
        let window = Rect::new(index % columns * width, index / columns * height, width, height);
        Ok(Self { mux_in_tile: Some(Axes::into_window(self.mux, window)), ..self })
    }

    /// Width and height of the source, pixels.
    #[must_use]
    pub fn source_size(&self) -> (u32, u32) {
        self.source
    }

    /// Width and height of the muxer's output, pixels.
    #[must_use]
    pub fn mux_size(&self) -> (u32, u32) {
        self.mux
    }

    /// The point (x, y) of space `A` in space `B`.
    ///
    /// # Errors
    /// When nothing was said about one of the two spaces.
    pub fn point<A: Space, B: Space>(&self, point: (f32, f32)) -> Result<(f32, f32)> {
        Ok(self.axes::<A, B>()?.point(point))
    }

    fn axes<A: Space, B: Space>(&self) -> Result<Axes> {
        Ok(A::in_mux(self)?.then(B::in_mux(self)?.inverse()))
    }
}

fn no_zero(what: &str, size: (u32, u32)) -> Result<()> {
    if size.0 > 0 && size.1 > 0 {
        return Ok(());
    }
    Err(Error::invalid(format!("{what} is {}x{} pixels, neither side may be zero", size.0, size.1)))
}

/// A box that knows which picture its coordinates refer to.
///
/// ```compile_fail,E0308
/// use dsframe::roi::{BBox, Mux, Source, SpaceBox};
/// let in_mux = SpaceBox::<Mux>::new(BBox::xywh(0.0, 0.0, 8.0, 8.0));
/// let in_source: SpaceBox<Source> = in_mux; // not without `to`
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpaceBox<S> {
    bbox: BBox,
    space: PhantomData<S>,
}

impl<S: Space> SpaceBox<S> {
    /// `bbox`, in pixels of `S`.
    #[must_use]
    pub const fn new(bbox: BBox) -> Self {
        Self { bbox, space: PhantomData }
    }

    /// The coordinates, in pixels of `S`.
    #[must_use]
    pub const fn bbox(&self) -> BBox {
        self.bbox
    }

    /// The same place in the pixels of another picture. Not clipped.
    ///
    /// # Errors
    /// When nothing was said about one of the two spaces.
    pub fn to<T: Space>(&self, spaces: &Spaces) -> Result<SpaceBox<T>> {
        Ok(SpaceBox::new(spaces.axes::<S, T>()?.bbox(self.bbox)))
    }
}

macro_rules! space {
    ($name:ident, $text:literal, $spaces:ident => $axes:expr) => {
        impl sealed::Sealed for $name {
            fn in_mux($spaces: &Spaces) -> Result<Axes> {
                $axes
            }
        }
        impl Space for $name {
            const NAME: &'static str = $text;
        }
    };
}

space!(Source, "source", spaces => Ok(spaces.source_in_mux));
space!(Mux, "mux", _spaces => Ok(Axes::SAME));
space!(Tile, "tile", spaces => spaces.mux_in_tile.map(Axes::inverse).ok_or_else(|| Error::invalid(
    "nothing was said about a tiler, so there is no tile space; say it with Spaces::with_tiler"
)));
space!(Net, "net", spaces => spaces.mux_in_net.map(Axes::inverse).ok_or_else(|| Error::invalid(
    "nothing was said about a network's input, so there is no net space; say it with Spaces::with_net"
)));
