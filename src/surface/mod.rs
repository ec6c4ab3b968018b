//! IN. From a GstBuffer to surfaces: descriptors, residency, map guards.
