//! Types that a tensor's elements can have, and arrays of each.

use std::ffi::c_void;

use half::f16;
use ndarray::ArrayD;

use crate::sys::*;

/// Type of a layer's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataType {
    /// 32-bit float.
    F32,
    /// 16-bit float.
    F16,
    /// Signed byte.
    I8,
    /// 32-bit integer.
    I32,
    /// 64-bit integer (since 7.1).
    I64,
    /// Unsigned byte (since 8.0).
    U8,
    /// A number that no known version has.
    Unknown(u32),
}

impl From<NvDsInferDataType> for DataType {
    fn from(number: NvDsInferDataType) -> Self {
        match number {
            FLOAT => Self::F32,
            HALF => Self::F16,
            INT8 => Self::I8,
            INT32 => Self::I32,
            INT64 => Self::I64,
            UINT8 => Self::U8,
            other => Self::Unknown(other),
        }
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A Rust type that a layer's elements can have.
pub trait TensorElement: sealed::Sealed + Copy + Send + Sync + 'static {
    /// Its number in `NvDsInferDataType`.
    const NUMBER: NvDsInferDataType;
    #[doc(hidden)]
    fn wrap(array: ArrayD<Self>) -> TensorData;
}

/// Values of a layer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum TensorData {
    /// 32-bit floats.
    F32(ArrayD<f32>),
    /// 16-bit floats.
    F16(ArrayD<f16>),
    /// Signed bytes.
    I8(ArrayD<i8>),
    /// 32-bit integers.
    I32(ArrayD<i32>),
    /// 64-bit integers.
    I64(ArrayD<i64>),
    /// Unsigned bytes.
    U8(ArrayD<u8>),
}

macro_rules! elements {
    ($($type:ty: $variant:ident = $number:ident;)*) => {
        $(impl sealed::Sealed for $type {}
        impl TensorElement for $type {
            const NUMBER: NvDsInferDataType = $number;
            fn wrap(array: ArrayD<Self>) -> TensorData {
                TensorData::$variant(array)
            }
        })*

        impl TensorData {
            pub(super) fn number(&self) -> NvDsInferDataType {
                match self { $(Self::$variant(_) => $number,)* }
            }

            pub(super) fn shape(&self) -> &[usize] {
                match self { $(Self::$variant(array) => array.shape(),)* }
            }

            /// In memory order; layers are made row-major.
            pub(super) fn address(&self) -> *mut c_void {
                match self { $(Self::$variant(array) => array.as_ptr().cast_mut().cast(),)* }
            }
        }
    };
}

elements! {
    f32: F32 = FLOAT;
    f16: F16 = HALF;
    i8: I8 = INT8;
    i32: I32 = INT32;
    i64: I64 = INT64;
    u8: U8 = UINT8;
}

impl TensorData {
    /// Puts the elements in row-major order.
    pub(super) fn make_row_major(&mut self) {
        macro_rules! each {
            ($($variant:ident)*) => {
                match self {
                    $(Self::$variant(array) => {
                        if !array.is_standard_layout() {
                            *array = array.as_standard_layout().into_owned();
                        }
                    })*
                }
            };
        }
        each!(F32 F16 I8 I32 I64 U8);
    }
}
