use std::fmt;
use std::sync::OnceLock;

/// Names the most that is used of the processor: `auto`, `scalar`, `avx2`, `avx512` or `neon`.
pub const CPU_VARIABLE: &str = "DSFRAME_CPU";

/// The instruction sets that have code of their own, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// What every processor of the target has.
    Scalar,
    /// ARM's Advanced SIMD, which every aarch64 processor has.
    Neon,
    /// AVX2 on x86-64.
    Avx2,
    /// AVX-512 F, BW, DQ, VL and VBMI on x86-64 (Ice Lake, Zen 4 and later).
    Avx512,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scalar => "scalar",
            Self::Neon => "neon",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        })
    }
}

/// What this process uses: the best that the processor has and `DSFRAME_CPU` allows. Looked up once.
///
/// A value of the variable that is unknown, or more than the processor has, is reported through
/// `tracing` and changes nothing.
///
/// ```
/// println!("operations run on {}", dsframe::cpu::level());
/// ```
#[must_use]
pub fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(|| {
        let best = detected();
        let Some(wanted) = std::env::var_os(CPU_VARIABLE) else { return best };
        chosen(&wanted.to_string_lossy(), best).unwrap_or_else(|why| {
            tracing::warn!("{CPU_VARIABLE}: {why}; going on with {best}");
            best
        })
    })
}

/// The level that `wanted` names, where `best` has it.
fn chosen(wanted: &str, best: Level) -> Result<Level, String> {
    let level = match wanted {
        "" | "auto" => return Ok(best),
        "scalar" => Level::Scalar,
        "neon" => Level::Neon,
        "avx2" => Level::Avx2,
        "avx512" => Level::Avx512,
        other => return Err(format!("\"{other}\" is not one of auto, scalar, neon, avx2, avx512")),
    };
    let there = level == Level::Scalar || (level <= best && (level == Level::Neon) == (best == Level::Neon));
    there.then_some(level).ok_or_else(|| format!("this processor has no {level}"))
}

#[cfg(target_arch = "x86_64")]
fn detected() -> Level {
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vbmi");
    // FMA came with AVX2 in every processor that has it; both are asked for, since both are used.
    let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    match (avx2, avx512) {
        (true, true) => Level::Avx512,
        (true, false) => Level::Avx2,
        _ => Level::Scalar,
    }
}

#[cfg(target_arch = "aarch64")]
fn detected() -> Level {
    Level::Neon
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn detected() -> Level {
    Level::Scalar
}

macro_rules! token {
    ($(#[$doc:meta])* $name:ident, $arch:literal) => {
        $(#[$doc])*
        #[cfg(target_arch = $arch)]
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name(());

        #[cfg(target_arch = $arch)]
        impl $name {
            /// The token, where the processor has the instructions and the user did not rule them out.
            #[inline]
            #[allow(dead_code, reason = "operations may ask by level instead")]
            pub(crate) fn new() -> Option<Self> {
                Self::at(level())
            }

            /// As [`new`](Self::new), where `limit` allows it too: for comparing levels in one process.
            #[inline]
            #[allow(dead_code, reason = "used where levels are compared")]
            pub(crate) fn at(limit: Level) -> Option<Self> {
                (limit.min(level()) >= Level::$name).then_some(Self(()))
            }
        }
    };
}

token! {
    /// Proof that the processor has AVX2 and FMA.
    Avx2, "x86_64"
}
token! {
    /// Proof that the processor has AVX-512 F, BW, DQ, VL and VBMI.
    #[allow(dead_code, reason = "only where 512 bits pay")]
    Avx512, "x86_64"
}
token! {
    /// Proof that the processor has Advanced SIMD.
    #[allow(dead_code, reason = "only where it pays")]
    Neon, "aarch64"
}

#[cfg(target_arch = "x86_64")]
impl Avx512 {
    /// Every processor with AVX-512 has AVX2 and FMA too; detection asked for both.
    #[inline]
    #[allow(dead_code, reason = "only where 256 bits are as good")]
    pub(crate) fn avx2(self) -> Avx2 {
        Avx2(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_lowers_and_never_raises() {
        assert_eq!(chosen("auto", Level::Avx2), Ok(Level::Avx2));
        assert_eq!(chosen("scalar", Level::Avx512), Ok(Level::Scalar));
        assert_eq!(chosen("avx2", Level::Avx512), Ok(Level::Avx2));
        assert!(chosen("avx512", Level::Avx2).unwrap_err().contains("no avx512"));
        assert!(chosen("neon", Level::Avx2).unwrap_err().contains("no neon"));
        assert!(chosen("avx2", Level::Neon).is_err());
        assert!(chosen("SSE", Level::Avx2).unwrap_err().contains("\"SSE\""));
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn tokens_follow_the_level() {
        assert_eq!(Avx2::new().is_some(), level() >= Level::Avx2);
        assert_eq!(Avx512::new().is_some(), level() >= Level::Avx512);
    }

    #[test]
    #[cfg(target_arch = "aarch64")]
    fn the_token_follows_the_level() {
        assert_eq!(Neon::new().is_some(), level() == Level::Neon);
        assert!(Neon::at(Level::Scalar).is_none());
    }
}
