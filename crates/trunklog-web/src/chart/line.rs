//! A line over time, with that of an earlier time behind it.

use std::fmt::Write;

use super::{float, named, text, ticks};
use crate::svg::{Svg, escaped};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 250.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 752.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 220.0;

/// A line over time.
pub struct Line<'a> {
    /// What tells its parts from those of others on the page.
    pub id: &'a str,
    /// What it shows.
    pub name: String,
    /// What can be seen on it, in a sentence.
    pub description: String,
    /// Its buckets.
    pub points: Vec<Point>,
    /// Whether only whole numbers make sense.
    pub is_whole: bool,
    /// What the axis says of a number.
    pub axis: &'a dyn Fn(f64) -> String,
    /// The most that the axis shows, where there is such a thing: 1 for ratios.
    pub most: Option<f64>,
}

/// A bucket.
#[derive(Debug, Clone, Default)]
pub struct Point {
    /// Its name below the axis; empty for none.
    pub label: String,
    /// All that is told of it, when it is pointed at.
    pub told: String,
    /// Its number.
    pub value: Option<f64>,
    /// That of the earlier time.
    pub before: Option<f64>,
    /// Whether data may still be missing.
    pub is_open: bool,
}

/// A line as it was drawn, and where its buckets are, for the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    /// The drawing.
    pub svg: Svg,
    /// How wide the drawing is, and from where to where its buckets reach: three
    /// numbers.
    pub place: String,
}

/// Draws it.
///
/// ```
/// use trunklog_web::chart::{Line, Point, line};
///
/// let points = vec![Point { value: Some(3.0), label: "<Mon>".into(), ..Point::default() }];
/// let axis = |number: f64| format!("{number}");
/// let (name, description) = ("Calls".into(), "At most 3".into());
/// let plot = line(&Line { id: "c", name, description, points, is_whole: true, axis: &axis, most: None });
/// assert!(plot.svg.to_string().contains("&lt;Mon&gt;"));
/// ```
pub fn line(of: &Line<'_>) -> Plot {
    let values = of.points.iter().flat_map(|point| [point.value, point.before]).flatten();
    let largest = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
    let mut marks = ticks(largest, of.is_whole);
    if let Some(most) = of.most {
        marks.retain(|mark| *mark <= most + 1e-9);
    }
    let top = marks.last().copied().unwrap_or(1.0).max(largest).max(f64::MIN_POSITIVE);
    let step = (RIGHT - LEFT) / float(of.points.len().max(1));
    let x = |at: usize| LEFT + step * (float(at) + 0.5);
    let y = |value: f64| BOTTOM - (BOTTOM - TOP) * (value / top).clamp(0.0, 1.0);
    let mut out = String::with_capacity(4_096 + of.points.len() * 160);
    named(&mut out, "line-chart", (WIDTH, HEIGHT), of.id, &of.name, &of.description);
    let id = escaped(of.id);
    // A string takes whatever is written to it.
    let _ = write!(
        out,
        "<defs><pattern id=\"{id}-open\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><rect class=\"hatch\" width=\"2\" height=\"6\"/></pattern></defs>"
    );
    for mark in &marks {
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>",
            y = y(*mark)
        );
        text(&mut out, (LEFT - 6.0, y(*mark) + 4.0), "axis-y", &(of.axis)(*mark));
    }
    for (at, point) in of.points.iter().enumerate() {
        if !point.label.is_empty() {
            text(&mut out, (x(at), BOTTOM + 18.0), "axis-x", &point.label);
        }
        if point.is_open {
            let _ = write!(
                out,
                "<rect fill=\"url(#{id}-open)\" x=\"{:.1}\" y=\"{TOP}\" width=\"{step:.1}\" height=\"{:.1}\"/>",
                x(at) - step / 2.0,
                BOTTOM - TOP
            );
        }
    }
    path(&mut out, "before", &of.points, before, &x, &y);
    path(&mut out, "now", &of.points, now, &x, &y);
    // What is told of a bucket, over all of it.
    for (at, point) in of.points.iter().enumerate() {
        let _ = write!(
            out,
            "<rect class=\"band\" x=\"{:.1}\" y=\"{TOP}\" width=\"{step:.1}\" height=\"{:.1}\"><title>{}</title></rect>",
            x(at) - step / 2.0,
            BOTTOM - TOP,
            escaped(&point.told)
        );
    }
    out.push_str("</svg>");
    Plot { svg: Svg(out), place: format!("{WIDTH} {LEFT} {RIGHT}") }
}

fn now(point: &Point) -> Option<f64> {
    point.value.filter(|value| value.is_finite())
}

fn before(point: &Point) -> Option<f64> {
    point.before.filter(|value| value.is_finite())
}

/// A path through the points that have a number; a point alone is a dot.
fn path(
    out: &mut String,
    class: &str,
    points: &[Point],
    choose: fn(&Point) -> Option<f64>,
    x: &dyn Fn(usize) -> f64,
    y: &dyn Fn(f64) -> f64,
) {
    let (mut drawn, mut dots) = (String::new(), String::new());
    let has = |at: usize| points.get(at).and_then(choose).is_some();
    for (at, point) in points.iter().enumerate() {
        let Some(value) = choose(point) else { continue };
        let goes_on = at > 0 && has(at - 1);
        let _ = write!(drawn, "{}{:.1} {:.1}", if goes_on { 'L' } else { 'M' }, x(at), y(value));
        if !goes_on && !has(at + 1) {
            let _ = write!(
                dots,
                "<circle class=\"dot {class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\"/>",
                x(at),
                y(value)
            );
        }
    }
    if !drawn.is_empty() {
        let _ = write!(out, "<path class=\"path {class}\" d=\"{drawn}\"/>");
    }
    out.push_str(&dots);
}
