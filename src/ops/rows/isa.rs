#[cfg(target_arch = "aarch64")]
use crate::cpu::Neon;
#[cfg(target_arch = "x86_64")]
use crate::cpu::{Avx2, Avx512};

/// The instructions that a row function runs on. A variant with a token proves that they exist.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Isa {
    /// Plain code. The compiler may use what every processor of the target has, which on aarch64 is Advanced SIMD too.
    Scalar,
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
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

    #[cfg(target_arch = "aarch64")]
    pub(crate) fn best() -> Self {
        Neon::new().map_or(Self::Scalar, Self::Neon)
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    pub(crate) fn best() -> Self {
        Self::Scalar
    }

    /// Everything up to [`Isa::best`], for tests that compare.
    #[cfg(test)]
    pub(crate) fn all() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        let more = [Avx2::new().map(Self::Avx2), Avx512::new().map(Self::Avx512)];
        #[cfg(target_arch = "aarch64")]
        let more = [Neon::new().map(Self::Neon)];
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        let more: [Option<Self>; 0] = [];
        std::iter::once(Self::Scalar).chain(more.into_iter().flatten()).collect()
    }
}

/// Defines a function that is compiled once for each set of instructions, and takes the one to use as its first argument.
///
/// Its loops are vectorised for those instructions. The bytes are the same, since the arithmetic is. Generic
/// parameters stand in brackets and must follow from the arguments.
macro_rules! per_isa {
    ($(#[$meta:meta])* $vis:vis fn $name:ident [$($generics:tt)*] ($($arg:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$meta])*
        #[allow(unsafe_code, reason = "calls code compiled for instructions that a token proves")]
        #[allow(clippy::too_many_arguments, reason = "a row function takes what it works on")]
        $vis fn $name<$($generics)*>(isa: $crate::ops::rows::Isa, $($arg: $type),*) {
            #[inline(always)]
            fn plain<$($generics)*>($($arg: $type),*) $body
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2<$($generics)*>($($arg: $type),*) {
                plain($($arg),*);
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx2,fma")]
            fn avx512<$($generics)*>($($arg: $type),*) {
                plain($($arg),*);
            }
            match isa {
                // SAFETY: the token exists only where AVX2 and FMA were detected.
                #[cfg(target_arch = "x86_64")]
                $crate::ops::rows::Isa::Avx2(_) => unsafe { avx2($($arg),*) },
                // SAFETY: the token exists only where these parts of AVX-512 were detected.
                #[cfg(target_arch = "x86_64")]
                $crate::ops::rows::Isa::Avx512(_) => unsafe { avx512($($arg),*) },
                // Plain code is compiled for Advanced SIMD on aarch64.
                _ => plain($($arg),*),
            }
        }
    };
}
pub(crate) use per_isa;
