//! How alike two targets look, and how a track remembers.

/// Share of the old look that a track keeps with each observation.
const MEMORY: f32 = 0.9;

/// 1 − Bhattacharyya coefficient of two histograms with sum 1: 0 same, 1 nothing in common. None if
/// their lengths differ or there is none, or if they hold something other than shares.
pub(super) fn distance(a: &[f32], b: &[f32]) -> Option<f64> {
    if a.is_empty() || a.len() != b.len() {
        return None;
    }
    let common: f64 = a.iter().zip(b).map(|(&x, &y)| (f64::from(x) * f64::from(y)).sqrt()).sum();
    common.is_finite().then(|| (1.0 - common).clamp(0.0, 1.0))
}

/// Moves `memory` a little towards `latest`, or replaces it if it is of another length.
pub(super) fn blend(memory: &mut Vec<f32>, latest: &[f32]) {
    if memory.len() != latest.len() {
        memory.clear();
        memory.extend_from_slice(latest);
        return;
    }
    memory.iter_mut().zip(latest).for_each(|(old, &new)| *old = MEMORY * *old + (1.0 - MEMORY) * new);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_nothing_in_common_are_far_and_what_is_no_share_has_no_distance() {
        assert_eq!(distance(&[0.5, 0.5], &[0.5, 0.5]), Some(0.0));
        assert_eq!(distance(&[1.0, 0.0], &[0.0, 1.0]), Some(1.0));
        assert_eq!(distance(&[f32::NAN], &[1.0]), None);
        assert_eq!(distance(&[0.5, 0.5], &[1.0]), None);
    }
}
