//! A week as a field of hours, coloured by a number.

use std::fmt::Write;

use super::{float, named, text};
use crate::svg::{Svg, escaped};

const LEFT: f64 = 84.0;
const TOP: f64 = 18.0;
const CELL: (f64, f64) = (26.0, 22.0);

/// How many colours there are, from nothing on.
pub const LEVELS: u8 = 7;

/// A week as a field of hours.
#[derive(Debug, Clone)]
pub struct Heat<'a> {
    /// What tells its parts from those of others on the page.
    pub id: &'a str,
    /// What it shows.
    pub name: String,
    /// What can be seen on it, in a sentence.
    pub description: String,
    /// The names of the days, in order.
    pub days: Vec<String>,
    /// The hours of each day, in the order of the days.
    pub cells: Vec<HeatCell>,
}

/// An hour.
#[derive(Debug, Clone, Default)]
pub struct HeatCell {
    /// All that is told of it, when it is pointed at.
    pub told: String,
    /// Its number; None where the range has no such hour.
    pub value: Option<f64>,
}

/// Draws it: 24 hours beside each day.
pub fn heat(of: &Heat<'_>) -> Svg {
    let values = of.cells.iter().filter_map(|cell| cell.value).filter(|value| value.is_finite());
    let most = values.fold(0.0, f64::max);
    let size = (LEFT + 24.0 * CELL.0, TOP + float(of.days.len()) * CELL.1);
    let mut out = String::with_capacity(20_000);
    named(&mut out, "heat", size, of.id, &of.name, &of.description);
    for hour in (0..24_u8).step_by(3) {
        text(&mut out, (LEFT + f64::from(hour) * CELL.0, TOP - 5.0), "axis-h", &format!("{hour:02}"));
    }
    for (day, name) in of.days.iter().enumerate() {
        text(&mut out, (LEFT - 6.0, TOP + (float(day) + 0.7) * CELL.1), "axis-y", name);
    }
    for (at, cell) in of.cells.iter().enumerate() {
        let (x, y) = (LEFT + float(at % 24) * CELL.0, TOP + float(at / 24) * CELL.1);
        // A string takes whatever is written to it.
        let _ = write!(
            out,
            "<rect class=\"{}\" x=\"{x:.0}\" y=\"{y:.0}\" width=\"24\" height=\"20\"><title>{}</title></rect>",
            level(cell.value, most),
            escaped(&cell.told)
        );
    }
    out.push_str("</svg>");
    Svg(out)
}

/// The class of a number's colour: `h0` for nothing, up to `h7` for the most.
pub(super) fn level(value: Option<f64>, most: f64) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else { return "h-none".to_owned() };
    if value <= 0.0 || most <= 0.0 {
        return "h0".to_owned();
    }
    let level =
        (1..=LEVELS).find(|level| value <= most * f64::from(*level) / f64::from(LEVELS) * (1.0 + 1e-9));
    format!("h{}", level.unwrap_or(LEVELS))
}
