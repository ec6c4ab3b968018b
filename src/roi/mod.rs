//! Rectangles: clipping, padding, overlap. Pure.
