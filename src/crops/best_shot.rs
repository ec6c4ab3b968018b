use std::collections::{BTreeMap, VecDeque};

use crate::frame::{FrameView, OwnedFrame};
use crate::ops::sharpness::sharpness;
use crate::roi::BBox;

use super::Scorer;

/// A track: object ids are unique within their source only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackKey {
    /// Source (stream) of the frames.
    pub source_id: u32,
    /// The tracker's id.
    pub object_id: u64,
}

/// What is known of an object in a frame before a pixel is read.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Which track.
    pub key: TrackKey,
    /// Number of the frame in its source.
    pub frame_num: u64,
    /// Class label.
    pub label: &'a str,
    /// The detector's confidence, 0 to 1; 0 or less when the tracker predicted the box.
    pub confidence: f32,
    /// The object's box, in pixels of the frame.
    pub bbox: BBox,
    /// (width, height) of the frame, in pixels.
    pub frame_size: (u32, u32),
    /// Part of the box that other boxes cover, 0 to 1; see [`max_overlap`](super::max_overlap).
    pub overlap: f32,
}

/// A crop that was kept.
#[derive(Debug, Clone)]
pub struct Shot {
    /// The pixels.
    pub frame: OwnedFrame,
    /// Number of the frame in its source.
    pub frame_num: u64,
    /// Class label.
    pub label: String,
    /// The detector's confidence.
    pub confidence: f32,
    /// The object's box, in pixels of the frame.
    pub bbox: BBox,
    /// Variance of the Laplacian of the crop.
    pub sharpness: f64,
    /// What [`Scorer`] says, 0 to 1.
    pub score: f64,
}

/// A track that ended, with its best crops.
#[derive(Debug, Clone)]
pub struct TrackShots {
    /// Which track.
    pub key: TrackKey,
    /// First frame it was offered in.
    pub first_frame: u64,
    /// Last frame it was offered in.
    pub last_frame: u64,
    /// How many crops were offered.
    pub offered: u64,
    /// The best first; at least one.
    pub shots: Vec<Shot>,
}

/// What became of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// It is among the best so far and was copied.
    Kept,
    /// Something better is kept already; nothing was copied.
    Worse,
}

/// How [`BestShots`] chooses, and how much it holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BestShotsOptions {
    /// Crops kept per track, at least 1.
    pub per_track: usize,
    /// Frames between two crops of one track, at least; the better of two that are closer stays.
    pub min_frame_gap: u64,
    /// Frames without the object after which [`BestShots::expire`] ends a track. Let it be longer than the
    /// tracker keeps lost objects, or an object that it finds again counts as another track.
    pub patience: u64,
    /// Tracks held; above it the one that was not seen for longest is ended, with its crops.
    pub max_tracks: usize,
    /// Bytes of pixels held; above it likewise.
    pub max_bytes: usize,
    /// What makes a crop good.
    pub scorer: Scorer,
}

impl Default for BestShotsOptions {
    fn default() -> Self {
        Self {
            per_track: 1,
            min_frame_gap: 15,
            patience: 300,
            max_tracks: 4096,
            max_bytes: 256 << 20,
            scorer: Scorer::default(),
        }
    }
}

/// Keeps the best crops of every track until the track ends; no track is ever lost.
///
/// Most offers cost no copy: a candidate is compared by what is known without its pixels first, then its
/// sharpness is measured, and only what beats a kept crop is copied. A track ends when [`expire`] finds it
/// gone, when memory needs its room, or at [`drain`]; ended tracks wait in [`take_finished`].
///
/// [`expire`]: Self::expire
/// [`drain`]: Self::drain
/// [`take_finished`]: Self::take_finished
///
/// ```
/// use dsframe::crops::{BestShots, BestShotsOptions, Candidate, Offered, TrackKey};
/// use dsframe::frame::{OwnedFrame, PixelFormat};
/// use dsframe::roi::BBox;
/// let frame = OwnedFrame::zeroed(PixelFormat::Nv12, 640, 480);
/// let mut best = BestShots::new(BestShotsOptions::default());
/// let bbox = BBox::xywh(100.0, 100.0, 50.0, 120.0);
/// let crop = frame.view().crop(bbox.clip(640, 480)?)?;
/// let candidate = Candidate {
///     key: TrackKey { source_id: 0, object_id: 7 },
///     frame_num: 0, label: "person", confidence: 0.9, bbox, frame_size: (640, 480), overlap: 0.0,
/// };
/// assert_eq!(best.offer(&candidate, &crop), Offered::Kept);
/// assert_eq!(best.offer(&Candidate { frame_num: 1, confidence: 0.5, ..candidate }, &crop), Offered::Worse);
/// assert_eq!(best.drain()[0].shots[0].frame_num, 0);
/// # Ok::<(), dsframe::Error>(())
/// ```
#[derive(Debug)]
pub struct BestShots {
    options: BestShotsOptions,
    live: BTreeMap<TrackKey, TrackShots>,
    /// Number of the offer that each live track was last part of, across sources.
    last_offer: BTreeMap<TrackKey, u64>,
    offers: u64,
    bytes: usize,
    finished: VecDeque<TrackShots>,
}

impl BestShots {
    /// Holds nothing yet. `per_track` and `max_tracks` below 1 count as 1.
    #[must_use]
    pub fn new(options: BestShotsOptions) -> Self {
        let options = BestShotsOptions {
            per_track: options.per_track.max(1),
            max_tracks: options.max_tracks.max(1),
            ..options
        };
        Self {
            options,
            live: BTreeMap::new(),
            last_offer: BTreeMap::new(),
            offers: 0,
            bytes: 0,
            finished: VecDeque::new(),
        }
    }

    /// Offers the `crop` of an object; a window of the frame, made without a copy.
    pub fn offer(&mut self, candidate: &Candidate<'_>, crop: &FrameView<'_>) -> Offered {
        self.offer_with(candidate, || sharpness(crop), || crop.to_owned())
    }

    /// Offers a crop whose sharpness and pixels are asked for only when they matter.
    pub fn offer_with(
        &mut self,
        candidate: &Candidate<'_>,
        sharpness: impl FnOnce() -> f64,
        copy: impl FnOnce() -> OwnedFrame,
    ) -> Offered {
        let Candidate { key, frame_num, bbox, confidence, .. } = *candidate;
        self.offers += 1;
        self.last_offer.insert(key, self.offers);
        let track = self.live.entry(key).or_insert_with(|| TrackShots {
            key,
            first_frame: frame_num,
            last_frame: frame_num,
            offered: 0,
            shots: Vec::new(),
        });
        track.offered += 1;
        track.last_frame = track.last_frame.max(frame_num);
        let to_beat = track.to_beat(frame_num, &self.options);
        let scorer = &self.options.scorer;
        let bound = scorer.bound(&bbox, candidate.frame_size, confidence, candidate.overlap);
        if to_beat.is_some_and(|to_beat| bound <= to_beat) {
            return Offered::Worse;
        }
        let sharpness = sharpness();
        let score = bound * scorer.sharpness_factor(sharpness);
        if to_beat.is_some_and(|to_beat| score <= to_beat) {
            return Offered::Worse;
        }
        let (frame, label) = (copy(), candidate.label.to_owned());
        self.bytes += frame.byte_len();
        let shot = Shot { frame, frame_num, label, confidence, bbox, sharpness, score };
        self.bytes -= track.insert(shot, &self.options);
        self.make_room(key);
        Offered::Kept
    }

    /// Ends the tracks of a source that were not offered in the last `patience` frames before `now`.
    pub fn expire(&mut self, source_id: u32, now: u64) {
        let first = TrackKey { source_id, object_id: 0 };
        let last = TrackKey { source_id, object_id: u64::MAX };
        let gone: Vec<TrackKey> = self
            .live
            .range(first..=last)
            .filter(|(_, track)| now.saturating_sub(track.last_frame) > self.options.patience)
            .map(|(&key, _)| key)
            .collect();
        gone.into_iter().for_each(|key| self.end(key));
    }

    /// The tracks that ended since the last call, in the order they ended.
    #[must_use = "the crops are handed over"]
    pub fn take_finished(&mut self) -> Vec<TrackShots> {
        self.finished.drain(..).collect()
    }

    /// Ends every track of a source, at its end of stream.
    pub fn end_source(&mut self, source_id: u32) {
        let gone: Vec<TrackKey> =
            self.live.keys().copied().filter(|key| key.source_id == source_id).collect();
        gone.into_iter().for_each(|key| self.end(key));
    }

    /// Ends every track and hands all of them over, for the end of the stream.
    #[must_use = "the crops are handed over"]
    pub fn drain(&mut self) -> Vec<TrackShots> {
        while let Some(&key) = self.live.keys().next() {
            self.end(key);
        }
        self.take_finished()
    }

    /// Tracks that have not ended.
    #[must_use]
    pub fn live_tracks(&self) -> usize {
        self.live.len()
    }

    /// Bytes of pixels held for them.
    #[must_use]
    pub fn live_bytes(&self) -> usize {
        self.bytes
    }

    fn end(&mut self, key: TrackKey) {
        self.last_offer.remove(&key);
        if let Some(track) = self.live.remove(&key) {
            self.bytes -= track.shots.iter().map(|shot| shot.frame.byte_len()).sum::<usize>();
            self.finished.push_back(track);
        }
    }

    /// Ends the tracks that were not seen for longest until the limits hold, but never `newest`.
    fn make_room(&mut self, newest: TrackKey) {
        while self.live.len() > self.options.max_tracks || self.bytes > self.options.max_bytes {
            let others = self.last_offer.iter().filter(|(key, _)| **key != newest);
            let Some((&oldest, _)) = others.min_by_key(|(_, offer)| **offer) else { return };
            self.end(oldest);
        }
    }
}

impl TrackShots {
    /// The score that a crop of frame `frame_num` must exceed; `None` when there is room.
    fn to_beat(&self, frame_num: u64, options: &BestShotsOptions) -> Option<f64> {
        let near = self.shots.iter().filter(|shot| shot.near(frame_num, options));
        let rival = near.map(|shot| shot.score).reduce(f64::max);
        let worst = || self.shots.last().filter(|_| self.shots.len() >= options.per_track).map(|s| s.score);
        rival.or_else(worst)
    }

    /// Puts in a shot that exceeds [`to_beat`](Self::to_beat) and returns the bytes of what went out.
    fn insert(&mut self, shot: Shot, options: &BestShotsOptions) -> usize {
        let frame_num = shot.frame_num;
        let mut freed = 0;
        self.shots.retain(|kept| {
            let stays = !kept.near(frame_num, options);
            freed += if stays { 0 } else { kept.frame.byte_len() };
            stays
        });
        let at = self.shots.partition_point(|kept| kept.score >= shot.score);
        self.shots.insert(at, shot);
        freed
            + self
                .shots
                .split_off(options.per_track.min(self.shots.len()))
                .iter()
                .map(|s| s.frame.byte_len())
                .sum::<usize>()
    }
}

impl Shot {
    fn near(&self, frame_num: u64, options: &BestShotsOptions) -> bool {
        self.frame_num.abs_diff(frame_num) < options.min_frame_gap
    }
}
