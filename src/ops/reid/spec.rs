use half::f16;

use super::store::{self, Blend};
use crate::error::{Error, Result};
use crate::frame::Rect;
use crate::roi::Letterbox;

/// What a network wants to be fed: size, fit, colour order, normalisation and layout.
///
/// The constants are what the named tools do; every field can be changed.
///
/// ```
/// use dsframe::ops::reid::{Layout, ReidSpec};
/// let spec = ReidSpec { layout: Layout::Nhwc, ..ReidSpec::TORCHREID };
/// assert_eq!((spec.width, spec.height), (128, 256));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReidSpec {
    /// Columns of the network's input.
    pub width: u32,
    /// Rows of the network's input.
    pub height: u32,
    /// How a crop of another shape is fitted.
    pub fit: Fit,
    /// Which colour comes first.
    pub order: ChannelOrder,
    /// What becomes of a byte, for `f32` and `f16`; `u8` output stays as it is.
    pub norm: Norm,
    /// Order of the axes.
    pub layout: Layout,
}

/// How a crop is fitted into the network's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Stretched to the whole input.
    Stretch,
    /// As large as it fits with its shape kept; the rest is `color` (red, green, blue).
    Pad {
        /// The bytes of the blank part, before normalisation.
        color: [u8; 3],
        /// In the middle; else at the top left.
        centered: bool,
    },
}

/// Order of the colour planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ChannelOrder {
    /// Red, green, blue.
    #[default]
    Rgb,
    /// Blue, green, red.
    Bgr,
}

/// Order of the tensor's axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Layout {
    /// (n, 3, height, width).
    #[default]
    Nchw,
    /// (n, height, width, 3).
    Nhwc,
}

/// `out = byte * scale + bias` for red, green and blue, computed in `f32`, one product and one sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Norm {
    /// Factors of red, green, blue.
    pub scale: [f32; 3],
    /// What is added after the factor.
    pub bias: [f32; 3],
}

impl Norm {
    /// Bytes as numbers from 0 to 255.
    pub const NONE: Self = Self { scale: [1.0; 3], bias: [0.0; 3] };

    /// `(byte / 255 - mean) / std`, as torchvision's `ToTensor` and `Normalize`, to within 1e-6 of it.
    ///
    /// ```
    /// use dsframe::ops::reid::Norm;
    /// let norm = Norm::mean_std([0.5; 3], [0.25; 3]);
    /// assert_eq!(255.0 * norm.scale[0] + norm.bias[0], 2.0);
    /// ```
    #[must_use]
    pub const fn mean_std(mean: [f64; 3], std: [f64; 3]) -> Self {
        let (mut scale, mut bias) = ([0.0; 3], [0.0; 3]);
        let mut c = 0;
        while c < 3 {
            scale[c] = (1.0 / (255.0 * std[c])) as f32;
            bias[c] = (-mean[c] / std[c]) as f32;
            c += 1;
        }
        Self { scale, bias }
    }

    /// `scale * (byte - offset)`, as nvinfer's `net-scale-factor` and `offsets` and the tracker's
    /// `netScaleFactor` and `offsets`.
    #[must_use]
    pub const fn offsets(offsets: [f64; 3], scale: f64) -> Self {
        let mut bias = [0.0; 3];
        let mut c = 0;
        while c < 3 {
            bias[c] = (-offsets[c] * scale) as f32;
            c += 1;
        }
        Self { scale: [scale as f32; 3], bias }
    }

    pub(super) fn apply(&self, byte: u8, channel: usize) -> f32 {
        f32::from(byte) * self.scale[channel] + self.bias[channel]
    }
}

const IMAGENET: Norm = Norm::mean_std([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

impl ReidSpec {
    /// torchreid's `FeatureExtractor`: 256 rows of 128, RGB, stretched, ImageNet's mean and deviation.
    pub const TORCHREID: Self = Self {
        width: 128,
        height: 256,
        fit: Fit::Stretch,
        order: ChannelOrder::Rgb,
        norm: IMAGENET,
        layout: Layout::Nchw,
    };
    /// boxmot's `resize` (its default): as torchreid.
    pub const BOXMOT: Self = Self::TORCHREID;
    /// boxmot's `resize_pad`: shape kept, blank part in ImageNet's mean colour (124, 116, 104).
    pub const BOXMOT_PAD: Self =
        Self { fit: Fit::Pad { color: [124, 116, 104], centered: true }, ..Self::TORCHREID };
    /// The re-identification network of NVIDIA's NvDCF and NvDeepSORT (`config_tracker_NvDCF_accuracy.yml`): offsets
    /// and one factor for all three colours, shape kept (`keepAspc: 1`), black at the right and bottom.
    pub const NVDCF: Self = Self {
        fit: Fit::Pad { color: [0; 3], centered: false },
        norm: Norm::offsets([123.675, 116.28, 103.53], 0.01735207),
        ..Self::TORCHREID
    };
    /// ArcFace: 112 x 112, RGB, `(byte - 127.5) / 127.5`. Faces should be aligned first.
    pub const ARCFACE: Self =
        Self { width: 112, height: 112, norm: Norm::offsets([127.5; 3], 1.0 / 127.5), ..Self::TORCHREID };
    /// ImageNet classifiers: 224 x 224, stretched (the centre crop of 256 is the caller's box).
    pub const IMAGENET: Self = Self { width: 224, height: 224, ..Self::TORCHREID };

    /// Values of one item: 3 x height x width.
    #[must_use]
    pub fn item_len(&self) -> usize {
        3 * self.width as usize * self.height as usize
    }

    /// The shape of a tensor of `n` items.
    #[must_use]
    pub fn shape(&self, n: usize) -> [usize; 4] {
        let (w, h) = (self.width as usize, self.height as usize);
        match self.layout {
            Layout::Nchw => [n, 3, h, w],
            Layout::Nhwc => [n, h, w, 3],
        }
    }

    /// Where a crop of the size of `window`, which is not empty, lies in the network's input.
    pub(super) fn inner(&self, window: Rect) -> Rect {
        let Fit::Pad { centered, .. } = self.fit else { return Rect::new(0, 0, self.width, self.height) };
        let fit = Letterbox::fit((window.width, window.height), (self.width, self.height), centered);
        fit.expect("neither has a side of zero").inner()
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.width > 0 && self.height > 0 && self.width.max(self.height) <= 1 << 14 {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "the network's input is {}x{}, each side must be 1 to 16384",
            self.width, self.height
        )))
    }
}

/// The element of a tensor: `f32`, `f16` or `u8`.
#[allow(private_bounds, reason = "sealed: the three are all there are")]
pub trait Element: Store {}
impl Element for f32 {}
impl Element for f16 {}
impl Element for u8 {}

/// How an element is made from bytes.
pub(super) trait Store: Copy + Default + Send + Sync + 'static {
    /// From a byte of channel 0 (red), 1 or 2.
    fn from_byte(byte: u8, norm: &Norm, channel: usize) -> Self;

    /// Values as `f32`, where they are that: what can be stored past the caches.
    fn floats(_: &mut [Self]) -> Option<&mut [f32]> {
        None
    }

    /// Blends rows into planes from the left, where there are instructions for it; how many pixels.
    fn fast(blend: &Blend<'_>, planes: [&mut [Self]; 3]) -> usize;
}

impl Store for f32 {
    fn from_byte(byte: u8, norm: &Norm, channel: usize) -> Self {
        norm.apply(byte, channel)
    }

    fn floats(values: &mut [Self]) -> Option<&mut [f32]> {
        Some(values)
    }

    fn fast(blend: &Blend<'_>, planes: [&mut [Self]; 3]) -> usize {
        store::planes_f32(blend, planes)
    }
}

impl Store for f16 {
    fn from_byte(byte: u8, norm: &Norm, channel: usize) -> Self {
        f16::from_f32(norm.apply(byte, channel))
    }

    fn fast(blend: &Blend<'_>, planes: [&mut [Self]; 3]) -> usize {
        store::planes_f16(blend, planes)
    }
}

impl Store for u8 {
    fn from_byte(byte: u8, _: &Norm, _: usize) -> Self {
        byte
    }

    fn fast(blend: &Blend<'_>, planes: [&mut [Self]; 3]) -> usize {
        store::planes_u8(blend, planes)
    }
}
