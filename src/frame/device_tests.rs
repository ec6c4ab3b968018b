use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::frame::{FrameView, OwnedFrame};

/// A view of host memory as if a GPU could reach it; only its arithmetic is used.
fn view_of<'a>(frame: &FrameView<'_>, pending: &'a Pending) -> DeviceView<'a> {
    let planes: Vec<_> = (0..frame.format().planes())
        .map(|i| (frame.plane(i).data().as_ptr().addr() as u64, frame.plane(i).pitch()))
        .collect();
    let (format, w, h) = (frame.format(), frame.width(), frame.height());
    // SAFETY: nothing is handed to a GPU in these tests, so the bytes are never touched.
    unsafe { DeviceView::from_raw(format, w, h, &planes, frame.colorimetry(), 3, pending) }.unwrap()
}

#[test]
fn windows_move_as_those_of_host_views() {
    let pending = Pending::new();
    for format in PixelFormat::ALL {
        for (w, h) in [(1, 1), (2, 2), (7, 5), (16, 9)] {
            let frame = OwnedFrame::zeroed(format, w, h);
            let (host, device) = (frame.view(), view_of(&frame.view(), &pending));
            for rect in [
                Rect::new(0, 0, w, h),
                Rect::new(w / 2, h / 3, w - w / 2, h - h / 3),
                Rect::new(w - 1, h - 1, 1, 1),
                Rect::new(1.min(w), 0, 0, h),
            ] {
                let (host, device) = (host.crop(rect).unwrap(), device.crop(rect).unwrap());
                assert_eq!((device.width(), device.height(), device.gpu()), (rect.width, rect.height, 3));
                assert_eq!(device.chroma_phase(), host.chroma_phase());
                for i in 0..format.planes() {
                    let (host, device) = (host.plane(i), device.plane(i));
                    assert_eq!((device.width(), device.height()), (host.width(), host.height()));
                    assert_eq!((device.channels(), device.pitch()), (host.channels(), host.pitch()));
                    if device.byte_len() > 0 {
                        assert_eq!(device.address(), host.data().as_ptr().addr() as u64, "{format:?} {rect}");
                    }
                }
            }
        }
    }
}

#[test]
fn crops_of_crops_add_up_and_stay_inside() {
    let (pending, frame) = (Pending::new(), OwnedFrame::zeroed(PixelFormat::Nv12, 20, 20));
    let view = view_of(&frame.view(), &pending);
    let twice = view.crop(Rect::new(3, 4, 10, 10)).unwrap().crop(Rect::new(2, 1, 5, 5)).unwrap();
    assert_eq!(twice.plane(0).address(), view.crop(Rect::new(5, 5, 5, 5)).unwrap().plane(0).address());
    assert_eq!(twice.chroma_phase(), (1, 1));
    assert!(view.crop(Rect::new(11, 0, 10, 1)).unwrap_err().to_string().contains("20x20"));
}

#[test]
fn what_cannot_be_a_picture_is_refused() {
    let pending = Pending::new();
    let make = |planes: &[(u64, usize)]| {
        // SAFETY: nothing is handed to a GPU.
        unsafe { DeviceView::from_raw(PixelFormat::Nv12, 8, 8, planes, Colorimetry::default(), 0, &pending) }
    };
    assert!(make(&[(4096, 8), (8192, 8)]).is_ok());
    for (planes, words) in [
        (&[(4096, 8)][..], "1 planes were given"),
        (&[(4096, 7), (8192, 8)], "pitch of plane 0 is 7"),
        (&[(4096, 8), (0, 8)], "plane 1 is 4x4"),
        (&[(u64::MAX - 8, 8), (4096, 8)], "no such memory"),
    ] {
        let error = make(planes).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

struct Counting(AtomicU32);

impl Work for Counting {
    fn wait(&self) -> Result<()> {
        if self.0.fetch_add(1, Ordering::Relaxed) == 0 { Ok(()) } else { Err(Error::invalid("waited twice")) }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[test]
fn each_stream_is_waited_for_once() {
    let (pending, streams) = (Pending::new(), [0, 0].map(|n| Arc::new(Counting(AtomicU32::new(n)))));
    pending.note(&streams[0]);
    pending.note(&streams[1]);
    pending.note(&streams[0]);
    assert!(!pending.is_empty());
    pending.wait().unwrap();
    assert!(pending.is_empty());
    pending.wait().unwrap();
    assert_eq!(streams.each_ref().map(|s| s.0.load(Ordering::Relaxed)), [1, 1]);
    pending.note(&streams[0]);
    pending.note(&streams[1]);
    assert!(pending.wait().is_err());
    assert_eq!(
        streams[1].0.load(Ordering::Relaxed),
        2,
        "a failure does not keep the others from being waited for"
    );
}
