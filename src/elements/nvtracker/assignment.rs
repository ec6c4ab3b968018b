//! Optimal one-to-one assignment of tracks to detections.
//!
//! The pairs that pass their gate are few and local, so the problem falls apart into small
//! connected groups. Each group is solved on its own by the Hungarian algorithm: the result is the
//! optimum of the whole, and the time stays near linear when a frame holds a thousand boxes.

use pathfinding::prelude::{Matrix, kuhn_munkres};

/// A permitted pair and how much it is worth (any finite number).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) similarity: f64,
}

/// Steps per unit of similarity.
const SCALE: f64 = 1e6;
/// Similarities are clipped to ±`RANGE`.
const RANGE: f64 = 100.0;
/// Worth of any pair on top of its similarity: more pairs are better than better pairs, so that no
/// track is left behind for a slightly higher sum.
const PAIR: f64 = 10.0 * RANGE;
/// Above this many rows and columns a group is matched greedily, to bound the cubic time.
const LARGEST_EXACT: usize = 256;

/// The one-to-one pairs `(row, column)` with the most pairs and, among those, the highest sum of
/// similarities, sorted by row.
///
/// Groups of more than [`LARGEST_EXACT`] connected rows and columns (hundreds of boxes on top of
/// each other) are matched best pair first instead.
pub(super) fn best_pairs(rows: usize, columns: usize, candidates: &[Candidate]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::with_capacity(rows.min(columns));
    for group in groups(rows, columns, candidates) {
        match group.as_slice() {
            [only] => pairs.push((only.row, only.column)),
            group => solve(group, &mut pairs),
        }
    }
    pairs.sort_unstable();
    pairs
}

/// Candidates by connected group, in order of their first appearance.
fn groups(rows: usize, columns: usize, candidates: &[Candidate]) -> Vec<Vec<Candidate>> {
    let mut parents: Vec<usize> = (0..rows + columns).collect();
    for candidate in candidates {
        let a = root(&mut parents, candidate.row);
        let b = root(&mut parents, rows + candidate.column);
        parents[a.max(b)] = a.min(b);
    }
    let mut slots = vec![usize::MAX; rows + columns];
    let mut groups: Vec<Vec<Candidate>> = Vec::new();
    for candidate in candidates {
        let slot = &mut slots[root(&mut parents, candidate.row)];
        if *slot == usize::MAX {
            *slot = groups.len();
            groups.push(Vec::new());
        }
        groups[*slot].push(*candidate);
    }
    groups
}

fn root(parents: &mut [usize], mut node: usize) -> usize {
    while parents[node] != node {
        parents[node] = parents[parents[node]];
        node = parents[node];
    }
    node
}

fn solve(group: &[Candidate], pairs: &mut Vec<(usize, usize)>) {
    let rows = distinct(group.iter().map(|candidate| candidate.row));
    let columns = distinct(group.iter().map(|candidate| candidate.column));
    if rows.len().max(columns.len()) > LARGEST_EXACT {
        return greedy(group, pairs);
    }
    // The algorithm wants no more rows than columns.
    let flip = rows.len() > columns.len();
    let (height, width) = if flip { (columns.len(), rows.len()) } else { (rows.len(), columns.len()) };
    let mut worth = Matrix::new(height, width, 0_i64);
    for candidate in group {
        let place = |list: &[usize], value| list.partition_point(|&other| other < value);
        let (row, column) = (place(&rows, candidate.row), place(&columns, candidate.column));
        worth[if flip { (column, row) } else { (row, column) }] =
            ((PAIR + candidate.similarity.clamp(-RANGE, RANGE)) * SCALE) as i64;
    }
    let (_, assignment) = kuhn_munkres(&worth);
    for (i, j) in assignment.into_iter().enumerate().filter(|&(i, j)| worth[(i, j)] > 0) {
        pairs.push(if flip { (rows[j], columns[i]) } else { (rows[i], columns[j]) });
    }
}

fn greedy(group: &[Candidate], pairs: &mut Vec<(usize, usize)>) {
    let mut order = group.to_vec();
    order.sort_by(|a, b| {
        b.similarity.total_cmp(&a.similarity).then((a.row, a.column).cmp(&(b.row, b.column)))
    });
    let mut used = (std::collections::HashSet::new(), std::collections::HashSet::new());
    for candidate in order {
        if !used.0.contains(&candidate.row) && used.1.insert(candidate.column) {
            used.0.insert(candidate.row);
            pairs.push((candidate.row, candidate.column));
        }
    }
}

fn distinct(values: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut list: Vec<usize> = values.collect();
    list.sort_unstable();
    list.dedup();
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn candidate(row: usize, column: usize, similarity: f64) -> Candidate {
        Candidate { row, column, similarity }
    }

    #[test]
    fn beats_the_greedy_choice() {
        // Greedy takes (0, 0) for 0.9 and is left with 0.1; the optimum is 0.8 + 0.8.
        let list = [candidate(0, 0, 0.9), candidate(0, 1, 0.8), candidate(1, 0, 0.8), candidate(1, 1, 0.1)];
        assert_eq!(best_pairs(2, 2, &list), [(0, 1), (1, 0)]);
    }

    #[test]
    fn prefers_more_pairs_and_never_takes_a_forbidden_one() {
        let list = [candidate(0, 0, 0.9), candidate(0, 1, 0.0), candidate(1, 0, -0.5)];
        assert_eq!(best_pairs(3, 2, &list), [(0, 1), (1, 0)]);
        assert_eq!(best_pairs(2, 2, &[]), []);
    }

    #[test]
    fn a_crowd_on_one_spot_takes_bounded_time() {
        let list: Vec<_> =
            (0..400 * 400).map(|i| candidate(i / 400, i % 400, (i * 7919 % 1000) as f64 / 1000.0)).collect();
        let pairs = best_pairs(400, 400, &list);
        assert_eq!(distinct(pairs.iter().map(|pair| pair.1)).len(), 400);
    }

    /// Best (pairs, sum) by trying everything.
    fn exhaustive(rows: usize, list: &[Candidate], row: usize, used: u32) -> (usize, f64) {
        if row == rows {
            return (0, 0.0);
        }
        let mut best = exhaustive(rows, list, row + 1, used);
        for c in list.iter().filter(|c| c.row == row && used & (1 << c.column) == 0) {
            let (pairs, sum) = exhaustive(rows, list, row + 1, used | (1 << c.column));
            if (pairs + 1, sum + c.similarity) > best {
                best = (pairs + 1, sum + c.similarity);
            }
        }
        best
    }

    proptest! {
        #[test]
        fn equals_exhaustive_search(rows in 1usize..6, columns in 1usize..6,
                                    values in prop::collection::vec(prop::option::of(-1.0f64..1.0), 36)) {
            let list: Vec<_> = (0..rows * columns)
                .filter_map(|i| values[i].map(|v| candidate(i / columns, i % columns, v)))
                .collect();
            let pairs = best_pairs(rows, columns, &list);
            let sum: f64 = list
                .iter()
                .filter(|c| pairs.contains(&(c.row, c.column)))
                .map(|c| c.similarity)
                .sum();
            let (count, best) = exhaustive(rows, &list, 0, 0);
            prop_assert_eq!(pairs.len(), count);
            prop_assert!((sum - best).abs() < 1e-4);
        }
    }
}
