//! The newest row of each of some users: it has the name that they go by now.

use std::collections::{BTreeMap, BTreeSet};

use trunklog_odata::Instant;
use trunklog_odata::expr::{Comparison, Direction, Expr, Kind, Literal, Node, OrderBy};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Cell, Rows};
use trunklog_store::{
    Aggregate, ErrorKind, Group, Measure, Operand, PageQuery, ReportQuery, ReportValue, Selection, Store,
    Watermark,
};

use crate::ReportError;
use crate::ask::Ask;
use crate::facts::Facts;
use crate::filter::all_of;
use crate::questions::groups::filled as filled_value;
use crate::questions::scan;

/// What a user's newest row tells.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Newest {
    pub(super) time: Option<Instant>,
    pub(super) display_name: Option<String>,
    pub(super) principal_name: Option<String>,
}

impl Newest {
    fn of(rows: &Rows, row: usize) -> Newest {
        let text = |name| filled(rows, name, row);
        let (display_name, principal_name) = (text("userDisplayName"), text("userPrincipalName"));
        Newest { time: Some(rows.time(row)), display_name, principal_name }
    }
}

/// Rows that are read at a time. Users with many rows are found among the first.
const ROWS: u32 = 1_000;

/// The fewest of the newest rows that are read.
const FEW_ROWS: u32 = 16;

/// Users that are looked for at once. A filter that names more takes long to read.
const AT_ONCE: usize = 500;

/// Where some users have no row, so many times as much is looked at next.
const WIDER: i64 = 8;

const COLUMNS: [&str; 3] = ["userId", "userPrincipalName", "userDisplayName"];

/// Looks for the newest of the rows that are asked for, of each of these users.
pub(super) fn rows(
    store: &dyn Store,
    ask: &Ask,
    users: BTreeSet<String>,
    commit: Watermark,
) -> Result<BTreeMap<String, Newest>, ReportError> {
    let (_, countries) = ask.filter.apart();
    if !countries.is_all() {
        return by_rows(store, ask, &users, commit);
    }
    let mut search = Search { store, commit, missing: BTreeSet::new(), found: BTreeMap::new() };
    let users: Vec<String> = users.into_iter().collect();
    for some in users.chunks(AT_ONCE) {
        search.missing = some.iter().cloned().collect();
        search.find(ask)?;
    }
    Ok(search.found)
}

/// A search on its way.
struct Search<'a> {
    store: &'a dyn Store,
    commit: Watermark,
    /// Users who are looked for.
    missing: BTreeSet<String>,
    found: BTreeMap<String, Newest>,
}

impl Search<'_> {
    /// Most users have one of the newest rows of all. Of the others the store tells when
    /// the newest was, and the rows of these times are read: so it does not matter how
    /// many rows of others are newer. Most of them have one of the last day.
    fn find(&mut self, ask: &Ask) -> Result<(), ReportError> {
        let newest = Selection { order: vec![newest_first()], ..selection(ask, &self.missing) };
        // Some of a user's each: more of them lie far back, where few users are asked for.
        let few = u32::try_from(self.missing.len()).unwrap_or(ROWS).saturating_mul(4).clamp(FEW_ROWS, ROWS);
        let page = self.store.page(&self.of_commit(newest, few))?;
        self.take(&page.rows, |_, _| true);
        let oldest = page.rows.len().checked_sub(1).filter(|_| page.next.is_some());
        let Some(oldest) = oldest else { return Ok(()) };
        // All that is newer was among them.
        let mut rest = ask.range.until(page.rows.time(oldest).saturating_add_ticks(1));
        let mut width = Instant::TICKS_PER_DAY;
        while !self.missing.is_empty() && rest.from() < rest.end() {
            let from = rest.end().saturating_add_ticks(-width);
            let ask = Ask { range: rest.since(from), ..ask.clone() };
            let times = self.times_by_id(&ask)?;
            self.find_at(&ask, times)?;
            rest = rest.until(from);
            width = width.saturating_mul(WIDER);
        }
        if self.missing.is_empty() {
            return Ok(());
        }
        // What is left has no id, and a name that is none of a user's.
        let times = self.times_of(ask, &self.missing)?;
        self.find_at(ask, times)
    }

    /// The same of users whose times are known. Those that are near each other are read at
    /// once, and nothing in between.
    fn find_at(&mut self, ask: &Ask, times: BTreeMap<String, Instant>) -> Result<(), ReportError> {
        let mut times: Vec<(Instant, String)> = times.into_iter().map(|(user, time)| (time, user)).collect();
        times.sort_unstable();
        for near in times.chunk_by(|one, next| next.0.ticks() - one.0.ticks() <= Instant::TICKS_PER_HOUR) {
            let (Some(first), Some(last)) = (near.first(), near.last()) else { continue };
            let range = ask.range.since(first.0).until(last.0.saturating_add_ticks(1));
            let times = near.iter().map(|(time, user)| (user.clone(), *time)).collect();
            self.find_near(&Ask { range, ..ask.clone() }, &times)?;
        }
        Ok(())
    }

    fn find_near(&mut self, ask: &Ask, times: &BTreeMap<String, Instant>) -> Result<(), ReportError> {
        let mut of_times = selection(ask, &times.keys().cloned().collect());
        of_times.filter = all_of(of_times.filter.into_iter().chain([is_at(times)]).collect());
        let mut query = self.of_commit(of_times, ROWS);
        loop {
            let page = self.store.page(&query)?;
            self.take(&page.rows, |user, time| times.get(user) == Some(&time));
            match query.after(&page) {
                Some(next) if times.keys().any(|user| self.missing.contains(user)) => query = next,
                _ => return Ok(()),
            }
        }
    }

    fn of_commit(&self, selection: Selection, rows: u32) -> PageQuery {
        PageQuery { watermark: Some(self.commit), ..PageQuery::of(selection, rows) }
    }

    /// Takes the first row of each user who is missing that is the one looked for.
    fn take(&mut self, rows: &Rows, is_it: impl Fn(&str, Instant) -> bool) {
        for (row, fact) in Facts::of(rows).rows().enumerate() {
            if let Some(user) = fact.user
                && is_it(user, rows.time(row))
                && self.missing.remove(user)
            {
                self.found.insert(user.to_owned(), Newest::of(rows, row));
            }
        }
    }

    /// When the newest row was of each user who is missing and has any, and either an id or
    /// the principal name of a user.
    fn times_by_id(&self, ask: &Ask) -> Result<BTreeMap<String, Instant>, ReportError> {
        let users = &self.missing;
        // Telling all users apart by their ids is faster than looking for some, as long as
        // there are not too many.
        let everybody = Selection { filter: ask.filter.apart().0, ..selection(ask, users) };
        let mut times = match self.largest(everybody, vec![Group::Property(at("userId"))]) {
            Err(error) if error.kind() == ErrorKind::TooMany => return self.times_of(ask, users),
            found => found?,
        };
        times.retain(|user, _| users.contains(user));
        // All principal names have this sign, and no id of Microsoft's does.
        let named: BTreeSet<String> = users.iter().filter(|user| user.contains('@')).cloned().collect();
        if !named.is_empty() {
            for (user, time) in self.times_of(ask, &named)? {
                later(&mut times, user, time);
            }
        }
        Ok(times)
    }

    /// When the newest row of each of these users was.
    fn times_of(
        &self,
        ask: &Ask,
        users: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Instant>, ReportError> {
        // The id, or where there is none the principal name.
        let groups = vec![Group::Property(at("userId")), Group::Property(at("userPrincipalName"))];
        Ok(self.largest(selection(ask, users), groups)?)
    }

    /// The newest time of each group, by the first of its values that is filled.
    fn largest(
        &self,
        selection: Selection,
        groups: Vec<Group>,
    ) -> trunklog_store::Result<BTreeMap<String, Instant>> {
        let time = Operand::Property(DIRECT_ROUTING_CALLS.time_index());
        let measures = vec![Measure::of(Aggregate::Largest(time))];
        let watermark = Some(self.commit);
        let report = self.store.report(&ReportQuery { selection, watermark, groups, measures })?;
        let mut times = BTreeMap::new();
        for group in report.groups {
            let user = group.by.iter().find_map(filled_value);
            let (Some(user), Some(ReportValue::Int(ticks))) = (user, group.measures.first()) else {
                continue;
            };
            let Ok(time) = Instant::from_ticks(*ticks) else { continue };
            later(&mut times, user.to_owned(), time);
        }
        Ok(times)
    }
}

/// Keeps the later of two times of a user.
fn later(times: &mut BTreeMap<String, Instant>, user: String, time: Instant) {
    let newest = times.entry(user).or_insert(time);
    *newest = time.max(*newest);
}

/// The rows of these users that are asked for.
fn selection(ask: &Ask, users: &BTreeSet<String>) -> Selection {
    let (filter, _) = ask.filter.apart();
    let filter = all_of(filter.into_iter().chain([is_one_of(users)]).collect());
    let columns = scan::named(&COLUMNS);
    Selection { filter, columns, ..Selection::all(&DIRECT_ROUTING_CALLS, ask.range) }
}

/// The same where only rows of some countries count, which no store can tell: all rows
/// are read.
fn by_rows(
    store: &dyn Store,
    ask: &Ask,
    users: &BTreeSet<String>,
    commit: Watermark,
) -> Result<BTreeMap<String, Newest>, ReportError> {
    let mut found = BTreeMap::<String, Newest>::new();
    scan::scan_asked(store, ask, (ask.range, &COLUMNS), commit, &mut |rows| {
        for (row, fact) in Facts::of(rows).rows().enumerate() {
            let Some(user) = fact.user.filter(|user| users.contains(*user)) else { continue };
            // Rows come in the order of time and id, and of one time the first counts.
            if found.get(user).is_none_or(|known| known.time < Some(rows.time(row))) {
                found.insert(user.to_owned(), Newest::of(rows, row));
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// Whether a row is of one of these times.
fn is_at(times: &BTreeMap<String, Instant>) -> Expr {
    let time = Expr::new(Kind::Instant, Node::Property(DIRECT_ROUTING_CALLS.time_index()));
    let each: BTreeSet<Instant> = times.values().copied().collect();
    let literals = each.into_iter().map(Literal::Instant).collect();
    Expr::new(Kind::Bool, Node::In(Box::new(time), literals))
}

fn at(name: &str) -> usize {
    DIRECT_ROUTING_CALLS.index_of(name).expect("a test reads rows by these properties")
}

fn filled(rows: &Rows, name: &str, row: usize) -> Option<String> {
    match rows.column(DIRECT_ROUTING_CALLS.index_of(name)?).value(row) {
        Some(Cell::Text(text)) if !text.is_empty() => Some(text.to_owned()),
        _ => None,
    }
}

/// Whether a row is of one of these users: by its id, or where it has none by its
/// principal name, as [`Fact::user`](crate::Fact::user) tells them.
fn is_one_of(users: &BTreeSet<String>) -> Expr {
    let property = |name: &str| Box::new(Expr::new(Kind::Text, Node::Property(at(name))));
    let is = |node: Node| Expr::new(Kind::Bool, node);
    let literals: Vec<Literal> = users.iter().cloned().map(Literal::Text).collect();
    let has_no_id = is(Node::Or(vec![
        is(Node::IsNull(property("userId"))),
        is(Node::Compare(
            Comparison::Equal,
            property("userId"),
            Box::new(Expr::literal(Literal::Text(String::new()))),
        )),
    ]));
    is(Node::Or(vec![
        is(Node::In(property("userId"), literals.clone())),
        is(Node::And(vec![has_no_id, is(Node::In(property("userPrincipalName"), literals))])),
    ]))
}

fn newest_first() -> OrderBy {
    let time = Expr::new(Kind::Instant, Node::Property(DIRECT_ROUTING_CALLS.time_index()));
    OrderBy { by: time, direction: Direction::Descending }
}
