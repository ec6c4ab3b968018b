//! `nvdsmeta_schema.h`: messages for brokers.
//!
//! [`NvDsEventMsgMeta`] is private to its version behind its prefix; what hangs off it from DeepStream 8 on is not mirrored.

use std::ffi::{c_char, c_int, c_uint, c_void};

use gst::glib::ffi::GList;

/// `NvDsEventType`: what happened.
pub type NvDsEventType = c_uint;
/// ENTRY.
pub const NVDS_EVENT_ENTRY: NvDsEventType = 0;
/// EXIT.
pub const NVDS_EVENT_EXIT: NvDsEventType = 1;
/// MOVING.
pub const NVDS_EVENT_MOVING: NvDsEventType = 2;
/// STOPPED.
pub const NVDS_EVENT_STOPPED: NvDsEventType = 3;
/// EMPTY.
pub const NVDS_EVENT_EMPTY: NvDsEventType = 4;
/// PARKED.
pub const NVDS_EVENT_PARKED: NvDsEventType = 5;
/// RESET.
pub const NVDS_EVENT_RESET: NvDsEventType = 6;
/// CUSTOM.
pub const NVDS_EVENT_CUSTOM: NvDsEventType = 257;

/// `NvDsObjectType`: what an event is about; 9 to 12 moved, see [`moved_value`](super::moved_value).
pub type NvDsObjectType = c_uint;
/// VEHICLE.
pub const NVDS_OBJECT_TYPE_VEHICLE: NvDsObjectType = 0;
/// PERSON.
pub const NVDS_OBJECT_TYPE_PERSON: NvDsObjectType = 1;
/// FACE.
pub const NVDS_OBJECT_TYPE_FACE: NvDsObjectType = 2;
/// BAG.
pub const NVDS_OBJECT_TYPE_BAG: NvDsObjectType = 3;
/// BICYCLE.
pub const NVDS_OBJECT_TYPE_BICYCLE: NvDsObjectType = 4;
/// ROADSIGN.
pub const NVDS_OBJECT_TYPE_ROADSIGN: NvDsObjectType = 5;
/// VEHICLE EXT.
pub const NVDS_OBJECT_TYPE_VEHICLE_EXT: NvDsObjectType = 6;
/// PERSON EXT.
pub const NVDS_OBJECT_TYPE_PERSON_EXT: NvDsObjectType = 7;
/// FACE EXT.
pub const NVDS_OBJECT_TYPE_FACE_EXT: NvDsObjectType = 8;
/// CUSTOM.
pub const NVDS_OBJECT_TYPE_CUSTOM: NvDsObjectType = 257;
/// UNKNOWN.
pub const NVDS_OBJECT_TYPE_UNKNOWN: NvDsObjectType = 258;

/// `NvDsPayloadType`: schema of a message.
pub type NvDsPayloadType = c_uint;
/// DEEPSTREAM.
pub const NVDS_PAYLOAD_DEEPSTREAM: NvDsPayloadType = 0;
/// DEEPSTREAM MINIMAL.
pub const NVDS_PAYLOAD_DEEPSTREAM_MINIMAL: NvDsPayloadType = 1;
/// CUSTOM.
pub const NVDS_PAYLOAD_CUSTOM: NvDsPayloadType = 257;
/// DEEPSTREAM PROTOBUF.
pub const NVDS_PAYLOAD_DEEPSTREAM_PROTOBUF: NvDsPayloadType = 2;

/// A box.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsRect {
    /// Top edge.
    pub top: f32,
    /// Left edge.
    pub left: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// A place on Earth.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsGeoLocation {
    /// Latitude, degrees.
    pub lat: f64,
    /// Longitude, degrees.
    pub lon: f64,
    /// Altitude, metres.
    pub alt: f64,
}

/// A point.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsCoordinate {
    /// First axis.
    pub x: f64,
    /// Second axis.
    pub y: f64,
    /// Third axis.
    pub z: f64,
}

/// A feature vector.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsObjectSignature {
    /// The numbers.
    pub signature: *mut f64,
    /// How many.
    pub size: c_uint,
}

/// An embedding (since 6.2).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsEmbedding {
    /// The numbers.
    pub embedding_vector: *mut f32,
    /// How many.
    pub embedding_length: c_uint,
}

/// A joint of a body (since 6.2).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsJoint {
    /// Horizontal.
    pub x: f32,
    /// Vertical.
    pub y: f32,
    /// Depth.
    pub z: f32,
    /// Score.
    pub confidence: f32,
}

/// A body pose (since 6.2).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsJoints {
    /// The joints.
    pub joints: *mut NvDsJoint,
    /// How many.
    pub num_joints: c_int,
    /// Kind of pose.
    pub pose_type: c_int,
}

/// Payload of `NVDS_EVENT_MSG_META`: what a message is made of. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsEventMsgMeta {
    /// Event.
    pub r#type: NvDsEventType,
    /// What `extMsg` is.
    pub objType: NvDsObjectType,
    /// Box.
    pub bbox: NvDsRect,
    /// Place.
    pub location: NvDsGeoLocation,
    /// Coordinate.
    pub coordinate: NvDsCoordinate,
    /// Signature.
    pub objSignature: NvDsObjectSignature,
    /// Class.
    pub objClassId: c_int,
    /// Sensor.
    pub sensorId: c_int,
    /// Analytics module.
    pub moduleId: c_int,
    /// Place.
    pub placeId: c_int,
    /// Component.
    pub componentId: c_int,
    /// Frame.
    pub frameId: c_int,
    /// Score.
    pub confidence: f64,
    /// Identity of the track.
    pub trackingId: u64,
    /// Time, RFC 3339, owned.
    pub ts: *mut c_char,
    /// Identity of the object, owned.
    pub objectId: *mut c_char,
    /// Name of the sensor, owned.
    pub sensorStr: *mut c_char,
}

/// An event for the message converter.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsEvent {
    /// What happened.
    pub eventType: NvDsEventType,
    /// Its data.
    pub metadata: *mut NvDsEventMsgMeta,
}

/// Payload of `NVDS_PAYLOAD_META`: a message.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsPayload {
    /// The bytes.
    pub payload: *mut c_void,
    /// How many.
    pub payloadSize: c_uint,
    /// Component it is for.
    pub componentId: c_uint,
}

/// A message of an application.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsCustomMsgInfo {
    /// The bytes.
    pub message: *mut c_void,
    /// How many.
    pub size: c_uint,
}

/// A vehicle.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsVehicleObject {
    /// Type.
    pub r#type: *mut c_char,
    /// Make.
    pub make: *mut c_char,
    /// Model.
    pub model: *mut c_char,
    /// Colour.
    pub color: *mut c_char,
    /// Region of the licence.
    pub region: *mut c_char,
    /// Licence.
    pub license: *mut c_char,
}

/// A vehicle with its outline.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsVehicleObjectExt {
    /// Type.
    pub r#type: *mut c_char,
    /// Make.
    pub make: *mut c_char,
    /// Model.
    pub model: *mut c_char,
    /// Colour.
    pub color: *mut c_char,
    /// Region of the licence.
    pub region: *mut c_char,
    /// Licence.
    pub license: *mut c_char,
    /// Points.
    pub mask: *mut GList,
}

/// A person.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsPersonObject {
    /// Gender.
    pub gender: *mut c_char,
    /// Hair.
    pub hair: *mut c_char,
    /// Cap.
    pub cap: *mut c_char,
    /// Apparel.
    pub apparel: *mut c_char,
    /// Age, years.
    pub age: c_uint,
}

/// A person with its outline.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsPersonObjectExt {
    /// Gender.
    pub gender: *mut c_char,
    /// Hair.
    pub hair: *mut c_char,
    /// Cap.
    pub cap: *mut c_char,
    /// Apparel.
    pub apparel: *mut c_char,
    /// Age, years.
    pub age: c_uint,
    /// Points.
    pub mask: *mut GList,
}

/// A face.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsFaceObject {
    /// Gender.
    pub gender: *mut c_char,
    /// Hair.
    pub hair: *mut c_char,
    /// Cap.
    pub cap: *mut c_char,
    /// Glasses.
    pub glasses: *mut c_char,
    /// Beard.
    pub facialhair: *mut c_char,
    /// Name.
    pub name: *mut c_char,
    /// Colour of the eyes.
    pub eyecolor: *mut c_char,
    /// Age, years.
    pub age: c_uint,
}

/// A face with its outline.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsFaceObjectExt {
    /// Gender.
    pub gender: *mut c_char,
    /// Hair.
    pub hair: *mut c_char,
    /// Cap.
    pub cap: *mut c_char,
    /// Glasses.
    pub glasses: *mut c_char,
    /// Beard.
    pub facialhair: *mut c_char,
    /// Name.
    pub name: *mut c_char,
    /// Colour of the eyes.
    pub eyecolor: *mut c_char,
    /// Age, years.
    pub age: c_uint,
    /// Points.
    pub mask: *mut GList,
}

/// A product (since 6.2).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsProductObject {
    /// Brand.
    pub brand: *mut c_char,
    /// Type.
    pub r#type: *mut c_char,
    /// Shape.
    pub shape: *mut c_char,
}

/// A product with its outline (since 6.2).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsProductObjectExt {
    /// Brand.
    pub brand: *mut c_char,
    /// Type.
    pub r#type: *mut c_char,
    /// Shape.
    pub shape: *mut c_char,
    /// Points.
    pub mask: *mut GList,
}
