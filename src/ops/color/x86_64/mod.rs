//! Rows with AVX2 and AVX-512. A function takes pixels from the left and returns how many it took.

mod avx2;
mod avx512;
mod plain;
mod split;
mod two_rows;
