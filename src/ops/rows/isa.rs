#[cfg(target_arch = "x86_64")]
use crate::cpu::{Avx2, Avx512};

/// The instructions that a row function runs on. A variant with a token proves that they exist.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Isa {
    /// What every processor of the target has; on aarch64 that includes Advanced SIMD.
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

impl Isa {
    /// The best of what the processor has and the user allows.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn best() -> Self {
        match (Avx512::new(), Avx2::new()) {
            (Some(token), _) => Self::Avx512(token),
            (None, Some(token)) => Self::Avx2(token),
            (None, None) => Self::Scalar,
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    pub(crate) fn best() -> Self {
        Self::Scalar
    }

    /// Everything up to [`Isa::best`], for tests that compare.
    #[cfg(test)]
    pub(crate) fn all() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        let more = [Avx2::new().map(Self::Avx2), Avx512::new().map(Self::Avx512)];
        #[cfg(not(target_arch = "x86_64"))]
        let more: [Option<Self>; 0] = [];
        std::iter::once(Self::Scalar).chain(more.into_iter().flatten()).collect()
    }

    /// Runs `work` in code compiled for these instructions: loops that are inlined into it are vectorised
    /// for them. The bytes are the same, since the arithmetic is.
    #[inline(always)]
    pub(crate) fn run<R>(self, work: impl FnOnce() -> R) -> R {
        match self {
            Self::Scalar => work(),
            // SAFETY: the token exists only where AVX2 and FMA were detected.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => unsafe { with_avx2(work) },
            // SAFETY: the token exists only where these parts of AVX-512 were detected.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => unsafe { with_avx512(work) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn with_avx2<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx2,fma")]
fn with_avx512<R>(work: impl FnOnce() -> R) -> R {
    work()
}
