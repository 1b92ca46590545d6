//! A line the size of a word.

use std::fmt::Write;

use super::float;
use crate::svg::{Svg, escaped};

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 28.0;

/// A line the size of a word. `told` says what it shows, with the least and the
/// most: a line without a scale tells nothing.
///
/// ```
/// use trunklog_web::chart::spark;
///
/// let svg = spark(&[Some(1.0), None, Some(3.0)], "from 1 to 3").to_string();
/// assert!(svg.contains("<title>from 1 to 3</title>"));
/// ```
pub fn spark(values: &[Option<f64>], told: &str) -> Svg {
    let known = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let most = known().fold(f64::NEG_INFINITY, f64::max);
    let least = known().fold(f64::INFINITY, f64::min);
    let step = WIDTH / float(values.len().max(1));
    let y = |value: f64| {
        if most > least {
            HEIGHT - 3.0 - (HEIGHT - 6.0) * (value - least) / (most - least)
        } else {
            HEIGHT / 2.0
        }
    };
    let mut drawn = String::new();
    let mut goes_on = false;
    for (at, value) in values.iter().enumerate() {
        let Some(value) = value.filter(|value| value.is_finite()) else {
            goes_on = false;
            continue;
        };
        let x = step * float(at);
        // As wide as its bucket, so that a point alone is seen.
        let _ = write!(drawn, "{}{x:.1} {y:.1}h{step:.1}", if goes_on { 'L' } else { 'M' }, y = y(value));
        goes_on = true;
    }
    let told = escaped(told);
    Svg(format!(
        "<svg class=\"spark\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\">\
         <title>{told}</title><path class=\"path now\" d=\"{drawn}\"/></svg>"
    ))
}
