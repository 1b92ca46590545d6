//! Charts, drawn here as SVG: they need no script, print, and are read by screen
//! readers by their names. Each stands beside a table with the same numbers.
//!
//! Colours are classes of the style sheet. Nothing is told by a colour alone.

mod heat;
mod ladder;
mod line;
mod scale;
mod spark;
mod stack;
mod strip;

use std::fmt::Write;

use crate::svg::{Svg, escaped};

pub use heat::{Heat, HeatCell, LEVELS, heat};
pub use ladder::{Ladder, Rung, Side, ladder};
pub use line::{Line, Plot, Point, line};
pub use scale::ticks;
pub use spark::spark;
pub use stack::{Part, stack};
pub use strip::{Strip, StripCell, strip};

/// A bar within a cell, as wide as the part of a whole that it shows. It says
/// nothing by itself: the number stands beside it.
pub fn bar(part: f64, class: &str) -> Svg {
    let width = if part.is_finite() { part.clamp(0.0, 1.0) * 100.0 } else { 0.0 };
    let class = escaped(class);
    Svg(format!(
        "<svg class=\"bar\" viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"bar-all\" width=\"100\" height=\"6\"/>\
         <rect class=\"{class}\" width=\"{width:.1}\" height=\"6\"/></svg>"
    ))
}

/// The opening tag of a drawing with a name and a description, which say to who
/// cannot see it what it shows.
fn named(out: &mut String, class: &str, size: (f64, f64), id: &str, name: &str, description: &str) {
    let (width, height) = size;
    let (id, name, description) = (escaped(id), escaped(name), escaped(description));
    // A string takes whatever is written to it.
    let _ = write!(
        out,
        "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"{id}-name {id}-text\"><title id=\"{id}-name\">{name}</title>\
         <desc id=\"{id}-text\">{description}</desc>"
    );
}

/// A text within a drawing.
fn text(out: &mut String, (x, y): (f64, f64), class: &str, text: &str) {
    let _ = write!(out, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(text));
}

/// A number of things where fractions are drawn.
#[allow(clippy::cast_precision_loss)]
fn float(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests;
