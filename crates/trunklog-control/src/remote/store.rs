//! The logs of one tenant, which another process keeps.

use std::ops::ControlFlow;
use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_records::{Log, Rows, TenantId};
use trunklog_store::{
    AppendCounts, ChangedBuckets, Changes, ChangesQuery, Erasure, OldRows, Page, PageQuery, Report,
    ReportQuery, Result, ScanQuery, Selection, Store, Verification, Watermark,
};

use super::connections::Connections;
use crate::protocol::{
    self, ChangesHead, EraseForm, Expressions, LogRef, Op, PageHead, Reply, ReportHead, ScanHead,
    SelectionHead, misunderstood,
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
            (Reply::Appended { new, updated, unchanged, superseded }, _) => {
                Ok(AppendCounts { new, updated, unchanged, superseded })
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
