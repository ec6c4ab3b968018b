use super::*;
use crate::ErrorKind;

#[test]
fn the_environment_caps_threads() {
    let count = |n| NonZero::new(n).unwrap();
    for (cap, expected) in [(None, 8), (Some("2"), 2), (Some(" 99 "), 8), (Some("0"), 8), (Some("x"), 8)] {
        assert_eq!(cap_threads(count(8), cap), count(expected), "{cap:?}");
    }
}

#[cfg(not(feature = "onnx"))]
#[test]
fn without_the_feature_models_are_unsupported() {
    let error = Engine::load("a.onnx", &EngineOptions::default()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[cfg(feature = "onnx")]
mod onnx {
    use super::*;

    const NANODET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/models/nanodet_g_416.onnx");

    fn load_error(path: &std::path::Path) -> crate::Error {
        Engine::load(path, &EngineOptions::default()).err().expect("must not load")
    }

    #[test]
    fn missing_and_corrupt_files_are_named() {
        let error = load_error("/nowhere/a.onnx".as_ref());
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("/nowhere/a.onnx"), "{error}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("broken.onnx");
        let model = std::fs::read(NANODET).unwrap();
        let contents: [&[u8]; 4] = [b"", b"this is not a model", &[0xFF; 300], &model[..model.len() / 2]];
        for bytes in contents {
            std::fs::write(&file, bytes).unwrap();
            let error = load_error(&file);
            assert!(matches!(error.kind(), ErrorKind::Config | ErrorKind::Unsupported), "{error:?}");
            assert!(error.to_string().contains("broken.onnx"), "{error}");
        }
    }

    #[test]
    fn a_contradicting_infer_dims_is_refused() {
        let options = EngineOptions { infer_dims: Some([3, 320, 320]), ..EngineOptions::default() };
        let error = Engine::load(NANODET, &options).err().unwrap();
        assert!(error.to_string().contains("input_1") && error.to_string().contains("320"), "{error}");
    }

    /// A protobuf field with bytes in it; every length here is below 128.
    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, content.len() as u8], content].concat()
    }

    /// A model whose output is its input, of the given size; 0 is an open dimension named `n`.
    fn identity(shape: &[u8]) -> Vec<u8> {
        let dim = |size: &u8| if *size == 0 { field(2, b"n") } else { vec![8, *size] };
        let dims: Vec<u8> = shape.iter().flat_map(|size| field(1, &dim(size))).collect();
        let tensor = [vec![8, 1], field(2, &dims)].concat();
        let value = |name| [field(1, name), field(2, &field(1, &tensor))].concat();
        let node = [field(1, b"picture"), field(2, b"same"), field(4, b"Identity")].concat();
        let graph =
            [field(1, &node), field(2, b"g"), field(11, &value(b"picture")), field(12, &value(b"same"))];
        [vec![8, 8], field(7, &graph.concat()), field(8, &[16, 13])].concat()
    }

    fn load_identity(shape: &[u8], infer_dims: Option<[usize; 3]>) -> crate::Result<Engine> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("identity.onnx");
        std::fs::write(&file, identity(shape)).unwrap();
        Engine::load(file, &EngineOptions { infer_dims, ..EngineOptions::default() })
    }

    #[test]
    fn open_sizes_take_infer_dims() {
        let engine = load_identity(&[0, 3, 0, 0], Some([3, 2, 4])).unwrap();
        assert_eq!(engine.input_shape(), [3, 2, 4]);
        let input: Vec<f32> = (0..24).map(|value| value as f32).collect();
        let outputs = engine.run(&input).unwrap();
        assert_eq!((outputs[0].shape.as_slice(), &outputs[0].data), ([1, 3, 2, 4].as_slice(), &input));
    }

    #[test]
    fn inputs_that_are_no_picture_are_refused_by_name() {
        let rows: [(&[u8], _, &str); 5] = [
            (&[1, 10], ErrorKind::Unsupported, "[1, 10], it must have 4 dimensions"),
            (&[1, 3, 2, 4, 1], ErrorKind::Unsupported, "it must have 4 dimensions"),
            (&[1, 64, 64, 3], ErrorKind::Unsupported, "(NCHW)"),
            (&[4, 3, 8, 8], ErrorKind::Unsupported, "its batch must be 1 or open"),
            (&[1, 3, 0, 0], ErrorKind::Config, "[1, 3, n, n]); add infer-dims="),
        ];
        for (shape, kind, says) in rows {
            let error = load_identity(shape, None).err().unwrap();
            let text = error.to_string();
            assert_eq!(error.kind(), kind, "{text}");
            assert!(
                text.contains("identity.onnx") && text.contains("picture") && text.contains(says),
                "{text}"
            );
        }
    }

    #[test]
    fn nanodet_runs_with_named_outputs() {
        let engine = Engine::load(NANODET, &EngineOptions::default()).unwrap();
        assert_eq!((engine.input_name(), engine.input_shape()), ("input_1", [3, 416, 416]));
        let error = engine.run(&[0.0; 7]).unwrap_err();
        assert!(error.to_string().contains("has 7 values"), "{error}");
        let outputs = engine.run(&vec![0.0; 3 * 416 * 416]).unwrap();
        let names: Vec<_> = engine.output_names().collect();
        assert_eq!(outputs.iter().map(|output| output.name.as_str()).collect::<Vec<_>>(), names);
        assert!(outputs.iter().any(|output| output.shape == [1, 2704, 80]));
        for output in &outputs {
            assert_eq!(output.data.len(), output.shape.iter().product::<usize>());
            assert!(output.data.iter().all(|value| value.is_finite()));
        }
    }
}
