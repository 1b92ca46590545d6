//! What failed, with its cause, who has to act, and what to do.

use std::collections::HashMap;

use askama::Template;
use trunklog_odata::Instant;
use trunklog_reports::Answer;

use super::{Failure, emptiness, failures};
use crate::chart::bar;
use crate::context::PageContext;
use crate::formats::NOTHING;
use crate::pages::figures::{code, count, float, word};
use crate::state::Group;
use crate::table::{Cell, Head, Sorting, Table};

/// So many pairs are told.
const MOST: usize = 200;

/// Up to so many days users are counted without being asked for: that reads rows.
const MOST_DAYS: i64 = 31;

/// How many users were hit, which only rows tell.
#[derive(Debug, Clone, Copy)]
pub enum UsersHit<'a> {
    /// They are counted after the page.
    Later,
    /// By the codes of their calls; None where that is not told of what is looked
    /// at.
    Counted(Option<&'a Answer>),
}

/// What failed, and what to do.
#[derive(Debug, Template)]
#[template(path = "failures/causes.html")]
pub struct Causes<'a> {
    page: &'a PageContext,
    title: String,
    table: Table,
    /// How many pairs there are besides; empty where all are told.
    more: String,
    /// The same panel with users; empty where they are counted.
    part: String,
    /// The page with users.
    all: String,
    /// Whether the part is loaded by itself.
    is_loaded: bool,
}

impl<'a> Causes<'a> {
    /// The table.
    pub fn new(page: &'a PageContext, answer: Option<&Answer>, users: UsersHit<'_>) -> Causes<'a> {
        let title = page.t("failures-causes");
        let sorting = Sorting::of(page, "-failed");
        let (is_later, hit) = match users {
            UsersHit::Later => (true, None),
            UsersHit::Counted(users) => (false, users.map(users_of)),
        };
        let empty = answer.map_or("state-not-kept", |_| emptiness(page));
        let mut table = Table::new(title.clone(), heads(page, &sorting)).or_why(page, empty);
        let mut rows = answer.map(failures).unwrap_or_default();
        let users =
            |failure: &Failure<'_>| hit.as_ref().map(|hit| hit.get(&key(failure)).copied().unwrap_or(0));
        sort(&mut rows, &sorting, users);
        let most = rows.iter().map(|failure| failure.failed).max().unwrap_or(0);
        for failure in rows.iter().take(MOST) {
            table.row(cells(page, failure, users(failure), most));
        }
        let left = rows.len().saturating_sub(MOST);
        let more = if left == 0 {
            String::new()
        } else {
            page.counted("failures-more", i64::try_from(left).unwrap_or(i64::MAX))
        };
        let part = if is_later && !rows.is_empty() { page.part("causes") } else { String::new() };
        let all = format!("{}#causes", page.with_own("panels", "all"));
        Causes { page, title, table, more, part, all, is_loaded: is_short(page) }
    }
}

/// Whether the range is short enough to read its failed calls without being asked.
fn is_short(page: &PageContext) -> bool {
    let ticks = page.range.end().ticks().saturating_sub(page.range.from().ticks());
    ticks <= MOST_DAYS * Instant::TICKS_PER_DAY + Instant::TICKS_PER_HOUR
}

fn heads(page: &PageContext, sorting: &Sorting) -> Vec<Head> {
    let help = |key: &str| page.t(&format!("column-{key}.explanation"));
    vec![
        Head::of(page.t("reason-code")).sortable(page, "code", sorting),
        Head::of(page.t("column-cause")),
        Head::of(page.t("column-side")).with_help(help("side")),
        Head::number(page.t("tile-failed")).sortable(page, "failed", sorting),
        Head::number(page.t("column-share")),
        Head::number(page.t("column-users")).with_help(help("users")).sortable(page, "users", sorting),
        Head::number(page.t("column-trunks")).sortable(page, "trunks", sorting),
        Head::of(page.t("column-firstSeen")).with_help(help("firstSeen")).sortable(
            page,
            "firstSeen",
            sorting,
        ),
        Head::of(page.t("column-action")),
        Head::of(page.t("evidence")),
    ]
}

/// What tells the rows of both answers apart.
type Key = (Option<i64>, Option<i64>, &'static str);

fn key(failure: &Failure<'_>) -> Key {
    (failure.sip, failure.sub, failure.class.key())
}

fn users_of(answer: &Answer) -> HashMap<Key, i64> {
    let table = &answer.table;
    let row = |row: usize| {
        let class = word(table, row, "class").map_or("", |(key, _)| key);
        let key = (code(table, row, "sipCode"), code(table, row, "subcode"), class);
        (key, count(table, row, "users"))
    };
    (0..table.rows.len()).map(row).collect()
}

fn sort(rows: &mut [Failure<'_>], sorting: &Sorting, users: impl Fn(&Failure<'_>) -> Option<i64>) {
    rows.sort_by(|one, other| {
        let order = match sorting.by.as_str() {
            "code" => (one.sip, one.sub).cmp(&(other.sip, other.sub)),
            "users" => users(one).cmp(&users(other)),
            "trunks" => one.trunks.cmp(&other.trunks),
            "firstSeen" => one.first_seen.cmp(&other.first_seen),
            _ => one.failed.cmp(&other.failed),
        };
        let order = if sorting.is_descending { order.reverse() } else { order };
        order.then(one.place.cmp(&other.place))
    });
}

fn cells(page: &PageContext, failure: &Failure<'_>, users: Option<i64>, most: i64) -> Vec<Cell> {
    let formats = &page.formats;
    let narrowed = |path: &str| page.to_with(path, |state| failure.narrow(state));
    let pair = failure.pair();
    let first_seen = failure.first_seen.map_or_else(|| NOTHING.to_owned(), |day| formats.calendar_date(day));
    let first_seen = if failure.is_new {
        Cell::text(first_seen).beside(page.t("failures-new")).of_class("new")
    } else {
        Cell::text(first_seen).of_class("date")
    };
    let users = users.map_or_else(Cell::nothing, |users| {
        let list = (page.sees.calls() && users > 0).then(|| narrowed("users"));
        Cell::number(formats.count(users)).linked(list)
    });
    let sheet = if page.sees.calls() {
        Cell::text(page.t("evidence-sheet")).linked(Some(narrowed("failures/evidence")))
    } else {
        Cell::text(NOTHING)
    };
    vec![
        Cell::name(pair.to_string()).linked(Some(page.to(&format!("codes/{pair}")))),
        Cell::text(failure.cause).beside(page.t(failure.class.name())),
        Cell::text(page.t(failure.side)),
        Cell::number(formats.count(failure.failed))
            .linked(page.calls(|state| failure.narrow(state)))
            .drawn(bar(float(failure.failed) / float(most.max(1)), Group::of(failure.class).key())),
        Cell::number(failure.share.told(page)),
        users,
        Cell::number(formats.count(failure.trunks)).linked((failure.trunks > 0).then(|| narrowed(""))),
        first_seen,
        Cell::text(failure.action),
        sheet,
    ]
}
