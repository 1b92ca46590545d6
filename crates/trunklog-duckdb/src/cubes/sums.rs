//! Sums by slots and keys: from cubes where they have all that is asked, else from
//! rows.

use std::cell::Cell;

use trunklog_records::{Log, TenantId};
use trunklog_store::cube::{
    Cells, Grain, MAX_FOLDED, SumAnswers, SumQuery, SumSource, Sums, grouped, zone_name,
};
use trunklog_store::{Watermark, too_many_groups};

use super::entries::read_rows;
use super::snapshot::{self, Limit, Seen, Snapshot};
use super::{day_of, query};
use crate::error::{is_damage, refusal};
use crate::instance::Instance;

/// Answers questions, all of one commit.
pub(crate) fn sums(instance: &Instance, id: TenantId, queries: &[SumQuery]) -> duckdb::Result<SumAnswers> {
    let mut logs: Vec<&'static Log> = queries.iter().map(|query| query.set.log).collect();
    logs.sort_unstable_by_key(|log| log.name);
    logs.dedup_by_key(|log| log.name);
    loop {
        let is_damaged = Cell::new(false);
        let found = snapshot::read(instance, id, &logs, Limit::Usual, |snapshot| {
            let asking = Asking { instance, id, snapshot, is_damaged: &is_damaged };
            let sums = queries.iter().map(|query| asking.answer(query)).collect::<duckdb::Result<_>>()?;
            Ok(SumAnswers { sums, watermark: Watermark(snapshot.head) })
        });
        match found {
            // That cube is not read again, and so it is the rows' turn.
            Err(error) if is_damaged.get() && is_damage(&error) => {}
            Err(error) => return Err(error),
            Ok(Some(answers)) => return Ok(answers),
            Ok(None) => {
                let sums = queries.iter().map(|_| of_nothing()).collect();
                return Ok(SumAnswers { sums, watermark: Watermark(0) });
            }
        }
    }
}

/// The answer where there never were any rows.
fn of_nothing() -> Sums {
    Sums { groups: Vec::new(), source: SumSource::Rows(0) }
}

struct Asking<'a> {
    instance: &'a Instance,
    id: TenantId,
    snapshot: &'a Snapshot<'a>,
    is_damaged: &'a Cell<bool>,
}

impl Asking<'_> {
    fn answer(&self, query: &SumQuery) -> duckdb::Result<Sums> {
        let Some(seen) = self.snapshot.of(query.set.log) else {
            return Ok(of_nothing());
        };
        if !self.has_cube(seen, query) {
            return self.of_rows(seen, query);
        }
        let groups = query::groups(self.snapshot.connection, self.id, query).inspect_err(|error| {
            if is_damage(error) {
                seen.book.note_damage();
                self.is_damaged.set(true);
            }
        })?;
        Ok(Sums { groups, source: SumSource::Cube })
    }

    /// Whether a cube has all that is asked.
    fn has_cube(&self, seen: &Seen, query: &SumQuery) -> bool {
        let settings = self.instance.cubes();
        let is_kept = settings
            .of(query.set.log)
            .is_some_and(|set| set.version == query.set.version && set.cubes.len() == query.set.cubes.len());
        let Some(unbuilt) = seen.kept.unbuilt().filter(|_| is_kept && !seen.book.is_damaged()) else {
            return false;
        };
        let has_its_days = query.cube().grain != Grain::Day
            || zone_name(&query.zone) == zone_name(settings.zone_of(self.id));
        let (from, end) = (query.range.from().ticks(), query.range.end().ticks());
        has_its_days
            && (from >= end || unbuilt.range(day_of(from)..=day_of(end - 1)).next().is_none())
            && query.fits_cube()
    }

    /// Folds the rows.
    fn of_rows(&self, seen: &Seen, query: &SumQuery) -> duckdb::Result<Sums> {
        let view = self.snapshot.view(seen);
        let mut select = view.select_all(&query.selection(), None);
        select.is_rare();
        let mut cells = Cells::of_one(query.set, query.cube, query.zone.clone(), query.edges.clone());
        let read = read_rows(view.connection, &select, query.set, |rows| {
            (query.set.fold)(rows, &mut cells);
            if cells.len(query.cube) > MAX_FOLDED { Err(refusal(too_many_groups())) } else { Ok(()) }
        })?;
        let groups = grouped(query, &cells).map_err(refusal)?;
        Ok(Sums { groups, source: SumSource::Rows(read) })
    }
}
