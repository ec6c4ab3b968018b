use std::ops::Range;

use rayon::prelude::*;

/// Work below which a picture is not cut up, in bytes touched: handing a strip to another thread costs
/// some microseconds, in which one thread touches about this much.
const STRIP_WORK: usize = 256 * 1024;

/// Rows of each strip, for a picture of `rows` rows of `row_work` bytes each; one strip for a small picture or a
/// pool of one thread. A strip starts on a multiple of `align` rows.
pub(crate) fn strips(rows: u32, row_work: usize, align: u32) -> Vec<Range<u32>> {
    let work = (rows as usize).saturating_mul(row_work);
    let parts = (work / STRIP_WORK).clamp(1, rayon::current_num_threads()) as u32;
    let align = align.max(1);
    let step = rows.div_ceil(parts).next_multiple_of(align).max(align);
    (0..rows).step_by(step as usize).map(|top| top..rows.min(top + step)).collect()
}

/// Runs `work` on each of `parts`, on rayon's pool when there is more than one.
pub(crate) fn for_each<T: Send>(parts: Vec<T>, work: impl Fn(T) + Sync + Send) {
    if parts.len() > 1 {
        parts.into_par_iter().for_each(work);
    } else {
        parts.into_iter().for_each(work);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_cover_every_row_once_and_start_aligned() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        for (rows, align) in [(0, 2), (1, 2), (7, 2), (1080, 2), (1081, 16), (1080, 0)] {
            let strips = pool.install(|| strips(rows, 8000, align));
            assert_eq!(strips.iter().map(|s| s.len()).sum::<usize>(), rows as usize);
            assert!(strips.windows(2).all(|w| w[0].end == w[1].start));
            assert!(strips.iter().all(|s| s.start % align.max(1) == 0));
            assert!(strips.len() <= 3);
        }
        assert_eq!(pool.install(|| strips(1080, 8000, 2)).len(), 3);
    }

    #[test]
    fn small_pictures_and_single_threads_stay_whole() {
        assert_eq!(strips(16, 64, 1), vec![0..16; 1]);
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(one.install(|| strips(4000, 16000, 1)), vec![0..4000; 1]);
    }
}
