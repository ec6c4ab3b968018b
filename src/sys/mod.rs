//! BOTTOM. `repr(C)` mirrors of DeepStream's public headers, one file per header. No logic.
