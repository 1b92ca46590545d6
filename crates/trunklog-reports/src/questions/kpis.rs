//! All key figures: of all rows, by what they are told apart by, and by bucket.

use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::{Store, Watermark};

use super::busy::{self, MIXED_COMMITS, busy, of_one_commit};
use super::counts::{Counts, Slice};
use super::distinct::Users;
use super::shared::{self, Groups, Told, answer, figure, figure_value};
use crate::ReportError;
use crate::ask::{Ask, Dimension, Extra};
use crate::kpi;
use crate::plan::{CALLS, Times};
use crate::report::{Buckets, Level, Report, Takes};
use crate::table::{Answer, Column, Source, Value};
use crate::totals::Totals;

/// The key figures.
pub(crate) static KPIS: Report =
    Report { key: "kpis", log: &DIRECT_ROUTING_CALLS, level: Level::Aggregate, takes: TAKES, columns, run };

const TAKES: Takes = Takes {
    buckets: Buckets::Asked,
    by: &Dimension::OF_TRUNKS,
    filter: true,
    compare: true,
    extras: &[Extra::Channels, Extra::Users],
    ..Takes::NOTHING
};

/// The figures that need bins.
const QUANTILES: [&str; 4] = ["talkTimeP50", "talkTimeP95", "answerDelayP50", "answerDelayP95"];

/// The note of an answer without quantiles.
pub(super) const NO_QUANTILES: &str = "note-quantiles";

/// What a row is made of.
#[derive(Debug, Default)]
struct Row {
    totals: Totals,
    channels: busy::Channels,
    users: i64,
}

/// What is told besides the figures of calls.
#[derive(Debug, Clone, Copy)]
struct More {
    channels: bool,
    users: bool,
}

fn columns() -> Vec<Column> {
    shared::columns(&TAKES, counted(More { channels: true, users: true }))
}

/// What is counted.
fn counted(more: More) -> Vec<Column> {
    let mut columns: Vec<Column> = kpi::KPIS.iter().map(|kpi| figure(&kpi.definition)).collect();
    if more.channels {
        columns.extend(busy::columns().into_iter().map(Column::when_asked));
    }
    columns.extend(more.users.then_some(shared::USERS));
    columns
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let times = Times::of(ask, ask.bucket)?;
    tell(ask, &times, &found(store, ask, &times)?)
}

/// The key figures of a whole range, and those of its buckets.
#[derive(Debug, Clone)]
pub struct KeyFigures {
    /// Those of the range.
    pub whole: Answer,
    /// Those of the buckets that are asked for.
    pub by_bucket: Answer,
}

impl KeyFigures {
    /// Answers both questions at once, of one commit where it can be: the range is
    /// what its buckets add up to. The answers are those of the report `kpis`.
    ///
    /// # Errors
    /// As [`Report::answer`].
    pub fn of(store: &dyn Store, ask: &Ask) -> Result<KeyFigures, ReportError> {
        KPIS.check(ask)?;
        let times = Times::of(ask, ask.bucket)?;
        let of_buckets = found(store, ask, &times)?;
        let asked = Ask { bucket: None, ..ask.clone() };
        let whole = Times::of(&asked, None)?;
        let whole = if add_up(ask, &times, &whole)? && of_buckets.adds_up() {
            tell(&asked, &whole, &of_buckets.whole())?
        } else {
            run(store, &asked)?
        };
        Ok(KeyFigures { whole, by_bucket: tell(ask, &times, &of_buckets)? })
    }
}

/// What was found of a range or its buckets.
struct Found {
    more: More,
    now: Groups<Row>,
    before: Option<Groups<Row>>,
    source: Source,
    commit: Watermark,
    has_bins: bool,
    notes: Vec<&'static str>,
}

fn found(store: &dyn Store, ask: &Ask, times: &Times) -> Result<Found, ReportError> {
    let by = ask.by.as_slice();
    let more = More { channels: ask.wants(Extra::Channels), users: ask.wants(Extra::Users) };
    let counts = Counts { ask, times, by, families: &[CALLS], slices: Slice::OF_ALL_KPIS, bins: true };
    let ((totals, busy_now, busy_before, users), commit, is_mixed) = of_one_commit(|| {
        let totals = counts.run(store)?;
        let mut commits = vec![totals.commit];
        let mut of = |window| -> Result<Option<busy::Busy>, ReportError> {
            if !more.channels {
                return Ok(None);
            }
            let found = busy(store, ask, window, by)?;
            commits.extend(found.commits.iter().copied());
            Ok(Some(found))
        };
        let now = of(&times.now)?;
        let before = match &times.earlier {
            Some(earlier) => of(&earlier.window)?,
            None => None,
        };
        let users = if more.users { Some(Users::count(store, ask, times, by)?) } else { None };
        commits.extend(users.iter().flat_map(|users| users.commits.iter().copied()));
        Ok(((totals, now, before, users), commits))
    })?;
    let mut source = totals.source;
    for found in [&busy_now, &busy_before].into_iter().flatten() {
        for part in &found.sources {
            source.add(*part);
        }
    }
    let mut notes: Vec<&'static str> = users.as_ref().map(Users::note).into_iter().collect();
    let users = users.unwrap_or_default();
    source.join(users.source);
    let now = rows(totals.now, busy_now, users.now);
    let before = totals.before.map(|before| rows(before, busy_before, users.before.unwrap_or_default()));
    if !totals.has_bins {
        notes.push(NO_QUANTILES);
    }
    if is_mixed {
        notes.push(MIXED_COMMITS);
    }
    Ok(Found { more, now, before, source, commit, has_bins: totals.has_bins, notes })
}

impl Found {
    /// Whether buckets add up to what the whole range would be told as. Notes say where
    /// not: of users, who are not added up, of several commits, and of quantiles, which
    /// may be told of the whole.
    fn adds_up(&self) -> bool {
        self.notes.is_empty()
    }

    /// The buckets as one.
    fn whole(&self) -> Found {
        let joined = |groups: &Groups<Row>| {
            let mut whole = Groups::<Row>::new();
            for ((_, by), row) in groups {
                let of = whole.entry((0, by.clone())).or_default();
                of.totals.add(&row.totals);
                of.channels.join(&row.channels);
            }
            whole
        };
        Found {
            now: joined(&self.now),
            before: self.before.as_ref().map(joined),
            notes: self.notes.clone(),
            ..*self
        }
    }
}

/// Whether the hours by which busy channels are counted are those of the whole range,
/// and so the buckets' busiest is the range's.
fn add_up(ask: &Ask, times: &Times, whole: &Times) -> Result<bool, ReportError> {
    let earlier = times.earlier.iter().zip(&whole.earlier).map(|(of, whole)| (&of.window, &whole.window));
    for (buckets, whole) in earlier.chain([(&times.now, &whole.now)]) {
        let are_hours =
            !ask.wants(Extra::Channels) || busy::with_hours(ask, buckets)? == busy::with_hours(ask, whole)?;
        let is_long = |edge: &[Instant]| edge[1].ticks() - edge[0].ticks() >= Instant::TICKS_PER_HOUR;
        if buckets.range() != whole.range() || !are_hours || !buckets.edges().windows(2).all(is_long) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn tell(ask: &Ask, times: &Times, found: &Found) -> Result<Answer, ReportError> {
    let by = ask.by.as_slice();
    let more = found.more;
    let values = |row: &Row, range| {
        let of_totals = kpi::KPIS.iter().map(|kpi| {
            let of = &kpi.definition;
            let is_known = found.has_bins || !QUANTILES.contains(&of.key);
            if is_known { figure_value(of.unit, kpi.of(&row.totals)) } else { Value::Null }
        });
        let mut values: Vec<Value> = of_totals.collect();
        if more.channels {
            values.extend(row.channels.values(range));
        }
        values.extend(more.users.then_some(Value::Int(row.users)));
        values
    };
    let (now, before) = (&found.now, found.before.as_ref());
    let (table, compared) = shared::tables(&TAKES, times, by, counted(more), now, before, values)?;
    let Found { source, commit, .. } = *found;
    Ok(answer(KPIS.key, ask, times, by, Told { table, compared, source, commit, notes: found.notes.clone() }))
}

/// What was counted of rows, of channels and of users, together.
fn rows(totals: Groups<Totals>, busy: Option<busy::Busy>, users: Groups<i64>) -> Groups<Row> {
    let mut rows = Groups::<Row>::new();
    for (key, totals) in totals {
        rows.insert(key, Row { totals, ..Row::default() });
    }
    for (key, channels) in busy.into_iter().flat_map(|busy| busy.groups) {
        rows.entry(key).or_default().channels = channels;
    }
    for (key, users) in users {
        rows.entry(key).or_default().users = users;
    }
    rows
}
