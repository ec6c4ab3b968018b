use crate::error::{Error, Result};

/// Fractional bits of a weight: they sum to 256.
const ONE: f64 = 256.0;

/// The weights of a one-dimensional Gaussian, which sum to 1; OpenCV's `getGaussianKernel`.
///
/// `sigma` 0 or below takes `0.3·((ksize − 1)·0.5 − 1) + 0.8`, and for 1, 3, 5, 7 and 9 the binomial
/// weights that OpenCV has for them.
///
/// # Errors
/// When `ksize` is not odd or above 65535, or `sigma` is not finite.
///
/// ```
/// use dsframe::ops::gaussian_blur::gaussian_kernel;
/// assert_eq!(gaussian_kernel(5, 0.0)?, [0.0625, 0.25, 0.375, 0.25, 0.0625]);
/// assert!(gaussian_kernel(4, 1.0).is_err());
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn gaussian_kernel(ksize: u32, sigma: f64) -> Result<Vec<f64>> {
    check_ksize(ksize)?;
    check_sigma(sigma)?;
    if sigma <= 0.0 {
        let fixed: &[f64] = match ksize {
            1 => &[1.0],
            3 => &[0.25, 0.5, 0.25],
            5 => &[0.0625, 0.25, 0.375, 0.25, 0.0625],
            7 => &[0.03125, 0.109375, 0.21875, 0.28125, 0.21875, 0.109375, 0.03125],
            9 => &[4.0, 13.0, 30.0, 51.0, 60.0, 51.0, 30.0, 13.0, 4.0],
            _ => &[],
        };
        if !fixed.is_empty() {
            let sum: f64 = fixed.iter().sum();
            return Ok(fixed.iter().map(|k| k / sum).collect());
        }
    }
    let sigma = if sigma > 0.0 { sigma } else { f64::from(ksize) * 0.15 + 0.35 };
    let scale = -0.125 / (sigma * sigma);
    // Twice the distance from the centre, so that it is whole.
    let weight = |i: u32| {
        let x = f64::from(2 * i64::from(i) as i32 + 1 - ksize as i32);
        (x * x * scale).exp()
    };
    let half: Vec<f64> = (0..ksize / 2).map(weight).collect();
    let norm = 1.0 / (2.0 * half.iter().sum::<f64>() + 1.0);
    let side = half.iter().map(|k| k * norm);
    Ok(side.clone().chain([norm]).chain(side.rev()).collect())
}

/// The weights in units of 1/256, summing to 256: rounded from the ends inwards, what rounding took or gave
/// carried on to the next, the rest to the centre. Zeros at the ends are left out.
pub(super) fn fixed_kernel(ksize: u32, sigma: f64) -> Result<Vec<i16>> {
    let exact = gaussian_kernel(ksize, sigma)?;
    let half = exact.len() / 2;
    let mut carried = 0.0;
    let mut side = Vec::with_capacity(half);
    for weight in &exact[..half] {
        let wanted = weight * ONE + carried;
        let rounded = wanted.round_ties_even();
        carried = wanted - rounded;
        side.push(rounded as i16);
    }
    let centre = ONE as i16 - 2 * side.iter().sum::<i16>();
    let zeros = side.iter().take_while(|&&k| k == 0).count();
    let side = side.into_iter().skip(zeros);
    Ok(side.clone().chain([centre]).chain(side.rev()).collect())
}

/// Kernel sizes and sigmas with OpenCV's defaults filled in, for pixels of 8 bits.
pub(super) fn resolve(ksize: (u32, u32), sigma_x: f64, sigma_y: f64) -> Result<[(u32, f64); 2]> {
    check_sigma(sigma_x)?;
    check_sigma(sigma_y)?;
    let sigma_y = if sigma_y <= 0.0 { sigma_x } else { sigma_y };
    let size = |ksize: u32, sigma: f64, name: &str| {
        if ksize == 0 && sigma <= 0.0 {
            return Err(Error::invalid(format!(
                "the kernel's {name} and its sigma are both 0; give one of them, from the other follows the rest"
            )));
        }
        let from_sigma = (sigma * 6.0 + 1.0).round_ties_even().min(65535.0) as u32 | 1;
        let ksize = if ksize == 0 { from_sigma } else { ksize };
        check_ksize(ksize).map(|()| (ksize, sigma.max(0.0)))
    };
    Ok([size(ksize.0, sigma_x, "width")?, size(ksize.1, sigma_y, "height")?])
}

fn check_ksize(ksize: u32) -> Result<()> {
    if ksize % 2 == 1 && ksize <= 65535 {
        return Ok(());
    }
    Err(Error::invalid(format!("the kernel size is {ksize}, it must be odd and at most 65535")))
}

fn check_sigma(sigma: f64) -> Result<()> {
    if sigma.is_finite() {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "sigma is {sigma}, it must be a finite number of pixels; 0 or below takes the default"
    )))
}
