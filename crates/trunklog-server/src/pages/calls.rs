//! `/calls`: the calls themselves, page by page, all of one commit.

use trunklog_odata::expr::Expr;
use trunklog_odata::filter::order_by;
use trunklog_odata::{Error, Version};
use trunklog_records::Rows;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::calendar::Bucket;
use trunklog_reports::{Ask, Facts, Value};
use trunklog_store::{Columns, PageQuery, Selection, SkipToken, Start, Watermark};
use trunklog_web::PageContext;
use trunklog_web::pages::calls::{CallsAnswer, CallsPage, OLDEST, unknown_column};
use trunklog_web::state::{FilterState, NONE, Who};

use super::chosen_by::ChosenBy;
use super::fault::Fault;
use super::one_by_one;
use super::visit::{Shown, Visit};

/// How many calls a page has.
const ROWS: u32 = 50;

/// How many calls are looked at at a time for those of a country, which no property
/// tells: the number outside does.
pub(super) const LOOKED_AT: u32 = 500;

/// How many of them at most for one page.
pub(super) const MOST_LOOKED_AT: usize = 50_000;

/// Makes a page of the list.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    if let Some(column) = visit.page.state.own("columns").and_then(unknown_column) {
        let shown: String = column.chars().take(40).collect();
        let error = Error::bad_request(format!("columns: there is no column '{shown}'"));
        return Err(error.hint("choose columns on the page").into());
    }
    let selection = selection(visit)?;
    let after = visit.page.state.own("after").map(|text| SkipToken::parse(text, &selection)).transpose();
    let after = after.map_err(|error| {
        Error::bad_request("after: it does not belong to this list").hint(error.to_string())
    })?;
    let newest = Watermark(visit.page.state.commit.unwrap_or_default());
    let commit = after.as_ref().map_or(newest, |token| token.watermark);
    let found = find(visit, &selection, after.as_ref(), commit)?;
    let rows: usize = found.batches.iter().map(Rows::len).sum();
    visit.note_rows(&selection, ChosenBy::filter(&visit.ask().filter, &visit.page.state), rows);
    // Of a country, as many are looked at as a page lists; all of them may be too many.
    let is_counted = after.is_none() && one_by_one::too_many(visit)?.is_none();
    let total = if is_counted { Some(count(visit)?) } else { None };
    // What the page leads to has the list's commit, and no place within it.
    let page = PageContext {
        is_newer: visit.page.is_newer && after.is_none(),
        state: visit.page.state.with(|state| {
            state.commit = Some(commit.0);
            state.own.remove("after");
        }),
        ..visit.page.clone()
    };
    let tokens = |who: &Who| visit.token(who).ok().flatten();
    let answer = CallsAnswer {
        batches: found.batches,
        total,
        next: found.next.map(|token| token.to_text(&selection)),
        range: visit.asked(),
        looked_until: found.looked_until,
        is_outdated: commit != newest,
        is_first: after.is_none(),
        tokens: &tokens,
    };
    Shown::of(&CallsPage::new(&page, &answer))
}

/// Which calls are listed, in which order. A country is none of it.
fn selection(visit: &Visit<'_>) -> Result<Selection, Fault> {
    let order = match visit.page.state.own("order") {
        None => "startDateTime desc",
        Some(OLDEST) => "startDateTime",
        Some(_) => {
            let error = Error::bad_request("order: there is no such order");
            return Err(error.hint("leave it out for the newest first, or take oldest").into());
        }
    };
    Ok(Selection {
        log: &DIRECT_ROUTING_CALLS,
        range: visit.asked(),
        filter: over_rows(visit, &visit.page.state)?,
        order: order_by(order, &DIRECT_ROUTING_CALLS.shape(Version::Beta))?,
        columns: Columns::All,
    })
}

/// What calls must satisfy, but for their country.
pub(super) fn over_rows(visit: &Visit<'_>, state: &FilterState) -> Result<Option<Expr>, Fault> {
    let state = state.with(|state| state.country = None);
    Ok(visit.filter(&state)?.over_rows()?)
}

/// How many calls there are: what the tiles count, too. Sums by country know whole
/// numbers, and a reader may see less of them, so for a country rows are counted, as for
/// the tiles.
fn count(visit: &Visit<'_>) -> Result<i64, Fault> {
    let answer = if visit.page.state.country.is_some() {
        visit.answer("kpis", &visit.ask())?
    } else {
        visit.answer("series", &Ask { bucket: Some(Bucket::Auto), ..visit.ask() })?
    };
    let table = &answer.table;
    let counts = (0..table.rows.len()).map(|row| match table.value(row, "attempts") {
        Some(Value::Int(count)) => *count,
        _ => 0,
    });
    Ok(counts.sum())
}

/// What was found for a page.
struct Found {
    /// As the reader may see them.
    batches: Vec<Rows>,
    next: Option<SkipToken>,
    /// How far was looked, where that was too far for one page.
    looked_until: Option<trunklog_odata::Instant>,
}

fn find(
    visit: &Visit<'_>,
    selection: &Selection,
    after: Option<&SkipToken>,
    commit: Watermark,
) -> Result<Found, Fault> {
    let page = visit.page;
    let country = page.state.country.as_deref();
    // Tokens are bound to the range that was asked for: what is shown moves on while
    // a reader walks.
    let readable = Selection { range: page.range, ..selection.clone() };
    let limit = if country.is_some() { LOOKED_AT } else { ROWS };
    let mut query = PageQuery { watermark: Some(commit), ..PageQuery::of(readable, limit) };
    let mut passed = 0;
    if let Some(token) = after {
        query.start = Start::After(token.after.clone());
        passed = token.skip;
    }
    let (mut batches, mut listed, mut looked) = (Vec::new(), 0, 0);
    loop {
        let read = visit.store.page(&query)?;
        looked += read.rows.len();
        passed += u64::try_from(read.rows.len()).unwrap_or(u64::MAX);
        let next = query.after(&read);
        let token = read.next.map(|after| SkipToken { watermark: read.watermark, skip: passed, after });
        // The country is that of what a reader sees of a number: no hidden digit is told.
        let rows = page.mask.rows(read.rows);
        let found = match country {
            None => vec![rows],
            Some(country) => of_country(&rows, country),
        };
        listed += found.iter().map(Rows::len).sum::<usize>();
        batches.extend(found);
        let is_full = listed >= usize::try_from(ROWS).unwrap_or(usize::MAX);
        let is_enough = looked >= MOST_LOOKED_AT;
        match next {
            Some(next) if country.is_some() && !is_full && !is_enough => query = next,
            _ => {
                let stopped = token.as_ref().filter(|_| country.is_some() && !is_full);
                let looked_until = stopped.map(|token| token.after.time);
                return Ok(Found { batches, next: token, looked_until });
            }
        }
    }
}

/// Those of a country, in their order, each run of them a batch.
pub(super) fn of_country(rows: &Rows, country: &str) -> Vec<Rows> {
    let facts = Facts::of(rows);
    let is_of = |at: usize| facts.row(at).country().map_or(NONE, |country| country.code()) == country;
    let mut runs = Vec::new();
    let mut from = None;
    for at in 0..=rows.len() {
        match (from, at < rows.len() && is_of(at)) {
            (None, true) => from = Some(at),
            (Some(start), false) => {
                runs.push(rows.slice(start, at - start));
                from = None;
            }
            _ => {}
        }
    }
    runs
}
