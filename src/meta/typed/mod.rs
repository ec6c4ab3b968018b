//! Typed views of the user metas that NVIDIA's elements attach.
//!
//! A view borrows the payload without a copy. While it exists, the batch is locked, and **nothing can be removed from
//! the batch by its thread** (`remove_…` answers `false`): the payload would be freed under the view. Drop it before
//! removing. What is `NULL`, absurd or of another type is an error.
//!
//! Numbers of types and some layouts differ among versions; see [`versions`](crate::runtime::versions) for how the
//! version is found. Where it is not known, and it matters, the answer is an error that names
//! `DSFRAME_DEEPSTREAM_VERSION`.
//!
//! | attached by | view | to attach one |
//! |---|---|---|
//! | nvinfer, `output-tensor-meta=1` | [`UserMeta::tensor_output`] | [`FrameMeta::add_tensor_output`](super::FrameMeta::add_tensor_output) |
//! | nvinfer, segmentation | [`UserMeta::segmentation`] | [`FrameMeta::add_segmentation`](super::FrameMeta::add_segmentation) |
//! | nvinfer, instance masks | [`ObjectMeta::mask`](super::ObjectMeta::mask) | [`ObjectMeta::set_mask`](super::ObjectMeta::set_mask) |
//! | nvtracker, past frames, ended targets, shadows | [`UserMeta::target_lists`] | [`BatchMeta::add_target_lists`](super::BatchMeta::add_target_lists) |
//! | nvtracker, re-identification | [`UserMeta::reid`], [`UserMeta::reid_batch`] | [`ObjectMeta::add_reid`](super::ObjectMeta::add_reid) |
//! | nvdspreprocess | [`UserMeta::preprocess_batch`], [`UserMeta::roi`] | |
//! | nvof | [`UserMeta::optical_flow`] | [`FrameMeta::add_optical_flow`](super::FrameMeta::add_optical_flow) |
//! | the object encoder | [`UserMeta::crop_image`] | [`ObjectMeta::add_crop_image`](super::ObjectMeta::add_crop_image) |
//! | latency measurement | [`UserMeta::latency`] | |
//! | nvdsanalytics | none: [`UserMeta::kind`] tells it, but its maps and vectors of strings are C++ | |
//!
//! ```
//! # gst::init().unwrap();
//! # use dsframe::meta::{FrameInit, OwnedBatchMeta};
//! use dsframe::meta::typed::{TensorLayer, TensorOutput};
//! # let batch = OwnedBatchMeta::new(1)?;
//! # let frame = batch.as_batch().add_frame(&FrameInit::default())?;
//! let scores = ndarray::arr1(&[0.1_f32, 0.9]).into_dyn();
//! frame.add_tensor_output(TensorOutput {
//!     unique_id: 1,
//!     layers: vec![TensorLayer::new("scores", scores)],
//!     ..TensorOutput::default()
//! })?;
//! for user in frame.user_metas() {
//!     if let Some(tensor) = user.tensor_output()? {
//!         let scores = tensor.layer_named("scores")?;
//!         assert_eq!(scores.as_array::<f32>()?[1], 0.9);
//!     }
//! }
//! # Ok::<(), dsframe::Error>(())
//! ```

mod attach;
mod crop;
mod element;
mod flow;
mod latency;
mod mask;
mod reid;
mod roi;
mod segmentation;
mod tensor;
mod tensor_output;
mod tracker;
mod tracker_output;
mod view;

pub use crop::CropImageMeta;
pub use element::{DataType, TensorData, TensorElement};
pub use flow::OpticalFlowMeta;
pub use latency::{Latency, SubLatency};
pub use mask::Mask;
pub use reid::{ReidBatchMeta, ReidMeta};
pub use roi::{PreprocessBatchMeta, PreprocessTensor, RoiMeta, RoiUserMeta};
pub use segmentation::{Segmentation, SegmentationMeta};
pub use tensor::{Layer, TensorMeta};
pub use tensor_output::{TensorLayer, TensorOutput};
pub use tracker::{Target, TargetFrame, TargetListKind, TargetLists, TargetStream, TrackerState};
pub use tracker_output::{StreamTargets, TargetTrack};
pub(in crate::meta) use view::is_viewed;

use super::UserMeta;
use crate::Result;
use crate::sys::{MetaTypes, NVDS_START_USER_META, UserMetaKind, VersionRange};

/// Names of nvdsanalytics' types before DeepStream 8.
const FRAME_ANALYTICS: &str = "NVIDIA.DSANALYTICSFRAME.USER_META";
const OBJ_ANALYTICS: &str = "NVIDIA.DSANALYTICSOBJ.USER_META";

macro_rules! views {
    ($($(#[$doc:meta])* $name:ident: $view:ident = $read:path;)*) => {
        $($(#[$doc])*
        ///
        /// `None` when the user meta is of another type.
        ///
        /// # Errors
        /// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when the payload is NULL or cannot be what its type says, and when
        /// the type's number is ambiguous because the version is not known.
        pub fn $name(&self) -> Result<Option<$view<'b>>> {
            $read(*self)
        })*
    };
}

impl<'b> UserMeta<'b> {
    /// What the payload is. [`UserMetaKind::Unknown`] where the number is not the same in all versions in question.
    #[must_use]
    pub fn kind(&self) -> UserMetaKind {
        let number = self.meta_type();
        if number >= NVDS_START_USER_META {
            return match number {
                n if n == Self::type_of(FRAME_ANALYTICS) => UserMetaKind::FrameAnalytics,
                n if n == Self::type_of(OBJ_ANALYTICS) => UserMetaKind::ObjAnalytics,
                n => UserMetaKind::Named(n),
            };
        }
        let generation = self.generation();
        let versions = crate::runtime::versions(generation).unwrap_or(VersionRange::from(generation));
        MetaTypes::for_versions(versions).kind(number)
    }

    views! {
        /// Output tensors of nvinfer.
        tensor_output: TensorMeta = TensorMeta::of;
        /// Segmentation of nvinfer.
        segmentation: SegmentationMeta = SegmentationMeta::of;
        /// Past frames, ended targets or shadows of nvtracker.
        target_lists: TargetLists = tracker::lists;
        /// The re-identification vector of an object.
        reid: ReidMeta = ReidMeta::of;
        /// The re-identification vectors of a batch.
        reid_batch: ReidBatchMeta = ReidBatchMeta::of;
        /// Regions and tensor of nvdspreprocess.
        preprocess_batch: PreprocessBatchMeta = PreprocessBatchMeta::of;
        /// A region.
        roi: RoiUserMeta = RoiUserMeta::of;
        /// Optical flow of nvof.
        optical_flow: OpticalFlowMeta = OpticalFlowMeta::of;
        /// A JPEG file.
        crop_image: CropImageMeta = CropImageMeta::of;
    }

    /// Times of an element, copied.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when the payload is NULL or has more than 16 parts.
    pub fn latency(&self) -> Result<Option<Latency>> {
        Latency::of(*self)
    }
}
