/// The most planes any supported format has.
pub const MAX_PLANES: usize = 3;

/// How the bytes of a picture are laid out. Names give the order in memory: `Bgra` is blue first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PixelFormat {
    /// 4 bytes a pixel: red, green, blue, alpha.
    Rgba,
    /// 4 bytes a pixel: blue, green, red, alpha.
    Bgra,
    /// 4 bytes a pixel: alpha, red, green, blue.
    Argb,
    /// 4 bytes a pixel: alpha, blue, green, red.
    Abgr,
    /// 4 bytes a pixel: red, green, blue, unused.
    Rgbx,
    /// 4 bytes a pixel: blue, green, red, unused.
    Bgrx,
    /// 4 bytes a pixel: unused, red, green, blue.
    Xrgb,
    /// 4 bytes a pixel: unused, blue, green, red.
    Xbgr,
    /// 3 bytes a pixel: red, green, blue.
    Rgb,
    /// 3 bytes a pixel: blue, green, red.
    Bgr,
    /// 1 byte a pixel: luma.
    Gray8,
    /// 4:2:0, luma plane and one chroma plane of U V pairs.
    Nv12,
    /// 4:2:0, luma plane and one chroma plane of V U pairs.
    Nv21,
    /// 4:2:0, planes Y, U, V.
    I420,
    /// 4:2:0, planes Y, V, U.
    Yv12,
    /// 4:2:2 (chroma at half the width), luma plane and one chroma plane of U V pairs.
    Nv16,
    /// 4:4:4 (chroma for every pixel), luma plane and one chroma plane of U V pairs.
    Nv24,
    /// 4:2:2, planes Y, U, V. GStreamer calls it `Y42B`.
    I422,
    /// 4:4:4, planes Y, U, V. GStreamer calls it `Y444`.
    I444,
    /// 10 bits, 4:2:0: NV12 with little-endian words of 16 bits, the sample in the high 10 bits and 0 in
    /// the low 6. DeepStream calls it `NV12_10LE`, GStreamer `P010_10LE`.
    ///
    /// That DeepStream's samples lie in the high bits follows from its two sources of such frames: the
    /// decoder's surface format is P016, "10 bit (6 LSB bits 0), 12 bit (4 LSB bits 0)" (`cuviddec.h`,
    /// `cudaVideoSurfaceFormat`), and nvvideoconvert's caps give `P010_10LE` for it. GStreamer's
    /// `NV12_10LE32` is another layout, three samples in 32 bits, and is not viewed.
    P010,
    /// 12 bits, 4:2:0: as [`P010`](Self::P010), the sample in the high 12 bits. DeepStream calls it
    /// `NV12_12LE`, GStreamer `P012_LE`.
    P012,
}

impl PixelFormat {
    /// Every format, in the order of the variants.
    pub const ALL: [Self; 21] = [
        Self::Rgba,
        Self::Bgra,
        Self::Argb,
        Self::Abgr,
        Self::Rgbx,
        Self::Bgrx,
        Self::Xrgb,
        Self::Xbgr,
        Self::Rgb,
        Self::Bgr,
        Self::Gray8,
        Self::Nv12,
        Self::Nv21,
        Self::I420,
        Self::Yv12,
        Self::Nv16,
        Self::Nv24,
        Self::I422,
        Self::I444,
        Self::P010,
        Self::P012,
    ];

    /// Number of planes, 1 to [`MAX_PLANES`].
    #[must_use]
    pub const fn planes(self) -> usize {
        match self {
            Self::Nv12 | Self::Nv21 | Self::Nv16 | Self::Nv24 | Self::P010 | Self::P012 => 2,
            Self::I420 | Self::Yv12 | Self::I422 | Self::I444 => 3,
            _ => 1,
        }
    }

    /// Bytes of one sample of `plane`: 4 for RGBA, 1 for luma, 2 for the U V pairs of NV12; twice that
    /// where samples are words of 16 bits.
    #[must_use]
    pub const fn bytes_per_pixel(self, plane: usize) -> usize {
        match self {
            Self::Rgb | Self::Bgr => 3,
            Self::Gray8 | Self::I420 | Self::Yv12 | Self::I422 | Self::I444 => 1,
            Self::Nv12 | Self::Nv21 | Self::Nv16 | Self::Nv24 => 1 + (plane == 1) as usize,
            Self::P010 | Self::P012 => 2 + 2 * (plane == 1) as usize,
            _ => 4,
        }
    }

    /// Significant bits of a sample: 8, 10 or 12. Above 8, a sample is a little-endian word of 16 bits
    /// with the value in its high bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::P010 => 10,
            Self::P012 => 12,
            _ => 8,
        }
    }

    /// How often the width and the height are halved to get to the chroma planes' size: (1, 1) for 4:2:0,
    /// (1, 0) for 4:2:2, (0, 0) for 4:4:4; `None` for formats without chroma planes.
    ///
    /// ```
    /// use dsframe::frame::PixelFormat;
    /// assert_eq!(PixelFormat::Nv16.chroma_shift(), Some((1, 0)));
    /// assert_eq!(PixelFormat::Rgba.chroma_shift(), None);
    /// ```
    #[must_use]
    pub const fn chroma_shift(self) -> Option<(u32, u32)> {
        match self {
            Self::Nv12 | Self::Nv21 | Self::I420 | Self::Yv12 | Self::P010 | Self::P012 => Some((1, 1)),
            Self::Nv16 | Self::I422 => Some((1, 0)),
            Self::Nv24 | Self::I444 => Some((0, 0)),
            _ => None,
        }
    }

    /// Whether the picture is luma and chroma planes, of any depth.
    #[must_use]
    pub const fn is_yuv(self) -> bool {
        self.chroma_shift().is_some()
    }

    /// Whether samples are bytes and chroma is stored at half the width and half the height of luma:
    /// NV12, NV21, I420 and YV12.
    #[must_use]
    pub const fn is_yuv420(self) -> bool {
        matches!(self, Self::Nv12 | Self::Nv21 | Self::I420 | Self::Yv12)
    }

    /// Columns and rows of `plane` in a picture of `width` x `height` pixels. Chroma is rounded up.
    #[must_use]
    pub const fn plane_size(self, plane: usize, width: u32, height: u32) -> (u32, u32) {
        match self.chroma_shift() {
            Some((x, y)) if plane > 0 => (width.div_ceil(1 << x), height.div_ceil(1 << y)),
            _ => (width, height),
        }
    }

    /// Byte offsets of red, green and blue in a pixel, for the formats that store them.
    #[must_use]
    pub const fn rgb_offsets(self) -> Option<[usize; 3]> {
        match self {
            Self::Rgba | Self::Rgbx | Self::Rgb => Some([0, 1, 2]),
            Self::Bgra | Self::Bgrx | Self::Bgr => Some([2, 1, 0]),
            Self::Argb | Self::Xrgb => Some([1, 2, 3]),
            Self::Abgr | Self::Xbgr => Some([3, 2, 1]),
            _ => None,
        }
    }

    /// Byte offset of alpha in a pixel, for the formats that have one.
    #[must_use]
    pub const fn alpha_offset(self) -> Option<usize> {
        match self {
            Self::Rgba | Self::Bgra => Some(3),
            Self::Argb | Self::Abgr => Some(0),
            _ => None,
        }
    }
}

/// The equations between R'G'B' and Y'CbCr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ColorMatrix {
    /// ITU-R BT.601: Kr 0.299, Kb 0.114. What DeepStream's `NV12` and `RGBA` conversions use.
    #[default]
    Bt601,
    /// ITU-R BT.709: Kr 0.2126, Kb 0.0722.
    Bt709,
    /// ITU-R BT.2020, non-constant luminance: Kr 0.2627, Kb 0.0593.
    Bt2020,
}

impl ColorMatrix {
    /// The luma weights of red and blue, (Kr, Kb).
    ///
    /// ```
    /// use dsframe::frame::ColorMatrix;
    /// assert_eq!(ColorMatrix::Bt601.kr_kb(), (0.299, 0.114));
    /// assert_eq!(ColorMatrix::Bt709.kr_kb(), (0.2126, 0.0722));
    /// assert_eq!(ColorMatrix::Bt2020.kr_kb(), (0.2627, 0.0593));
    /// ```
    #[must_use]
    pub const fn kr_kb(self) -> (f64, f64) {
        match self {
            Self::Bt601 => (0.299, 0.114),
            Self::Bt709 => (0.2126, 0.0722),
            Self::Bt2020 => (0.2627, 0.0593),
        }
    }
}

/// The code values that stand for black and white.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ColorRange {
    /// Luma 16 to 235, chroma 16 to 240 ("video", "TV", "MPEG" range).
    #[default]
    Limited,
    /// 0 to 255 ("PC", "JPEG", "ER" range).
    Full,
}

/// Matrix and range of a YUV picture; RGB formats ignore it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Colorimetry {
    /// Which equations.
    pub matrix: ColorMatrix,
    /// Which code values.
    pub range: ColorRange,
}
