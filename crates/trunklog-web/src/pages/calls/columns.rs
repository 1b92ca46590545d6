//! The columns of calls: those of the admin centre's report in its order, and then
//! ours. Source: learn.microsoft.com/microsoftteams/teams-analytics-and-reports/pstn-usage-report.
//!
//! The admin centre's "Number type" is not among them: no row of direct routing has
//! it.

use trunklog_odata::Instant;
use trunklog_records::{Cell as Stored, Rows};
use trunklog_reports::Fact;

use super::Tokens;
use crate::context::PageContext;
use crate::links::Links;
use crate::state::{Code, Ends, FilterState, NONE, Who};
use crate::table::{Cell, Head};

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    /// What it is called in addresses.
    pub(super) key: &'static str,
    /// The key of the text that names it.
    pub(super) title: &'static str,
    is_number: bool,
    /// Whether it is shown unless others are chosen.
    is_usual: bool,
    show: fn(&Shown<'_>) -> Cell,
}

/// A call that is shown.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) page: &'a PageContext,
    pub(crate) rows: &'a Rows,
    pub(crate) at: usize,
    pub(crate) fact: Fact<'a>,
    pub(crate) tokens: Tokens<'a>,
}

const fn text(key: &'static str, title: &'static str, show: fn(&Shown<'_>) -> Cell) -> Column {
    Column { key, title, is_number: false, is_usual: true, show }
}

const fn number(key: &'static str, title: &'static str, show: fn(&Shown<'_>) -> Cell) -> Column {
    Column { key, title, is_number: true, is_usual: true, show }
}

/// A column that only who asks for it sees.
const fn ours(key: &'static str, title: &'static str, show: fn(&Shown<'_>) -> Cell) -> Column {
    Column { key, title, is_number: false, is_usual: false, show }
}

/// All columns, in their order.
pub(super) static COLUMNS: [Column; 24] = [
    text("time", "calls-time", time),
    text("name", "calls-name", name),
    text("sipAddress", "calls-sip-address", |row| Cell::text(row.text("userPrincipalName"))),
    text("caller", "calls-caller", |row| row.number("callerNumber")),
    text("callee", "calls-callee", |row| row.number("calleeNumber")),
    text("type", "calls-type", call_type),
    text("calledTo", "calls-called-to", country),
    text("start", "calls-start", |row| row.moment(row.fact.start)),
    text("invite", "calls-invite", |row| row.moment(row.fact.invite)),
    text("failure", "calls-failure", |row| row.moment(row.fact.failure)),
    text("end", "calls-end", |row| row.moment(row.fact.end)),
    number("duration", "calls-duration", duration),
    text("bypass", "calls-bypass", bypass),
    text("sbc", "calls-sbc", sbc),
    text("media", "calls-media", |row| Cell::text(row.text("mediaPathLocation"))),
    text("signaling", "calls-signaling", |row| Cell::text(row.text("signalingLocation"))),
    text("event", "calls-event", event),
    number("sip", "calls-sip", sip),
    number("sub", "calls-sub", sub),
    text("phrase", "calls-phrase", |row| Cell::text(row.text("finalSipCodePhrase"))),
    text("correlation", "calls-correlation", |row| Cell::text(row.text("correlationId"))),
    ours("shared", "calls-shared", |row| Cell::text(row.text("sharedCorrelationId"))),
    ours("class", "calls-class", class),
    ours("id", "calls-id", |row| Cell::text(row.rows.id(row.at))),
];

/// The columns that a reader chose, or else the usual ones.
pub(super) fn chosen(page: &PageContext) -> Vec<&'static Column> {
    let of = |wanted: &dyn Fn(&Column) -> bool| COLUMNS.iter().filter(|column| wanted(column)).collect();
    match page.state.own("columns") {
        Some(keys) => of(&|column| keys.split(',').any(|key| key == column.key)),
        None => of(&|column| column.is_usual),
    }
}

/// Those of some keys, in the order of the keys, for other pages that list calls.
pub(crate) fn listed(keys: &[&str]) -> Vec<&'static Column> {
    keys.iter().filter_map(|key| COLUMNS.iter().find(|column| column.key == *key)).collect()
}

/// A key in a list of columns that no column has; None if there is none.
///
/// ```
/// use trunklog_web::pages::calls::unknown_column;
///
/// assert_eq!(unknown_column("time,duration"), None);
/// assert_eq!(unknown_column("time,colour"), Some("colour"));
/// ```
pub fn unknown_column(keys: &str) -> Option<&str> {
    keys.split(',').find(|key| COLUMNS.iter().all(|column| column.key != *key))
}

impl Column {
    /// What it is called in addresses.
    pub(crate) fn key(&self) -> &'static str {
        self.key
    }

    pub(crate) fn head(&self, page: &PageContext) -> Head {
        let title = page.t(self.title);
        if self.is_number { Head::number(title) } else { Head::of(title) }
    }

    pub(crate) fn cell(&self, row: &Shown<'_>) -> Cell {
        let cell = (self.show)(row);
        Cell { is_number: self.is_number, ..cell }
    }
}

impl Shown<'_> {
    /// A property as a text; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> String {
        let at = self.rows.log().index_of(name);
        let value = at.and_then(|at| self.rows.column(at).value(self.at));
        value.map(|value| value.to_string()).unwrap_or_default()
    }

    fn moment(&self, ticks: Option<i64>) -> Cell {
        let at = ticks.and_then(|ticks| Instant::from_ticks(ticks).ok());
        at.map_or_else(Cell::nothing, |at| Cell::text(self.page.formats.second(at)))
    }

    /// A number, which leads to its calls.
    fn number(&self, name: &str) -> Cell {
        let number = self.text(name);
        let who = Who::Number(number.clone());
        Cell::text(number.clone()).linked(if number.is_empty() { None } else { self.calls_of(&who) })
    }

    /// The calls of a person or number.
    fn calls_of(&self, who: &Who) -> Option<String> {
        let token = (self.tokens)(who)?;
        Some(self.narrowed(|state| state.who = Some(token)))
    }

    /// The list, narrowed. On it, its columns stay as they are.
    fn narrowed(&self, change: impl FnOnce(&mut FilterState)) -> String {
        if self.page.path == "calls" { self.page.here(change) } else { self.page.to_with("calls", change) }
    }
}

fn time(row: &Shown<'_>) -> Cell {
    let (time, id) = row.rows.key(row.at);
    let page = row.page;
    let path = format!("calls/{}/{}", Links::segment(&time.to_string()), Links::segment(id));
    Cell::text(page.formats.second(time)).linked(Some(page.to(&path)))
}

fn name(row: &Shown<'_>) -> Cell {
    let name = row.text("userDisplayName");
    let user = row.fact.user.map(|user| Who::User(user.to_owned()));
    Cell::text(name).linked(user.and_then(|user| row.calls_of(&user)))
}

fn call_type(row: &Shown<'_>) -> Cell {
    let call_type = row.text("callType");
    let of = if call_type.is_empty() { NONE.to_owned() } else { call_type.clone() };
    Cell::text(call_type).linked(Some(row.narrowed(|state| state.call_type = Some(of))))
}

/// The country of the other side.
fn country(row: &Shown<'_>) -> Cell {
    let code = row.fact.country().map(|country| country.code());
    let of = code.unwrap_or(NONE).to_owned();
    Cell::text(code.unwrap_or_default()).linked(code.map(|_| row.narrowed(|state| state.country = Some(of))))
}

fn duration(row: &Shown<'_>) -> Cell {
    let secs = row.fact.duration;
    secs.map_or_else(Cell::nothing, |secs| {
        Cell::number(row.page.formats.seconds(crate::pages::figures::float(secs)))
    })
}

fn bypass(row: &Shown<'_>) -> Cell {
    let at = row.rows.log().index_of("mediaBypassEnabled");
    match at.and_then(|at| row.rows.column(at).value(row.at)) {
        Some(Stored::Bool(is_on)) => Cell::text(row.page.t(if is_on { "report-yes" } else { "report-no" })),
        _ => Cell::nothing(),
    }
}

fn sbc(row: &Shown<'_>) -> Cell {
    let name = row.text("trunkFullyQualifiedDomainName");
    let path = format!("trunks/{}", Links::segment(&name));
    let href = (!name.is_empty()).then(|| row.page.to(&path));
    Cell::text(name).linked(href)
}

/// The admin centre's word for whether a call was established.
fn event(row: &Shown<'_>) -> Cell {
    match row.fact.successful {
        Some(true) => Cell::text(row.page.t("calls-success")),
        Some(false) => Cell::text(row.page.t("calls-attempt")),
        None => Cell::nothing(),
    }
}

fn sip(row: &Shown<'_>) -> Cell {
    let Some(sip) = row.fact.sip else { return Cell::nothing() };
    let pair = Code::of(Some(sip.into()), row.fact.sub.map(i64::from));
    Cell::number(sip.to_string()).linked(Some(row.narrowed(|state| state.code = Some(pair))))
}

fn sub(row: &Shown<'_>) -> Cell {
    let Some(sub) = row.fact.sub else { return Cell::nothing() };
    let pair = Code::of(row.fact.sip.map(i64::from), Some(sub.into()));
    Cell::number(sub.to_string()).linked(Some(row.page.to(&format!("codes/{pair}"))))
}

fn class(row: &Shown<'_>) -> Cell {
    let class = row.fact.class;
    let href = row.narrowed(|state| state.narrow_ends(Ends::Class(class)));
    Cell::text(row.page.t(class.name())).linked(Some(href))
}
