//! How much was called, bucket after bucket.

use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::Store;

use super::busy::{MIXED_COMMITS, of_one_commit};
use super::counts::{Counts, Slice};
use super::distinct::Users;
use super::shared::{self, Groups, Told, answer, figures};
use crate::ReportError;
use crate::ask::{Ask, Dimension, Extra};
use crate::calendar::Bucket;
use crate::plan::{BY_COUNTRY, CALLS, Times};
use crate::report::{Buckets, Level, Report, Takes};
use crate::table::{Answer, Column, Value};
use crate::totals::Totals;

/// Usage by bucket.
pub(crate) static SERIES: Report =
    Report { key: "series", log: &DIRECT_ROUTING_CALLS, level: Level::Aggregate, takes: TAKES, columns, run };

const TAKES: Takes = Takes {
    buckets: Buckets::Always(Bucket::Auto),
    by: &Dimension::OF_TRUNKS,
    filter: true,
    compare: true,
    extras: &[Extra::Users],
    ..Takes::NOTHING
};

/// What is told of each bucket.
const FIGURES: [&str; 8] = ["attempts", "answered", "asr", "failed", "ner", "missed", "minutes", "acd"];

const SLICES: &[Slice] = &[Slice::All, Slice::Effective, Slice::Missed];

/// What a row is made of.
#[derive(Debug, Default)]
struct Row {
    totals: Totals,
    users: i64,
}

fn columns() -> Vec<Column> {
    shared::columns(&TAKES, counted(true))
}

/// What is counted, with or without users.
fn counted(users: bool) -> Vec<Column> {
    let mut columns = figures(&FIGURES);
    columns.extend(users.then_some(shared::USERS));
    columns
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let times = Times::of(ask, Some(ask.bucket.unwrap_or(Bucket::Auto)))?;
    let by = ask.by.as_slice();
    let families = &[CALLS, BY_COUNTRY];
    let counts = Counts { ask, times: &times, by, families, slices: SLICES, bins: false };
    let has_users = ask.wants(Extra::Users);
    let ((totals, users), commit, is_mixed) = of_one_commit(|| {
        let totals = counts.run(store)?;
        let users = if has_users { Some(Users::count(store, ask, &times, by)?) } else { None };
        let of_users = users.iter().flat_map(|users| users.commits.iter().copied());
        let commits = of_users.chain([totals.commit]).collect();
        Ok(((totals, users), commits))
    })?;
    let mut notes: Vec<&'static str> = is_mixed.then_some(MIXED_COMMITS).into_iter().collect();
    notes.extend(users.as_ref().map(Users::note));
    let mut source = totals.source;
    let users = users.unwrap_or_default();
    source.join(users.source);
    let now = rows(totals.now, users.now);
    let before = totals.before.map(|before| rows(before, users.before.unwrap_or_default()));
    let tell = |row: &Row, _: TimeRange| {
        let mut values = shared::figure_values(&FIGURES, &row.totals);
        values.extend(has_users.then_some(Value::Int(row.users)));
        values
    };
    let (table, compared) =
        shared::tables(&TAKES, &times, by, counted(has_users), &now, before.as_ref(), tell)?;
    Ok(answer(SERIES.key, ask, &times, by, Told { table, compared, source, commit, notes }))
}

/// What was counted of rows and of users, together.
fn rows(totals: Groups<Totals>, mut users: Groups<i64>) -> Groups<Row> {
    let mut rows = Groups::<Row>::new();
    for (key, totals) in totals {
        let users = users.remove(&key).unwrap_or_default();
        rows.insert(key, Row { totals, users });
    }
    rows
}
