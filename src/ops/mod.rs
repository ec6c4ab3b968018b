//! What a user does to a frame or a crop.
