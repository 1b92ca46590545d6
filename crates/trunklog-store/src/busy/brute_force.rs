//! Busy channels in the plainest way: counted anew at each instant at which
//! their number changes. What is tested is compared with it.

use proptest::prelude::*;
use trunklog_odata::Instant;

use super::{Load, MAX_SPAN};

/// The loads of the buckets in which a channel is busy.
pub(super) fn loads(edges: &[Instant], times: &[(i64, i64)]) -> Vec<(usize, Load)> {
    let busy_at = |at: i64| times.iter().filter(|(from, to)| *from <= at && at < *to).count();
    let mut loads = Vec::new();
    for (bucket, edge) in edges.windows(2).enumerate() {
        let (start, end) = (edge[0].ticks(), edge[1].ticks());
        let changes = times.iter().flat_map(|(from, to)| [*from, *to]);
        let mut instants: Vec<i64> = changes.filter(|at| start < *at && *at < end).chain([start]).collect();
        instants.sort_unstable();
        let mut load = Load::none(edge[0]);
        for at in instants {
            let channels = i64::try_from(busy_at(at)).unwrap();
            if channels > load.peak {
                (load.peak, load.peak_at) = (channels, Instant::from_ticks(at).unwrap());
            }
        }
        load.ticks = times.iter().map(|(from, to)| ((*to).min(end) - (*from).max(start)).max(0)).sum();
        if load.peak > 0 {
            loads.push((bucket, load));
        }
    }
    loads
}

/// A time in units that a case chooses, with start and end a tick off or not: so
/// many times meet, have no length or are as long as they may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn {
    from: i64,
    len: i64,
    off: (i64, i64),
}

/// Any time.
pub(super) fn drawn() -> impl Strategy<Value = Drawn> {
    let off = (-1_i64..=1, -1_i64..=1);
    (-24_i64..96, 0_i64..=24, off).prop_map(|(from, len, off)| Drawn { from, len, off })
}

impl Drawn {
    /// The time, which is not longer than may be.
    pub(super) fn time(self, unit: i64) -> (i64, i64) {
        let from = self.from * unit + self.off.0;
        let to = (self.from + self.len) * unit + self.off.1;
        (from, to.clamp(from, from + MAX_SPAN))
    }
}
