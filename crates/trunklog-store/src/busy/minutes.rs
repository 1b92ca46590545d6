//! Busy channels by minute, for engines that keep minutes: what a minute's starts
//! and ends add up to, and the shape of what happens in it.
//!
//! A call leaves two marks: its start in the minute that contains it, and its end
//! in the minute of the last instant at which it was busy. So an end that falls on
//! the edge of two minutes is in the earlier one, with an offset of a whole minute,
//! and a call that ends when a minute starts is not carried into it.
//!
//! * [`MinuteSums`] are signed sums: a row that goes takes away what it brought,
//!   whenever it came. The channels that are carried into a minute are the starts
//!   less the ends of all minutes before it, and how long channels were busy follows
//!   from counts and offsets alone, without a walk along the calls.
//! * A [`Shape`] says how far the count rises above what is carried in. It cannot
//!   be subtracted, but it depends only on the starts and ends of its own minute:
//!   a call that comes late, changes or goes makes two shapes stale, however long
//!   it lasts. Shapes of minutes that follow each other make that of a longer time
//!   ([`Shape::then`]), so hours and days of any zone come from minutes.
//! * A [`Stretch`] has both, of a minute or of more. Joined ones ([`Stretch::joined`])
//!   tell the same of buckets that do not cut through them, with fewer of them.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::ops::{AddAssign, Neg};

use trunklog_odata::Instant;

use super::Load;

/// Units of 100 ns in a minute.
pub const MINUTE: i64 = 60 * Instant::TICKS_PER_SEC;

/// The starts and ends of a minute, or of a longer stretch of time. Offsets are from
/// its start, in units of 100 ns, so that nothing is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MinuteSums {
    /// How many calls start.
    pub starts: i64,
    /// The sum of their offsets, each from 0 to before its end.
    pub start_offsets: i64,
    /// How many end.
    pub ends: i64,
    /// The sum of their offsets, each above 0 and up to its end.
    pub end_offsets: i64,
}

/// How the count of busy channels moves through a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// By how much it is higher after that time than before.
    pub net: i64,
    /// By how much it is higher than before where it is highest, at least 0.
    pub peak: i64,
    /// The first instant at which it is that high, in units of 100 ns since 1970:
    /// the start of the time, where it never rises.
    pub at: i64,
}

/// A stretch of time in which a call starts or ends: a minute, or several after each
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Its start, in units of 100 ns since 1970.
    pub start: i64,
    /// What starts and ends in it.
    pub sums: MinuteSums,
    /// How the count moves through it.
    pub shape: Shape,
}

/// The start of the minute that holds a call's start.
pub fn minute_of_start(at: i64) -> i64 {
    at.saturating_sub(at.rem_euclid(MINUTE))
}

/// The start of the minute that holds a call's end: that of the last instant
/// before it.
///
/// ```
/// use trunklog_store::busy::minutes::{MINUTE, minute_of_end, minute_of_start};
///
/// assert_eq!((minute_of_start(MINUTE), minute_of_end(MINUTE)), (MINUTE, 0));
/// assert_eq!((minute_of_start(MINUTE + 1), minute_of_end(MINUTE + 1)), (MINUTE, MINUTE));
/// ```
pub fn minute_of_end(at: i64) -> i64 {
    minute_of_start(at.saturating_sub(1))
}

/// Whether buckets have whole minutes.
pub fn are_minutes(edges: &[Instant]) -> bool {
    edges.iter().all(|edge| edge.ticks().rem_euclid(MINUTE) == 0)
}

impl MinuteSums {
    /// A call's start, with the minute that it is in.
    pub fn of_start(at: i64) -> (i64, MinuteSums) {
        let minute = minute_of_start(at);
        (minute, MinuteSums { starts: 1, start_offsets: at - minute, ..MinuteSums::default() })
    }

    /// A call's end, with the minute that it is in.
    pub fn of_end(at: i64) -> (i64, MinuteSums) {
        let minute = minute_of_end(at);
        (minute, MinuteSums { ends: 1, end_offsets: at - minute, ..MinuteSums::default() })
    }

    /// By how much more channels are busy after the minute than before.
    pub fn net(self) -> i64 {
        self.starts.saturating_sub(self.ends)
    }

    /// The same with offsets from an instant so much earlier.
    #[must_use]
    pub fn from_earlier(self, ticks: i64) -> MinuteSums {
        let moved = |offsets: i64, count: i64| offsets.saturating_add(count.saturating_mul(ticks));
        MinuteSums {
            start_offsets: moved(self.start_offsets, self.starts),
            end_offsets: moved(self.end_offsets, self.ends),
            ..self
        }
    }

    /// How long channels are busy from the minute's start until `ticks` later, at
    /// its end or after it, beyond those that are carried into it: a channel that
    /// becomes busy in the minute stays so, one that ends stays free.
    pub fn busy_ticks(self, ticks: i64) -> i64 {
        ticks.saturating_mul(self.net()).saturating_sub(self.start_offsets).saturating_add(self.end_offsets)
    }
}

impl AddAssign for MinuteSums {
    fn add_assign(&mut self, other: MinuteSums) {
        self.starts = self.starts.saturating_add(other.starts);
        self.start_offsets = self.start_offsets.saturating_add(other.start_offsets);
        self.ends = self.ends.saturating_add(other.ends);
        self.end_offsets = self.end_offsets.saturating_add(other.end_offsets);
    }
}

impl Neg for MinuteSums {
    type Output = MinuteSums;

    fn neg(self) -> MinuteSums {
        MinuteSums {
            starts: self.starts.saturating_neg(),
            start_offsets: self.start_offsets.saturating_neg(),
            ends: self.ends.saturating_neg(),
            end_offsets: self.end_offsets.saturating_neg(),
        }
    }
}

impl Shape {
    /// The shape of no time at all: before or after another it changes nothing.
    pub const NOTHING: Shape = Shape { net: 0, peak: 0, at: i64::MAX };

    /// A time from an instant on in which nothing starts or ends.
    pub fn quiet(start: i64) -> Shape {
        Shape { net: 0, peak: 0, at: start }
    }

    /// The shape of a time that starts then, by what starts and ends in it: the
    /// instant of each, and 1 or -1. They are sorted as pairs are, so that of one
    /// instant the ends come first.
    pub fn of(start: i64, events: impl IntoIterator<Item = (i64, i64)>) -> Shape {
        let mut shape = Shape::quiet(start);
        for (at, change) in events {
            shape.net = shape.net.saturating_add(change);
            if shape.net > shape.peak {
                (shape.peak, shape.at) = (shape.net, at);
            }
        }
        shape
    }

    /// The shape of this time and another right after it. Times between the two in
    /// which nothing happens may be left out.
    #[must_use]
    pub fn then(self, later: Shape) -> Shape {
        let reached = self.net.saturating_add(later.peak);
        let (peak, at) = match self.peak.cmp(&reached) {
            Ordering::Greater => (self.peak, self.at),
            Ordering::Less => (reached, later.at),
            Ordering::Equal => (reached, self.at.min(later.at)),
        };
        Shape { net: self.net.saturating_add(later.net), peak, at }
    }
}

impl Stretch {
    /// The stretches of a width in which something starts or ends, each of those within
    /// it. These are in their order, and none has a part in two.
    pub fn joined(width: i64, parts: impl IntoIterator<Item = Stretch>) -> Vec<Stretch> {
        let mut joined: Vec<Stretch> = Vec::new();
        for part in parts {
            let start = part.start.saturating_sub(part.start.rem_euclid(width));
            if joined.last().is_none_or(|last| last.start != start) {
                joined.push(Stretch { start, sums: MinuteSums::default(), shape: Shape::quiet(start) });
            }
            if let Some(stretch) = joined.last_mut() {
                stretch.sums += part.sums.from_earlier(part.start - start);
                stretch.shape = stretch.shape.then(part.shape);
            }
        }
        joined
    }
}

/// The shapes of all minutes in which something starts or ends, with their starts.
/// Events are those of [`Shape::of`], of any number of minutes, sorted as pairs are.
pub fn shapes_of(events: &[(i64, i64)]) -> Vec<(i64, Shape)> {
    let minute =
        |event: &(i64, i64)| if event.1 < 0 { minute_of_end(event.0) } else { minute_of_start(event.0) };
    let of_minute = |events: &[(i64, i64)]| {
        let start = events.first().map_or(0, minute);
        (start, Shape::of(start, events.iter().copied()))
    };
    events.chunk_by(|left, right| minute(left) == minute(right)).map(of_minute).collect()
}

/// The loads of the buckets in which a channel is busy, in their order, made of
/// the minutes of one series, or of longer stretches.
///
/// The edges of the buckets are those of minutes ([`are_minutes`]) and ascend. None is
/// within a stretch. `carry` is how many channels are busy before the first of the
/// stretches, which come in their order. Those before the first bucket only add to
/// that, those after the last are not looked at.
pub fn loads(
    edges: &[Instant],
    carry: i64,
    stretches: impl IntoIterator<Item = Stretch>,
) -> Vec<(usize, Load)> {
    let mut stretches = stretches.into_iter().peekable();
    let mut carry = carry;
    if let Some(first) = edges.first() {
        while let Some(stretch) = next_before(&mut stretches, *first) {
            carry = carry.saturating_add(stretch.sums.net());
        }
    }
    let mut loads = Vec::new();
    for (bucket, edge) in edges.windows(2).enumerate() {
        let (start, end) = (edge[0].ticks(), edge[1].ticks());
        let mut shape = Shape::quiet(start);
        let mut net: i64 = 0;
        let mut ticks = carry.saturating_mul(end - start);
        while let Some(stretch) = next_before(&mut stretches, edge[1]) {
            shape = shape.then(stretch.shape);
            net = net.saturating_add(stretch.sums.net());
            ticks = ticks.saturating_add(stretch.sums.busy_ticks(end - stretch.start));
        }
        let peak = carry.saturating_add(shape.peak);
        if peak > 0 {
            let peak_at = edge[0].saturating_add_ticks(shape.at - start);
            loads.push((bucket, Load { peak, peak_at, ticks }));
        }
        carry = carry.saturating_add(net);
    }
    loads
}

/// The next stretch, if it is before an instant.
fn next_before(stretches: &mut Peekable<impl Iterator<Item = Stretch>>, end: Instant) -> Option<Stretch> {
    stretches.next_if(|stretch| stretch.start < end.ticks())
}

#[cfg(test)]
mod tests;
