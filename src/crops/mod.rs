//! Crops: best shot per track, encoders, a bounded writer off the streaming thread.
