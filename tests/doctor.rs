//! The example `doctor`, as a program: what it prints, and its exit code.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program that `cargo test` has built beside this test.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).expect("target/<profile>/deps/<test>");
    profile.join("examples").join(format!("doctor{}", std::env::consts::EXE_SUFFIX))
}

/// On the embedded runtime, so that every machine says the same.
fn doctor(arguments: &[&str]) -> (i32, String) {
    let program = program();
    let Output { status, stdout, stderr } = Command::new(&program)
        .args(arguments)
        .env("DSFRAME_RUNTIME", "embedded")
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let text = String::from_utf8(stdout).unwrap() + &String::from_utf8_lossy(&stderr);
    (status.code().unwrap_or_else(|| panic!("killed: {text}")), text)
}

const GOOD: &str = "videotestsrc num-buffers=5 ! nvvideoconvert name=convert ! video/x-raw(memory:NVMM),format=RGBA ! fakesink";

#[test]
fn a_machine_without_a_pipeline() {
    let (code, text) = doctor(&["--strict"]);
    assert_eq!(code, 0, "{text}");
    for word in [
        "runtime       embedded",
        "DSFRAME_RUNTIME is embedded",
        "libnvbufsurface.so",
        "GPU",
        "nvstreammux",
        "no problem",
    ] {
        assert!(text.contains(word), "{word} is not in:\n{text}");
    }
}

#[test]
fn a_pipeline_as_text_and_as_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pipeline.txt");
    std::fs::write(&file, format!("# a comment\n{}", GOOD.replace(" ! ", " \\\n  ! "))).unwrap();
    for pipeline in [GOOD, file.to_str().unwrap()] {
        let (code, text) = doctor(&["--pipeline", pipeline, "--frames", "5"]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("convert.src (nvvideoconvert): 5 buffers in "), "{text}");
        assert!(text.contains("320x240 Rgba pitch 1536"), "{text}");
    }
}

#[test]
fn problems_are_the_exit_code_of_strict_alone() {
    let bad = "filesrc location=/no/such/file ! fakesink";
    let (code, text) = doctor(&["--pipeline", bad]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("problem       filesrc0"), "{text}");
    let (code, text) = doctor(&["--pipeline", bad, "--strict"]);
    assert_eq!(code, 1, "{text}");
    let (code, text) = doctor(&["--pipeline", "no ! pipeline"]);
    assert!(code != 0 && text.contains("is no pipeline"), "{text}");
}
