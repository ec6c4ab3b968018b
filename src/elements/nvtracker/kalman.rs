//! Constant-velocity Kalman filter of a box.
//!
//! The state is centre x, centre y, width and height, each with a velocity. Motion and measurement
//! couple a coordinate only with its own velocity, so the 8×8 covariance is block diagonal and the
//! filter is four independent two-state filters; no matrix library is needed.

use super::geometry::Bounds;

/// Noise levels, as fractions of the box's height per frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noise {
    pub(super) position: f64,
    pub(super) velocity: f64,
    pub(super) measurement: f64,
}

/// How much less the size of a box accelerates than its centre.
const SIZE_VELOCITY_SHARE: f64 = 0.5;
/// Uncertainty of a newborn track's velocity, in steps of velocity noise: it may already be walking.
const INITIAL_VELOCITY_STEPS: f64 = 10.0;
/// Uncertainty of a newborn track's position, in measurements.
const INITIAL_POSITION_STEPS: f64 = 2.0;

/// One coordinate with its velocity; `pp`, `pv` and `vv` are the covariance.
#[derive(Debug, Clone, Copy)]
struct Axis {
    position: f64,
    velocity: f64,
    pp: f64,
    pv: f64,
    vv: f64,
}

impl Axis {
    fn new(position: f64, position_sd: f64, velocity_sd: f64) -> Self {
        Self {
            position,
            velocity: 0.0,
            pp: position_sd * position_sd,
            pv: 0.0,
            vv: velocity_sd * velocity_sd,
        }
    }

    fn predict(&mut self, dt: f64, position_sd: f64, velocity_sd: f64) {
        self.position += dt * self.velocity;
        self.pp += dt * (2.0 * self.pv + dt * self.vv + position_sd * position_sd);
        self.pv += dt * self.vv;
        self.vv += dt * velocity_sd * velocity_sd;
    }

    fn correct(&mut self, measured: f64, sd: f64) {
        let total = self.pp + sd * sd;
        let (gain, velocity_gain) = (self.pp / total, self.pv / total);
        let surprise = measured - self.position;
        self.position += gain * surprise;
        self.velocity += velocity_gain * surprise;
        self.vv -= velocity_gain * self.pv;
        self.pp *= 1.0 - gain;
        self.pv *= 1.0 - gain;
    }
}

/// The filter of one box.
#[derive(Debug, Clone)]
pub(super) struct BoxFilter {
    axes: [Axis; 4],
}

impl BoxFilter {
    /// A filter at rest on `bounds`.
    pub(super) fn new(bounds: Bounds, noise: &Noise) -> Self {
        let height = bounds.height();
        let position_sd = INITIAL_POSITION_STEPS * noise.measurement * height;
        let velocity_sd = INITIAL_VELOCITY_STEPS * noise.velocity * height;
        Self { axes: bounds.centre_and_size().map(|value| Axis::new(value, position_sd, velocity_sd)) }
    }

    /// Moves on by `dt` frames.
    pub(super) fn predict(&mut self, dt: f64, noise: &Noise) {
        let height = self.axes[3].position.max(1.0);
        for (index, axis) in self.axes.iter_mut().enumerate() {
            let share = if index < 2 { 1.0 } else { SIZE_VELOCITY_SHARE };
            axis.predict(dt, noise.position * height, share * noise.velocity * height);
        }
    }

    /// Takes in a measured box; `doubt` multiplies the measurement noise.
    pub(super) fn correct(&mut self, measured: Bounds, doubt: f64, noise: &Noise) {
        let sd = doubt * noise.measurement * measured.height();
        for (axis, value) in self.axes.iter_mut().zip(measured.centre_and_size()) {
            axis.correct(value, sd);
        }
    }

    /// The box now, at least one pixel wide and high.
    pub(super) fn bounds(&self) -> Bounds {
        let [x, y, width, height] = self.axes.map(|axis| axis.position);
        Bounds::around(x, y, width.max(1.0), height.max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOISE: Noise = Noise { position: 0.05, velocity: 0.01, measurement: 0.05 };

    fn walk(step: impl Fn(f64) -> f64, frames: usize) -> BoxFilter {
        let at = |t: f64| Bounds::around(100.0 + step(t), 200.0, 30.0, 80.0);
        let mut filter = BoxFilter::new(at(0.0), &NOISE);
        for t in 1..=frames {
            filter.predict(1.0, &NOISE);
            filter.correct(at(t as f64), 1.0, &NOISE);
        }
        filter
    }

    #[test]
    fn learns_a_constant_velocity() {
        let mut filter = walk(|t| 6.0 * t, 40);
        filter.predict(5.0, &NOISE);
        let [x, y, width, height] = filter.bounds().centre_and_size();
        assert!((x - (100.0 + 6.0 * 45.0)).abs() < 1.0, "{x}");
        assert!((y - 200.0).abs() < 0.1 && (width - 30.0).abs() < 0.1 && (height - 80.0).abs() < 0.1);
    }

    #[test]
    fn one_long_step_equals_short_steps_in_the_mean() {
        let (mut long, mut short) = (walk(|t| 3.0 * t, 10), walk(|t| 3.0 * t, 10));
        long.predict(4.0, &NOISE);
        (0..4).for_each(|_| short.predict(1.0, &NOISE));
        assert!((long.bounds().left - short.bounds().left).abs() < 1e-9);
    }

    #[test]
    fn doubt_makes_the_filter_follow_less() {
        let jump = Bounds::around(160.0, 200.0, 30.0, 80.0);
        let follow = |doubt| {
            let mut filter = walk(|_| 0.0, 10);
            filter.predict(1.0, &NOISE);
            filter.correct(jump, doubt, &NOISE);
            filter.bounds().centre_and_size()[0]
        };
        assert!(follow(1.0) > follow(3.0) + 1.0);
    }

    #[test]
    fn covariance_stays_positive() {
        let mut filter = walk(|t| t.sin() * 20.0, 500);
        for axis in &filter.axes {
            assert!(axis.pp > 0.0 && axis.vv > 0.0 && axis.pp * axis.vv > axis.pv * axis.pv);
        }
        filter.predict(1e6, &NOISE);
        assert!(filter.axes.iter().all(|axis| axis.pp.is_finite()));
    }
}
