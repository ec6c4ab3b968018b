//! Surfaces and transforms.

use super::super::DeepStreamVersion::*;
use super::grown;

grown! {
    SURFACE = "NvBufSurface" {
        V6_0: 64 { _reserved 32 32 }
        V8_0: 72 { isImportedBuf 32 1, _reserved 40 32 }
    }
    SURFACE_PARAMS = "NvBufSurfaceParams" {
        V6_0: 384 { mappedAddr 280 72, _reserved 352 32 }
        V6_1: 384 { mappedAddr 280 72, paramex 352 8, _reserved 360 24 }
        V8_0: 416 { mappedAddr 280 88, paramex 368 8, cudaBuffer 376 8, _reserved 384 32 }
    }
    MAPPED_ADDR = "NvBufSurfaceMappedAddr" {
        V6_0: 72 { _reserved 40 32 }
        V8_0: 88 { nvmmPtr 40 8, cudaPtr 48 8, _reserved 56 32 }
    }
    PARAMS_EX = "NvBufSurfaceParamsEx" {
        V6_1: 272 { chromaSubsampling 8 2, is_protected 10 1, planeParamsex 16 224, _reserved 240 32 }
        V8_0: 312 { chromaSubsampling 8 8, is_protected 16 1, planeParamsex 24 256, _reserved 280 32 }
    }
    PLANE_PARAMS_EX = "NvBufSurfacePlaneParamsEx" {
        V6_1: 224 { _reserved 96 128 }
        V7_1: 224 { drmModifier 96 32, _reserved 128 96 }
        V8_0: 256 { drmModifier 96 32, _reserved 128 128 }
    }
    CHROMA_SUBSAMPLING = "NvBufSurfaceChromaSubsamplingParams" {
        V6_1: 2 {}
        V8_0: 8 { _reserved 2 6 }
    }
    CREATE_PARAMS = "NvBufSurfaceCreateParams" {
        V6_0: 32 {}
        V8_0: 64 { _reserved 32 32 }
    }
    ALLOCATE_PARAMS = "NvBufSurfaceAllocateParams" {
        V6_1: 80 { params 0 32, displayscanformat 32 4, chromaSubsampling 36 2, memtag 40 4, _reserved 48 32 }
        V6_3: 80 { params 0 32, displayscanformat 32 4, chromaSubsampling 36 2, memtag 40 4, disablePitchPadding 44 1,
            _reservedParam 48 4, _reserved 56 24 }
        V8_0: 120 { params 0 64, displayscanformat 64 4, chromaSubsampling 68 8, memtag 76 4, disablePitchPadding 80 1,
            _reservedParam 84 4, _reserved 88 32 }
    }
    MAP_PARAMS = "NvBufSurfaceMapParams" {
        V6_3: 520 { chromaSubsampling 36 2, planes 40 416, reserved 456 64 }
        V8_0: 504 { chromaSubsampling 36 8, planes 48 416, extendedMapParams 464 8, _reserved 472 32 }
    }
    DEVICE_INFO = "NvBufSurfaceDeviceInfo" {
        V8_0: 72 { reserved 5 64 }
        V9_0: 72 { isIntegratedGpu 5 1, reserved1 6 1, reserved2 7 1, platformType 8 4, reserved 12 60 }
    }
    TRANSFORM_RECT = "NvBufSurfTransformRect" {
        V6_0: 16 {}
        V8_0: 48 { reserved 16 32 }
    }
    TRANSFORM_CONFIG = "NvBufSurfTransformConfigParams" {
        V6_0: 16 {}
        V8_0: 48 { reserved 16 32 }
    }
    TRANSFORM_PARAMS = "NvBufSurfTransformParams" {
        V6_0: 32 {}
        V8_0: 64 { reserved 32 32 }
    }
    TRANSFORM_COLOR = "NvBufSurfTransform_ColorParams" {
        V6_0: 32 {}
        V8_0: 64 { reserved 32 32 }
    }
    COMPOSITE = "NvBufSurfTransformCompositeParams" {
        V6_0: 32 {}
        V8_0: 64 { reserved 32 32 }
    }
    COMPOSITE_BLEND = "NvBufSurfTransformCompositeBlendParams" {
        V6_0: 32 {}
        V8_0: 64 { reserved 32 32 }
    }
    COMPOSITE_BLEND_EX = "NvBufSurfTransformCompositeBlendParamsEx" {
        V6_2: 96 { params 0 32, src_comp_rect 32 8, dst_comp_rect 40 8, composite_blend_filter 48 8,
            alpha 56 8, reserved 64 32 }
        V8_0: 128 { params 0 64, src_comp_rect 64 8, dst_comp_rect 72 8, composite_blend_filter 80 8,
            alpha 88 8, reserved 96 32 }
    }
}
