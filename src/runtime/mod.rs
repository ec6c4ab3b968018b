//! Who answers DeepStream's C API in this process: the real libraries or the embedded ones.
