//! The example `save_crops` as a user runs it: files in, files out, and messages that help.
#![cfg(feature = "onnx")]

mod common;
#[path = "common/program.rs"]
mod program;
#[path = "common/videos.rs"]
mod videos;
#[path = "common/vtest.rs"]
mod vtest;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::within;
use program::{Program, program};
use serde_json::Value;
use videos::{avi, decoded, patterned_avi};

const LIMIT: Duration = Duration::from_secs(120);

/// The lines of `objects.jsonl` by source; each has the keys that are promised and no other.
fn lines(out: &Path) -> BTreeMap<u64, Vec<Value>> {
    let text = fs::read_to_string(out.join("objects.jsonl")).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "the last line is whole");
    let mut sources: BTreeMap<u64, Vec<Value>> = BTreeMap::new();
    for line in text.lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        let keys: BTreeSet<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(["source_id", "frame_num", "pts", "objects"]), "{line}");
        assert!(line.starts_with(r#"{"source_id":"#), "{line}");
        assert!(value["objects"].is_array() && value["pts"].is_u64(), "{line}");
        sources.entry(value["source_id"].as_u64().unwrap()).or_default().push(value);
    }
    for lines in sources.values() {
        let numbers: Vec<_> = lines.iter().map(|line| line["frame_num"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (0..lines.len() as u64).collect::<Vec<_>>(), "every frame once, in order");
        assert!(lines.is_sorted_by(|a, b| a["pts"].as_u64() < b["pts"].as_u64()), "time goes on");
    }
    sources
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn videos_of_different_sizes_and_lengths_are_done_to_the_last_frame() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let sizes = [(160, 120), (96, 64), (97, 65)];
        let counts = [12, 5, 7];
        let inputs: Vec<_> =
            (0..3).map(|i| avi(folder.path(), &format!("in put {i}.avi"), counts[i], sizes[i])).collect();
        let out = folder.path().join("new").join("out");
        let done = Program::new("save_crops").args(&inputs).arg("--out").arg(&out).run();
        done.succeeded();
        let lines = lines(&out);
        assert_eq!(lines.len(), 3);
        for (i, (width, height)) in sizes.into_iter().enumerate() {
            assert_eq!(lines[&(i as u64)].len(), counts[i] as usize, "lines of source {i}");
            // An odd row or column cannot be encoded alone; a black one is put beside it.
            let even = (width as i32 + width as i32 % 2, height as i32 + height as i32 % 2);
            let video = out.join(format!("annotated_{i}.mp4"));
            assert_eq!(decoded(&video), (even, counts[i] as usize), "{}", video.display());
            assert!(done.stdout.contains(video.to_str().unwrap()), "{}", done.stdout);
        }
        assert!(names(&out).contains("crops") && !names(&out).contains("annotated.mp4"));
    });
}

#[test]
fn without_a_video_there_is_none_and_an_old_run_is_kept() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let input = avi(folder.path(), "in.avi", 2, (64, 48));
        let out = folder.path().join("out");
        let run =
            |more: &[&str]| Program::new("save_crops").arg(&input).arg("--out").arg(&out).args(more).run();
        run(&["--no-video"]).succeeded();
        assert_eq!(lines(&out)[&0].len(), 2);
        assert_eq!(names(&out), BTreeSet::from(["crops".into(), "objects.jsonl".into()]));

        fs::write(out.join("mine.txt"), "mine").unwrap();
        fs::create_dir_all(out.join("crops/stream_0")).unwrap();
        fs::write(out.join("crops/stream_0/old.jpg"), "old").unwrap();
        let refused = run(&["--no-video"]);
        refused.failed_with(&["stream_0", "--overwrite"]);
        assert_eq!(lines(&out)[&0].len(), 2, "what was there stays");

        run(&["--overwrite"]).succeeded();
        let left = BTreeSet::from(["annotated.mp4", "crops", "mine.txt", "objects.jsonl"].map(String::from));
        assert_eq!(names(&out), left, "what is not a result stays");
        assert!(!out.join("crops/stream_0/old.jpg").exists());
        assert_eq!(decoded(&out.join("annotated.mp4")), ((64, 48), 2));
    });
}

#[test]
fn ctrl_c_leaves_whole_files() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        // Noise makes large frames, which reach the disk soon.
        let long = patterned_avi(folder.path(), "long.avi", 1500, (160, 120), "snow");
        let short = avi(folder.path(), "short.avi", 3, (64, 48));
        let out = folder.path().join("out");
        let video = out.join("annotated_0.mp4");
        let mut running = Program::new("save_crops").args([&long, &short]).arg("--out").arg(&out).start();
        // Frames have arrived at the end of the pipeline, and the other source has ended.
        running.wait_until(|| fs::metadata(&video).is_ok_and(|m| m.len() > 50_000));
        // A terminal or a tool may signal the process and its group: that is one press.
        running.interrupt();
        running.interrupt();
        let done = running.wait();
        done.succeeded();
        assert!(done.stdout.contains("Stopped by Ctrl-C"), "{}", done.stdout);
        let lines = lines(&out);
        let (count, rest) = (lines[&0].len(), lines[&1].len());
        assert!((4..1500).contains(&count) && rest == 3, "{count} and {rest} lines");
        assert_eq!(decoded(&video), ((160, 120), count));
        assert_eq!(decoded(&out.join("annotated_1.mp4")), ((64, 48), 3));
    });
}

/// Before the first frame is decoded there is nothing to save, and no reason to wait either.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_at_the_very_start_ends_at_once() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let input = avi(folder.path(), "long.avi", 1500, (64, 48));
        for more in [&[][..], &["--no-video"]] {
            let mut running = Program::new("save_crops")
                .arg(&input)
                .arg("--out")
                .arg(folder.path().join("out"))
                .arg("--overwrite")
                .args(more)
                .start();
            running.wait_until_watching();
            running.interrupt();
            let start = Instant::now();
            running.wait().succeeded();
            assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
        }
    });
}

#[test]
fn a_source_that_fails_does_not_take_the_others_with_it() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let input = avi(folder.path(), "in.avi", 4, (64, 48));
        let out = folder.path().join("out");
        // Nobody answers at this port.
        let bad = "rtsp://127.0.0.1:9/camera";
        let done = Program::new("save_crops").arg(&input).arg(bad).arg("--out").arg(&out).run();
        done.failed_with(&[bad, "connect"]);
        assert_eq!(
            lines(&out).into_iter().map(|(id, lines)| (id, lines.len())).collect::<Vec<_>>(),
            [(0, 4)]
        );
        assert_eq!(decoded(&out.join("annotated_0.mp4")), ((64, 48), 4));
    });
}

#[test]
fn crops_are_named_for_what_they_are() {
    let Some(path) = vtest::path("crops of people in a video that was cut off") else { return };
    within(LIMIT, move || {
        let folder = tempfile::tempdir().unwrap();
        let bytes = fs::read(&path).unwrap();
        let input = folder.path().join("cut.avi");
        fs::write(&input, &bytes[..350_000]).unwrap();
        let out = folder.path().join("out");
        let done = Program::new("save_crops")
            .arg(&input)
            .arg("--out")
            .arg(&out)
            .args(["--min-confidence", "0.5"])
            .run();
        done.succeeded();
        let lines = lines(&out);
        let frames = lines[&0].len();
        assert!(frames >= 20, "{frames} frames");
        assert_eq!(decoded(&out.join("annotated.mp4")), ((768, 576), frames));

        // A track's best frame, and its box there.
        let mut tracks = BTreeSet::new();
        let crops = names(&out.join("crops/stream_0"));
        for name in &crops {
            let stem = name.strip_suffix(".jpg").unwrap_or_else(|| panic!("{name}"));
            let [frame, source, track, label, size] = stem.split('_').collect::<Vec<_>>()[..] else {
                panic!("{name}")
            };
            assert_eq!((source, label), ("0", "PERSON"), "{name}");
            let jpeg = image::image_dimensions(out.join("crops/stream_0").join(name)).unwrap();
            assert_eq!(format!("{}x{}", jpeg.0, jpeg.1), size, "{name}");
            let (frame, track): (usize, u64) = (frame.parse().unwrap(), track.parse().unwrap());
            assert!(tracks.insert(track), "one crop of a track: {crops:?}");
            let objects = lines[&0][frame]["objects"].as_array().unwrap();
            let object = objects.iter().find(|object| object["object_id"] == track).expect(name);
            assert_eq!(object["label"], "person", "{name}");
            assert!(object["confidence"].as_f64().unwrap() >= 0.5, "{name}: {object}");
            for (key, pixels) in [("width", jpeg.0), ("height", jpeg.1)] {
                let length = object[key].as_f64().unwrap();
                assert!((length - f64::from(pixels)).abs() < 2.0, "{name}: {object}");
            }
        }
        assert!(tracks.len() >= 3, "{crops:?}");
        let seen: BTreeSet<_> = lines[&0]
            .iter()
            .flat_map(|line| line["objects"].as_array().unwrap())
            .filter(|o| o["label"] == "person" && o["confidence"].as_f64().is_some_and(|c| c >= 0.5))
            .map(|object| object["object_id"].as_u64().unwrap())
            .collect();
        assert_eq!(tracks, seen, "every person has a crop");
        let sheet = image::image_dimensions(out.join("contact_sheet.png")).unwrap();
        assert!(sheet.0 > 100 && sheet.1 > 100, "{sheet:?}");
    });
}

#[test]
fn the_help_lists_every_option() {
    let done = Program::new("save_crops").arg("--help").run();
    done.succeeded();
    for option in ["--out", "--overwrite", "--config", "--classes", "--min-confidence", "--format", "--best"]
    {
        assert!(done.stdout.contains(option), "{option}");
    }
    assert!(program("save_crops").is_file());
}
