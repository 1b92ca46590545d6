//! A sweep over the times of calls: what of them is waiting, and what has been
//! counted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::sync::Arc;

use trunklog_odata::Instant;

use super::{BusyGroup, Load, Span, counted};
use crate::error::{Error, ErrorKind, Result};
use crate::report::{MAX_GROUPS, too_many_groups};

/// Counts the busy channels of buckets. Calls come in any order, as long as none
/// begins before what is settled.
#[derive(Debug)]
pub(super) struct Sweep {
    edges: Arc<[Instant]>,
    by_series: bool,
    /// The first of the two lines of each series that has a name. Those of the
    /// one without, or of all where they are not counted apart, are the first.
    named: HashMap<Box<str>, u32>,
    /// Of each series the occupied channels, then those that are talked over.
    lines: Vec<Line>,
    events: BinaryHeap<Reverse<Event>>,
    /// Events before it have been counted.
    settled: i64,
    /// How many loads the lines have.
    loads: usize,
}

/// A channel becomes busy, or ends to be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    at: i64,
    /// Ends come first.
    is_start: bool,
    line: u32,
}

/// Channels that are counted together.
#[derive(Debug, Default)]
struct Line {
    /// How many are busy.
    channels: i64,
    /// Since when, in units of 100 ns.
    since: i64,
    /// The buckets in which some were, in their order.
    loads: Vec<(usize, Load)>,
}

impl Sweep {
    /// No calls yet. There are at least two edges, which ascend.
    pub(super) fn new(edges: Arc<[Instant]>, by_series: bool) -> Sweep {
        Sweep {
            edges,
            by_series,
            named: HashMap::new(),
            lines: vec![Line::default(), Line::default()],
            events: BinaryHeap::new(),
            settled: i64::MIN,
            loads: 0,
        }
    }

    /// Adds a call. One that began before what is settled is an error.
    pub(super) fn add(&mut self, span: &Span<'_>) -> Result<()> {
        let (Some(first), Some(last)) = (self.edges.first(), self.edges.last()) else { return Ok(()) };
        let (first, last) = (first.ticks(), last.ticks());
        for (line, time) in [(0, span.occupied), (1, span.talking)] {
            let Some((from, to)) = counted(time) else { continue };
            let (from, to) = (from.max(first), to.min(last));
            if from >= to {
                continue;
            }
            if from < self.settled {
                let text = "a channel was busy more than 24 hours from the time of its row: mend the spans";
                return Err(Error::new(ErrorKind::Other, text));
            }
            let line = self.line_of(span.series)? + line;
            self.events.push(Reverse(Event { at: from, is_start: true, line }));
            self.events.push(Reverse(Event { at: to, is_start: false, line }));
        }
        Ok(())
    }

    /// Counts what is before an instant: from now on no call comes that began
    /// before it.
    pub(super) fn settle(&mut self, before: i64) -> Result<()> {
        self.settled = self.settled.max(before);
        while self.events.peek().is_some_and(|Reverse(event)| event.at < before) {
            let Some(Reverse(event)) = self.events.pop() else { break };
            let line = &mut self.lines[event.line as usize];
            let known = line.loads.len();
            line.hold_until(event.at, &self.edges);
            line.channels += if event.is_start { 1 } else { -1 };
            self.loads += line.loads.len() - known;
            // A group has two loads at most.
            if self.loads > 2 * MAX_GROUPS {
                return Err(too_many_groups());
            }
        }
        Ok(())
    }

    /// The groups, when all calls have come.
    pub(super) fn finish(mut self) -> Result<Vec<BusyGroup>> {
        self.settle(i64::MAX)?;
        let named = self.named.iter().map(|(name, line)| (Some(name.to_string()), *line as usize));
        let mut groups = BTreeMap::<(usize, Option<String>), [Load; 2]>::new();
        for (series, first) in std::iter::once((None, 0)).chain(named) {
            for (which, line) in self.lines[first..first + 2].iter().enumerate() {
                for (bucket, load) in &line.loads {
                    let none = [Load::none(self.edges[*bucket]); 2];
                    groups.entry((*bucket, series.clone())).or_insert(none)[which] = *load;
                }
            }
        }
        if groups.len() > MAX_GROUPS {
            return Err(too_many_groups());
        }
        let group = |((bucket, series), [occupied, talking]): ((usize, Option<String>), [Load; 2])| {
            BusyGroup { bucket, series, occupied, talking }
        };
        Ok(groups.into_iter().map(group).collect())
    }

    /// The first line of a series.
    fn line_of(&mut self, series: Option<&str>) -> Result<u32> {
        let Some(name) = series.filter(|_| self.by_series) else { return Ok(0) };
        if let Some(line) = self.named.get(name) {
            return Ok(*line);
        }
        // Each has a group at least.
        if self.named.len() > MAX_GROUPS {
            return Err(too_many_groups());
        }
        let line = u32::try_from(self.lines.len()).map_err(|_| too_many_groups())?;
        self.lines.extend([Line::default(), Line::default()]);
        self.named.insert(name.into(), line);
        Ok(line)
    }
}

impl Line {
    /// Adds that as many channels as now were busy up to an instant. Both that
    /// instant and the one before are within the buckets.
    fn hold_until(&mut self, until: i64, edges: &[Instant]) {
        let mut from = std::mem::replace(&mut self.since, until);
        if self.channels == 0 {
            return;
        }
        let mut bucket = edges.partition_point(|edge| edge.ticks() <= from).saturating_sub(1);
        while from < until {
            let (start, to) = (edges[bucket], until.min(edges[bucket + 1].ticks()));
            if self.loads.last().is_none_or(|(last, _)| *last != bucket) {
                self.loads.push((bucket, Load::none(start)));
            }
            if let Some((_, load)) = self.loads.last_mut() {
                load.hold(self.channels, start.saturating_add_ticks(from - start.ticks()), to - from);
            }
            from = to;
            bucket += 1;
        }
    }
}

#[cfg(test)]
mod tests;
