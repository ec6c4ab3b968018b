//! Ordinary GStreamer buffers and pads: the same views, whatever the strides, offsets and memories.

mod common;
#[path = "plain_gst/endings.rs"]
mod endings;

use std::sync::{Arc, Mutex};

use common::parse;
use dsframe::frame::{FrameView, PixelFormat};
use dsframe::probe::{self, Verdict};
use dsframe::surface::{VideoFrameView as _, VideoFrameViewMut as _, VideoMap, VideoMapMut};
use dsframe::{Error, ErrorKind};
use gst::prelude::*;
use gst_video::{VideoFormat, VideoFrame, VideoFrameFlags, VideoFrameRef, VideoInfo, VideoMeta};

/// GStreamer's name of every format that is viewed.
const FORMATS: &[(VideoFormat, PixelFormat)] = &[
    (VideoFormat::Rgba, PixelFormat::Rgba),
    (VideoFormat::Bgra, PixelFormat::Bgra),
    (VideoFormat::Argb, PixelFormat::Argb),
    (VideoFormat::Abgr, PixelFormat::Abgr),
    (VideoFormat::Rgbx, PixelFormat::Rgbx),
    (VideoFormat::Bgrx, PixelFormat::Bgrx),
    (VideoFormat::Xrgb, PixelFormat::Xrgb),
    (VideoFormat::Xbgr, PixelFormat::Xbgr),
    (VideoFormat::Rgb, PixelFormat::Rgb),
    (VideoFormat::Bgr, PixelFormat::Bgr),
    (VideoFormat::Gray8, PixelFormat::Gray8),
    (VideoFormat::Nv12, PixelFormat::Nv12),
    (VideoFormat::Nv21, PixelFormat::Nv21),
    (VideoFormat::I420, PixelFormat::I420),
    (VideoFormat::Yv12, PixelFormat::Yv12),
    (VideoFormat::Nv16, PixelFormat::Nv16),
    (VideoFormat::Nv24, PixelFormat::Nv24),
    (VideoFormat::Y42b, PixelFormat::I422),
    (VideoFormat::Y444, PixelFormat::I444),
    (VideoFormat::P01010le, PixelFormat::P010),
];

fn info(format: VideoFormat, width: u32, height: u32) -> VideoInfo {
    gst::init().unwrap();
    VideoInfo::builder(format, width, height).build().unwrap()
}

/// All samples of all planes, rows packed.
fn packed(view: &FrameView<'_>) -> Vec<u8> {
    (0..view.format().planes())
        .flat_map(|i| view.plane(i).rows().flatten().copied().collect::<Vec<_>>())
        .collect()
}

/// The same by GStreamer's own numbers: offsets and strides of the caps.
fn packed_by_hand(bytes: &[u8], info: &VideoInfo, format: PixelFormat) -> Vec<u8> {
    let mut out = Vec::new();
    for i in 0..format.planes() {
        let (w, h) = format.plane_size(i, info.width(), info.height());
        for y in 0..h as usize {
            let start = info.offset()[i] + y * info.stride()[i] as usize;
            out.extend_from_slice(&bytes[start..start + w as usize * format.bytes_per_pixel(i)]);
        }
    }
    out
}

/// Whatever the closure kept of every frame on the sink's pad of a pipeline that plays to its end.
fn watch<T: Send + 'static>(
    description: &str,
    mut look: impl FnMut(&mut probe::PlainFrame<'_>) -> dsframe::Result<T> + Send + 'static,
) -> Vec<T> {
    let pipeline = parse(description);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let pad = pipeline.element("out").static_pad("sink").unwrap();
    probe::on_frame(&pad, move |frame| {
        kept.lock().unwrap().push(look(frame)?);
        Ok(Verdict::Ok)
    })
    .unwrap();
    pipeline.run().unwrap_or_else(|error| panic!("{description}: {error}"));
    std::mem::take(&mut *seen.lock().unwrap())
}

#[test]
fn every_format_and_odd_size_of_a_pipeline_is_seen_as_it_is() {
    for &(video, format) in FORMATS {
        for (w, h) in [(1, 1), (3, 5), (17, 9)] {
            let caps = format!("video/x-raw,format={video},width={w},height={h}");
            let seen = watch(
                &format!("videotestsrc num-buffers=2 pattern=smpte ! {caps} ! fakesink name=out"),
                move |frame| {
                    let bytes = frame.buffer().map_readable().unwrap();
                    let map = frame.map_read()?;
                    let view = map.view();
                    assert_eq!((view.format(), view.width(), view.height()), (format, w, h));
                    Ok((packed(&view), packed_by_hand(&bytes, frame.info(), format)))
                },
            );
            assert_eq!(seen.len(), 2, "{caps}");
            seen.iter().for_each(|(view, hand)| assert_eq!(view, hand, "{caps}"));
        }
    }
}

#[test]
fn what_videocrop_leaves_is_the_window_of_the_whole() {
    // Which videocrop of GStreamer 1.22 does not negotiate.
    let not = [VideoFormat::Nv16, VideoFormat::Nv24, VideoFormat::P01010le];
    for &(video, format) in FORMATS.iter().filter(|row| !not.contains(&row.0)) {
        // videocrop moves offsets by whole chroma samples, so the origin is even.
        let source = format!(
            "videotestsrc num-buffers=1 pattern=smpte ! video/x-raw,format={video},width=31,height=23"
        );
        let whole =
            watch(&format!("{source} ! fakesink name=out"), |frame| Ok(frame.map_read()?.view().to_owned()));
        let part = watch(
            &format!("{source} ! videocrop left=6 top=4 right=7 bottom=2 ! fakesink name=out"),
            |frame| Ok((frame.map_read()?.view().to_owned(), frame.buffer().meta::<VideoMeta>().is_some())),
        );
        let window = dsframe::frame::Rect::new(6, 4, 18, 17);
        assert_eq!(packed(&part[0].0.view()), packed(&whole[0].view().crop(window).unwrap()), "{format:?}");
    }
}

/// A buffer of `sizes.len()` memories of distinct bytes.
fn buffer_of(sizes: &[usize]) -> gst::Buffer {
    let mut buffer = gst::Buffer::new();
    let writable = buffer.get_mut().unwrap();
    let mut next = 0usize;
    for &size in sizes {
        let bytes: Vec<u8> = (next..next + size).map(|k| (k * 7 + k / 251) as u8).collect();
        writable.append_memory(gst::Memory::from_mut_slice(bytes));
        next += size;
    }
    buffer
}

fn add_meta(
    buffer: &mut gst::Buffer,
    format: VideoFormat,
    size: (u32, u32),
    offsets: &[usize],
    strides: &[i32],
) {
    let flags = VideoFrameFlags::empty();
    VideoMeta::add_full(buffer.get_mut().unwrap(), flags, format, size.0, size.1, offsets, strides).unwrap();
}

#[test]
fn strides_offsets_and_memories_of_the_meta_are_followed() {
    let info = info(VideoFormat::Nv12, 5, 3);
    // Luma at 3 with a stride of 7 in one memory, chroma at 1 with a stride of 9 in the next.
    let mut buffer = buffer_of(&[40, 30]);
    add_meta(&mut buffer, VideoFormat::Nv12, (5, 3), &[3, 41], &[7, 9]);
    let byte = |k: usize| (k * 7 + k / 251) as u8;
    let expected: Vec<_> = (0..3)
        .flat_map(|y| (0..5).map(move |x| 3 + y * 7 + x))
        .chain((0..2).flat_map(|y| (0..6).map(move |x| 41 + y * 9 + x)))
        .map(byte)
        .collect();
    let map = VideoMap::new(&buffer, &info).unwrap();
    assert_eq!(packed(&map.view()), expected);
    // Nothing was joined or copied: the planes are in the buffer's own two memories.
    let memory = buffer.peek_memory(1).map_readable().unwrap();
    assert_eq!(map.view().plane(1).as_ptr(), &memory[1] as *const u8);
    drop((map, memory));

    let mut map = VideoMapMut::new(buffer.get_mut().unwrap(), &info).unwrap();
    map.view_mut().plane_mut(1).row_mut(1).fill(9);
    drop(map);
    assert_eq!(buffer.n_memory(), 2);
    assert_eq!(buffer.peek_memory(1).map_readable().unwrap()[10..16], [9; 6]);
}

#[test]
fn a_frame_in_several_memories_without_a_meta_is_joined() {
    let info = info(VideoFormat::I420, 8, 4);
    let buffer = buffer_of(&[10, 20, info.size() - 30]);
    let map = VideoMap::new(&buffer, &info).unwrap();
    let expected: Vec<_> = (0..48usize).map(|k| (k * 7) as u8).collect();
    assert_eq!(packed(&map.view()), expected);
}

#[test]
fn mapped_video_frames_are_views_too() {
    let info = info(VideoFormat::Rgb, 3, 2);
    let frame = VideoFrame::from_buffer_readable(buffer_of(&[info.size()]), &info).unwrap();
    // The caps' stride of 3 RGB pixels is 12.
    assert_eq!(frame.frame_view().unwrap().plane(0).row(1)[0], 84);
    drop(frame);
    let mut frame = VideoFrame::from_buffer_writable(buffer_of(&[info.size()]), &info).unwrap();
    frame.frame_view_mut().unwrap().plane_mut(0).row_mut(1)[0] = 5;
    assert_eq!(frame.plane_data(0).unwrap()[12], 5);
    let mut buffer = frame.into_buffer();
    let mut frame = VideoFrameRef::from_buffer_ref_writable(buffer.get_mut().unwrap(), &info).unwrap();
    frame.frame_view_mut().unwrap().plane_mut(0).row_mut(1)[1] = 6;
    assert_eq!(frame.frame_view().unwrap().plane(0).row(1)[..2], [5, 6]);
}

/// The error of mapping such a buffer, for reading and for writing.
fn refused(mut buffer: gst::Buffer, info: &VideoInfo) -> Error {
    let reading = VideoMap::new(&buffer, info).map(drop).unwrap_err();
    let writing = VideoMapMut::new(buffer.get_mut().unwrap(), info).map(drop).unwrap_err();
    assert_eq!(reading.to_string(), writing.to_string());
    reading
}

#[test]
fn buffers_that_do_not_hold_what_the_caps_say_are_refused() {
    let rgba = info(VideoFormat::Rgba, 4, 4);
    let short = refused(buffer_of(&[63]), &rgba).to_string();
    assert!(short.contains("RGBA 4x4") && short.contains("64 bytes") && short.contains("has 63"), "{short}");
    assert!(refused(gst::Buffer::new(), &rgba).to_string().contains("has 0"));

    let with_meta = |sizes: &[usize], format, size, offsets: &[usize], strides: &[i32]| {
        let mut buffer = buffer_of(sizes);
        add_meta(&mut buffer, format, size, offsets, strides);
        buffer
    };
    let other =
        refused(with_meta(&[200], VideoFormat::I420, (4, 4), &[0, 20, 30], &[4, 2, 2]), &rgba).to_string();
    assert!(other.contains("RGBA 4x4") && other.contains("I420"), "{other}");
    let larger = refused(with_meta(&[400], VideoFormat::Rgba, (8, 8), &[0], &[32]), &rgba).to_string();
    assert!(larger.contains("4x4") && larger.contains("8x8"), "{larger}");
    let flipped = refused(with_meta(&[64], VideoFormat::Rgba, (4, 4), &[48], &[-16]), &rgba);
    assert_eq!(flipped.kind(), ErrorKind::Unsupported);
    assert!(
        flipped.to_string().contains("-16") && flipped.to_string().contains("bottom to top"),
        "{flipped}"
    );
    // One byte too many, at the end of the memory; and a stride that leads out of it.
    let last = refused(with_meta(&[64], VideoFormat::Rgba, (4, 4), &[1], &[16]), &rgba).to_string();
    assert!(last.contains("plane 0 takes 64 bytes at offset 1"), "{last}");
    refused(with_meta(&[64], VideoFormat::Rgba, (4, 4), &[0], &[i32::MAX]), &rgba);
    refused(with_meta(&[64], VideoFormat::Rgba, (4, 4), &[1000], &[16]), &rgba);
    // A stride that is shorter than a row.
    let narrow = refused(with_meta(&[64], VideoFormat::Rgba, (4, 4), &[0], &[15]), &rgba).to_string();
    assert!(narrow.contains("pitch is 15"), "{narrow}");
    // A plane that starts in one memory and ends in the next.
    let nv12 = info(VideoFormat::Nv12, 4, 4);
    let torn = refused(with_meta(&[10, 20], VideoFormat::Nv12, (4, 4), &[0, 16], &[4, 4]), &nv12).to_string();
    assert!(torn.contains("plane 0 takes 16 bytes"), "{torn}");
    let unknown = refused(buffer_of(&[999]), &info(VideoFormat::Y41b, 8, 8));
    assert!(unknown.kind() == ErrorKind::Unsupported && unknown.to_string().contains("Y41B"), "{unknown}");
}

#[test]
fn planes_that_overlap_are_read_and_not_written() {
    let nv12 = info(VideoFormat::Nv12, 4, 4);
    let mut buffer = buffer_of(&[24]);
    add_meta(&mut buffer, VideoFormat::Nv12, (4, 4), &[0, 15], &[4, 4]);
    assert_eq!(VideoMap::new(&buffer, &nv12).unwrap().view().plane(1).row(0)[0], 105);
    let error = VideoMapMut::new(buffer.get_mut().unwrap(), &nv12).unwrap_err().to_string();
    assert!(error.contains("plane 1 of the Nv12 frame overlaps"), "{error}");
}

#[test]
fn writes_are_seen_downstream_and_not_on_the_other_branch() {
    let pipeline = parse(
        "videotestsrc num-buffers=3 pattern=white ! video/x-raw,format=GRAY8,width=17,height=9 ! tee name=t \
         t. ! queue ! identity name=edit ! appsink name=edited sync=false \
         t. ! queue ! appsink name=plain sync=false",
    );
    let pad = pipeline.element("edit").static_pad("sink").unwrap();
    probe::on_frame(&pad, |frame| {
        frame.map_write()?.view_mut().plane_mut(0).rows_mut().for_each(|row| row.fill(1));
        Ok(Verdict::Ok)
    })
    .unwrap();
    let sinks = ["edited", "plain"].map(|name| pipeline.appsink(name));
    pipeline.play();
    for _ in 0..3 {
        for (sink, value) in sinks.iter().zip([1, 235]) {
            let sample = sink.pull_sample().unwrap();
            let info = VideoInfo::from_caps(sample.caps().unwrap()).unwrap();
            let map = VideoMap::new(sample.buffer().unwrap(), &info).unwrap();
            let luma: Vec<_> = map.view().plane(0).rows().flatten().copied().collect();
            assert!(luma.iter().all(|&v| v == value || (value == 235 && v == 255)), "{value}: {luma:?}");
        }
    }
    pipeline.wait().unwrap();
}

#[test]
fn a_frame_with_one_owner_is_changed_in_place() {
    let addresses = watch(
        "videotestsrc num-buffers=3 ! video/x-raw,format=RGBA,width=5,height=3 ! fakesink name=out",
        |frame| {
            let before = frame.map_read()?.view().plane(0).as_ptr().addr();
            let mut map = frame.map_write()?;
            let mut view = map.view_mut();
            Ok((before, view.plane_mut(0).as_mut_ptr().addr()))
        },
    );
    assert!(
        addresses.len() == 3 && addresses.iter().all(|(before, written)| before == written),
        "{addresses:?}"
    );
}

#[test]
fn caps_that_change_in_mid_stream_are_followed() {
    let pipeline = parse("appsrc name=in format=time ! fakesink name=out sync=false");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let pad = pipeline.element("out").static_pad("sink").unwrap();
    let probe = probe::on_frame(&pad, move |frame| {
        let map = frame.map_read()?;
        kept.lock().unwrap().push((map.view().format(), map.view().width(), map.view().height()));
        Ok(Verdict::Ok)
    })
    .unwrap();
    let source = pipeline.appsrc("in");
    pipeline.play();
    let sent = [
        (VideoFormat::Rgba, 4, 4),
        (VideoFormat::Nv12, 7, 5),
        (VideoFormat::Nv12, 3, 3),
        (VideoFormat::Rgb, 1, 2),
    ];
    for (format, w, h) in sent {
        let info = info(format, w, h);
        source.set_caps(Some(&info.to_caps().unwrap()));
        for _ in 0..2 {
            source.push_buffer(buffer_of(&[info.size()])).unwrap();
        }
    }
    // A list of buffers is frames one by one.
    let info = info(VideoFormat::Rgb, 1, 2);
    let mut list = gst::BufferList::new();
    (0..3).for_each(|_| list.get_mut().unwrap().add(buffer_of(&[info.size()])));
    source.push_buffer_list(list).unwrap();
    source.end_of_stream().unwrap();
    pipeline.wait().unwrap();
    let expected: Vec<_> = [(PixelFormat::Rgba, 4, 4), (PixelFormat::Nv12, 7, 5), (PixelFormat::Nv12, 3, 3)]
        .into_iter()
        .flat_map(|seen| [seen; 2])
        .chain([(PixelFormat::Rgb, 1, 2); 5])
        .collect();
    assert_eq!(*seen.lock().unwrap(), expected);
    assert!(probe.times().calls >= 9);
}
