//! The logs of one tenant, which another process keeps.

use std::ops::ControlFlow;
use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_records::{Log, Rows, TenantId, TimeRange};
use trunklog_store::busy::{BusyAnswer, BusyQuery};
use trunklog_store::cube::{CubeCheck, CubeDays, Mend, SumAnswers, SumQuery, Sums};
use trunklog_store::{
    AppendCounts, ChangedBuckets, Changes, ChangesQuery, Erasure, GroupRow, OldRows, Page, PageQuery, Report,
    ReportQuery, Result, ScanQuery, Selection, Store, Verification, Watermark,
};

use super::connections::Connections;
use crate::protocol::{
    self, BusyHead, ChangesHead, EraseForm, Expressions, LogRef, MendForm, Op, PageHead, Reply, ReportHead,
    ScanHead, SelectionHead, SourceForm, misunderstood,
};

pub(super) struct RemoteStore {
    connections: Arc<Connections>,
    tenant: String,
}

impl RemoteStore {
    pub(super) fn new(connections: Arc<Connections>, tenant: TenantId) -> RemoteStore {
        RemoteStore { connections, tenant: tenant.to_string() }
    }

    fn tenant(&self) -> String {
        self.tenant.clone()
    }

    /// Asks what is answered with a number of rows.
    fn count_of(&self, op: Op, body: &[u8]) -> Result<u64> {
        match self.connections.ask(op, body)? {
            (Reply::Count(rows), _) => Ok(rows),
            _ => Err(misunderstood("an answer")),
        }
    }
}

impl Store for RemoteStore {
    fn append(&self, rows: &Rows) -> Result<AppendCounts> {
        let op = Op::Append { tenant: self.tenant(), log: LogRef::of(rows.log()) };
        match self.connections.ask(op, &protocol::encode(rows)?)? {
            (Reply::Appended { new, updated, unchanged, superseded, withheld, ambiguous }, _) => {
                Ok(AppendCounts { new, updated, unchanged, superseded, withheld, ambiguous })
            }
            _ => Err(misunderstood("an answer")),
        }
    }

    fn page(&self, query: &PageQuery) -> Result<Page> {
        let op = Op::Page { tenant: self.tenant(), page: PageHead::of(query) };
        let answer = self.connections.ask(op, &Expressions::encode(&query.selection)?)?;
        protocol::read_page(query.selection.log, answer)
    }

    fn count(&self, selection: &Selection, watermark: Option<Watermark>) -> Result<u64> {
        let (rows, watermark) = (SelectionHead::of(selection), watermark.map(|watermark| watermark.0));
        let op = Op::Count { tenant: self.tenant(), rows, watermark };
        self.count_of(op, &Expressions::encode(selection)?)
    }

    fn scan(&self, query: &ScanQuery, each: &mut dyn FnMut(Rows) -> ControlFlow<()>) -> Result<()> {
        let op = Op::Scan { tenant: self.tenant(), scan: ScanHead::of(query) };
        let log = query.selection.log;
        let expressions = Expressions::encode(&query.selection)?;
        let mut take = |part: &[u8]| -> Result<ControlFlow<()>> { Ok(each(protocol::decode(log, part)?)) };
        match self.connections.ask_for_parts(op, &expressions, &mut take)? {
            (Reply::Scanned, _) => Ok(()),
            _ => Err(misunderstood("an answer")),
        }
    }

    fn verify(&self, log: &'static Log, from: u64) -> Result<Verification> {
        let op = Op::Verify { tenant: self.tenant(), log: LogRef::of(log), from };
        protocol::read_verified(self.connections.ask(op, &[])?)
    }

    fn newest(&self) -> Result<Watermark> {
        match self.connections.ask(Op::Newest { tenant: self.tenant() }, &[])? {
            (Reply::Newest(commit), _) => Ok(Watermark(commit)),
            _ => Err(misunderstood("an answer")),
        }
    }

    fn commit_time(&self, commit: Watermark) -> Result<Option<Instant>> {
        match self.connections.ask(Op::CommitTime { tenant: self.tenant(), commit: commit.0 }, &[])? {
            (Reply::CommitTime(time), _) => Ok(time),
            _ => Err(misunderstood("an answer")),
        }
    }

    fn row(&self, log: &'static Log, time: Instant, id: &str) -> Result<Option<Rows>> {
        let op = Op::Row { tenant: self.tenant(), log: LogRef::of(log), time, id: id.to_owned() };
        match self.connections.ask(op, &[])? {
            (Reply::Row, body) => protocol::decode(log, &body).map(Some),
            (Reply::NoRow, _) => Ok(None),
            _ => Err(misunderstood("an answer")),
        }
    }

    fn report(&self, query: &ReportQuery) -> Result<Report> {
        let (report, body) = ReportHead::of(query)?;
        let op = Op::Report { tenant: self.tenant(), report };
        let mut groups = Vec::new();
        let mut take = |part: &[u8]| -> Result<ControlFlow<()>> {
            groups.append(&mut protocol::read_groups(part)?);
            Ok(ControlFlow::Continue(()))
        };
        match self.connections.ask_for_parts(op, &body, &mut take)? {
            (Reply::Report { watermark }, _) => Ok(Report { groups, watermark: Watermark(watermark) }),
            _ => Err(misunderstood("an answer")),
        }
    }

    fn sums(&self, queries: &[SumQuery]) -> Result<SumAnswers> {
        let questions = protocol::encode_questions(queries)?;
        let mut answers: Vec<Vec<GroupRow>> = vec![Vec::new(); queries.len()];
        let mut take = |part: &[u8]| -> Result<ControlFlow<()>> {
            let (question, mut groups) = protocol::read_sums_part(part)?;
            let answer = answers.get_mut(question).ok_or_else(|| misunderstood("an answer"))?;
            answer.append(&mut groups);
            Ok(ControlFlow::Continue(()))
        };
        let op = Op::Sums { tenant: self.tenant() };
        match self.connections.ask_for_parts(op, &questions, &mut take)? {
            (Reply::Sums { sources, watermark }, _) if sources.len() == queries.len() => {
                let sources = sources.into_iter().map(SourceForm::into_source);
                let sums = answers.into_iter().zip(sources).map(|(groups, source)| Sums { groups, source });
                Ok(SumAnswers { sums: sums.collect(), watermark: Watermark(watermark) })
            }
            _ => Err(misunderstood("an answer")),
        }
    }

    fn busy(&self, query: &BusyQuery) -> Result<BusyAnswer> {
        let (busy, body) = BusyHead::of(query)?;
        let op = Op::Busy { tenant: self.tenant(), busy };
        let mut groups = Vec::new();
        let mut take = |part: &[u8]| -> Result<ControlFlow<()>> {
            groups.append(&mut protocol::read_busy_part(part)?);
            Ok(ControlFlow::Continue(()))
        };
        match self.connections.ask_for_parts(op, &body, &mut take)? {
            (Reply::Busy { source, watermark }, _) => {
                Ok(BusyAnswer { groups, source: source.into_source(), watermark: Watermark(watermark) })
            }
            _ => Err(misunderstood("an answer")),
        }
    }

    fn cube_days(&self, log: &'static Log) -> Result<CubeDays> {
        let op = Op::CubeDays { tenant: self.tenant(), log: LogRef::of(log) };
        protocol::read_days(self.connections.ask(op, &[])?)
    }

    fn check_cubes(&self, log: &'static Log, days: TimeRange, mend: Mend) -> Result<CubeCheck> {
        let (from, end, mend) = (days.from(), days.end(), MendForm::of(mend));
        let op = Op::CheckCubes { tenant: self.tenant(), log: LogRef::of(log), from, end, mend };
        protocol::read_check(self.connections.ask(op, &[])?)
    }

    fn changed_buckets(&self, log: &'static Log, after: Watermark) -> Result<ChangedBuckets> {
        let op = Op::ChangedBuckets { tenant: self.tenant(), log: LogRef::of(log), after: after.0 };
        protocol::read_buckets(self.connections.ask(op, &[])?)
    }

    fn changes(&self, query: &ChangesQuery) -> Result<Changes> {
        let op = Op::Changes { tenant: self.tenant(), changes: ChangesHead::of(query) };
        let answer = self.connections.ask(op, &Expressions::encode(&query.selection)?)?;
        protocol::read_changes(query.selection.log, answer)
    }

    fn erase(&self, erasure: &Erasure) -> Result<u64> {
        let (rows, what) = (SelectionHead::of(&erasure.selection), EraseForm::of(&erasure.what));
        let op = Op::Erase { tenant: self.tenant(), rows, what };
        self.count_of(op, &Expressions::encode(&erasure.selection)?)
    }

    fn forget(&self, log: &'static Log, before: Instant) -> Result<u64> {
        self.count_of(Op::Forget { tenant: self.tenant(), log: LogRef::of(log), before }, &[])
    }

    fn forgettable(&self, log: &'static Log, before: Instant) -> Result<OldRows> {
        let op = Op::Forgettable { tenant: self.tenant(), log: LogRef::of(log), before };
        match self.connections.ask(op, &[])? {
            (Reply::Forgettable { rows, of, oldest }, _) => Ok(OldRows { rows, of, oldest }),
            _ => Err(misunderstood("an answer")),
        }
    }
}
