//! Hours in a row, coloured by how much came.

use std::fmt::Write;

use super::heat::level;
use super::{float, named, text};
use crate::svg::{Svg, escaped};

const WIDTH: f64 = 960.0;
const CELL: f64 = 26.0;

/// What stands below the hours.
const AXIS: f64 = 18.0;

/// Hours in a row.
#[derive(Debug, Clone)]
pub struct Strip<'a> {
    /// What tells its parts from those of others on the page.
    pub id: &'a str,
    /// What it shows.
    pub name: String,
    /// What can be seen on it, in a sentence.
    pub description: String,
    /// The hours, the oldest first.
    pub cells: Vec<StripCell>,
}

/// An hour.
#[derive(Debug, Clone, Default)]
pub struct StripCell {
    /// What stands below it; empty for nothing.
    pub label: String,
    /// All that is told of it, when it is pointed at.
    pub told: String,
    /// How much came.
    pub value: f64,
    /// Whether something should have come, and nothing did: the cell is crossed out.
    pub is_gap: bool,
    /// Whether something of it has to be looked at: the cell is marked below.
    pub is_marked: bool,
}

/// Draws it.
pub fn strip(of: &Strip<'_>) -> Svg {
    let values = of.cells.iter().map(|cell| cell.value).filter(|value| value.is_finite());
    let most = values.fold(0.0, f64::max);
    let step = WIDTH / float(of.cells.len().max(1));
    let width = step * 0.9;
    let mut out = String::with_capacity(of.cells.len() * 160 + 400);
    named(&mut out, "strip", (WIDTH, CELL + AXIS), of.id, &of.name, &of.description);
    for (at, cell) in of.cells.iter().enumerate() {
        let x = float(at) * step;
        let class = if cell.is_gap { "strip-gap".to_owned() } else { level(Some(cell.value), most) };
        // A string takes whatever is written to it.
        let _ = write!(
            out,
            "<g><title>{}</title><rect class=\"{class}\" x=\"{x:.1}\" y=\"1\" width=\"{width:.1}\" \
             height=\"{CELL}\"/>",
            escaped(&cell.told)
        );
        let (end, bottom) = (x + width, CELL + 1.0);
        if cell.is_gap {
            let _ = write!(
                out,
                "<path class=\"strip-cross\" d=\"M{x:.1} 1L{end:.1} {bottom}M{x:.1} {bottom}L{end:.1} 1\"/>"
            );
        }
        if cell.is_marked {
            let top = bottom - 7.0;
            let _ = write!(
                out,
                "<path class=\"strip-mark\" d=\"M{x:.1} {bottom}L{:.1} {top}L{end:.1} {bottom}Z\"/>",
                x + width / 2.0
            );
        }
        out.push_str("</g>");
        if !cell.label.is_empty() {
            text(&mut out, (x, CELL + AXIS - 3.0), "axis-h", &cell.label);
        }
    }
    out.push_str("</svg>");
    Svg(out)
}
