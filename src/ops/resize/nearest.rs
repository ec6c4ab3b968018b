//! Pixels picked from a row, as they are.

use crate::frame::{View, ViewMut};
use crate::ops::rows::Isa;

#[cfg(target_arch = "x86_64")]
pub(super) use groups::{GROUP, Groups, REACH};

/// `INTER_NEAREST`: the input pixel at `floor(at * scale)`.
pub(super) fn nearest(isa: Isa, src: &View<'_>, mut dst: ViewMut<'_>, top: u32, whole: (u32, u32)) {
    let channels = src.channels();
    let at = |source: u32, target: u32| {
        let scale = 1.0 / (f64::from(target) / f64::from(source));
        move |i: u32| ((f64::from(i) * scale).floor() as u32).min(source - 1)
    };
    let (across, down) = (at(src.width(), whole.0), at(src.height(), whole.1));
    let columns: Vec<usize> = (0..dst.width()).map(|x| across(x) as usize * channels).collect();
    let _ = isa;
    #[cfg(target_arch = "x86_64")]
    let groups = match isa {
        Isa::Avx512(token) if channels == 4 => {
            Groups::new(&columns, 4 * src.width() as usize).map(|groups| (token, groups))
        }
        _ => None,
    };
    for y in 0..dst.height() {
        let row = src.row(down(top + y));
        let out = dst.row_mut(y);
        #[cfg(target_arch = "x86_64")]
        if let Some((token, groups)) = &groups {
            let done = super::x86_64::pick(*token, row, groups, out);
            pick::<4>(row, &columns[done..], &mut out[4 * done..]);
            continue;
        }
        match channels {
            1 => pick::<1>(row, &columns, out),
            2 => pick::<2>(row, &columns, out),
            3 => pick::<3>(row, &columns, out),
            _ => pick::<4>(row, &columns, out),
        }
    }
}

fn pick<const C: usize>(row: &[u8], columns: &[usize], out: &mut [u8]) {
    for (out, &x) in out.as_chunks_mut::<C>().0.iter_mut().zip(columns) {
        out.copy_from_slice(&row[x..x + C]);
    }
}

#[cfg(target_arch = "x86_64")]
mod groups {
    /// Pixels of the output that are picked at once.
    pub(in super::super) const GROUP: usize = 16;
    /// Bytes of a row among which those of a group are.
    pub(in super::super) const REACH: usize = 256;

    /// Pixels of four bytes in groups: where the bytes begin among which a group's are, and which pixel of these each is.
    pub(in super::super) struct Groups {
        pub(in super::super) bases: Vec<usize>,
        pub(in super::super) places: Vec<[u32; GROUP]>,
    }

    impl Groups {
        /// For `columns`, in bytes, of rows of `len` bytes; the last few may be in no group. `None` where a group's are too far apart.
        pub(super) fn new(columns: &[usize], len: usize) -> Option<Self> {
            let last = len.checked_sub(REACH)?;
            let groups = columns.as_chunks::<GROUP>().0;
            let bases: Vec<_> = groups.iter().map(|group| group[0].min(last)).collect();
            let place = |(group, base): (&[usize; GROUP], &usize)| group.map(|at| ((at - base) / 4) as u32);
            let places: Vec<_> = groups.iter().zip(&bases).map(place).collect();
            let near = places.iter().flatten().all(|&place| (place as usize) < REACH / 4);
            near.then_some(Self { bases, places })
        }
    }
}
