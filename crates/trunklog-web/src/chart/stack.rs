//! The parts of a whole, side by side.

use std::fmt::Write;

use super::named;
use crate::svg::{Svg, escaped};

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 36.0;

/// A part of a whole.
#[derive(Debug, Clone)]
pub struct Part {
    /// What it is.
    pub told: String,
    /// How large it is.
    pub size: f64,
    /// Its colour, as a class of the style sheet.
    pub class: &'static str,
}

/// The parts of a whole, side by side.
///
/// ```
/// use trunklog_web::chart::{Part, stack};
///
/// let part = |size, class| Part { told: "told".into(), size, class };
/// let svg = stack("ends", "Ends", "Two thirds", &[part(2.0, "g-answered"), part(1.0, "g-sbc")]);
/// assert!(svg.to_string().contains("width=\"266.7\""));
/// ```
pub fn stack(id: &str, name: &str, description: &str, parts: &[Part]) -> Svg {
    let sizes = parts.iter().map(|part| part.size).filter(|size| size.is_finite() && *size > 0.0);
    let whole: f64 = sizes.sum();
    let mut out = String::new();
    named(&mut out, "stack", (WIDTH, HEIGHT), id, name, description);
    let mut x = 0.0;
    for part in parts.iter().filter(|part| part.size.is_finite() && part.size > 0.0) {
        let width = WIDTH * part.size / whole;
        // A string takes whatever is written to it.
        let _ = write!(
            out,
            "<rect class=\"{}\" x=\"{x:.1}\" width=\"{width:.1}\" height=\"{HEIGHT}\"><title>{}</title></rect>",
            part.class,
            escaped(&part.told)
        );
        x += width;
    }
    out.push_str("</svg>");
    Svg(out)
}
