//! Marks as bits, 64 pixels to a word, and back to bytes.

use crate::ops::rows::{Isa, per_isa};

/// The mark of a pixel that may be on an edge, in the sign bit.
pub(super) const MAYBE: u8 = 0x80;
/// The mark of a pixel that is on an edge, in the bit below.
pub(super) const EDGE: u8 = 0x40;

/// Gathers the marks of a row, 64 to each word of `maybe` and `edges`; there are as many as whole words have.
#[inline]
pub(super) fn gather(isa: Isa, marks: &[u8], maybe: &mut [u64], edges: &mut [u64]) {
    match isa {
        #[cfg(target_arch = "aarch64")]
        Isa::Neon(token) => super::aarch64::gather(token, marks, maybe, edges),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(token) => super::x86_64::gather_avx2(token, marks, maybe, edges),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(token) => super::x86_64::gather_avx512(token, marks, maybe, edges),
        Isa::Scalar => {
            for (marks, (maybe, edges)) in marks.chunks_exact(64).zip(maybe.iter_mut().zip(edges)) {
                (*maybe, *edges) = (0, 0);
                for (i, mark) in marks.iter().enumerate() {
                    *maybe |= u64::from(mark / MAYBE) << i;
                    *edges |= u64::from((mark / EDGE) & 1) << i;
                }
            }
        }
    }
}

per_isa! {
    fn spread_words[](bits: &[u64], out: &mut [u8]) {
        for (&word, out) in bits.iter().zip(out.chunks_exact_mut(64)) {
            for (byte, out) in word.to_le_bytes().into_iter().zip(out.chunks_exact_mut(8)) {
                // Bit i to byte i, then to the top of it, then over the whole byte.
                let each = (u64::from(byte) * 0x0101_0101_0101_0101) & 0x8040_2010_0804_0201;
                let top = (((each & 0x7F7F_7F7F_7F7F_7F7F) + 0x7F7F_7F7F_7F7F_7F7F) | each) & 0x8080_8080_8080_8080;
                out.copy_from_slice(&((top >> 7) * 255).to_le_bytes());
            }
        }
    }
}

/// Writes 255 where a bit is set and 0 elsewhere.
#[inline]
pub(super) fn spread(isa: Isa, bits: &[u64], out: &mut [u8]) {
    let whole = out.len() / 64;
    match isa {
        #[cfg(target_arch = "aarch64")]
        Isa::Neon(token) => super::aarch64::spread(token, &bits[..whole], &mut out[..whole * 64]),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(token) => super::x86_64::spread_avx512(token, &bits[..whole], &mut out[..whole * 64]),
        _ => spread_words(isa, bits, out),
    }
    for (i, out) in out[whole * 64..].iter_mut().enumerate() {
        *out = if bits[whole] >> i & 1 == 1 { 255 } else { 0 };
    }
}
