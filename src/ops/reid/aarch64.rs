//! Rows of planes: sampled eight pixels at a time, blended, normalised and stored sixteen at a time.

use std::arch::aarch64::*;
use std::arch::asm;

use half::f16;

use super::columns::Table;
use super::pixels::Strip;
use super::store::Blend;
use crate::cpu::Neon;
use crate::ops::resize::blend as blended;

/// Asks for the cache lines of `row`.
#[inline]
pub(super) fn prefetch(row: &[u8]) {
    let lead = row.as_ptr().addr() % 64;
    for at in (0..lead + row.len()).step_by(64) {
        let line = row.as_ptr().wrapping_sub(lead).wrapping_add(at);
        // SAFETY: a prefetch reads nothing and faults nowhere; the line holds bytes of `row`.
        unsafe {
            asm!("prfm pldl1keep, [{line}]", line = in(reg) line, options(nostack, preserves_flags, readonly))
        };
    }
}

/// Samples plane `c` of the rows of a strip into that of the rows of `out`, whose planes have `len` values each.
pub(super) fn across(_: Neon, strip: Strip<'_>, table: &Table, (out, len): (&mut [i16], usize), c: usize) {
    match table.reach {
        // SAFETY: the token exists only where Advanced SIMD is.
        16 => unsafe { across_neon::<1>(strip, table, (out, len), c) },
        // SAFETY: as above.
        32 => unsafe { across_neon::<2>(strip, table, (out, len), c) },
        _ => unreachable!("there are groups of 16 and of 32 bytes"),
    }
}

/// Eight pixels at a time, from `V` vectors of each plane.
#[target_feature(enable = "neon")]
fn across_neon<const V: usize>(
    strip: Strip<'_>,
    table: &Table,
    (out, sampled): (&mut [i16], usize),
    c: usize,
) {
    let (rows, plane) = (strip.bytes, strip.plane);
    assert!(table.needs <= plane && table.reach == 16 * V, "a plane is too short");
    assert!(3 * strip.rows * plane <= rows.len(), "a row is not there");
    let [index, high, low] = [&table.index, &table.high, &table.low].map(|part| part.as_chunks::<8>().0);
    let groups = table.bases.len().min(index.len()).min(sampled / 8);
    for i in 0..groups {
        // SAFETY: eight pairs of bytes; the load needs no alignment.
        let pairs = |part: &[[u16; 8]]| unsafe { vld2_u8(part[i].as_ptr().cast()) };
        let (index, high, low) = (pairs(index), pairs(high), pairs(low));
        for c in (c..3 * strip.rows).step_by(3) {
            let at = c * plane + table.bases[i] as usize;
            // SAFETY: so many bytes from each base on lie in a plane that is as long as the table needs.
            let (p, q) = unsafe {
                if V == 1 {
                    let bytes = vld1q_u8(rows.as_ptr().add(at));
                    (vqtbl1_u8(bytes, index.0), vqtbl1_u8(bytes, index.1))
                } else {
                    let bytes = vld1q_u8_x2(rows.as_ptr().add(at));
                    (vqtbl2_u8(bytes, index.0), vqtbl2_u8(bytes, index.1))
                }
            };
            let large = vmlal_u8(vmull_u8(p, high.0), q, high.1);
            let small = vmlal_u8(vmull_u8(p, low.0), q, low.1);
            let out = &mut out[c * sampled + 8 * i..][..8];
            // SAFETY: the slice is 16 bytes; the store needs no alignment.
            unsafe { vst1q_s16(out.as_mut_ptr(), vreinterpretq_s16_u16(vsraq_n_u16::<4>(large, small))) };
        }
    }
}

macro_rules! planes {
    ($name:ident, $inner:ident, $type:ty, $store:ident) => {
        /// Writes pixels from the left, and returns how many.
        pub(super) fn $name(_: Neon, blend: &Blend<'_>, planes: [&mut [$type]; 3]) -> usize {
            // SAFETY: the token exists only where Advanced SIMD is.
            unsafe { $inner(blend, planes) }
        }

        #[target_feature(enable = "neon")]
        fn $inner(blend: &Blend<'_>, planes: [&mut [$type]; 3]) -> usize {
            let done = planes[0].len() / 16 * 16;
            for (c, plane) in planes.into_iter().enumerate() {
                let norm = (blend.norm.scale[c], blend.norm.bias[c]);
                let [upper, lower] = blend.plane(c).map(|row| row.as_chunks::<16>().0);
                for ((out, upper), lower) in plane.as_chunks_mut::<16>().0.iter_mut().zip(upper).zip(lower) {
                    $store(blended(upper, lower, blend.weights()), norm, out);
                }
            }
            done
        }
    };
}

planes!(planes_f32, planes_f32_neon, f32, store_f32);
planes!(planes_f16, planes_f16_neon, f16, store_f16);
planes!(planes_u8, planes_u8_neon, u8, store_u8);

/// Sixteen bytes times the factor plus the bias, in two roundings as the scalar code has it.
#[inline]
#[target_feature(enable = "neon")]
fn normalised(bytes: uint8x16_t, (scale, bias): (f32, f32)) -> [float32x4_t; 4] {
    let (low, high) = (vmovl_u8(vget_low_u8(bytes)), vmovl_high_u8(bytes));
    let quarters = [
        vmovl_u16(vget_low_u16(low)),
        vmovl_high_u16(low),
        vmovl_u16(vget_low_u16(high)),
        vmovl_high_u16(high),
    ];
    quarters.map(|v| vaddq_f32(vmulq_n_f32(vcvtq_f32_u32(v), scale), vdupq_n_f32(bias)))
}

#[inline]
#[target_feature(enable = "neon")]
fn store_f32(bytes: uint8x16_t, norm: (f32, f32), out: &mut [f32; 16]) {
    let [a, b, c, d] = normalised(bytes, norm);
    // SAFETY: `out` is 16 values; the store needs no alignment.
    unsafe { vst1q_f32_x4(out.as_mut_ptr(), float32x4x4_t(a, b, c, d)) };
}

#[inline]
#[target_feature(enable = "neon")]
fn store_f16(bytes: uint8x16_t, norm: (f32, f32), out: &mut [f16; 16]) {
    let [a, b, c, d] = normalised(bytes, norm);
    let halves = uint16x8x2_t(halves(a, b), halves(c, d));
    // SAFETY: `out` is 32 bytes, `f16` being a plain 16-bit word; the store needs no alignment.
    unsafe { vst1q_u16_x2(out.as_mut_ptr().cast(), halves) };
}

/// Eight values in half precision, rounded to nearest, which is how threads start.
#[inline]
#[target_feature(enable = "neon")]
fn halves(low: float32x4_t, high: float32x4_t) -> uint16x8_t {
    let halves: uint16x8_t;
    // SAFETY: both instructions are of the first version of the architecture, and touch nothing but these registers.
    unsafe {
        asm!(
            "fcvtn {out:v}.4h, {low:v}.4s",
            "fcvtn2 {out:v}.8h, {high:v}.4s",
            out = out(vreg) halves,
            low = in(vreg) low,
            high = in(vreg) high,
            options(nostack, preserves_flags, nomem, pure),
        );
    }
    halves
}

#[inline]
#[target_feature(enable = "neon")]
fn store_u8(bytes: uint8x16_t, _: (f32, f32), out: &mut [u8; 16]) {
    // SAFETY: `out` is 16 bytes; the store needs no alignment.
    unsafe { vst1q_u8(out.as_mut_ptr(), bytes) };
}
