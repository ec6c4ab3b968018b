//! The embedded nvvideoconvert, held to GStreamer's videoconvert.

mod common;

use common::parse;
use dsframe::frame::{Colorimetry, FrameView, OwnedFrame, PixelFormat};
use dsframe::ops::color;
use dsframe::surface::SurfaceBatch;
use gst::prelude::*;

const FORMATS: [&str; 11] =
    ["NV12", "I420", "RGBA", "BGRx", "GRAY8", "BGRA", "RGBx", "RGB", "BGR", "NV21", "YV12"];
const SIZES: [(u32, u32); 5] = [(64, 48), (33, 17), (34, 18), (2, 2), (1, 1)];

fn first_bytes(description: &str) -> Vec<u8> {
    let samples = parse(description).samples("out");
    assert_eq!(samples.len(), 1, "{description}");
    let info = gst_video::VideoInfo::from_caps(samples[0].caps().unwrap()).unwrap();
    let buffer = samples[0].buffer_owned().unwrap();
    let frame = gst_video::VideoFrame::from_buffer_readable(buffer, &info).unwrap();
    pixels(&frame)
}

/// The rows of all planes without their padding.
fn pixels(frame: &gst_video::VideoFrame<gst_video::video_frame::Readable>) -> Vec<u8> {
    use gst_video::prelude::*;
    let format = frame.format_info();
    let mut bytes = Vec::new();
    for plane in 0..frame.n_planes() {
        let component = (0..format.n_components()).find(|&c| format.plane()[c as usize] == plane).unwrap();
        let width = format.scale_width(component as u8, frame.width()) as usize
            * format.pixel_stride()[component as usize] as usize;
        let height = format.scale_height(component as u8, frame.height()) as usize;
        let stride = frame.plane_stride()[plane as usize] as usize;
        let data = frame.plane_data(plane).unwrap();
        (0..height).for_each(|y| bytes.extend_from_slice(&data[y * stride..][..width]));
    }
    bytes
}

fn source(format: &str, width: u32, height: u32) -> String {
    format!(
        "videotestsrc num-buffers=1 pattern=smpte75 ! \
         video/x-raw,format={format},width={width},height={height},framerate=10/1"
    )
}

#[test]
fn through_nvmm_and_back_nothing_changes() {
    for format in FORMATS {
        for (w, h) in SIZES {
            let source = source(format, w, h);
            let plain = first_bytes(&format!("{source} ! appsink name=out"));
            let through = first_bytes(&format!(
                "{source} ! nvvideoconvert ! video/x-raw(memory:NVMM) ! nvvideoconvert ! \
                 video/x-raw,format={format} ! appsink name=out"
            ));
            assert!(plain == through, "{format} {w}x{h}");
        }
    }
}

#[test]
fn formats_convert_as_videoconvert_does() {
    for from in FORMATS {
        for to in FORMATS {
            let source = source(from, 34, 18);
            let expected = first_bytes(&format!(
                "{source} ! videoconvert chroma-resampler=linear dither=bayer ! video/x-raw,format={to} ! \
                 appsink name=out"
            ));
            let got = first_bytes(&format!(
                "{source} ! nvvideoconvert ! video/x-raw(memory:NVMM),format={to} ! nvvideoconvert ! \
                 video/x-raw,format={to} ! appsink name=out"
            ));
            if to == "RGBA" && ["NV12", "NV21", "I420", "YV12"].contains(&from) {
                continue; // see the next test
            }
            let worst = expected.iter().zip(&got).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(expected.len() == got.len() && worst <= 1, "{from} to {to}: {worst} apart");
        }
    }
}

/// videoconvert takes a short cut here that is several units off; nvvideoconvert gives the exact bytes.
#[test]
fn video_becomes_rgba_as_the_standard_says() {
    for (name, format) in [("NV12", PixelFormat::Nv12), ("I420", PixelFormat::I420)] {
        for (w, h) in [(34u32, 18u32), (640, 272)] {
            let source = source(name, w, h);
            let bytes = first_bytes(&format!("{source} ! appsink name=out"));
            let (luma, chroma) = bytes.split_at((w * h) as usize);
            let (u, v) = chroma.split_at(chroma.len() / 2);
            let (w, half) = (w as usize, w as usize / 2);
            let planes = match format {
                PixelFormat::Nv12 => vec![(luma, w), (chroma, w)],
                _ => vec![(luma, w), (u, half), (v, half)],
            };
            let view = FrameView::new(format, w as u32, h, &planes, Colorimetry::default()).unwrap();
            let mut expected = OwnedFrame::zeroed(PixelFormat::Rgba, w as u32, h);
            color::rgba_from(&view, expected.view_mut().plane_mut(0)).unwrap();
            let got = first_bytes(&format!(
                "{source} ! nvvideoconvert ! video/x-raw(memory:NVMM),format=RGBA ! nvvideoconvert ! \
                 video/x-raw,format=RGBA ! appsink name=out"
            ));
            assert!(got == expected.view().plane(0).data(), "{name} {w}x{h}");
        }
    }
}

#[test]
fn sizes_crops_and_borders() {
    let source = "videotestsrc num-buffers=1 pattern=white ! video/x-raw,format=RGBA,width=64,height=32";
    let out = "video/x-raw(memory:NVMM),width=16,height=8 ! nvvideoconvert ! video/x-raw,format=RGBA";
    let whole = first_bytes(&format!("{source} ! nvvideoconvert ! {out} ! appsink name=out"));
    assert!(whole.len() == 16 * 8 * 4 && whole.iter().all(|&b| b == 255));
    let bordered = first_bytes(&format!(
        "{source} ! nvvideoconvert src-crop=8:8:16:16 dest-crop=4:2:8:4 ! {out} ! appsink name=out"
    ));
    for (i, pixel) in bordered.chunks_exact(4).enumerate() {
        let inside = (4..12).contains(&(i % 16)) && (2..6).contains(&(i / 16));
        assert_eq!(pixel, if inside { [255; 4] } else { [0, 0, 0, 255] }, "pixel {i}");
    }
}

#[test]
fn a_crop_is_the_window_of_the_picture() {
    let source = source("RGBA", 64, 48);
    let whole = first_bytes(&format!("{source} ! appsink name=out"));
    let crop = first_bytes(&format!(
        "{source} ! nvvideoconvert src-crop=10:20:30:7 ! video/x-raw,format=RGBA,width=30,height=7 ! appsink name=out"
    ));
    let expected: Vec<u8> =
        (20..27).flat_map(|y| whole[(y * 64 + 10) * 4..(y * 64 + 40) * 4].to_vec()).collect();
    assert!(crop == expected);
}

#[test]
fn flips_are_those_of_videoflip() {
    // The numbers of videoflip's video-direction for flip-method 0 to 7.
    for (method, direction) in [0, 3, 2, 1, 4, 7, 5, 6].into_iter().enumerate() {
        for format in ["RGBA", "GRAY8", "I420", "NV12"] {
            let source = source(format, 34, 18);
            let expected =
                first_bytes(&format!("{source} ! videoflip video-direction={direction} ! appsink name=out"));
            let got = first_bytes(&format!(
                "{source} ! nvvideoconvert flip-method={method} ! video/x-raw,format={format} ! appsink name=out"
            ));
            assert!(expected == got, "flip-method {method} {format}");
        }
    }
}

#[test]
fn caps_carry_format_size_and_colorimetry() {
    for (colorimetry, format, number) in [
        ("bt601", "NV12", dsframe::sys::NVBUF_COLOR_FORMAT_NV12),
        ("bt709", "NV12", dsframe::sys::NVBUF_COLOR_FORMAT_NV12_709),
        ("bt709", "I420", dsframe::sys::NVBUF_COLOR_FORMAT_YUV420_709),
        ("1:3:5:1", "NV12", dsframe::sys::NVBUF_COLOR_FORMAT_NV12_709_ER),
        // NV21 has no BT.709 surface.
        ("bt709", "NV21", dsframe::sys::NVBUF_COLOR_FORMAT_NV21),
    ] {
        let samples = parse(&format!(
            "videotestsrc num-buffers=1 ! video/x-raw,format={format},width=64,height=48,framerate=25/1,\
             colorimetry=(string){colorimetry} ! nvvideoconvert ! video/x-raw(memory:NVMM) ! appsink name=out"
        ))
        .samples("out");
        let caps = samples[0].caps().unwrap().structure(0).unwrap().to_owned();
        assert_eq!(caps.get::<&str>("format").unwrap(), format);
        assert_eq!(caps.get::<gst::Fraction>("framerate").unwrap(), gst::Fraction::new(25, 1));
        let buffer = samples[0].buffer_owned().unwrap();
        let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
        let surface = batch.surface(0).unwrap();
        assert_eq!((surface.width(), surface.height(), surface.raw_format()), (64, 48, number), "{caps}");
        assert!(buffer.pts().is_some() && buffer.duration().is_some());
    }
    let one_side = parse(
        "videotestsrc num-buffers=1 ! video/x-raw,width=64,height=48 ! nvvideoconvert ! \
         video/x-raw(memory:NVMM),width=32 ! appsink name=out",
    )
    .samples("out");
    assert_eq!(one_side[0].caps().unwrap().structure(0).unwrap().get::<i32>("height").unwrap(), 24);
}

#[test]
fn equal_caps_pass_through() {
    let pipeline = parse(
        "videotestsrc num-buffers=3 ! video/x-raw,width=64,height=48 ! nvvideoconvert ! \
         video/x-raw(memory:NVMM) ! nvvideoconvert name=c nvbuf-memory-type=3 gpu-id=0 compute-hw=1 ! \
         video/x-raw(memory:NVMM) ! appsink name=out",
    );
    let (sink, src) = ("sink", "src");
    let seen = |pad: &str| {
        let list = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let mine = list.clone();
        let pad = pipeline.element("c").static_pad(pad).unwrap();
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
            mine.lock().unwrap().push(info.buffer().unwrap().as_ptr() as usize);
            gst::PadProbeReturn::Ok
        });
        list
    };
    let (before, after) = (seen(sink), seen(src));
    assert_eq!(pipeline.samples("out").len(), 3);
    assert_eq!(*before.lock().unwrap(), *after.lock().unwrap());
}

#[test]
fn bad_windows_are_errors_that_name_them() {
    for (property, word) in [
        ("src-crop=1:2:3", "left:top:width:height"),
        ("src-crop=60:0:10:10", "64x48"),
        ("dest-crop=0:40:10:10", "dest-crop"),
        ("dest-crop=0:0:10:10 flip-method=2", "flip-method=2"),
    ] {
        let error = parse(&format!(
            "videotestsrc num-buffers=1 ! video/x-raw,width=64,height=48 ! nvvideoconvert {property} ! \
             video/x-raw(memory:NVMM),format=RGBA ! fakesink"
        ))
        .run()
        .unwrap_err();
        assert!(error.contains(word), "{property}: {error}");
    }
}

#[test]
fn states_can_be_cycled() {
    let pipeline = parse(
        "videotestsrc ! video/x-raw,width=64,height=48 ! nvvideoconvert ! \
         video/x-raw(memory:NVMM),format=RGBA,width=32 ! fakesink sync=false",
    );
    for _ in 0..20 {
        pipeline.0.set_state(gst::State::Playing).unwrap();
        pipeline.0.state(gst::ClockTime::from_seconds(5)).0.unwrap();
        pipeline.0.set_state(gst::State::Null).unwrap();
    }
}

#[test]
fn registering_again_changes_nothing() {
    gst::init().unwrap();
    let threads: Vec<_> = (0..8).map(|_| std::thread::spawn(dsframe::elements::register)).collect();
    threads.into_iter().for_each(|t| t.join().unwrap().unwrap());
    let mut names = dsframe::elements::registered();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(count == names.len() && names.contains(&"nvvideoconvert"), "{names:?}");
}
