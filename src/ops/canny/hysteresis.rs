//! Edges grow along the pixels that may be on one, 64 pixels at a time.

/// Grows `edges` within `maybe` until nothing changes; rows of `words` words.
pub(super) fn grow(maybe: &[u64], edges: &mut [u64], words: usize) {
    let rows = maybe.len() / words;
    for y in 0..rows {
        close_row(&maybe[y * words..][..words], &mut edges[y * words..][..words]);
    }
    let mut dirty = Dirty { from_above: vec![true; rows], from_below: vec![true; rows] };
    settle(maybe, edges, words, &mut dirty);
}

/// Joins strips that each have settled: `seams` are the first rows of all but the first.
pub(super) fn join(maybe: &[u64], edges: &mut [u64], words: usize, seams: impl Iterator<Item = usize>) {
    let rows = maybe.len() / words;
    let mut dirty = Dirty { from_above: vec![false; rows], from_below: vec![false; rows] };
    for seam in seams {
        dirty.from_above[seam] = true;
        dirty.from_below[seam - 1] = true;
    }
    settle(maybe, edges, words, &mut dirty);
}

/// Rows whose neighbour changed since they were last grown from it.
struct Dirty {
    from_above: Vec<bool>,
    from_below: Vec<bool>,
}

impl Dirty {
    fn changed(&mut self, y: usize) {
        if y > 0 {
            self.from_below[y - 1] = true;
        }
        if y + 1 < self.from_above.len() {
            self.from_above[y + 1] = true;
        }
    }
}

/// Sweeps down and up again. Every sweep but the last sets a bit, so this ends.
fn settle(maybe: &[u64], edges: &mut [u64], words: usize, dirty: &mut Dirty) {
    let rows = maybe.len() / words;
    let mut settled = false;
    while !settled {
        settled = true;
        for y in 0..rows {
            if std::mem::take(&mut dirty.from_above[y]) {
                let (above, here) = edges[..(y + 1) * words].split_at_mut(y * words);
                let above = if y == 0 { &[][..] } else { &above[(y - 1) * words..] };
                if grow_row(&maybe[y * words..][..words], here, above) {
                    dirty.changed(y);
                    settled = false;
                }
            }
        }
        for y in (0..rows).rev() {
            if std::mem::take(&mut dirty.from_below[y]) {
                let (here, below) = edges[y * words..].split_at_mut(words);
                let below = if y + 1 == rows { &[][..] } else { &below[..words] };
                if grow_row(&maybe[y * words..][..words], here, below) {
                    dirty.changed(y);
                    settled = false;
                }
            }
        }
    }
}

/// Grows one row, closed along itself, from the row beside it (empty for none); whether anything was set.
fn grow_row(maybe: &[u64], edges: &mut [u64], beside: &[u64]) -> bool {
    let Some(last) = beside.len().checked_sub(1) else { return false };
    let mut changed = 0;
    for (w, (&may, edges)) in maybe.iter().zip(&mut *edges).enumerate() {
        let here = beside[w];
        let before = if w == 0 { 0 } else { beside[w - 1] >> 63 };
        let after = if w == last { 0 } else { beside[w + 1] << 63 };
        let new = (here | here << 1 | here >> 1 | before | after) & may & !*edges;
        changed |= new;
        *edges |= new;
    }
    if changed != 0 {
        close_row(maybe, edges);
    }
    changed != 0
}

/// Grows one row along itself.
fn close_row(maybe: &[u64], edges: &mut [u64]) {
    let mut carry = 0;
    for (&may, edges) in maybe.iter().zip(&mut *edges) {
        let seeds = *edges | carry & may;
        if seeds != 0 && seeds != may {
            *edges = along(may, seeds);
        } else {
            *edges = seeds;
        }
        carry = *edges >> 63;
    }
    // Leftwards from word to word; within words it is done.
    for w in (1..maybe.len()).rev() {
        if edges[w] & 1 != 0 && (maybe[w - 1] & !edges[w - 1]) >> 63 == 1 {
            edges[w - 1] = along(maybe[w - 1], edges[w - 1] | 1 << 63);
        }
    }
}

/// Every run of ones in `may` that holds a bit of `seeds`.
fn along(may: u64, seeds: u64) -> u64 {
    // Adding a bit of a run carries through the run's upper end, and so clears all above the bit.
    let up = |may: u64, seeds: u64| (may.wrapping_add(seeds) ^ may) & may | seeds;
    let upper = up(may, seeds);
    if upper == may {
        return may;
    }
    up(may.reverse_bits(), upper.reverse_bits()).reverse_bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.rotate_left(32)
    }

    #[test]
    fn a_run_is_filled_from_any_of_its_bits() {
        let mut state = 5;
        for _ in 0..2000 {
            let may = noise(&mut state) | noise(&mut state);
            let seeds = may & noise(&mut state) & noise(&mut state) & noise(&mut state);
            let mut expected = seeds;
            for _ in 0..64 {
                expected |= (expected << 1 | expected >> 1) & may;
            }
            assert_eq!(along(may, seeds), expected, "{may:x} {seeds:x}");
        }
    }

    /// Pixel by pixel with a stack.
    fn flood(maybe: &[u64], edges: &[u64], words: usize) -> Vec<u64> {
        let (width, rows) = (words as i64 * 64, (maybe.len() / words) as i64);
        let mut all = edges.to_vec();
        let place = |x: i64, y: i64| (y as usize * words + x as usize / 64, 1u64 << (x % 64));
        let every = (0..rows).flat_map(|y| (0..width).map(move |x| (x, y)));
        let mut stack: Vec<_> = every.filter(|&(x, y)| all[place(x, y).0] & place(x, y).1 != 0).collect();
        while let Some((x, y)) = stack.pop() {
            for (x, y) in (-1..=1).flat_map(|i| (-1..=1).map(move |j| (x + i, y + j))) {
                if (0..width).contains(&x) && (0..rows).contains(&y) {
                    let (word, bit) = place(x, y);
                    if maybe[word] & bit != 0 && all[word] & bit == 0 {
                        all[word] |= bit;
                        stack.push((x, y));
                    }
                }
            }
        }
        all
    }

    #[test]
    fn growth_is_a_flood_fill_whole_or_in_strips() {
        let mut state = 1;
        for (words, rows, density) in [(1, 1, 1), (1, 9, 2), (3, 40, 1), (2, 33, 3), (5, 64, 2), (4, 50, 0)] {
            // Near the density where paths wind most.
            let maybe: Vec<u64> = (0..words * rows)
                .map(|_| match density {
                    0 => noise(&mut state) | noise(&mut state),
                    1 => noise(&mut state),
                    2 => noise(&mut state) & (noise(&mut state) | noise(&mut state)),
                    _ => noise(&mut state) & noise(&mut state),
                })
                .collect();
            let seeds: Vec<u64> = maybe
                .iter()
                .map(|m| if noise(&mut state).is_multiple_of(9) { m & noise(&mut state) } else { 0 })
                .collect();
            let expected = flood(&maybe, &seeds, words);
            let mut edges = seeds.clone();
            grow(&maybe, &mut edges, words);
            assert!(edges == expected, "{words} {rows} {density}");
            let (mut edges, seams) = (seeds, [rows / 3, 2 * rows / 3]);
            let mut top = 0;
            for end in seams.into_iter().filter(|&s| s > 0).chain([rows]) {
                grow(&maybe[top * words..end * words], &mut edges[top * words..end * words], words);
                top = end;
            }
            join(&maybe, &mut edges, words, seams.into_iter().filter(|&s| s > 0));
            assert!(edges == expected, "{words} {rows} {density} in strips");
        }
    }

    #[test]
    fn a_snake_up_and_down_is_followed_to_its_end() {
        let rows = 41;
        let column = |y: usize| {
            // Columns 0, 4, 8 … are whole; the two pixels between them join at the top and the bottom in turn.
            let all = 0x1111_1111_1111_1111u64;
            let joint = 0x0E00_0E00_0E00_0E00u64;
            if y == 0 {
                all | joint >> 8
            } else if y == rows - 1 {
                all | joint << 4 | joint >> 4
            } else {
                all
            }
        };
        let maybe: Vec<u64> = (0..rows).map(column).collect();
        let mut edges = vec![0; rows];
        edges[rows / 2] = 1;
        let expected = flood(&maybe, &edges, 1);
        grow(&maybe, &mut edges, 1);
        assert_eq!(edges, expected);
    }
}
