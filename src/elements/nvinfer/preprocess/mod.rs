//! From a picture to the network's input tensor: crop, scale, letterbox, colour order, normalisation.

mod image;
mod resize;
mod rows;
#[cfg(test)]
mod tests;

pub use image::{ChannelOrder, ImageRef, YuvMatrix};

use self::resize::{Tap, columns, horizontal, lines, vertical};
use self::rows::RgbRow;
use super::config::{Config, ModelColorFormat};
use crate::{Error, Result};

/// A part of the source picture, in whole pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceRoi {
    /// First column.
    pub left: usize,
    /// First row.
    pub top: usize,
    /// Columns, at least 1.
    pub width: usize,
    /// Rows, at least 1.
    pub height: usize,
}

impl SourceRoi {
    /// All of `image`.
    #[must_use]
    pub fn full(image: &ImageRef<'_>) -> Self {
        Self { left: 0, top: 0, width: image.width(), height: image.height() }
    }
}

/// How source pixels lie in the network's input: `net = (source - origin) * scale + pad`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetMap {
    /// Network pixels per source pixel, horizontally and vertically.
    pub scale: [f32; 2],
    /// Columns of padding on the left, rows at the top, in network pixels.
    pub pad: [f32; 2],
    /// Left and top of the region that was fed, in source pixels.
    pub origin: [f32; 2],
}

impl NetMap {
    /// A point of the network's input in source pixels.
    #[must_use]
    pub fn to_source(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let back = |axis: usize, at: f32| (at - self.pad[axis]) / self.scale[axis] + self.origin[axis];
        [back(0, x), back(1, y)]
    }
}

/// Makes input tensors. Keeps its scratch memory and the sampling tables of the last region size.
pub struct Preprocessor {
    net: [usize; 2],
    format: ModelColorFormat,
    factors: [f32; 3],
    offsets: [f32; 3],
    letterbox: bool,
    centred: bool,
    plan: Option<Plan>,
}

/// Tables for one region size.
struct Plan {
    roi: [usize; 2],
    picture: [usize; 2],
    pad: [usize; 2],
    columns: Vec<Tap>,
    lines: Vec<Tap>,
    row: RgbRow,
    /// Two rows scaled horizontally, and which source rows they are.
    scaled: [Vec<i32>; 2],
    held: [usize; 2],
}

const NO_ROW: usize = usize::MAX;

impl Preprocessor {
    /// For an input of `width` x `height` pixels, with the colour and scaling settings of `config`.
    #[must_use]
    pub fn new(config: &Config, (width, height): (usize, usize)) -> Self {
        Self {
            net: [width.max(1), height.max(1)],
            format: config.model_color_format,
            factors: config.channel_scales.map(|scale| scale * config.net_scale_factor),
            offsets: config.offsets,
            letterbox: config.maintain_aspect_ratio,
            centred: config.symmetric_padding,
            plan: None,
        }
    }

    /// Values of one input tensor: channels times height times width.
    #[must_use]
    pub fn len(&self) -> usize {
        self.format.channels() * self.net[0] * self.net[1]
    }

    /// False: an input has at least one value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Fills `out` from the part `roi` of `image` and tells where things went.
    ///
    /// |         | layout                        | element | shape     | pitch (bytes)      |
    /// |---------|-------------------------------|---------|-----------|--------------------|
    /// | `image` | packed, grey, NV12 or I420    | `u8`    | any       | as its constructor |
    /// | `out`   | planar, `model-color-format`  | `f32`   | `(c,h,w)` | packed             |
    ///
    /// Bilinear with half-pixel centres, rounded to 8 bits before normalisation, as OpenCV's resize.
    /// Padding is pixel value 0 before normalisation, at the right and bottom or, with
    /// `symmetric-padding`, half (rounded down) at the left and top. A grey model gets BT.601 luma.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidArgument`] if `roi` is empty or leaves the picture, or if `out` is not
    /// [`Preprocessor::len`] long.
    ///
    /// ```
    /// use dsframe::elements::nvinfer::{ChannelOrder, Config, ImageRef, Preprocessor, SourceRoi};
    /// let config = Config { net_scale_factor: 1.0 / 255.0, maintain_aspect_ratio: true, ..Config::default() };
    /// let mut preprocessor = Preprocessor::new(&config, (4, 4));
    /// let white = ImageRef::packed(&[255; 8 * 4 * 3], (8, 4), 24, 3, ChannelOrder::Rgb)?;
    /// let mut input = vec![9.0; preprocessor.len()];
    /// let map = preprocessor.run(&white, SourceRoi::full(&white), &mut input)?;
    /// assert_eq!(&input[..16], [[1.0; 8], [0.0; 8]].as_flattened());
    /// assert_eq!(map.to_source([4.0, 2.0]), [8.0, 4.0]);
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    pub fn run(&mut self, image: &ImageRef<'_>, roi: SourceRoi, out: &mut [f32]) -> Result<NetMap> {
        self.check(image, roi, out)?;
        let plan = match self.plan.take() {
            Some(plan) if plan.roi == [roi.width, roi.height] => plan,
            _ => self.plan_for(roi),
        };
        let plan = self.plan.insert(plan);
        plan.held = [NO_ROW; 2];
        let planes = self.format.channels();
        let area = self.net[0] * self.net[1];
        if plan.picture != self.net {
            for (index, plane) in out.chunks_exact_mut(area).enumerate() {
                plane.fill(self.factors[index] * -self.offsets[index]);
            }
        }
        for y in 0..plan.picture[1] {
            let tap = plan.lines[y];
            plan.fetch(image, roi, tap.first, self.format);
            let width = plan.picture[0];
            for plane in 0..planes {
                let rows = plan.pair(tap.first, plane * width..(plane + 1) * width);
                let at = plane * area + (y + plan.pad[1]) * self.net[0] + plan.pad[0];
                let norm = (self.factors[plane], self.offsets[plane]);
                vertical(rows, tap.weights, norm, &mut out[at..at + width]);
            }
        }
        let scale = [0, 1].map(|axis| plan.picture[axis] as f32 / plan.roi[axis] as f32);
        let origin = [roi.left as f32, roi.top as f32];
        Ok(NetMap { scale, pad: plan.pad.map(|pad| pad as f32), origin })
    }

    fn check(&self, image: &ImageRef<'_>, roi: SourceRoi, out: &[f32]) -> Result<()> {
        let fits = |start: usize, count: usize, end: usize| count > 0 && start < end && count <= end - start;
        let (width, height) = (image.width(), image.height());
        if !fits(roi.left, roi.width, width) || !fits(roi.top, roi.height, height) {
            return Err(Error::invalid(format!(
                "roi is {}x{} at ({}, {}), it must lie in the {width}x{height} picture and not be empty",
                roi.width, roi.height, roi.left, roi.top
            )));
        }
        if out.len() != self.len() {
            let (has, needs) = (out.len(), self.len());
            return Err(Error::invalid(format!("out has {has} values, the network's input has {needs}")));
        }
        Ok(())
    }

    fn plan_for(&self, roi: SourceRoi) -> Plan {
        let roi = [roi.width, roi.height];
        let picture = if self.letterbox { fit(roi, self.net) } else { self.net };
        let rest = [self.net[0] - picture[0], self.net[1] - picture[1]];
        let scaled_len = self.format.channels() * picture[0];
        Plan {
            roi,
            picture,
            pad: if self.centred { rest.map(|rest| rest / 2) } else { [0; 2] },
            columns: columns(roi[0], picture[0]),
            lines: lines(roi[1], picture[1]),
            row: RgbRow::new(roi[0]),
            scaled: [vec![0; scaled_len], vec![0; scaled_len]],
            held: [NO_ROW; 2],
        }
    }
}

/// The largest size of `roi`'s shape inside `net`. The shorter side is cut to whole pixels, as gst-nvinfer
/// does.
fn fit(roi: [usize; 2], net: [usize; 2]) -> [usize; 2] {
    let height = net[0] * roi[1] / roi[0];
    if height <= net[1] {
        [net[0], height.max(1)]
    } else {
        [(net[1] * roi[0] / roi[1]).clamp(1, net[0]), net[1]]
    }
}

impl Plan {
    /// Makes sure that rows `first` and `first + 1` are scaled. Rows are counted from one above the region;
    /// the nearest row stands for those outside. Row `n` always lives in buffer `n % 2`, so going down the
    /// picture scales every row once.
    fn fetch(&mut self, image: &ImageRef<'_>, roi: SourceRoi, first: usize, format: ModelColorFormat) {
        for wanted in [first, first + 1] {
            let slot = wanted % 2;
            if self.held[slot] == wanted {
                continue;
            }
            let y = roi.top + wanted.saturating_sub(1).min(roi.height - 1);
            self.row.read(image, y, roi.left, roi.width);
            if format == ModelColorFormat::Gray {
                self.row.fold_to_gray();
            }
            let order = if format == ModelColorFormat::Bgr { [2, 1, 0] } else { [0, 1, 2] };
            let out = self.scaled[slot].chunks_exact_mut(self.columns.len());
            for (plane, out) in order.into_iter().zip(out) {
                horizontal(&self.row.plane(plane)[roi.left % 2..], &self.columns, out);
            }
            self.held[slot] = wanted;
        }
    }

    fn pair(&self, first: usize, range: std::ops::Range<usize>) -> [&[i32]; 2] {
        [&self.scaled[first % 2][range.clone()], &self.scaled[(first + 1) % 2][range]]
    }
}
