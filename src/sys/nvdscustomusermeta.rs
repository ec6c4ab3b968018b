//! `nvdscustomusermeta.h`: custom payloads.

/// Payload of SEI user data and its like (since 6.1).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NVDS_CUSTOM_PAYLOAD {
    /// What it is.
    pub payloadType: u32,
    /// Its bytes.
    pub payloadSize: u32,
    /// The bytes.
    pub payload: *mut u8,
}
