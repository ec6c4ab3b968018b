//! What the probe does with a frame: the wanted objects' boxes become a tensor, on the CPU or the GPU.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::Result;
use dsframe::ops::reid::{ReidSpec, reid_batch};
use dsframe::prelude::*;

use super::Where;
use super::common::table;
use super::output::{Line, Output};

/// What the networks of torchreid and boxmot take.
const SPEC: ReidSpec = ReidSpec::TORCHREID;

/// Keeps what a run needs from frame to frame.
pub struct Batches {
    /// Frames seen.
    pub frames: u64,
    /// Items made.
    pub items: u64,
    maker: Maker,
    classes: Option<Vec<String>>,
    every: u16,
    output: Output,
    spent: Duration,
    failed: Option<anyhow::Error>,
}

impl Batches {
    pub fn new(device: Where, classes: &[String], every: u16, output: Output) -> Self {
        let all = classes.iter().any(|class| class == "all");
        let classes = (!all).then(|| classes.to_vec());
        let maker = Maker::new(device);
        Self { frames: 0, items: 0, maker, classes, every, output, spent: Duration::ZERO, failed: None }
    }

    /// Called by the probe for every frame.
    pub fn frame(&mut self, frame: &Frame<'_>) -> dsframe::Result<()> {
        self.frames += 1;
        if frame.frame_num() % i32::from(self.every) != 0 || self.failed.is_some() {
            return Ok(());
        }
        // Metadata lists have the newest first.
        let objects = frame.objects().rev().map(|object| Line {
            object_id: object.object_id(),
            label: object.label(),
            rect: object.rect(),
        });
        let wanted = |line: &Line| {
            self.classes.as_ref().is_none_or(|list| list.iter().any(|c| c.eq_ignore_ascii_case(&line.label)))
        };
        let objects: Vec<_> = objects.filter(wanted).collect();
        if objects.is_empty() {
            return Ok(());
        }
        let boxes: Vec<_> = objects.iter().map(|object| object.rect).collect();
        let begin = Instant::now();
        let values = self.maker.make(frame, &boxes)?;
        self.spent += begin.elapsed();
        self.items += boxes.len() as u64;
        let shape = SPEC.shape(boxes.len());
        if let Err(error) = self.output.write(frame.source_id(), frame.frame_num(), &shape, &values, &objects)
        {
            // Told at the end; without its files the run has nothing more to give.
            self.failed = Some(error.context("a tensor is not saved"));
        }
        Ok(())
    }

    pub fn finish(&mut self) -> Result<()> {
        self.failed.take().map_or(Ok(()), Err).and(self.output.finish())
    }
}

impl fmt::Display for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = self.spent.as_secs_f64() * 1e6 / self.items.max(1) as f64;
        let row = [self.items.to_string(), self.maker.to_string(), format!("{each:.1}")];
        write!(f, "{}", table(&["items", "made on the", "us each"], &[row.to_vec()]))
    }
}

/// The CPU, or a stream of the GPU that the first frame is on.
enum Maker {
    Cpu,
    #[cfg(feature = "cuda")]
    NotYet,
    #[cfg(feature = "cuda")]
    Cuda {
        stream: dsframe::cuda::Stream,
        uploads: u64,
    },
}

impl fmt::Display for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("CPU"),
            #[cfg(feature = "cuda")]
            Self::NotYet => f.write_str("GPU"),
            #[cfg(feature = "cuda")]
            Self::Cuda { uploads: 0, .. } => f.write_str("GPU"),
            #[cfg(feature = "cuda")]
            Self::Cuda { uploads, .. } => write!(f, "GPU ({uploads} frames were uploaded)"),
        }
    }
}

fn on_the_cpu(frame: &Frame<'_>, boxes: &[BBox]) -> dsframe::Result<Vec<f32>> {
    let pixels = frame.map_read()?;
    Ok(reid_batch::<f32>(&pixels.view(), boxes, &SPEC)?.tensor.into_raw_vec_and_offset().0)
}

#[cfg(not(feature = "cuda"))]
impl Maker {
    fn new(device: Where) -> Self {
        if device == Where::Cuda {
            eprintln!("this program was built without the feature cuda; going on on the CPU");
        }
        Self::Cpu
    }

    fn make(&mut self, frame: &Frame<'_>, boxes: &[BBox]) -> dsframe::Result<Vec<f32>> {
        on_the_cpu(frame, boxes)
    }
}

#[cfg(feature = "cuda")]
impl Maker {
    fn new(device: Where) -> Self {
        if device == Where::Cuda { Self::NotYet } else { Self::Cpu }
    }

    fn make(&mut self, frame: &Frame<'_>, boxes: &[BBox]) -> dsframe::Result<Vec<f32>> {
        if let Self::NotYet = self {
            let gpu = frame.surface()?.gpu_id();
            *self = match dsframe::cuda::Device::new(gpu).and_then(|device| device.stream()) {
                Ok(stream) => Self::Cuda { stream, uploads: 0 },
                Err(error) => {
                    eprintln!("{error} ({:?}); going on on the CPU", error.kind());
                    Self::Cpu
                }
            };
        }
        let Self::Cuda { stream, uploads } = self else { return on_the_cpu(frame, boxes) };
        match frame.surface()?.device_view() {
            Ok(map) => {
                let values = on_the_gpu(stream, &map.view(), boxes)?;
                map.finish()?;
                Ok(values)
            }
            // In system memory, as the embedded elements have them: copied, since this program was asked to.
            Err(error) if error.kind() == ErrorKind::Residency => {
                if *uploads == 0 {
                    eprintln!("{error}; each frame is uploaded first");
                }
                *uploads += 1;
                let image = stream.to_device(&frame.map_read()?.view())?;
                on_the_gpu(stream, &image.view(), boxes)
            }
            Err(error) => Err(error),
        }
    }
}

/// The tensor's values, brought to the host to be saved; a network would take the tensor where it is.
#[cfg(feature = "cuda")]
fn on_the_gpu(
    stream: &dsframe::cuda::Stream,
    view: &dsframe::frame::DeviceView<'_>,
    boxes: &[BBox],
) -> dsframe::Result<Vec<f32>> {
    let batch = dsframe::ops::reid::reid_batch_on::<f32>(stream, view, boxes, &SPEC)?;
    let copied = stream.raw().clone_dtoh(&batch.tensor.as_cudarc::<f32>()?);
    copied.map_err(|error| {
        Error::new(ErrorKind::Cuda, "the tensor does not come to the host").with_source(error)
    })
}
