//! Scales with round numbers.

/// The round numbers of an axis from 0 on, of which the last is not below the
/// largest value.
///
/// ```
/// use trunklog_web::chart::ticks;
///
/// assert_eq!(ticks(87.0, false), [0.0, 25.0, 50.0, 75.0, 100.0]);
/// assert_eq!(ticks(0.0, true), [0.0, 1.0]);
/// ```
pub fn ticks(largest: f64, is_whole: bool) -> Vec<f64> {
    if !largest.is_finite() || largest <= 0.0 {
        return vec![0.0, 1.0];
    }
    let rough = largest / 4.0;
    let power = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| factor * power >= rough * 0.999);
    let mut step = factor.unwrap_or(10.0) * power;
    if is_whole {
        step = step.ceil().max(1.0);
    }
    let mut ticks = vec![0.0];
    let mut count = 0_u8;
    let mut at = 0.0;
    // Rounding must not add a line above the largest value.
    while at < largest * (1.0 - 1e-9) && count < 20 {
        count += 1;
        at = f64::from(count) * step;
        ticks.push(at);
    }
    ticks
}
