//! Pictures of half the size.

use std::arch::aarch64::*;

use crate::cpu::Neon;

/// Means of blocks of 2x2 pixels of `C` bytes, not 2, from two rows, rounded half up.
pub(in super::super) fn halve<const C: usize>(_: Neon, rows: [&[u8]; 2], out: &mut [u8]) {
    // SAFETY: the token exists only where Advanced SIMD is.
    let done = unsafe {
        match C {
            1 => halve1(rows, out),
            3 => halve3(rows, out),
            _ => halve4(rows, out),
        }
    };
    let (upper, lower) = (&rows[0][2 * done..], &rows[1][2 * done..]);
    for (i, out) in out[done..].iter_mut().enumerate() {
        let at = i / C * 2 * C + i % C;
        let sum = [upper[at], upper[at + C], lower[at], lower[at + C]].map(u16::from).iter().sum::<u16>();
        *out = ((sum + 2) >> 2) as u8;
    }
}

/// The means of eight blocks of one channel.
#[inline]
#[target_feature(enable = "neon")]
fn means(upper: uint8x16_t, lower: uint8x16_t) -> uint8x8_t {
    vrshrn_n_u16::<2>(vpadalq_u8(vpaddlq_u8(upper), lower))
}

#[target_feature(enable = "neon")]
fn halve1(rows: [&[u8]; 2], out: &mut [u8]) -> usize {
    let groups = rows[0].as_chunks::<16>().0.iter().zip(rows[1].as_chunks::<16>().0);
    let mut done = 0;
    for ((upper, lower), out) in groups.zip(out.as_chunks_mut::<8>().0) {
        // SAFETY: 16 bytes are read from each row and 8 written, as many as there are.
        unsafe { vst1_u8(out.as_mut_ptr(), means(vld1q_u8(upper.as_ptr()), vld1q_u8(lower.as_ptr()))) };
        done += 8;
    }
    done
}

#[target_feature(enable = "neon")]
fn halve3(rows: [&[u8]; 2], out: &mut [u8]) -> usize {
    let groups = rows[0].as_chunks::<48>().0.iter().zip(rows[1].as_chunks::<48>().0);
    let mut done = 0;
    for ((upper, lower), out) in groups.zip(out.as_chunks_mut::<24>().0) {
        // SAFETY: 48 bytes are read from each row and 24 written, as many as there are.
        unsafe {
            let (a, b) = (vld3q_u8(upper.as_ptr()), vld3q_u8(lower.as_ptr()));
            let halves = uint8x8x3_t(means(a.0, b.0), means(a.1, b.1), means(a.2, b.2));
            vst3_u8(out.as_mut_ptr(), halves);
        }
        done += 24;
    }
    done
}

#[target_feature(enable = "neon")]
fn halve4(rows: [&[u8]; 2], out: &mut [u8]) -> usize {
    let groups = rows[0].as_chunks::<64>().0.iter().zip(rows[1].as_chunks::<64>().0);
    let mut done = 0;
    for ((upper, lower), out) in groups.zip(out.as_chunks_mut::<32>().0) {
        // SAFETY: 64 bytes are read from each row and 32 written, as many as there are.
        unsafe {
            let (a, b) = (vld4q_u8(upper.as_ptr()), vld4q_u8(lower.as_ptr()));
            let halves = uint8x8x4_t(means(a.0, b.0), means(a.1, b.1), means(a.2, b.2), means(a.3, b.3));
            vst4_u8(out.as_mut_ptr(), halves);
        }
        done += 32;
    }
    done
}
