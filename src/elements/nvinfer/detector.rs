//! The whole of nvinfer but GStreamer: picture in, objects out.

use std::time::{Duration, Instant};

use super::cluster::{Detection, cluster, into_source};
use super::config::Config;
use super::engine::{Engine, EngineOptions, OutputTensor};
use super::labels::Labels;
use super::parsers::{Candidate, ParseContext, Parser};
use super::preprocess::{ImageRef, Preprocessor, SourceRoi};
use crate::{Error, ErrorKind, Result};

/// Where the time of one detection went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DetectTimings {
    /// Cropping, scaling and normalising.
    pub preprocess: Duration,
    /// The network.
    pub inference: Duration,
    /// Reading the outputs, clustering and mapping back.
    pub postprocess: Duration,
}

/// Finds objects in pictures as a configuration file says.
pub struct Detector {
    config: Config,
    labels: Labels,
    engine: Engine,
    preprocessor: Preprocessor,
    parser: Parser,
    input: Vec<f32>,
    candidates: Vec<Candidate>,
    timings: DetectTimings,
}

impl Detector {
    /// Loads model and labels, and runs the model once on an empty picture, so that outputs nobody can
    /// read are an error here and not in the stream.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] for a missing file; [`ErrorKind::Config`] for a model that is broken, does not
    /// fit the configuration, or has outputs that no parser knows; [`ErrorKind::Unsupported`] for one
    /// that this engine does not run, or in a build without the feature `onnx`.
    ///
    /// ```
    /// # #[cfg(feature = "onnx")] {
    /// use dsframe::elements::nvinfer::{ChannelOrder, Config, Detector, ImageRef};
    /// let config = Config::load("examples/models/config_infer_nanodet.txt")?;
    /// let mut detector = Detector::new(config)?;
    /// let grey = ImageRef::packed(&[128; 64 * 48 * 3], (64, 48), 64 * 3, 3, ChannelOrder::Rgb)?;
    /// assert!(detector.detect(&grey)?.is_empty());
    /// assert_eq!(detector.label(0), Some("person"));
    /// # }
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    pub fn new(config: Config) -> Result<Self> {
        Self::with_options(config, EngineOptions::default())
    }

    /// The same with a chosen number of threads. `infer_dims` in `options` wins over the configuration's.
    ///
    /// # Errors
    /// As [`Detector::new`].
    pub fn with_options(config: Config, mut options: EngineOptions) -> Result<Self> {
        options.infer_dims = options.infer_dims.or(config.infer_dims);
        let labels = config.label_file.as_ref().map(Labels::load).transpose()?.unwrap_or_default();
        let named = config.parse_bbox_func_name.as_deref().map(Parser::named).transpose();
        let named = named.map_err(|error| in_file(&config, &error))?;
        let engine = Engine::load(&config.onnx_file, &options)?;
        let [channels, height, width] = engine.input_shape();
        if channels != config.model_color_format.channels() {
            let (format, needed) = (config.model_color_format, config.model_color_format.channels());
            let message = format!(
                "model-color-format is {format:?} ({needed} planes), the model's input {} has {channels}",
                engine.input_name()
            );
            return Err(in_file(&config, &Error::new(ErrorKind::Config, message)));
        }
        let preprocessor = Preprocessor::new(&config, (width, height));
        let mut detector = Self {
            input: vec![0.0; preprocessor.len()],
            parser: named.unwrap_or(Parser::NanoDet),
            candidates: Vec::new(),
            timings: DetectTimings::default(),
            config,
            labels,
            engine,
            preprocessor,
        };
        detector.try_outputs(named).map_err(|error| in_file(&detector.config, &error))?;
        Ok(detector)
    }

    fn try_outputs(&mut self, named: Option<Parser>) -> Result<()> {
        let outputs = self.engine.run(&self.input)?;
        if named.is_none() {
            self.parser = self.with_context(|context| Parser::recognise(&outputs, context))?;
            tracing::info!("{}: outputs read as {:?}", self.config.onnx_file.display(), self.parser);
        }
        self.read_outputs(&outputs)
    }

    /// Finds the objects in a whole picture, ordered by class and falling confidence.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the model fails.
    pub fn detect(&mut self, image: &ImageRef<'_>) -> Result<Vec<Detection>> {
        self.detect_in(image, SourceRoi::full(image))
    }

    /// Finds the objects in a part of a picture, for [`super::ProcessMode::Objects`]. The boxes are in
    /// pixels of the whole picture.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] if `roi` is empty or leaves the picture, else as
    /// [`Detector::detect`].
    pub fn detect_in(&mut self, image: &ImageRef<'_>, roi: SourceRoi) -> Result<Vec<Detection>> {
        let start = Instant::now();
        let map = self.preprocessor.run(image, roi, &mut self.input)?;
        let prepared = Instant::now();
        let outputs = self.engine.run(&self.input)?;
        let inferred = Instant::now();
        self.read_outputs(&outputs)?;
        let objects = cluster(&self.candidates, &self.config);
        let found = into_source(&objects, &map, image.height(), &self.config);
        self.timings = DetectTimings {
            preprocess: prepared - start,
            inference: inferred - prepared,
            postprocess: inferred.elapsed(),
        };
        Ok(found)
    }

    /// The name of a class, if there is a label file that has one.
    #[must_use]
    pub fn label(&self, class_id: u32) -> Option<&str> {
        self.labels.name(class_id)
    }

    /// The settings in use.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Width and height of the network's input in pixels.
    #[must_use]
    pub fn network_size(&self) -> (usize, usize) {
        let [_, height, width] = self.engine.input_shape();
        (width, height)
    }

    /// Where the time of the last [`Detector::detect`] went.
    #[must_use]
    pub fn timings(&self) -> DetectTimings {
        self.timings
    }

    fn read_outputs(&mut self, outputs: &[OutputTensor]) -> Result<()> {
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.clear();
        let parser = self.parser;
        let parsed = self.with_context(|context| parser.parse(outputs, context, &mut candidates));
        self.candidates = candidates;
        parsed
    }

    fn with_context<T>(&self, with: impl FnOnce(&ParseContext<'_>) -> T) -> T {
        let (width, height) = self.network_size();
        let labelled = (!self.labels.is_empty()).then_some(self.labels.len());
        with(&ParseContext {
            net: [width, height],
            num_classes: self.config.num_detected_classes.or(labelled),
            threshold: &|class_id| self.config.attrs(class_id).pre_cluster_threshold,
        })
    }
}

#[cold]
fn in_file(config: &Config, error: &Error) -> Error {
    Error::new(error.kind(), format!("{}: {error}", config.path.display()))
}
