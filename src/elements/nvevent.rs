//! NVIDIA's events about one source of a batch, by the numbers and fields of `gst-nvevent.h`.

use glib::translate::*;
use gst::glib;

/// What happened to a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A sink pad of the muxer was requested.
    Added,
    /// A sink pad of the muxer was released.
    Deleted,
    /// The source has ended; others may go on.
    Eos,
}

impl Source {
    const ALL: [Self; 3] = [Self::Added, Self::Deleted, Self::Eos];

    /// `GST_EVENT_MAKE_TYPE (number, DOWNSTREAM | SERIALIZED)`: the number above 8 bits of flags.
    fn event_type(self) -> gst::ffi::GstEventType {
        let number = match self {
            Self::Added => 400,
            Self::Deleted => 401,
            Self::Eos => 402,
        };
        let flags = gst::EventTypeFlags::DOWNSTREAM | gst::EventTypeFlags::SERIALIZED;
        (number << gst::ffi::GST_EVENT_NUM_SHIFT) | flags.bits() as i32
    }

    fn name(self) -> &'static str {
        match self {
            Self::Added => "nv-pad-added",
            Self::Deleted => "nv-pad-deleted",
            Self::Eos => "nv-stream-eos",
        }
    }

    /// The event for source `source_id`, the number of its pad on the muxer.
    pub(super) fn event(self, source_id: u32) -> gst::Event {
        let structure = gst::Structure::builder(self.name()).field("source-id", source_id).build();
        // SAFETY: any type made as `event_type` does is allowed, and the event takes the structure.
        unsafe {
            from_glib_full(gst::ffi::gst_event_new_custom(self.event_type(), structure.into_glib_ptr()))
        }
    }

    /// What `event` says, and of which source; `None` for other events.
    pub(super) fn parse(event: &gst::EventRef) -> Option<(Self, u32)> {
        let structure = event.structure()?;
        let kind = Self::ALL.into_iter().find(|kind| kind.name() == structure.name().as_str())?;
        Some((kind, structure.get("source-id").ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_downstream_serialized_and_come_back() {
        gst::init().unwrap();
        for kind in Source::ALL {
            let event = kind.event(7);
            assert_eq!(Source::parse(&event), Some((kind, 7)));
            assert!(event.is_serialized() && event.is_downstream() && !event.is_sticky());
        }
        // SAFETY: the event is alive.
        assert_eq!(unsafe { (*Source::Eos.event(0).as_ptr()).type_ } >> 8, 402);
        assert_eq!(Source::parse(&gst::event::Eos::new()), None);
    }
}
