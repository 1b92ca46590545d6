//! What is kept of busy channels beside the cubes of a set: what starts and ends in
//! each minute, as signed sums, and by how many channels each day of UTC ends with
//! more than it began.
//!
//! They are cells as those of cubes are: a call that goes takes its start and its end
//! away again, each in its own minute.

use std::collections::BTreeMap;

use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::busy::minutes::{MINUTE, MinuteSums};
use trunklog_store::busy::{Span, counted};
use trunklog_store::cube::{Cells, Cube, CubeKey, CubeSet, Grain, KeyKind, NO_KEY};

use crate::hours::hour_of;

/// The minutes, by their number in [`SET`].
pub(super) const MINUTES: usize = 0;
/// The days.
pub(super) const CARRIES: usize = 1;

/// Channels that are occupied, as a key.
pub(super) const OCCUPIED: i64 = 0;
/// Those that are talked over.
pub(super) const TALKING: i64 = 1;

/// The keys: series, direction, and which channels.
const KEYS: &[CubeKey] = &[
    CubeKey::derived("series", KeyKind::Text),
    CubeKey::derived("direction", KeyKind::Int),
    CubeKey::derived("line", KeyKind::Int),
];

/// What is kept, as cubes whose names no set has. Cells ask neither for the log nor
/// for the functions.
pub(super) static SET: CubeSet = CubeSet {
    log: &DIRECT_ROUTING_CALLS,
    version: "",
    needs: &[],
    cubes: &[
        Cube {
            name: "minutes~",
            grain: Grain::Ticks(MINUTE),
            keys: KEYS,
            measures: &["starts", "start_offsets", "ends", "end_offsets"],
        },
        Cube {
            name: "carries~",
            grain: Grain::Ticks(Instant::TICKS_PER_DAY),
            keys: KEYS,
            measures: &["net"],
        },
    ],
    fold: |_, _| {},
    spans: |_, _| {},
};

/// How far from the times of their rows calls start and end, in units of 100 ns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Reach {
    /// The longest time by which one does after its row.
    pub(super) late: i64,
    /// The longest by which one does before.
    pub(super) early: i64,
}

/// The hours in which calls start or end, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Reaches(BTreeMap<i64, Reach>);

impl Reaches {
    /// Notes that a call of a row starts or ends then.
    fn touch(&mut self, minute: i64, event: i64, row: i64) {
        let reach = self.0.entry(hour_of(minute)).or_default();
        reach.late = reach.late.max(event.saturating_sub(row));
        reach.early = reach.early.max(row.saturating_sub(event));
    }

    /// The hours in their order, which are no longer known afterwards.
    pub(super) fn take(&mut self) -> BTreeMap<i64, Reach> {
        std::mem::take(&mut self.0)
    }
}

/// Adds when a call kept a channel busy.
pub(super) fn add(cells: &mut Cells, reaches: &mut Reaches, span: &Span<'_>) {
    let times = [(OCCUPIED, counted(span.occupied)), (TALKING, counted(span.talking))];
    if times.iter().all(|(_, time)| time.is_none()) {
        return;
    }
    let series = span.series.map_or(NO_KEY, |series| cells.text(series));
    for (line, time) in times {
        let Some((from, to)) = time else { continue };
        let keys = [series, span.direction, line];
        let (minute, sums) = MinuteSums::of_start(from);
        cells.add(MINUTES, minute, &keys, &[sums.starts, sums.start_offsets, 0, 0]);
        cells.add(CARRIES, minute, &keys, &[1]);
        reaches.touch(minute, from, span.at);
        let (minute, sums) = MinuteSums::of_end(to);
        cells.add(MINUTES, minute, &keys, &[0, 0, sums.ends, sums.end_offsets]);
        cells.add(CARRIES, minute, &keys, &[-1]);
        reaches.touch(minute, to, span.at);
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    const HOUR: i64 = 60 * MINUTE;

    #[test]
    fn a_call_and_its_going_leave_nothing() {
        let mut cells = Cells::new(&SET, TimeZone::UTC);
        let mut reaches = Reaches::default();
        let span = Span {
            at: 5 * HOUR,
            series: Some("sbc.example"),
            direction: 1,
            occupied: Some((5 * HOUR - 7, 26 * HOUR)),
            talking: Some((5 * HOUR, 5 * HOUR)),
        };
        add(&mut cells, &mut reaches, &span);
        let sums = |cells: &Cells, cube: usize| -> Vec<(i64, Vec<i64>)> {
            cells.sorted(cube).into_iter().map(|cell| (cell.key.slot, cell.sums.to_vec())).collect()
        };
        let before = 5 * HOUR - MINUTE;
        // An end on the edge of two minutes is in the earlier one.
        let expected = [(before, vec![1, MINUTE - 7, 0, 0]), (26 * HOUR - MINUTE, vec![0, 0, 1, MINUTE])];
        assert_eq!(sums(&cells, MINUTES), expected);
        assert_eq!(sums(&cells, CARRIES), [(0, vec![1]), (24 * HOUR, vec![-1])]);
        let hours: Vec<_> = reaches.take().into_iter().collect();
        let (start, end) = (Reach { late: 0, early: 7 }, Reach { late: 21 * HOUR, early: 0 });
        assert_eq!(hours, [(4, start), (25, end)]);

        cells.set_negative(true);
        add(&mut cells, &mut reaches, &span);
        assert!(sums(&cells, MINUTES).is_empty() && sums(&cells, CARRIES).is_empty());
        assert_eq!(reaches.take().len(), 2, "what moves nothing on balance still may change a peak");
    }
}
