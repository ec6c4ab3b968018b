//! Batches in flight do not pile up. Alone in its process, since it looks at the process's memory.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{WATCHDOG, parse};
use gst::prelude::*;

fn source(side: u32, index: u32) -> String {
    format!(
        "videotestsrc ! video/x-raw,format=NV12,width={side},height={side},framerate=20/1 ! nvvideoconvert ! \
         video/x-raw(memory:NVMM) ! m.sink_{index} "
    )
}

#[test]
fn memory_stays_flat() {
    let resident = || -> usize {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
    };
    let pipeline = parse(&format!(
        "nvstreammux name=m batch-size=2 width=128 height=128 ! nvvideoconvert ! \
         video/x-raw(memory:NVMM),format=RGBA ! nvstreamdemux name=d d.src_0 ! queue ! fakesink d.src_1 ! \
         queue ! fakesink {}{}",
        source(64, 0),
        source(128, 1)
    ));
    let count = Arc::new(AtomicUsize::new(0));
    let seen = count.clone();
    let pad = pipeline.element("m").static_pad("src").unwrap();
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
        seen.fetch_add(1, Ordering::Relaxed);
        gst::PadProbeReturn::Ok
    });
    pipeline.play();
    let at = |n| {
        let start = Instant::now();
        while count.load(Ordering::Relaxed) < n {
            assert!(start.elapsed() < WATCHDOG, "{n} batches");
            std::thread::sleep(Duration::from_millis(2));
        }
    };
    at(300);
    let before = resident();
    at(2_300);
    let grown = resident().saturating_sub(before);
    // A leak of one frame in ten would be above 13 MB.
    assert!(grown < 8 << 20, "{grown} bytes in 2000 batches");
}
