//! A call as a ladder: what happened between its two sides, one step below the
//! other, with the time that passed in between.

use std::fmt::Write;

use super::{float, named, text};
use crate::svg::Svg;

const WIDTH: f64 = 640.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 520.0;
const TOP: f64 = 34.0;
const STEP: f64 = 46.0;

/// A ladder.
pub struct Ladder<'a> {
    /// What tells its parts from those of others on the page.
    pub id: &'a str,
    /// What it shows.
    pub name: String,
    /// What can be seen on it, in a sentence.
    pub description: String,
    /// The side that is drawn on the left.
    pub left: String,
    /// The side that is drawn on the right.
    pub right: String,
    /// Its steps in the order of time.
    pub steps: Vec<Rung>,
}

/// A step of a ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// What happened.
    pub label: String,
    /// When.
    pub time: String,
    /// How long after the step before it; empty for the first.
    pub gap: String,
    /// From which side to which.
    pub to: Side,
    /// A class of the style sheet: a colour for how it ended.
    pub class: &'static str,
}

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// From the right to the left.
    Left,
    /// From the left to the right.
    Right,
    /// To both: it is not known which side did it.
    Both,
}

/// Draws it.
///
/// ```
/// use trunklog_web::chart::{Ladder, Rung, Side, ladder};
///
/// let rung = Rung {
///     label: "<answer>".to_owned(),
///     time: "08:00:08".to_owned(),
///     gap: "8.0 s".to_owned(),
///     to: Side::Left,
///     class: "g-answered",
/// };
/// let [name, description, left, right] = ["Call", "One step", "SBC", "Teams"].map(str::to_owned);
/// let svg = ladder(&Ladder { id: "l", name, description, left, right, steps: vec![rung] }).to_string();
/// assert!(svg.contains("&lt;answer&gt;") && svg.contains("8.0 s"));
/// ```
pub fn ladder(of: &Ladder<'_>) -> Svg {
    let height = TOP + STEP * float(of.steps.len()) + 12.0;
    let mut out = String::with_capacity(1_024 + of.steps.len() * 512);
    named(&mut out, "ladder", (WIDTH, height), of.id, &of.name, &of.description);
    for (x, side) in [(LEFT, &of.left), (RIGHT, &of.right)] {
        text(&mut out, (x, 16.0), "ladder-side", side);
        // A string takes whatever is written to it.
        let _ =
            write!(out, "<line class=\"rail\" x1=\"{x}\" x2=\"{x}\" y1=\"24\" y2=\"{:.0}\"/>", height - 6.0);
    }
    for (at, rung) in of.steps.iter().enumerate() {
        let y = TOP + STEP * (float(at) + 0.5);
        text(&mut out, (LEFT - 14.0, y + 4.0), "ladder-time", &rung.time);
        text(&mut out, (f64::midpoint(LEFT, RIGHT), y - 7.0), "ladder-label", &rung.label);
        if !rung.gap.is_empty() {
            text(&mut out, (RIGHT + 14.0, y - STEP / 2.0 + 4.0), "ladder-gap", &rung.gap);
        }
        arrow(&mut out, y, rung);
    }
    out.push_str("</svg>");
    Svg(out)
}

fn arrow(out: &mut String, y: f64, rung: &Rung) {
    let class = rung.class;
    let _ = write!(
        out,
        "<line class=\"rung {class}\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"
    );
    let mut head = |x: f64, back: f64| {
        let (above, below) = (y - 5.0, y + 5.0);
        let _ = write!(
            out,
            "<path class=\"rung-head {class}\" d=\"M{x:.1} {y:.1}L{:.1} {above:.1}L{:.1} {below:.1}Z\"/>",
            x + back,
            x + back
        );
    };
    if rung.to != Side::Left {
        head(RIGHT, -9.0);
    }
    if rung.to != Side::Right {
        head(LEFT, 9.0);
    }
}
