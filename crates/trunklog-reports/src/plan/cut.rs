//! Cuts a range into what each cube of a family has whole slots for.

use std::sync::Arc;

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_store::cube::{Days, Grain};

use super::{Family, Window};
use crate::cubes::DIRECT_ROUTING;

/// A part of a window that one query asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) cube: usize,
    pub(super) range: TimeRange,
    /// The edges of its buckets; None where it is in one.
    pub(super) edges: Option<Arc<[Instant]>>,
    /// The number of the window's bucket in which it starts.
    pub(super) first_bucket: usize,
}

/// The least time for which a coarser cube is asked beside a finer one.
const LONG: i64 = 31 * Instant::TICKS_PER_DAY;

/// The parts of a window, in the order of time. Together they are all of it.
///
/// Where `is_kept` is false, rows have to be read anyway: then it is one part.
pub(super) fn parts(family: Family, is_kept: bool, window: &Window, zone: &TimeZone) -> Vec<Part> {
    let Some(finest) = family.last().copied() else { return Vec::new() };
    let mut cutter = Cutter { finest, window, days: Days::new(zone.clone()), parts: Vec::new() };
    cutter.cut(if is_kept { family } else { &[] }, window.range());
    cutter.parts
}

struct Cutter<'a> {
    finest: usize,
    window: &'a Window,
    days: Days,
    parts: Vec<Part>,
}

impl Cutter<'_> {
    /// Adds the parts of a range, for which these cubes may answer.
    fn cut(&mut self, cubes: &[usize], range: TimeRange) {
        if range.from() >= range.end() {
            return;
        }
        let Some((cube, finer)) = cubes.split_first() else {
            // Without a cube that has it: rows.
            self.parts.push(self.part(self.finest, range));
            return;
        };
        let grain = DIRECT_ROUTING.cubes[*cube].grain;
        let whole = self.whole(grain, range);
        let pays = whole == range || finer.is_empty() || whole.end().ticks() - whole.from().ticks() >= LONG;
        if whole.from() < whole.end() && pays && self.fits(grain, whole) {
            self.cut(finer, range.until(whole.from()));
            self.parts.push(self.part(*cube, whole));
            self.cut(finer, range.since(whole.end()));
        } else {
            self.cut(finer, range);
        }
    }

    /// The whole slots within a range; nothing where there are none.
    fn whole(&mut self, grain: Grain, range: TimeRange) -> TimeRange {
        let (mut from, mut end) = (range.from(), range.end());
        if !grain.is_edge(from, &mut self.days) {
            let start = grain.slot(from.ticks(), &mut self.days);
            let next = match grain {
                Grain::Ticks(width) => start.saturating_add(width),
                // No day is so long that the next one does not hold this instant.
                Grain::Day => self.days.start(start.saturating_add(DAY_AND_A_HALF)),
            };
            from = from.saturating_add_ticks(next.saturating_sub(from.ticks()));
        }
        if !grain.is_edge(end, &mut self.days) {
            end = end.saturating_add_ticks(grain.slot(end.ticks(), &mut self.days) - end.ticks());
        }
        range.since(from).until(end)
    }

    /// Whether no bucket's edge within a range cuts through a slot.
    fn fits(&mut self, grain: Grain, range: TimeRange) -> bool {
        let days = &mut self.days;
        self.window.within(range).iter().all(|edge| grain.is_edge(*edge, days))
    }

    fn part(&self, cube: usize, range: TimeRange) -> Part {
        let within = self.window.within(range);
        let edges = (!within.is_empty()).then(|| {
            let ends = [range.from(), range.end()];
            ends[..1].iter().chain(within).chain(&ends[1..]).copied().collect()
        });
        Part { cube, range, edges, first_bucket: self.window.bucket_of(range.from()) }
    }
}

const DAY_AND_A_HALF: i64 = Instant::TICKS_PER_DAY / 2 * 3;
