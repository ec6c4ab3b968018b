//! WHAT EVERY OP SEES. Pixel formats, layouts and borrowed views. Pure: no FFI.
