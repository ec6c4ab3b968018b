//! What runs here, and what to change: the machine's runtime, libraries, GPU and elements, and where a pipeline's
//! frames are.
//!
//! [`Machine::look`] asks the machine, [`Pipeline::play`] plays a pipeline for a few frames and looks at every pad.
//! Both print themselves, and list as `problems` what stands in a probe's way. The example `doctor` is both in one
//! program.
//!
//! ```
//! dsframe::init()?;
//! let machine = dsframe::doctor::Machine::look()?;
//! println!("{machine}");
//! assert!(machine.elements.iter().any(|element| element.name == "nvvideoconvert"));
//! # Ok::<(), dsframe::Error>(())
//! ```

mod gpu;
mod pads;

use std::fmt;

use gst::prelude::*;

pub use gpu::{Gpu, gpus};
pub use pads::{Memory, Pad, Pipeline};

use crate::error::Result;
use crate::runtime::{self, Runtime};
use crate::sys::MetaGeneration;

/// DeepStream's libraries that this crate calls.
const LIBRARIES: [&str; 3] = ["libnvds_meta.so", "libnvdsgst_meta.so", "libnvbufsurface.so"];

/// Elements of DeepStream that a pipeline is likely to have.
const ELEMENTS: [&str; 12] = [
    "nvv4l2decoder",
    "nvjpegdec",
    "nvurisrcbin",
    "nvstreammux",
    "nvvideoconvert",
    "nvinfer",
    "nvinferserver",
    "nvtracker",
    "nvdsanalytics",
    "nvmultistreamtiler",
    "nvdsosd",
    "nvstreamdemux",
];

/// A shared library that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedLibrary {
    /// Its file name.
    pub name: &'static str,
    /// Where it was found, or every place that was tried and why it would not do.
    pub found: Result<String, String>,
}

/// Who makes the elements of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provider {
    /// An installed plugin; its file, where GStreamer knows it.
    Plugin(String),
    /// This crate.
    Embedded,
    /// Nobody.
    Missing,
}

/// An element's name and who makes it here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Factory {
    /// The factory's name.
    pub name: &'static str,
    /// Who makes it.
    pub provider: Provider,
}

/// What the machine has.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Machine {
    /// Who answers DeepStream's metadata API.
    pub runtime: Runtime,
    /// The file that answers.
    pub origin: String,
    /// Why: what `DSFRAME_RUNTIME` says, and what was found.
    pub why: String,
    /// The layout of its metadata structures.
    pub metadata: Result<MetaGeneration, String>,
    /// DeepStream's libraries.
    pub libraries: Vec<SharedLibrary>,
    /// GPUs, or why there are none.
    pub gpus: Result<Vec<Gpu>, String>,
    /// GStreamer's version.
    pub gstreamer: String,
    /// DeepStream's elements.
    pub elements: Vec<Factory>,
}

impl Machine {
    /// Asks the machine. Call [`init`](crate::init) first, which starts GStreamer and registers what is missing.
    ///
    /// # Errors
    /// When the runtime could not be chosen; see [`runtime::try_api`].
    pub fn look() -> Result<Self> {
        let api = runtime::try_api()?;
        let libraries = LIBRARIES.map(|name| SharedLibrary {
            name,
            found: runtime::locate(name).map_err(|error| error.to_string()),
        });
        Ok(Self {
            runtime: api.runtime,
            origin: api.origin.to_string(),
            why: why(api.runtime, &libraries),
            metadata: runtime::meta_generation().map_err(|error| error.to_string()),
            libraries: libraries.into(),
            gpus: gpus(),
            gstreamer: gst::version_string().to_string(),
            elements: ELEMENTS.map(|name| Factory { name, provider: provider(name) }).into(),
        })
    }

    /// What keeps this machine from being a whole DeepStream machine, a sentence each; an embedded machine that is
    /// meant to be one has none.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let Err(error) = &self.metadata {
            problems.push(format!("the metadata's layout is not known: {error}"));
        }
        if self.runtime == Runtime::Embedded {
            return problems;
        }
        for library in &self.libraries {
            if let Err(error) = &library.found {
                problems.push(error.clone());
            }
        }
        if let Err(why) = &self.gpus {
            problems.push(format!("DeepStream's libraries are here, but no GPU: {why}"));
        }
        problems
    }
}

fn why(runtime: Runtime, libraries: &[SharedLibrary]) -> String {
    let wanted = std::env::var(runtime::RUNTIME_VARIABLE).unwrap_or_default();
    if matches!(wanted.as_str(), "native" | "embedded") {
        return format!("{} is {wanted}", runtime::RUNTIME_VARIABLE);
    }
    match runtime {
        Runtime::Native => "DeepStream's metadata libraries load".into(),
        Runtime::Embedded => {
            let missing = libraries[..2].iter().filter(|library| library.found.is_err());
            format!("{} did not load", missing.map(|library| library.name).collect::<Vec<_>>().join(" and "))
        }
    }
}

fn provider(name: &str) -> Provider {
    let Some(factory) = gst::ElementFactory::find(name) else { return Provider::Missing };
    // This crate registers its elements without a plugin.
    match factory.plugin() {
        None => Provider::Embedded,
        Some(plugin) => Provider::Plugin(
            plugin.filename().map_or_else(|| plugin.plugin_name().to_string(), |p| p.display().to_string()),
        ),
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "runtime       {} ({}): {}", self.runtime, self.origin, self.why)?;
        match &self.metadata {
            Ok(generation) => writeln!(f, "metadata      generation {generation:?}")?,
            Err(error) => writeln!(f, "metadata      {error}")?,
        }
        for library in &self.libraries {
            let found = library.found.as_ref().unwrap_or_else(|error| error);
            writeln!(f, "library       {}: {found}", library.name)?;
        }
        match &self.gpus {
            Ok(gpus) => gpus.iter().try_for_each(|gpu| writeln!(f, "GPU           {gpu}"))?,
            Err(why) => writeln!(f, "GPU           {why}")?,
        }
        writeln!(f, "GStreamer     {}", self.gstreamer)?;
        for element in &self.elements {
            let provider = match &element.provider {
                Provider::Plugin(file) => file,
                Provider::Embedded => "embedded, on the CPU",
                Provider::Missing => "missing",
            };
            writeln!(f, "element       {}: {provider}", element.name)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
