//! The example `save_crops` with what cannot work: an exit code, and a message that names it.

mod common;
#[path = "common/program.rs"]
mod program;
#[path = "common/videos.rs"]
mod videos;

use std::fs;
use std::path::Path;
use std::time::Duration;

use common::within;
use program::{Done, Program};
use videos::{avi, wav};

const LIMIT: Duration = Duration::from_secs(120);

fn run(folder: &Path, args: &[&str]) -> Done {
    Program::new("save_crops").arg("--out").arg(folder.join("out")).args(args).run()
}

#[test]
fn inputs_that_are_no_videos_are_named() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let noise: Vec<u8> = (0..60_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        fs::write(at("noise.mp4"), noise).unwrap();
        fs::write(at("empty.avi"), "").unwrap();
        fs::write(at("words.mp4"), "These are words.\n".repeat(200)).unwrap();
        fs::create_dir(at("folder")).unwrap();
        wav(folder.path(), "sound.wav");
        for (name, words) in [
            ("missing.mp4", "cannot open"),
            ("folder", "is a folder"),
            ("noise.mp4", "not"),
            ("empty.avi", ""),
            ("words.mp4", "not"),
            ("sound.wav", "no video"),
        ] {
            let done = run(folder.path(), &[&at(name)]);
            done.failed_with(&["save_crops: ", &at(name), words]);
            assert!(!Path::new(&at("out")).exists(), "{name}: no folder is left for nothing");
        }
        let done = run(folder.path(), &["file:///nowhere/a.mp4"]);
        done.failed_with(&["file:///nowhere/a.mp4"]);
        run(folder.path(), &["nonsense://a"]).failed_with(&["nonsense://a"]);
        run(folder.path(), &["/dev/video97"]).failed_with(&["/dev/video97"]);
    });
}

#[test]
fn one_bad_input_among_good_ones_is_named_before_anything_runs() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let good = avi(folder.path(), "good.avi", 2, (32, 24));
        let done = run(folder.path(), &[good.to_str().unwrap(), "/nowhere/bad.avi"]);
        done.failed_with(&["/nowhere/bad.avi"]);
        assert!(!folder.path().join("out").exists());
    });
}

#[test]
fn a_file_in_the_way_of_the_output_is_named() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let input = avi(folder.path(), "in.avi", 2, (32, 24));
        let input = input.to_str().unwrap();
        let out = folder.path().join("out");
        fs::write(&out, "a file").unwrap();
        run(folder.path(), &[input]).failed_with(&[out.to_str().unwrap()]);
        run(folder.path(), &[input, "--overwrite"]).failed_with(&[out.to_str().unwrap()]);
        assert_eq!(fs::read_to_string(&out).unwrap(), "a file", "it is not replaced");
        fs::remove_file(&out).unwrap();
        fs::create_dir(&out).unwrap();
        fs::write(out.join("crops"), "a file").unwrap();
        run(folder.path(), &[input, "--overwrite"]).failed_with(&[out.join("crops").to_str().unwrap()]);
        assert_eq!(fs::read_to_string(out.join("crops")).unwrap(), "a file");
    });
}

#[test]
fn wrong_values_are_told_with_their_options() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let input = avi(folder.path(), "in.avi", 2, (32, 24));
        let input = input.to_str().unwrap();
        for (option, value) in [
            ("--format", "gif"),
            ("--format", ""),
            ("--quality", "0"),
            ("--quality", "101"),
            ("--quality", "high"),
            ("--min-confidence", "1.5"),
            ("--min-confidence", "NaN"),
            ("--min-confidence", "half"),
            ("--best", "0"),
            ("--padding", "-1"),
            ("--padding", "inf"),
        ] {
            let done = run(folder.path(), &[input, &format!("{option}={value}")]);
            done.failed_with(&[option, value]);
        }
        run(folder.path(), &[input, "--all", "--best=2"]).failed_with(&["--all", "--best"]);
        run(folder.path(), &[]).failed_with(&["INPUT"]);
        run(folder.path(), &[input, "--no-such-option"]).failed_with(&["--no-such-option"]);
        assert!(!folder.path().join("out").exists());
    });
}

#[test]
fn a_configuration_that_cannot_work_is_named() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let input = avi(folder.path(), "in.avi", 2, (32, 24));
        let input = input.to_str().unwrap();
        let run = |config: &str| run(folder.path(), &[input, "--overwrite", "--config", config]);
        run("/nowhere/config.txt").failed_with(&["/nowhere/config.txt"]);
        fs::write(at("key.txt"), "[property]\nonnx-file=a.onnx\ninterval=often\n").unwrap();
        run(&at("key.txt")).failed_with(&[&at("key.txt"), "interval", "often"]);
        fs::write(at("model.txt"), "[property]\nonnx-file=a.onnx\n").unwrap();
        run(&at("model.txt")).failed_with(&["a.onnx"]);
    });
}
