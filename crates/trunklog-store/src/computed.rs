//! Logs that are computed from others, for engines that know nothing of them.
//!
//! A log with [`Origin::Computed`] is a grouping of another log's rows, made of
//! one report over these when it is read, and then filtered, ordered and cut
//! into pages by the evaluator: its rows are few. What a filter says of groups
//! goes into the report, so that the others are not made, and what was made last is
//! kept for the pages that follow. Rows of its own that were stored all the same
//! are left out where what they sum up is counted. So an engine sees of such a
//! log its stored rows alone, as of any other.

mod conditions;
mod kept;
mod made;
mod own;
mod whole;

use std::ops::ControlFlow;
use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_records::schema::{Origin, Summary};
use trunklog_records::{Log, Rows, TenantId, TimeRange};

use self::kept::{KeptWholes, Question};
use self::whole::Whole;
use crate::busy::{BusyAnswer, BusyQuery};
use crate::cube::{CubeCheck, CubeDays, Mend, SumAnswers, SumQuery};
use crate::{
    AppendCounts, ChangedBuckets, Changes, ChangesQuery, Engine, Erasure, Error, ErrorKind, OldRows, Page,
    PageQuery, Report, ReportQuery, Result, ScanQuery, Selection, Store, StoredPart, Verification, Watermark,
    bucket_of, busy, cube, report,
};

/// The same engine with logs that are computed. A reader of one of those gets
/// what [`Summary`] says; all else goes straight to the engine.
///
/// An engine is wrapped once: what was computed would else count as stored. One
/// that works through another process is wrapped there.
///
/// ```
/// use std::sync::Arc;
/// use trunklog_store::{Engine, with_computed_logs};
///
/// fn whole(engine: impl Engine + 'static) -> Arc<dyn Engine> {
///     with_computed_logs(Arc::new(engine))
/// }
/// ```
pub fn with_computed_logs(engine: Arc<dyn Engine>) -> Arc<dyn Engine> {
    Arc::new(EngineWithComputed { inner: engine, kept: Arc::default() })
}

struct EngineWithComputed {
    inner: Arc<dyn Engine>,
    kept: Arc<KeptWholes>,
}

impl Engine for EngineWithComputed {
    fn tenant(&self, tenant: TenantId) -> Arc<dyn Store> {
        Arc::new(StoreWithComputed { tenant, inner: self.inner.tenant(tenant), kept: Arc::clone(&self.kept) })
    }

    fn tenants(&self) -> Result<Vec<TenantId>> {
        self.inner.tenants()
    }

    /// Lets go of what is kept, too: it may be that nobody asks for it again.
    fn tidy(&self) -> Result<()> {
        self.kept.clear();
        self.inner.tidy()
    }

    fn scrub(&self) -> Result<()> {
        self.kept.clear();
        self.inner.scrub()
    }

    fn check(&self) -> Result<()> {
        self.inner.check()
    }

    fn state(&self, name: &str) -> Result<Option<String>> {
        self.inner.state(name)
    }

    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        self.inner.states(prefix)
    }

    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool> {
        self.inner.exchange_state(name, expected, new)
    }

    fn epoch(&self) -> Result<String> {
        self.inner.epoch()
    }

    fn memory_bytes(&self) -> Option<u64> {
        Some(self.inner.memory_bytes()?.saturating_add(self.kept.bytes() as u64))
    }

    fn stored_parts(&self) -> Result<Vec<StoredPart>> {
        self.inner.stored_parts()
    }

    fn health(&self) -> Result<()> {
        self.inner.health()
    }
}

struct StoreWithComputed {
    tenant: TenantId,
    inner: Arc<dyn Store>,
    kept: Arc<KeptWholes>,
}

impl StoreWithComputed {
    /// The whole of a selection, kept for who asks for it next.
    fn whole(
        &self,
        summary: &'static Summary,
        selection: &Selection,
        watermark: Option<Watermark>,
    ) -> Result<Arc<Whole>> {
        let (question, newest) = self.question(selection, watermark)?;
        let whole = self.found_or_made(summary, &question, newest)?;
        self.kept.keep(question, Arc::clone(&whole), newest);
        Ok(whole)
    }

    /// What is asked for, and the newest commit. That is read before anything else
    /// is: what comes later makes a whole doubtful.
    fn question(&self, selection: &Selection, watermark: Option<Watermark>) -> Result<(Question, Watermark)> {
        let newest = self.inner.newest()?;
        let (tenant, selection) = (self.tenant, selection.clone());
        Ok((Question { tenant, selection, watermark: watermark.unwrap_or(newest) }, newest))
    }

    fn found_or_made(
        &self,
        summary: &'static Summary,
        question: &Question,
        newest: Watermark,
    ) -> Result<Arc<Whole>> {
        let Question { selection, watermark, .. } = question;
        if let Some((whole, as_of)) = self.kept.get(question)
            && (as_of >= newest || self.is_unchanged(summary, selection, as_of)?)
        {
            return Ok(whole);
        }
        Ok(Arc::new(Whole::of(&*self.inner, summary, selection, *watermark)?))
    }

    /// Whether no commit after that one touched what a whole is made of. A walk
    /// does not see what was added since, but it does see what was changed and
    /// what went.
    fn is_unchanged(
        &self,
        summary: &'static Summary,
        selection: &Selection,
        since: Watermark,
    ) -> Result<bool> {
        let range = selection.range;
        let first = bucket_of(range.from());
        for log in [summary.of, selection.log] {
            let ChangedBuckets::These(buckets) = self.inner.changed_buckets(log, since)? else {
                return Ok(false);
            };
            if buckets.iter().any(|(start, _)| first <= *start && *start < range.end()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Store for StoreWithComputed {
    fn append(&self, rows: &Rows) -> Result<AppendCounts> {
        self.inner.append(rows)
    }

    fn page(&self, query: &PageQuery) -> Result<Page> {
        let selection = &query.selection;
        match selection.log.origin {
            Origin::Stored => self.inner.page(query),
            Origin::Computed(summary) => {
                Ok(self.whole(summary, selection, query.watermark)?.page(&query.start, query.limit))
            }
        }
    }

    fn count(&self, selection: &Selection, watermark: Option<Watermark>) -> Result<u64> {
        match selection.log.origin {
            Origin::Stored => self.inner.count(selection, watermark),
            Origin::Computed(summary) => Ok(self.whole(summary, selection, watermark)?.count()),
        }
    }

    fn scan(&self, query: &ScanQuery, each: &mut dyn FnMut(Rows) -> ControlFlow<()>) -> Result<()> {
        let selection = &query.selection;
        match selection.log.origin {
            Origin::Stored => self.inner.scan(query, each),
            Origin::Computed(summary) => {
                // It reads all at once: what it makes is not worth keeping.
                let (question, newest) = self.question(selection, query.watermark)?;
                let whole = self.found_or_made(summary, &question, newest)?;
                whole.scan(query.skip, query.limit, each);
                Ok(())
            }
        }
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
        match query.selection.log.origin {
            Origin::Stored => self.inner.report(query),
            Origin::Computed(_) => report::by_scan(self, query),
        }
    }

    fn sums(&self, queries: &[SumQuery]) -> Result<SumAnswers> {
        if queries.iter().all(|query| query.set.log.summary().is_none()) {
            self.inner.sums(queries)
        } else {
            cube::by_scan(self, queries)
        }
    }

    fn busy(&self, query: &BusyQuery) -> Result<BusyAnswer> {
        match query.set.log.origin {
            Origin::Stored => self.inner.busy(query),
            Origin::Computed(_) => busy::by_scan(self, query),
        }
    }

    fn cube_days(&self, log: &'static Log) -> Result<CubeDays> {
        self.inner.cube_days(log)
    }

    fn check_cubes(&self, log: &'static Log, days: TimeRange, mend: Mend) -> Result<CubeCheck> {
        self.inner.check_cubes(log, days, mend)
    }

    fn changed_buckets(&self, log: &'static Log, after: Watermark) -> Result<ChangedBuckets> {
        can_be_followed(log)?;
        self.inner.changed_buckets(log, after)
    }

    fn changes(&self, query: &ChangesQuery) -> Result<Changes> {
        can_be_followed(query.selection.log)?;
        self.inner.changes(query)
    }

    /// Lets go of what was made of erased rows, too, though nobody would see it.
    fn erase(&self, erasure: &Erasure) -> Result<u64> {
        let erased = self.inner.erase(erasure);
        self.kept.forget(self.tenant);
        erased
    }

    fn forget(&self, log: &'static Log, before: Instant) -> Result<u64> {
        let deleted = self.inner.forget(log, before);
        self.kept.forget(self.tenant);
        deleted
    }

    fn forgettable(&self, log: &'static Log, before: Instant) -> Result<OldRows> {
        self.inner.forgettable(log, before)
    }
}

/// A computed row has no commit that brought or changed it.
fn can_be_followed(log: &Log) -> Result<()> {
    let Some(summary) = log.summary() else { return Ok(()) };
    let text = format!(
        "rows of {} are computed, and their changes are not kept: follow {}, which they are computed from",
        log.name, summary.of.name
    );
    Err(Error::new(ErrorKind::Other, text))
}

#[cfg(test)]
mod tests;
