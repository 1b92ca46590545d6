//! One tenant's part of the store.

use std::ops::ControlFlow;
use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_records::{Log, RowBuilder, Rows, TenantId, TimeRange};
use trunklog_store::busy::{BusyAnswer, BusyQuery};
use trunklog_store::cube::{CubeCheck, CubeDays, Mend, SumAnswers, SumQuery};
use trunklog_store::{
    AppendCounts, ChangedBuckets, Changes, ChangesQuery, Erasure, OldRows, Page, PageQuery, Report,
    ReportQuery, Result, ScanQuery, Selection, Store, Verification, Watermark, scan_by_pages,
};

use super::Running;
use crate::cubes;
use crate::instance::Instance;
use crate::read::reader::direction;
use crate::read::{changes, page, report, row, scan};
use crate::upkeep::segments::{self, Huge};
use crate::upkeep::verify;
use crate::write::{append, erase, forget};

/// One tenant's part of the store.
pub(super) struct TenantStore {
    pub(super) shared: Arc<Running>,
    pub(super) tenant: TenantId,
}

impl TenantStore {
    /// Splits segments that an append made too large. The rows are stored: if it
    /// fails, it is tried again with the next ones.
    fn split_when_due(&self, log: &'static Log) {
        let split = self.shared.write("splitting a segment", |instance| {
            let Some((_, table)) = instance.log(self.tenant, log)? else { return Ok(()) };
            while segments::split_one(instance, &table, Huge::Not)? {}
            Ok(())
        });
        if let Err(error) = split {
            tracing::warn!(%error, "a segment could not be split and is tried again later; all rows are stored");
        }
    }
}

impl Store for TenantStore {
    fn append(&self, rows: &Rows) -> Result<AppendCounts> {
        if rows.is_empty() {
            return Ok(AppendCounts::default());
        }
        let appended =
            self.shared.write("storing rows", |instance| append::append(instance, self.tenant, rows))?;
        self.split_when_due(rows.log());
        self.shared.checkpoint_when_due();
        Ok(appended)
    }

    fn page(&self, query: &PageQuery) -> Result<Page> {
        query.selection.check()?;
        self.shared.run("reading a page", |instance| page::page(instance, self.tenant, query))
    }

    fn count(&self, selection: &Selection, watermark: Option<Watermark>) -> Result<u64> {
        selection.check()?;
        self.shared.run("counting rows", |instance| page::count(instance, self.tenant, selection, watermark))
    }

    fn scan(&self, query: &ScanQuery, each: &mut dyn FnMut(Rows) -> ControlFlow<()>) -> Result<()> {
        let selection = &query.selection;
        selection.check()?;
        let Some(direction) = direction(selection) else {
            return scan_by_pages(|page| self.page(page), query, each);
        };
        let mut cursor = self
            .shared
            .run("reading rows", |instance| scan::begin(instance, self.tenant, query, direction))?;
        while let Some(at) = cursor {
            let scanned = self
                .shared
                .run("reading rows", |instance| scan::next(instance, self.tenant, selection, &at))?;
            cursor = at.after(&scanned);
            if scanned.batches.is_empty() && each(RowBuilder::new(selection.log).finish()).is_break() {
                return Ok(());
            }
            for rows in scanned.batches {
                if each(rows).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn newest(&self) -> Result<Watermark> {
        let head = self.shared.try_to_run("reading the newest commit", |instance| instance.head(self.tenant));
        head.map(Watermark)
    }

    fn commit_time(&self, commit: Watermark) -> Result<Option<Instant>> {
        self.shared.try_to_run("reading a commit's time", |instance| {
            changes::commit_time(instance, self.tenant, commit)
        })
    }

    fn row(&self, log: &'static Log, time: Instant, id: &str) -> Result<Option<Rows>> {
        self.shared.run("reading a row", |instance| row::row(instance, self.tenant, log, time, id))
    }

    fn report(&self, query: &ReportQuery) -> Result<Report> {
        query.check()?;
        self.shared.run("counting for a report", |instance| report::report(instance, self.tenant, query))
    }

    fn sums(&self, queries: &[SumQuery]) -> Result<SumAnswers> {
        queries.iter().try_for_each(SumQuery::check)?;
        self.shared.run("adding up sums", |instance| cubes::sums(instance, self.tenant, queries))
    }

    fn busy(&self, query: &BusyQuery) -> Result<BusyAnswer> {
        query.check()?;
        self.shared.run("counting busy channels", |instance| cubes::busy(instance, self.tenant, query))
    }

    fn cube_days(&self, log: &'static Log) -> Result<CubeDays> {
        self.shared.run("looking for sums", |instance| cubes::days(instance, self.tenant, log))
    }

    fn check_cubes(&self, log: &'static Log, days: TimeRange, mend: Mend) -> Result<CubeCheck> {
        let check = |instance: &Instance| cubes::check(instance, self.tenant, log, days, mend);
        match mend {
            Mend::All => self.shared.write("mending sums", check),
            Mend::Nothing => self.shared.run("checking sums", check),
        }
    }

    fn changed_buckets(&self, log: &'static Log, after: Watermark) -> Result<ChangedBuckets> {
        self.shared.run("reading what changed", |instance| {
            changes::changed_buckets(instance, self.tenant, log, after)
        })
    }

    fn changes(&self, query: &ChangesQuery) -> Result<Changes> {
        query.check()?;
        self.shared.run("reading what changed", |instance| changes::changes(instance, self.tenant, query))
    }

    fn erase(&self, erasure: &Erasure) -> Result<u64> {
        erasure.check()?;
        let erased =
            self.shared.write("erasing rows", |instance| erase::erase(instance, self.tenant, erasure))?;
        self.shared.checkpoint_when_due();
        Ok(erased)
    }

    fn verify(&self, log: &'static Log, from: u64) -> Result<Verification> {
        self.shared.try_to_run("reading all rows", |instance| verify::part(instance, self.tenant, log, from))
    }

    fn forget(&self, log: &'static Log, before: Instant) -> Result<u64> {
        let deleted = self
            .shared
            .write("deleting old rows", |instance| forget::forget(instance, self.tenant, log, before))?;
        self.shared.checkpoint_when_due();
        Ok(deleted)
    }

    fn forgettable(&self, log: &'static Log, before: Instant) -> Result<OldRows> {
        self.shared
            .run("counting old rows", |instance| forget::forgettable(instance, self.tenant, log, before))
    }
}
