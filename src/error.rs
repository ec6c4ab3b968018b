//! One opaque error for the whole crate.
//!
//! A message names the operand, says what it is, what it must be and what to change. The kind
//! says which of a few reactions makes sense; it may grow, so match with a wildcard arm.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of failure an [`Error`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument is out of its range, or two arguments do not fit together.
    InvalidArgument,
    /// The pixels are where this call cannot reach them (GPU memory and a CPU call, or the reverse).
    Residency,
    /// A pixel format, model, file or codec that this build does not handle.
    Unsupported,
    /// A structure in memory does not look like any known DeepStream version.
    Abi,
    /// A shared library or a symbol in it is missing.
    Library,
    /// A call of the CUDA driver or of its run-time compiler failed.
    Cuda,
    /// A file or device could not be read or written.
    Io,
    /// A configuration or model file has the wrong content.
    Config,
    /// GStreamer, or an element of the pipeline, reported a failure.
    Pipeline,
    /// The user's own closure returned an error or panicked.
    Callback,
}

/// An error with a message for people, a kind for programs and, where there is one, a cause.
///
/// ```
/// use dsframe::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::InvalidArgument, "quality is 0, it must be 1 to 100");
/// assert_eq!(error.kind(), ErrorKind::InvalidArgument);
/// assert_eq!(error.to_string(), "quality is 0, it must be 1 to 100");
/// ```
#[derive(Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: Cow<'static, str>,
    #[source]
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind` with `message`.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// The same error with the failure that led to it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// What sort of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    #[cold]
    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidArgument, message)
    }

    #[cold]
    pub(crate) fn unsupported(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Unsupported, message)
    }

    /// `what` is the operation, as in `writing /tmp/a.jpg`. The cause is in the message, so that it is not
    /// told twice by whoever prints the chain.
    #[cold]
    #[allow(clippy::needless_pass_by_value, reason = "stands in map_err")]
    pub(crate) fn io(what: impl fmt::Display, source: std::io::Error) -> Self {
        Self::new(ErrorKind::Io, format!("{what}: {source}"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)?;
        let mut cause = std::error::Error::source(self);
        while let Some(next) = cause {
            write!(f, "\n  caused by: {next}")?;
            cause = next.source();
        }
        Ok(())
    }
}
