//! YOLO heads with the decoding inside the model: one output, one box per row or column.
//!
//! | form | row | where |
//! |---|---|---|
//! | [`YoloForm::V8`] | centre x, centre y, width, height, one score per class | `[1, 4 + classes, N]` or `[1, N, 4 + classes]` |
//! | [`YoloForm::V5`] | the same with objectness before the classes, score is their product | `[1, N, 5 + classes]` or `[1, 5 + classes, N]` |
//! | [`YoloForm::EndToEnd`] | x1, y1, x2, y2, score, class | `[1, N, 6]` |
//!
//! All in pixels of the network's input. The form is found so, the first that fits:
//! 1. the last size is 6, and not 6 because of 2 classes (`num-detected-classes`) with centre and size:
//!    end to end, which is also what DeepStream-Yolo's exporter writes;
//! 2. one of the two sizes is 4 or 5 more than `num-detected-classes`: V8 or V5 with that size across;
//! 3. with the number of classes unknown, the larger size counts boxes: as many as the cells of strides 8, 16, 32
//!    (or with 64, with 4, or only 16 and 32): V8; three times as many: V5.
//!
//! A V5 head of one class has rows of 6 too; name it with `NvDsInferParseYoloV5`.

use super::{Candidate, ParseContext, best, cells, matrix, wrong_shapes};
use crate::Result;
use crate::elements::nvinfer::engine::OutputTensor;

/// What a row of a YOLO head holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YoloForm {
    /// Box and class scores.
    V8,
    /// Box, objectness and class scores.
    V5,
    /// Corners, score and class.
    EndToEnd,
}

const PYRAMIDS: [&[usize]; 4] = [&[8, 16, 32], &[8, 16, 32, 64], &[4, 8, 16, 32], &[16, 32]];

const MUST: &str = "one tensor [1, 4 + classes, N], [1, N, 5 + classes] or [1, N, 6] (YOLO); if it is, set \
                    num-detected-classes";

/// An understood head: value `i` of box `n` is at `n * box_step + i * value_step`.
pub(in super::super) struct Head<'a> {
    pub(in super::super) form: YoloForm,
    data: &'a [f32],
    boxes: usize,
    values: usize,
    box_step: usize,
    value_step: usize,
}

impl YoloForm {
    fn before_classes(self) -> usize {
        match self {
            Self::V8 => 4,
            Self::V5 => 5,
            Self::EndToEnd => 6,
        }
    }
}

/// Finds form and orientation of the only output; `wanted` fixes the form.
pub(in super::super) fn head<'a>(
    outputs: &'a [OutputTensor],
    context: &ParseContext<'_>,
    wanted: Option<YoloForm>,
) -> Result<Head<'a>> {
    let wrong = || wrong_shapes(outputs, MUST);
    let [output] = outputs else { return Err(wrong()) };
    let shape = matrix(output).ok_or_else(wrong)?;
    let (form, across) = match wanted {
        None => form_and_axis(shape, context).ok_or_else(wrong)?,
        Some(YoloForm::EndToEnd) if shape[1] == 6 => (YoloForm::EndToEnd, 1),
        Some(YoloForm::EndToEnd) => return Err(wrong()),
        Some(form) => (form, axis(form, shape, context.num_classes).ok_or_else(wrong)?),
    };
    let (boxes, values) = (shape[1 - across], shape[across]);
    let (box_step, value_step) = if across == 1 { (values, 1) } else { (1, boxes) };
    Ok(Head { form, data: &output.data, boxes, values, box_step, value_step })
}

/// Which of the two sizes runs across a box's values, for a given form.
fn axis(form: YoloForm, shape: [usize; 2], num_classes: Option<usize>) -> Option<usize> {
    let smaller = if shape[1] <= shape[0] { 1 } else { 0 };
    match num_classes {
        Some(count) => {
            [smaller, 1 - smaller].into_iter().find(|at| shape[*at] == form.before_classes() + count)
        }
        None => (shape[smaller] > form.before_classes()).then_some(smaller),
    }
}

fn form_and_axis(shape: [usize; 2], context: &ParseContext<'_>) -> Option<(YoloForm, usize)> {
    if shape[1] == 6 && context.num_classes != Some(2) {
        return Some((YoloForm::EndToEnd, 1));
    }
    let by_axis = |form| axis(form, shape, context.num_classes).map(|axis| (form, axis));
    if context.num_classes.is_some() {
        return by_axis(YoloForm::V8).or_else(|| by_axis(YoloForm::V5));
    }
    let boxes = shape[0].max(shape[1]);
    let count = |pyramid: &[usize]| pyramid.iter().map(|stride| cells(context.net, *stride)).sum::<usize>();
    let is = |times: usize| PYRAMIDS.iter().any(|pyramid| count(pyramid) * times == boxes);
    if is(1) {
        by_axis(YoloForm::V8)
    } else if is(3) {
        by_axis(YoloForm::V5)
    } else {
        None
    }
}

impl Head<'_> {
    fn value(&self, of: usize, at: usize) -> f32 {
        self.data[of * self.box_step + at * self.value_step]
    }

    /// Box `of`, unless its class is not one of `num_classes`.
    fn candidate(&self, of: usize, num_classes: Option<usize>) -> Option<Candidate> {
        let four = [0, 1, 2, 3].map(|at| self.value(of, at));
        if self.form == YoloForm::EndToEnd {
            let class = self.value(of, 5);
            let known = class >= 0.0 && class < num_classes.map_or(f32::INFINITY, |count| count as f32);
            return known.then(|| Candidate::from_corners(four, self.value(of, 4), class as u32));
        }
        let classes = self.form.before_classes()..self.values;
        let (class_id, class_score) = best(classes.map(|at| self.value(of, at)));
        let score = if self.form == YoloForm::V5 { self.value(of, 4) * class_score } else { class_score };
        let [x, y, width, height] = four;
        let corners = [x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0];
        Some(Candidate::from_corners(corners, score, class_id))
    }
}

pub(super) fn parse(
    outputs: &[OutputTensor],
    context: &ParseContext<'_>,
    form: Option<YoloForm>,
    candidates: &mut Vec<Candidate>,
) -> Result<()> {
    let head = head(outputs, context, form)?;
    let found = (0..head.boxes).filter_map(|of| head.candidate(of, context.num_classes));
    candidates.extend(
        found.filter(|found| found.is_finite() && found.score >= (context.threshold)(found.class_id)),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elements::nvinfer::parsers::Parser;

    const NET: [usize; 2] = [64, 64]; // 64 + 16 + 4 = 84 cells at strides 8, 16, 32

    fn context(num_classes: Option<usize>) -> ParseContext<'static> {
        ParseContext { net: NET, num_classes, threshold: &|_| 0.5 }
    }

    /// `rows` with box 3 set to `values`, the others 0.
    fn tensor(boxes: usize, values: &[f32], channels_first: bool) -> Vec<OutputTensor> {
        let count = values.len();
        let mut data = vec![0.0; boxes * count];
        for (i, value) in values.iter().enumerate() {
            data[if channels_first { i * boxes + 3 } else { 3 * count + i }] = *value;
        }
        let shape = if channels_first { vec![1, count, boxes] } else { vec![1, boxes, count] };
        vec![OutputTensor { name: "output0".to_owned(), shape, data }]
    }

    fn parsed(outputs: &[OutputTensor], classes: Option<usize>, name: &str) -> Vec<Candidate> {
        let mut found = Vec::new();
        Parser::named(name).unwrap().parse(outputs, &context(classes), &mut found).unwrap();
        found
    }

    #[test]
    fn forms_are_found_by_shape() {
        let v8 = [20.0, 30.0, 10.0, 20.0, 0.1, 0.9, 0.2];
        let v5 = [20.0, 30.0, 10.0, 20.0, 0.9, 0.1, 1.0, 0.2];
        let corners = [15.0, 20.0, 25.0, 40.0, 0.9, 1.0];
        // (values, boxes, channels first, classes known, form)
        type Row<'a> = (&'a [f32], usize, bool, Option<usize>, YoloForm);
        let rows: [Row<'_>; 9] = [
            (&v8, 84, true, Some(3), YoloForm::V8),
            (&v8, 84, true, None, YoloForm::V8),
            (&v8, 84, false, Some(3), YoloForm::V8),
            (&v8, 5, false, Some(3), YoloForm::V8),
            (&v5, 252, false, Some(3), YoloForm::V5),
            (&v5, 252, false, None, YoloForm::V5),
            (&v5, 252, true, Some(3), YoloForm::V5),
            (&corners, 300, false, None, YoloForm::EndToEnd),
            (&corners, 84, false, Some(3), YoloForm::EndToEnd),
        ];
        for (values, boxes, channels_first, classes, form) in rows {
            let outputs = tensor(boxes, values, channels_first);
            assert_eq!(Parser::recognise(&outputs, &context(classes)).unwrap(), Parser::Yolo(Some(form)));
            let found = parsed(&outputs, classes, "NvDsInferParseYolo");
            let expected =
                Candidate { left: 15.0, top: 20.0, width: 10.0, height: 20.0, score: 0.9, class_id: 1 };
            assert_eq!(found, [expected], "{form:?} {boxes} {channels_first}");
        }
    }

    #[test]
    fn two_classes_and_one_class_with_rows_of_six() {
        let two = tensor(84, &[20.0, 30.0, 10.0, 20.0, 0.1, 0.9], true);
        assert_eq!(parsed(&two, Some(2), "NvDsInferParseYolo")[0].class_id, 1);
        let one = tensor(252, &[20.0, 30.0, 10.0, 20.0, 0.9, 0.8], false);
        let found = parsed(&one, Some(1), "NvDsInferParseYoloV5");
        assert_eq!((found[0].left, found[0].score), (15.0, 0.9 * 0.8));
    }

    #[test]
    fn end_to_end_rows_of_unknown_classes_are_left_out() {
        for (class, count) in [(2.0, 1), (3.0, 0), (-1.0, 0), (f32::NAN, 0)] {
            let outputs = tensor(300, &[1.0, 1.0, 2.0, 2.0, 0.9, class], false);
            assert_eq!(parsed(&outputs, Some(3), "NvDsInferParseYolo").len(), count, "{class}");
        }
    }

    #[test]
    fn unclear_shapes_are_refused() {
        let odd = tensor(77, &[0.0; 9], false);
        for (outputs, classes) in [(&odd, None), (&odd, Some(3))] {
            let error = Parser::recognise(outputs, &context(classes)).unwrap_err();
            let text = error.to_string();
            assert!(text.contains("output0 [1, 77, 9]") && text.contains("NvDsInferParseYolo"), "{text}");
        }
        let mut short = tensor(84, &[0.0; 7], true);
        short[0].data.pop();
        assert!(head(&short, &context(Some(3)), None).is_err(), "shape and data disagree");
        assert!(head(&odd, &context(None), Some(YoloForm::EndToEnd)).is_err());
    }

    #[test]
    fn values_that_are_no_numbers_make_no_boxes() {
        let outputs = tensor(84, &[f32::NAN, 30.0, 10.0, 20.0, 0.1, 0.9, 0.2], true);
        assert!(parsed(&outputs, Some(3), "NvDsInferParseYolo").is_empty());
    }
}
