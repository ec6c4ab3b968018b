//! Names of classes and results of classifiers; on whichever runtime this process uses, see `meta.rs`.

#[path = "meta/support.rs"]
mod support;

use dsframe::meta::*;
use support::{batches, frame_of};

fn add(frame: FrameMeta<'_>, class_id: i32) -> ObjectMeta<'_> {
    frame.add_object(&ObjectInit { class_id, ..ObjectInit::default() }).unwrap()
}

#[test]
fn labels_are_cut_and_terminated() {
    for batch in batches(1) {
        let object = add(frame_of(&batch), 0);
        for (label, kept) in [
            ("x".repeat(126), 126),
            ("x".repeat(127), 127),
            ("x".repeat(128), 127),
            ("x".repeat(300), 127),
            (format!("{}ä", "x".repeat(125)), 127),
            (format!("{}ä", "x".repeat(126)), 126),
            (format!("{}ä", "x".repeat(127)), 127),
            (String::new(), 0),
        ] {
            object.set_label(&label);
            assert_eq!(object.label(), label[..kept], "{} bytes", label.len());
        }
        assert_eq!(object.classifiers().len(), 0, "the field behind the label is intact");
    }
}

#[test]
fn results_keep_long_labels_whole() {
    for batch in batches(1) {
        let object = add(frame_of(&batch), 0);
        let classifier = object.add_classifier(&ClassifierInit::default()).unwrap();
        let label = classifier.add_label(&LabelInit::default()).unwrap();
        let plain = [126, 127, 128, 129].map(|n| "x".repeat(n));
        for text in plain.into_iter().chain(["€".repeat(43), "a\0b".into()]) {
            label.set_label(&text);
            label.set_probability(0.25);
            let whole = text.split('\0').next().unwrap();
            assert_eq!(label.label(), whole);
            // SAFETY: fields of a live label of this thread's batch.
            let (array, long) = unsafe { ((*label.as_ptr()).result_label, (*label.as_ptr()).pResult_label) };
            let bytes = array.map(|c| c as u8);
            let end = bytes.iter().position(|&b| b == 0).expect("a terminator");
            assert!(whole.starts_with(std::str::from_utf8(&bytes[..end]).unwrap()), "cut between characters");
            assert!(end >= 126 || end == whole.len(), "{end} bytes are kept");
            assert_eq!(long.is_null(), whole.len() < 128);
            assert_eq!((label.probability(), label.num_classes()), (0.25, 0), "what lies behind is intact");
        }
    }
}

#[test]
fn classifiers_and_labels() {
    for batch in batches(1) {
        let object = add(frame_of(&batch), 0);
        let long = "y".repeat(200);
        let labels = [
            LabelInit { label: "red", result_class_id: 4, label_id: 1, num_classes: 12, probability: 0.5 },
            LabelInit { label: &long, ..LabelInit::default() },
        ];
        let init = ClassifierInit { unique_component_id: 5, classifier_type: Some("color"), labels: &labels };
        let added = object.add_classifier(&init).unwrap();
        let second = object.add_classifier(&ClassifierInit::default()).unwrap();
        assert_eq!(object.classifiers().collect::<Vec<_>>(), [second, added]);
        assert_eq!((added.unique_component_id(), added.num_labels()), (5, 2));
        assert_eq!(added.classifier_type().as_deref(), Some("color"));
        assert_eq!(second.classifier_type(), None);
        let read: Vec<_> = added.labels().rev().collect();
        assert_eq!((read[0].label(), read[1].label()), ("red".to_owned(), long.clone()));
        assert_eq!((read[0].result_class_id(), read[0].label_id(), read[0].num_classes()), (4, 1, 12));
        assert_eq!(read[0].probability(), 0.5);
        assert!(object.remove_classifier(added) && !object.remove_classifier(added));
        assert_eq!(object.classifiers().len(), 1);
    }
}
