//! Tables for sampling four pixels with one permutation of 64 bytes.

use super::taps::Taps;

/// Four output pixels.
pub(super) struct Group {
    /// First byte of the row that they need.
    pub(super) base: usize,
    /// Which of the 64 bytes from there on lie in the row.
    pub(super) mask: u64,
    /// For each pixel, channel and neighbour: the byte to take, in every second place.
    pub(super) index: [u8; 64],
    /// For each pixel and channel: the weights of the neighbours.
    pub(super) weights: [i16; 32],
}

/// All whole groups of a row.
pub(super) struct Wide {
    groups: Vec<Group>,
    row_len: usize,
}

impl Wide {
    /// Of rows of `source` pixels of 3 or 4 `channels`; `None` where four output pixels lie more than 64 bytes
    /// apart, as they do when a picture is shrunk to less than a quarter.
    pub(super) fn new(taps: &Taps, source: u32, channels: usize) -> Option<Self> {
        let row_len = source as usize * channels;
        let groups = taps.first.as_chunks::<4>().0.iter().zip(taps.weights.as_chunks::<4>().0);
        let groups: Option<Vec<_>> =
            groups.map(|(first, weights)| group(first, weights, row_len, channels)).collect();
        Some(Self { groups: groups?, row_len })
    }

    pub(super) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(super) fn row_len(&self) -> usize {
        self.row_len
    }
}

fn group(first: &[i32; 4], weights: &[[i16; 2]; 4], row_len: usize, channels: usize) -> Option<Group> {
    let base = first[0] as usize * channels;
    let left = (row_len - base).min(64);
    let mut group = Group { base, mask: u64::MAX >> (64 - left), index: [0; 64], weights: [0; 32] };
    for pixel in 0..4 {
        for channel in 0..channels {
            for (neighbour, &weight) in weights[pixel].iter().enumerate() {
                // A row of one pixel has no second one, whose weight is 0.
                let pixel_at = (first[pixel] as usize + neighbour).min(row_len / channels - 1);
                let from = pixel_at * channels + channel - base;
                let word = (pixel * 4 + channel) * 2 + neighbour;
                group.index[2 * word] = u8::try_from(from).ok().filter(|&from| from < 64)?;
                group.weights[word] = weight;
            }
        }
    }
    Some(group)
}
