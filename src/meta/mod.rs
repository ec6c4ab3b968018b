//! NvDs metadata: batch, frame, object, display.
