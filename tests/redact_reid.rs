//! The examples `redact` and `reid`, and what they are called on a GPU, as a user runs them.
#![cfg(feature = "onnx")]

mod common;
#[path = "common/program.rs"]
mod program;
#[cfg(all(feature = "cuda", target_os = "linux"))]
#[path = "common/standin.rs"]
mod standin;
#[path = "common/videos.rs"]
mod videos;
#[path = "common/vtest.rs"]
mod vtest;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{parse, within};
use dsframe::frame::OwnedFrame;
use dsframe::ops::reid::{ReidSpec, reid_batch};
use dsframe::probe::{Verdict, on_batch};
use dsframe::roi::BBox;
use gst::prelude::*;
use program::Program;
use videos::{avi, decoded};

const LIMIT: Duration = Duration::from_secs(120);
/// Frames of the clips.
const FRAMES: usize = 12;

/// The first frames of the sample video, in H.264.
fn clip(folder: &Path, video: &str) -> PathBuf {
    let path = folder.join("clip.mp4");
    parse(&format!(
        "filesrc location=\"{video}\" ! decodebin ! identity eos-after={} ! x264enc speed-preset=ultrafast quantizer=16 \
         pass=quant bframes=0 ! mp4mux ! filesink location=\"{}\"",
        FRAMES,
        path.display()
    ))
    .run_for(LIMIT)
    .unwrap();
    path
}

/// The frames of a video as the examples see them, by number.
fn frames(video: &Path) -> BTreeMap<i32, OwnedFrame> {
    let pipeline = parse(&format!(
        "filesrc location=\"{}\" ! decodebin ! nvvideoconvert ! video/x-raw(memory:NVMM),format=NV12 ! m.sink_0 \
         nvstreammux name=m ! fakesink name=end sync=false",
        video.display()
    ));
    let seen = Arc::new(Mutex::new(BTreeMap::new()));
    let mine = Arc::clone(&seen);
    on_batch(&pipeline.element("end").static_pad("sink").unwrap(), move |batch| {
        for frame in batch.frames() {
            mine.lock().unwrap().insert(frame.frame_num(), frame.map_read()?.view().to_owned());
        }
        Ok(Verdict::Ok)
    })
    .unwrap();
    pipeline.run_for(LIMIT).unwrap();
    drop(pipeline);
    std::mem::take(&mut *seen.lock().unwrap())
}

/// Every file below `folder` but videos, whose headers have the time, and what is in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let inner = files(&path).into_iter();
            all.extend(inner.map(|(name, bytes)| (Path::new(path.file_name().unwrap()).join(name), bytes)));
        } else if path.extension().is_none_or(|extension| extension != "mp4") {
            all.insert(PathBuf::from(path.file_name().unwrap()), fs::read(&path).unwrap());
        }
    }
    all
}

/// Mean luma of a box without its borders.
fn luma(frame: &OwnedFrame, bbox: BBox) -> f64 {
    let view = frame.view();
    let inside = |start: f32, length: f32| {
        (start + length * 0.2) as usize
            ..((start + length * 0.8) as usize).max((start + length * 0.2) as usize + 1)
    };
    let (rows, columns) = (inside(bbox.top, bbox.height), inside(bbox.left, bbox.width));
    let values: Vec<f64> = rows
        .flat_map(|y| {
            view.plane(0).row(y as u32)[columns.clone()].iter().map(|&v| f64::from(v)).collect::<Vec<_>>()
        })
        .collect();
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn people_of_the_sample_video_are_hidden_and_nothing_else() {
    let Some(video) = vtest::path("people are hidden") else { return };
    within(LIMIT, move || {
        let folder = tempfile::tempdir().unwrap();
        let (clip, out) = (clip(folder.path(), &video), folder.path().join("out"));
        let done = Program::new("redact").arg(&clip).arg("--out").arg(&out).args(["--method", "fill"]).run();
        done.succeeded();
        assert!(
            done.stdout.contains(&format!("in {FRAMES} frames (0 of them on the GPU)")),
            "{}",
            done.stdout
        );
        let (before, after) = (frames(&clip), frames(&out.join("hidden_0.mp4")));
        assert_eq!((before.len(), after.len()), (FRAMES, FRAMES));
        let number = FRAMES as i32 - 2;
        let people = &vtest::reference()[&(number as usize)];
        let people: Vec<_> = people.iter().filter(|row| row.class == 0 && row.score > 0.7).collect();
        assert!(people.len() > 2, "{people:?}");
        let mut bright = 0;
        for row in people {
            let (was, is) = (luma(&before[&number], row.bbox), luma(&after[&number], row.bbox));
            // 16 is black.
            assert!((is - 16.0).abs() < 4.0, "{row:?}: luma {was} became {is}");
            bright += u32::from(was > 40.0);
        }
        assert!(bright > 1, "all were dark before");
        // Grass, where nobody walks.
        let lawn = BBox { left: 20.0, top: 400.0, width: 200.0, height: 150.0 };
        let (was, is) = (luma(&before[&number], lawn), luma(&after[&number], lawn));
        assert!((was - is).abs() < 2.0, "the lawn's luma {was} became {is}");
    });
}

#[test]
fn tensors_of_the_sample_video_are_those_of_its_frames() {
    let Some(video) = vtest::path("tensors of people") else { return };
    within(LIMIT, move || {
        let folder = tempfile::tempdir().unwrap();
        let (clip, out) = (clip(folder.path(), &video), folder.path().join("cpu"));
        Program::new("reid").arg(&clip).arg("--out").arg(&out).args(["--every", "5"]).run().succeeded();
        let (files, frames) = (files(&out), frames(&clip));
        let table = String::from_utf8(files[Path::new("items.csv")].clone()).unwrap();
        let mut boxes: BTreeMap<i32, Vec<BBox>> = BTreeMap::new();
        for line in table.lines().skip(1) {
            let cells: Vec<_> = line.split(',').collect();
            let number = |i: usize| cells[i].parse::<f32>().unwrap();
            assert_eq!((cells[0], cells[4]), ("0", "person"), "{line}");
            let bbox = BBox { left: number(5), top: number(6), width: number(7), height: number(8) };
            boxes.entry(cells[1].parse().unwrap()).or_default().push(bbox);
        }
        assert!(boxes.contains_key(&5) && boxes.keys().all(|frame| frame % 5 == 0), "{:?}", boxes.keys());
        for (number, boxes) in &boxes {
            let wanted =
                reid_batch::<f32>(&frames[number].view(), boxes, &ReidSpec::TORCHREID).unwrap().tensor;
            let wanted: Vec<u8> = wanted.iter().flat_map(|value| value.to_le_bytes()).collect();
            let file = &files[&Path::new("stream_0").join(format!("{number:06}.npy"))];
            let shape = format!("'shape': ({}, 3, 256, 128,)", boxes.len());
            assert!(String::from_utf8_lossy(&file[..128]).contains(&shape), "frame {number}: not {shape}");
            assert!(
                file.ends_with(&wanted) && (file.len() - wanted.len()).is_multiple_of(64),
                "frame {number}"
            );
        }
        let none = folder.path().join("none");
        let done = without_gpu("cuda_reid").arg(&clip).arg("--out").arg(&none).args(["--every", "5"]).run();
        done.succeeded();
        assert!(done.stderr.contains("going on on the CPU"), "{}", done.stderr);
        assert!(self::files(&none) == files, "other tensors without a GPU");
        #[cfg(all(feature = "cuda", target_os = "linux"))]
        on_the_stand_in(&clip, folder.path(), &files);
    });
}

/// `cuda_reid` where a GPU's driver runs on the host: the same files.
#[cfg(all(feature = "cuda", target_os = "linux"))]
fn on_the_stand_in(clip: &Path, folder: &Path, wanted: &BTreeMap<PathBuf, Vec<u8>>) {
    let Some(variables) = standin::variables() else { return };
    let out = folder.join("cuda");
    let done = Program::new("cuda_reid")
        .arg(clip)
        .arg("--out")
        .arg(&out)
        .args(["--every", "5"])
        .envs(variables)
        .env("XDG_CACHE_HOME", folder)
        .run();
    done.succeeded();
    assert!(done.stdout.contains("GPU ("), "{}\n{}", done.stdout, done.stderr);
    assert!(files(&out) == *wanted, "tensors made with kernels differ from the CPU's");
}

#[test]
fn without_a_gpu_the_processor_hides() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let input = avi(folder.path(), "in.avi", 3, (64, 48));
        let done = without_gpu("cuda_redact").arg(&input).arg("--out").arg(folder.path()).run();
        done.succeeded();
        assert!(done.stderr.contains("going on on the CPU"), "{}", done.stderr);
        assert_eq!(decoded(&folder.path().join("hidden_0.mp4")), ((64, 48), 3));
    });
}

/// A program that sees no GPU, whatever the machine has.
fn without_gpu(name: &str) -> Program {
    Program::new(name).env("CUDA_VISIBLE_DEVICES", "")
}

#[test]
fn results_of_an_earlier_run_stay() {
    within(LIMIT, || {
        let folder = tempfile::tempdir().unwrap();
        let input = avi(folder.path(), "in.avi", 2, (64, 48));
        for (name, result) in [("redact", "hidden_0.mp4"), ("reid", "items.csv")] {
            let out = folder.path().join(name);
            fs::create_dir(&out).unwrap();
            fs::write(out.join(result), "old").unwrap();
            let run = || Program::new(name).arg(&input).arg("--out").arg(&out);
            run().run().failed_with(&[result, "--overwrite"]);
            assert_eq!(fs::read(out.join(result)).unwrap(), b"old", "{name}");
            run().arg("--overwrite").run().succeeded();
            assert_ne!(fs::read(out.join(result)).unwrap(), b"old", "{name}");
            Program::new(name)
                .arg("nowhere.mp4")
                .arg("--out")
                .arg(folder.path().join("no"))
                .run()
                .failed_with(&["nowhere.mp4"]);
        }
    });
}
