use std::time::Duration;

use super::*;
use crate::surface::Residency;

const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn the_machine_is_described_in_full() {
    crate::init().unwrap();
    let machine = Machine::look().unwrap();
    let text = machine.to_string();
    for name in LIBRARIES.iter().chain(&ELEMENTS) {
        assert!(text.contains(name), "{name} is not in:\n{text}");
    }
    assert!(text.contains(&machine.gstreamer) && text.contains("GPU "), "{text}");
    for library in &machine.libraries {
        let said = library.found.as_ref().unwrap_or_else(|error| error);
        assert!(!said.is_empty() && text.contains(said.as_str()), "{text}");
    }
    // What was tried is in the report of what is missing.
    for library in machine.libraries.iter().filter(|library| library.found.is_err()) {
        assert!(library.found.as_ref().unwrap_err().contains("tried"), "{library:?}");
    }
    for name in crate::elements::registered() {
        let listed = machine.elements.iter().find(|element| element.name == name);
        assert!(listed.is_none_or(|element| element.provider == Provider::Embedded), "{listed:?}");
    }
}

#[test]
fn an_embedded_machine_is_healthy_and_a_broken_native_one_is_not() {
    crate::init().unwrap();
    let mut machine = Machine::look().unwrap();
    machine.runtime = Runtime::Embedded;
    assert_eq!(machine.problems(), Vec::<String>::new());
    machine.runtime = Runtime::Native;
    machine.gpus = Err("no CUDA driver".into());
    machine.libraries[2].found = Err("libnvbufsurface.so could not be loaded; tried /a".into());
    let problems = machine.problems().join("\n");
    assert!(problems.contains("libnvbufsurface.so") && problems.contains("no CUDA driver"), "{problems}");
    machine.metadata = Err("sizes of no version".into());
    assert!(machine.problems()[0].contains("sizes of no version"));
}

#[test]
fn every_pad_of_a_pipeline_says_where_its_frames_are() {
    crate::init().unwrap();
    let line = "videotestsrc num-buffers=4 ! video/x-raw,format=I420,width=321,height=99 ! \
                nvvideoconvert name=convert ! video/x-raw(memory:NVMM),format=NV12 ! fakesink";
    let seen = Pipeline::play(line, 4, PATIENCE).unwrap();
    let text = seen.to_string();
    let pad = |name: &str| seen.pads.iter().find(|pad| pad.name == name).unwrap_or_else(|| panic!("{text}"));
    let converted = pad("convert.src");
    assert_eq!((converted.buffers, converted.factory.as_str()), (4, "nvvideoconvert"), "{text}");
    let source = seen.pads.iter().find(|pad| pad.factory == "videotestsrc").unwrap();
    assert_eq!(source.memory, Some(Memory::System), "{text}");
    assert_eq!(seen.pads[0].name, source.name, "{text}");
    assert!(source.frames[0].starts_with("321x99 I420"), "{text}");
    // A machine with a GPU has NVIDIA's converter, and device memory.
    if provider("nvvideoconvert") == Provider::Embedded {
        assert_eq!(converted.memory, Some(Memory::Nvmm(Residency::Host)), "{text}");
        assert!(converted.map.is_some() && converted.frames[0].contains("pitch 512"), "{text}");
        assert_eq!(seen.problems(), Vec::<String>::new());
        assert!(text.contains("321x99 Nv12") && text.contains(" ns"), "{text}");
    }
}

#[test]
fn what_goes_wrong_is_in_the_report() {
    crate::init().unwrap();
    let error = Pipeline::play("nosuchelement ! fakesink", 1, PATIENCE).unwrap_err();
    assert!(error.to_string().contains("nosuchelement"), "{error}");
    let seen = Pipeline::play("filesrc location=/no/such/file ! fakesink", 1, PATIENCE).unwrap();
    assert!(seen.problems()[0].contains("/no/such/file"), "{seen}");
    assert!(seen.to_string().contains("no buffer came"), "{seen}");
    // One element, and one that never ends.
    assert!(Pipeline::play("fakesink", 1, Duration::from_millis(50)).unwrap().failure.is_some());
    let endless = Pipeline::play("videotestsrc is-live=true ! fakesink", 2, PATIENCE).unwrap();
    assert_eq!((endless.failure, endless.pads[0].buffers >= 2), (None, true));
}

/// Pads that appear while the pipeline plays, and elements inside a bin.
#[test]
fn pads_that_come_later_are_seen() {
    crate::init().unwrap();
    let line = "videotestsrc num-buffers=2 ! queue ! decodebin ! videoconvert name=last ! fakesink";
    let seen = Pipeline::play(line, 2, PATIENCE).unwrap();
    assert!(seen.pads.iter().any(|pad| pad.factory == "typefind" && pad.buffers == 2), "{seen}");
    assert!(seen.pads.iter().any(|pad| pad.name == "last.src" && pad.buffers == 2), "{seen}");
}

#[test]
fn surfaces_that_cannot_be_mapped_say_what_to_change() {
    crate::init().unwrap();
    let caps = gst::Caps::builder("video/x-raw").features(["memory:NVMM"]).build();
    let buffer = gst::Buffer::with_size(100).unwrap();
    let shown = pads::look(&buffer, &caps);
    assert!(shown.problem.unwrap().contains("100 bytes"));
}

#[test]
fn device_memory_before_a_converter_is_no_problem_and_behind_it_is() {
    crate::init().unwrap();
    let mut seen =
        Pipeline::play("videotestsrc num-buffers=1 ! identity ! identity ! fakesink", 1, PATIENCE).unwrap();
    let refuse = |pad: &mut Pad| (pad.map, pad.problem) = (None, Some("device memory".into()));
    assert_eq!((seen.pads.len(), seen.problems().len()), (3, 0), "{seen}");
    refuse(&mut seen.pads[0]);
    assert_eq!(seen.problems(), Vec::<String>::new());
    refuse(&mut seen.pads[2]);
    assert_eq!(seen.problems(), [format!("{}: device memory", seen.pads[2].name)]);
    refuse(&mut seen.pads[1]);
    assert_eq!(seen.problems().len(), 3);
    seen.pads.clear();
    assert_eq!(seen.problems().len(), 0);
}
