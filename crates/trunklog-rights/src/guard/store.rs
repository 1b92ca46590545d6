//! One tenant's part of a guarded store.

use std::ops::ControlFlow;
use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_odata::expr::{Expr, Kind, Node};
use trunklog_records::{Log, Rows, TenantId, TimeRange};
use trunklog_store::busy::{BusyAnswer, BusyQuery};
use trunklog_store::cube::{CubeCheck, CubeDays, Mend, SumAnswers, SumQuery};
use trunklog_store::{
    AppendCounts, ChangedBuckets, Changes, ChangesQuery, Columns, Erase, Erasure, Error, ErrorKind, OldRows,
    Page, PageQuery, Report, ReportQuery, Result, ScanQuery, Selection, Store, Verification, Watermark,
};

use super::Shared;
use super::admission::admit;
use crate::erase::Refusal;
use crate::hold::{Hold, all, any, condition};

/// So many rows are deleted at a time where some are held.
const ROWS_AT_A_TIME: u32 = 50_000;

pub(super) struct GuardedStore {
    pub(super) shared: Arc<Shared>,
    pub(super) inner: Arc<dyn Store>,
    pub(super) tenant: TenantId,
}

impl GuardedStore {
    /// Which rows of a range of a log are held; None where none is.
    fn held(&self, log: &'static Log, holds: &[Hold], range: TimeRange) -> Result<Option<Expr>> {
        let mut held = Vec::new();
        for hold in holds {
            held.extend(condition(self.inner.as_ref(), log, hold, range)?);
        }
        Ok(if held.is_empty() { None } else { Some(any(held)) })
    }

    /// Deletes rows of a range that are not held, and tells how many there were. The
    /// oldest go first, as the engine does it.
    fn forget_free(&self, log: &'static Log, before: Instant, held: Expr) -> Result<u64> {
        let free = Expr::new(Kind::Bool, Node::Not(Box::new(held)));
        let old = TimeRange::ALL.until(before);
        let of = |range| Selection {
            filter: Some(free.clone()),
            columns: Columns::Only(vec![log.time_index()]),
            ..Selection::all(log, range)
        };
        let mut deleted = 0;
        loop {
            let page = self.inner.page(&PageQuery::of(of(old), ROWS_AT_A_TIME))?;
            let Some(last) = page.rows.len().checked_sub(1) else { break };
            let range = old.until(page.rows.time(last).saturating_add_ticks(1));
            let erasure = Erasure { selection: of(range), what: Erase::Rows };
            let rows = self.inner.erase(&erasure)?;
            if rows == 0 {
                // Nothing went, so the next page would be the same.
                break;
            }
            deleted += rows;
        }
        Ok(deleted)
    }
}

impl Store for GuardedStore {
    fn append(&self, rows: &Rows) -> Result<AppendCounts> {
        let in_force = self.shared.in_force()?;
        in_force.rights.is_open(self.tenant)?;
        let Some(erased) = in_force.rights.erased(self.tenant)? else { return self.inner.append(rows) };
        match admit(rows, &erased)? {
            None => self.inner.append(rows),
            Some(admitted) => {
                let mut counts = self.inner.append(&admitted.rows)?;
                counts.withheld += admitted.withheld;
                Ok(counts)
            }
        }
    }

    fn page(&self, query: &PageQuery) -> Result<Page> {
        self.inner.page(query)
    }

    fn count(&self, selection: &Selection, watermark: Option<Watermark>) -> Result<u64> {
        self.inner.count(selection, watermark)
    }

    fn scan(&self, query: &ScanQuery, each: &mut dyn FnMut(Rows) -> ControlFlow<()>) -> Result<()> {
        self.inner.scan(query, each)
    }

    fn verify(&self, log: &'static Log, from: u64) -> Result<Verification> {
        self.inner.verify(log, from)
    }

    fn newest(&self) -> Result<Watermark> {
        self.inner.newest()
    }

    fn commit_time(&self, commit: Watermark) -> Result<Option<Instant>> {
        self.inner.commit_time(commit)
    }

    fn row(&self, log: &'static Log, time: Instant, id: &str) -> Result<Option<Rows>> {
        self.inner.row(log, time, id)
    }

    fn report(&self, query: &ReportQuery) -> Result<Report> {
        self.inner.report(query)
    }

    fn sums(&self, queries: &[SumQuery]) -> Result<SumAnswers> {
        self.inner.sums(queries)
    }

    fn busy(&self, query: &BusyQuery) -> Result<BusyAnswer> {
        self.inner.busy(query)
    }

    fn cube_days(&self, log: &'static Log) -> Result<CubeDays> {
        self.inner.cube_days(log)
    }

    fn check_cubes(&self, log: &'static Log, days: TimeRange, mend: Mend) -> Result<CubeCheck> {
        self.inner.check_cubes(log, days, mend)
    }

    fn changed_buckets(&self, log: &'static Log, after: Watermark) -> Result<ChangedBuckets> {
        self.inner.changed_buckets(log, after)
    }

    fn changes(&self, query: &ChangesQuery) -> Result<Changes> {
        self.inner.changes(query)
    }

    fn erase(&self, erasure: &Erasure) -> Result<u64> {
        let in_force = self.shared.in_force()?;
        let selection = &erasure.selection;
        let log = selection.log;
        for hold in in_force.rights.holds(self.tenant)? {
            let Some(held) = condition(self.inner.as_ref(), log, hold, selection.range)? else { continue };
            let filter = selection.filter.iter().cloned().chain([held]).collect();
            let both = Selection { filter: Some(all(filter)), ..Selection::all(log, selection.range) };
            let rows = self.inner.count(&both, None)?;
            if rows > 0 {
                let refusal = Refusal { hold: hold.name.clone(), log: log.name, rows };
                return Err(Error::new(ErrorKind::Other, refusal.to_string()));
            }
        }
        self.inner.erase(erasure)
    }

    /// Deletes what is not held.
    fn forget(&self, log: &'static Log, before: Instant) -> Result<u64> {
        let in_force = self.shared.in_force()?;
        let holds = in_force.rights.holds(self.tenant)?;
        match self.held(log, holds, TimeRange::ALL.until(before))? {
            None => self.inner.forget(log, before),
            Some(held) => self.forget_free(log, before, held),
        }
    }

    fn forgettable(&self, log: &'static Log, before: Instant) -> Result<OldRows> {
        let in_force = self.shared.in_force()?;
        let holds = in_force.rights.holds(self.tenant)?;
        let old = TimeRange::ALL.until(before);
        let found = self.inner.forgettable(log, before)?;
        if found.rows == 0 {
            return Ok(found);
        }
        let Some(held) = self.held(log, holds, old)? else { return Ok(found) };
        let free = Expr::new(Kind::Bool, Node::Not(Box::new(held)));
        let selection = Selection {
            filter: Some(free),
            columns: Columns::Only(vec![log.time_index()]),
            ..Selection::all(log, old)
        };
        let rows = self.inner.count(&selection, None)?;
        let first = self.inner.page(&PageQuery::of(selection, 1))?;
        let oldest = (!first.rows.is_empty()).then(|| first.rows.time(0));
        Ok(OldRows { rows, of: found.of, oldest })
    }
}
