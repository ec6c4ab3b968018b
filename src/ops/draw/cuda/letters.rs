//! A label's letters in a kernel's argument.

/// The most letters of a label.
pub(super) const LABEL: usize = 31;

/// Numbers of a label's letters, as they are told: bytes where all are below 256, else halves of words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letters {
    pub(super) count: u8,
    pub(super) bytes: bool,
    words: [u32; LABEL.div_ceil(2)],
}

impl Letters {
    /// None.
    pub(super) const NONE: Self = Self { count: 0, bytes: true, words: [0; LABEL.div_ceil(2)] };

    /// Up to [`LABEL`] numbers.
    pub(super) fn new(numbers: &[u16]) -> Self {
        let bytes = numbers.iter().all(|number| *number < 256);
        let (each, bits) = if bytes { (4, 8) } else { (2, 16) };
        let mut words = [0; LABEL.div_ceil(2)];
        for (i, number) in numbers.iter().enumerate() {
            words[i / each] |= u32::from(*number) << (bits * (i % each));
        }
        Self { count: numbers.len() as u8, bytes, words }
    }

    #[inline]
    pub(super) fn words(&self) -> &[u32] {
        let count = usize::from(self.count);
        &self.words[..if self.bytes { count.div_ceil(4) } else { count.div_ceil(2) }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_bytes_where_all_of_them_can_be() {
        let letters = Letters::new(&[1, 255, 3, 4, 5]);
        assert!(letters.bytes && letters.count == 5 && letters.words() == [0x0403_ff01, 5]);
        let letters = Letters::new(&[1, 256, 3]);
        assert!(!letters.bytes && letters.count == 3 && letters.words() == [0x0100_0001, 3]);
        assert!(Letters::NONE.words().is_empty());
        assert_eq!(Letters::new(&[300; LABEL]).words().len(), 16);
        assert_eq!(Letters::new(&[200; LABEL]).words()[7], 0x00c8_c8c8);
    }
}
