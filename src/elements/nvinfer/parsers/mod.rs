//! From output tensors to candidate boxes.
//!
//! The real nvinfer calls a function out of `custom-lib-path`; here `parse-bbox-func-name` chooses one
//! of the built-in readers below. Without that key the outputs' shapes choose.
//!
//! | `parse-bbox-func-name` | reads |
//! |---|---|
//! | `NvDsInferParseNanoDet`, `NvDsInferParseCustomNanoDet` | NanoDet: class and distance maps per level |
//! | `NvDsInferParseYolo`, `NvDsInferParseYoloCuda` (as in DeepStream-Yolo) | a YOLO head, form found by shape |
//! | `NvDsInferParseYoloV8`, `NvDsInferParseYoloV5`, `NvDsInferParseYoloE2E` | a YOLO head of that form |

pub(super) mod nanodet;
pub(super) mod yolo;

use super::engine::OutputTensor;
use crate::{Error, ErrorKind, Result};

pub use yolo::YoloForm;

/// A box that a network proposes, in pixels of the network's input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Left edge; may lie outside the input.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Width, 0 or more.
    pub width: f32,
    /// Height, 0 or more.
    pub height: f32,
    /// Confidence, 0 to 1.
    pub score: f32,
    /// The class of the highest score.
    pub class_id: u32,
}

impl Candidate {
    fn from_corners([x1, y1, x2, y2]: [f32; 4], score: f32, class_id: u32) -> Self {
        let (width, height) = ((x2 - x1).max(0.0), (y2 - y1).max(0.0));
        Self { left: x1, top: y1, width, height, score, class_id }
    }

    /// False where a network gave infinities or no numbers, which nothing downstream can use.
    fn is_finite(&self) -> bool {
        [self.left, self.top, self.width, self.height, self.score].iter().all(|value| value.is_finite())
    }
}

/// What a parser knows besides the tensors.
#[derive(Clone, Copy)]
pub struct ParseContext<'a> {
    /// Width and height of the network's input.
    pub net: [usize; 2],
    /// How many classes there are, where the configuration or the label file tells.
    pub num_classes: Option<usize>,
    /// The score a candidate of a class needs (`pre-cluster-threshold`).
    pub threshold: &'a dyn Fn(u32) -> f32,
}

/// A reader of output tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parser {
    /// NanoDet's heads.
    NanoDet,
    /// A YOLO head; `None` finds its form by shape.
    Yolo(Option<YoloForm>),
}

/// What [`Parser::named`] knows.
const NAMES: &[(&str, Parser)] = &[
    ("NvDsInferParseNanoDet", Parser::NanoDet),
    ("NvDsInferParseCustomNanoDet", Parser::NanoDet),
    ("NvDsInferParseYolo", Parser::Yolo(None)),
    ("NvDsInferParseYoloCuda", Parser::Yolo(None)),
    ("NvDsInferParseYoloV8", Parser::Yolo(Some(YoloForm::V8))),
    ("NvDsInferParseYoloV5", Parser::Yolo(Some(YoloForm::V5))),
    ("NvDsInferParseYoloE2E", Parser::Yolo(Some(YoloForm::EndToEnd))),
];

impl Parser {
    /// The parser that `parse-bbox-func-name` asks for.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a name that is not built in; the message lists those that are.
    ///
    /// ```
    /// use dsframe::elements::nvinfer::Parser;
    /// assert_eq!(Parser::named("NvDsInferParseNanoDet")?, Parser::NanoDet);
    /// assert!(Parser::named("NvDsInferParseMine").is_err());
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    pub fn named(name: &str) -> Result<Self> {
        let found = NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, parser)| *parser).ok_or_else(|| {
            let message = format!("parse-bbox-func-name is \"{name}\", it must be one of {}", known_names());
            Error::new(ErrorKind::Config, message)
        })
    }

    /// The parser whose outputs look like these.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if none does; the message has the shapes and the names to choose from.
    pub fn recognise(outputs: &[OutputTensor], context: &ParseContext<'_>) -> Result<Self> {
        if nanodet::levels(outputs, context).is_ok() {
            return Ok(Self::NanoDet);
        }
        yolo::head(outputs, context, None).map(|head| Self::Yolo(Some(head.form))).map_err(|_| {
            let (shapes, names) = (shapes(outputs), known_names());
            let message = format!(
                "no built-in parser recognises the outputs {shapes}; set num-detected-classes, or \
                 parse-bbox-func-name to one of {names}"
            );
            Error::new(ErrorKind::Config, message)
        })
    }

    /// Appends the boxes in `outputs` that reach their class's threshold, in the order of the tensors.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the shapes are not this parser's.
    pub fn parse(
        self,
        outputs: &[OutputTensor],
        context: &ParseContext<'_>,
        candidates: &mut Vec<Candidate>,
    ) -> Result<()> {
        match self {
            Self::NanoDet => nanodet::parse(outputs, context, candidates),
            Self::Yolo(form) => yolo::parse(outputs, context, form, candidates),
        }
    }
}

fn known_names() -> String {
    NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn shapes(outputs: &[OutputTensor]) -> String {
    let shapes: Vec<_> = outputs.iter().map(|output| format!("{} {:?}", output.name, output.shape)).collect();
    shapes.join(", ")
}

#[cold]
fn wrong_shapes(outputs: &[OutputTensor], must: &str) -> Error {
    Error::new(ErrorKind::Config, format!("the model's outputs are {}; they must be {must}", shapes(outputs)))
}

/// Rows and columns of a tensor that is a matrix but for leading ones.
fn matrix(output: &OutputTensor) -> Option<[usize; 2]> {
    let (last, leading) = output.shape.split_last_chunk::<2>().map(|(leading, last)| (last, leading))?;
    let complete = last[0].checked_mul(last[1]) == Some(output.data.len());
    (complete && leading.iter().all(|size| *size == 1)).then_some(*last)
}

/// The highest value and where it is; the first of equals.
fn best(values: impl Iterator<Item = f32>) -> (u32, f32) {
    let first = (0, f32::NEG_INFINITY);
    (0..).zip(values).fold(first, |best, (at, value)| if value > best.1 { (at, value) } else { best })
}

/// Grid cells of a feature map: the sides are rounded up.
fn cells(net: [usize; 2], stride: usize) -> usize {
    net[0].div_ceil(stride) * net[1].div_ceil(stride)
}
