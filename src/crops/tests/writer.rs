use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use super::blank;
use crate::crops::{CropWriter, ImageFormat, Job, OnFull, Submitted, WriteCounts, WriterOptions, file};
use crate::frame::OwnedFrame;
use crate::{Error, ErrorKind};

fn job(path: impl Into<PathBuf>) -> Job {
    Job { frame: blank(10, 10), path: path.into() }
}

fn files(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

fn balanced(counts: WriteCounts) -> bool {
    counts.submitted == counts.queued + counts.written + counts.dropped + counts.failed
}

#[test]
fn every_submitted_crop_is_a_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let writer = CropWriter::new(WriterOptions { threads: 3, ..Default::default() }).unwrap();
    let writer = Arc::new(writer);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (writer, folder) = (&writer, folder.path());
            scope.spawn(move || {
                for i in 0..50 {
                    let path = folder.join(format!("stream_{thread}")).join(format!("{i}.jpg"));
                    assert_eq!(writer.submit(job(path)), Submitted::Queued);
                    assert!(balanced(writer.counts()));
                }
            });
        }
    });
    let mut writer = Arc::into_inner(writer).unwrap();
    let counts = writer.finish().unwrap();
    assert_eq!(counts, WriteCounts { submitted: 400, written: 400, ..Default::default() });
    for thread in 0..8 {
        let folder = folder.path().join(format!("stream_{thread}"));
        assert_eq!(files(&folder).len(), 50, "and no temporary file");
        assert!(files(&folder).iter().all(|name| {
            let bytes = fs::read(folder.join(name)).unwrap();
            bytes.starts_with(&[0xFF, 0xD8]) && bytes.ends_with(&[0xFF, 0xD9])
        }));
    }
    assert_eq!(writer.submit(job(folder.path().join("late.jpg"))), Submitted::Dropped);
    assert_eq!(writer.finish().unwrap().dropped, 1);
}

/// A writer whose only worker waits at `gate` before each job.
fn gated(on_full: OnFull, queue_bytes: usize) -> (CropWriter, Arc<Barrier>, Arc<AtomicUsize>) {
    let gate = Arc::new(Barrier::new(2));
    let done = Arc::new(AtomicUsize::new(0));
    let (at, count) = (gate.clone(), done.clone());
    let options = WriterOptions { threads: 1, on_full, queue_bytes, ..Default::default() };
    let writer = CropWriter::with_work(options, move |_, job| {
        at.wait();
        let number: usize = job.path.to_str().unwrap().parse().unwrap();
        count.fetch_add(1 << number, Ordering::SeqCst);
        Ok(())
    });
    (writer.unwrap(), gate, done)
}

/// Lets `jobs` jobs through.
fn pass(gate: &Barrier, jobs: u64) {
    for _ in 0..jobs {
        gate.wait();
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(10), "{what}");
        std::thread::yield_now();
    }
}

/// Puts job 0 into the worker's hands and leaves `more` waiting; 100 bytes each.
fn fill(writer: &CropWriter, more: usize) -> Vec<Submitted> {
    (0..=more).map(|i| writer.submit(job(i.to_string()))).collect()
}

#[test]
fn a_full_queue_does_what_was_chosen_and_counts_it() {
    // Nobody passes the gate yet: job 0 may still be in the queue, which has room for three.
    let (mut writer, gate, done) = gated(OnFull::DropNewest, 300);
    let outcomes = fill(&writer, 9);
    let queued = outcomes.iter().filter(|o| **o == Submitted::Queued).count();
    assert!(queued == 3 || queued == 4, "{outcomes:?}");
    assert_eq!(writer.counts().dropped as usize, 10 - queued);
    let open = std::thread::spawn(move || pass(&gate, queued as u64));
    let counts = writer.finish().unwrap();
    open.join().unwrap();
    assert_eq!((counts.written as usize, counts.queued), (queued, 0));
    assert_eq!(done.load(Ordering::SeqCst).count_ones() as usize, queued);

    let (mut writer, gate, done) = gated(OnFull::DropOldest, 300);
    assert!(fill(&writer, 9).iter().all(|o| *o == Submitted::Queued));
    let counts = writer.counts();
    assert!(balanced(counts) && (3..=4).contains(&counts.queued), "{counts:?}");
    let open = std::thread::spawn(move || pass(&gate, counts.queued));
    assert_eq!(writer.finish().unwrap().dropped, 10 - counts.queued);
    open.join().unwrap();
    assert_eq!(done.load(Ordering::SeqCst) >> 7, 0b111, "the newest three were written");

    let (mut writer, gate, _) = gated(OnFull::Block, 300);
    let open = std::thread::spawn(move || pass(&gate, 10));
    assert!(fill(&writer, 9).iter().all(|o| *o == Submitted::Queued));
    assert_eq!(writer.finish().unwrap().written, 10);
    open.join().unwrap();
}

#[test]
fn a_picture_above_the_whole_budget_still_gets_through() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = CropWriter::new(WriterOptions { queue_bytes: 0, ..Default::default() }).unwrap();
    assert_eq!(writer.submit(job(folder.path().join("a.jpg"))), Submitted::Queued);
    assert_eq!(writer.finish().unwrap().written, 1);
}

#[test]
fn the_first_failure_is_reported_with_its_path_and_the_rest_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    fs::write(&plain, b"a file, not a folder").unwrap();
    let mut writer = CropWriter::new(WriterOptions { threads: 1, ..Default::default() }).unwrap();
    for path in [plain.join("stream_0/x.jpg"), folder.path().join("ok.jpg"), plain.join("y.jpg")] {
        assert_eq!(writer.submit(job(path)), Submitted::Queued);
    }
    let error = writer.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    let message = error.to_string();
    assert!(message.contains("2 of 3") && message.contains("plain/stream_0/x.jpg"), "{message}");
    let counts = writer.counts();
    assert_eq!((counts.written, counts.failed), (1, 2));
    assert_eq!(files(folder.path()), ["ok.jpg", "plain"]);
}

#[test]
fn pictures_that_cannot_be_encoded_name_their_path() {
    let mut writer =
        CropWriter::new(WriterOptions { format: ImageFormat::Png, ..Default::default() }).unwrap();
    let _ = writer.submit(Job { frame: blank(0, 4), path: "empty.png".into() });
    let error = writer.finish().unwrap_err();
    assert!(error.to_string().contains("empty.png") && error.to_string().contains("0x4"), "{error}");
    assert!(CropWriter::new(WriterOptions { quality: 0, ..Default::default() }).is_err());
}

#[test]
fn files_are_not_overwritten_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jpg");
    fs::write(&path, b"mine").unwrap();
    let mut writer = CropWriter::new(WriterOptions::default()).unwrap();
    let _ = writer.submit(job(&path));
    let message = writer.finish().unwrap_err().to_string();
    assert!(message.contains("a.jpg") && message.contains("exists already"), "{message}");
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    let mut writer = CropWriter::new(WriterOptions { overwrite: true, ..Default::default() }).unwrap();
    let _ = writer.submit(job(&path));
    writer.finish().unwrap();
    assert!(fs::read(&path).unwrap().starts_with(&[0xFF, 0xD8]));
    assert_eq!(files(folder.path()), ["a.jpg"]);
}

/// `/dev/full` answers every write with "no space left on device".
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_no_partial_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jpg");
    let error = file::write_through(&path, &[1; 5000], false, |part| {
        File::create_new(part)?;
        File::options().write(true).open("/dev/full")
    });
    let error = error.unwrap_err();
    assert!(error.to_string().contains("a.jpg") && error.to_string().contains("No space left"), "{error}");
    assert_eq!(files(folder.path()), Vec::<String>::new());
    // The name taken between the look and the link.
    let taken = file::write_through(&path, &[1], false, |part| {
        fs::write(&path, b"first")?;
        File::create_new(part)
    });
    assert!(taken.unwrap_err().to_string().contains("exists already"));
    assert_eq!(
        (files(folder.path()), fs::read(&path).unwrap()),
        (vec!["a.jpg".to_owned()], b"first".to_vec())
    );
}

#[test]
fn a_panic_is_a_counted_failure_and_the_worker_goes_on() {
    let options = WriterOptions { threads: 1, ..Default::default() };
    let mut writer = CropWriter::with_work(options, |_, job| match job.path.to_str() {
        Some("bad") => panic!("on purpose"),
        Some("error") => Err(Error::new(ErrorKind::Io, "second")),
        _ => Ok(()),
    })
    .unwrap();
    for path in ["good", "bad", "error", "good"] {
        let _ = writer.submit(job(path));
    }
    let message = writer.finish().unwrap_err().to_string();
    assert!(
        message.contains("2 of 4") && message.contains("bad") && message.contains("panicked"),
        "{message}"
    );
    assert_eq!((writer.counts().written, writer.counts().failed, writer.counts().queued), (2, 2, 0));
    assert!(writer.finish().is_ok(), "the failure is reported once");
}

#[test]
fn dropping_the_writer_drains_it() {
    let folder = tempfile::tempdir().unwrap();
    let writer = CropWriter::new(WriterOptions { threads: 2, ..Default::default() }).unwrap();
    for i in 0..40 {
        let _ = writer.submit(job(folder.path().join(format!("{i}.jpg"))));
    }
    drop(writer);
    assert_eq!(files(folder.path()).len(), 40);
}

#[test]
fn submitting_does_not_wait_for_a_slow_disk() {
    let slow = |_: &mut _, _: &Job| {
        std::thread::sleep(Duration::from_millis(20));
        Ok(())
    };
    let mut writer = CropWriter::with_work(WriterOptions { threads: 1, ..Default::default() }, slow).unwrap();
    let start = Instant::now();
    for i in 0..20 {
        assert_eq!(writer.submit(job(i.to_string())), Submitted::Queued);
    }
    assert!(start.elapsed() < Duration::from_millis(200), "20 jobs take 400 ms, {:?}", start.elapsed());
    until("some are still queued", || writer.counts().queued > 0);
    assert_eq!(writer.finish().unwrap().written, 20);
}

/// A pool of owned frames of the sizes that crops have fits the default budget many times over.
#[test]
fn the_default_queue_holds_thousands_of_crops() {
    let crop = OwnedFrame::zeroed(crate::frame::PixelFormat::Nv12, 100, 200).byte_len();
    assert!(WriterOptions::default().queue_bytes / crop > 8900);
}
