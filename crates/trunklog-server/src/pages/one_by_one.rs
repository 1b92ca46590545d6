//! Calls of a country, which are read one by one where no sums are kept by it: how many
//! may be, and what a reader is told where there are more.
//!
//! A page asks several questions of the same calls, and each reads them anew. What is
//! read ends soon after its reader has left, but who waits would wait for minutes.

use trunklog_reports::calendar::Bucket;
use trunklog_reports::{Ask, Value};
use trunklog_web::pages::message::MessagePart;
use trunklog_web::pages::too_many::TooManyPage;
use trunklog_web::state::FilterState;

use super::fault::Fault;
use super::offered;
use super::routes::TRUNKS;
use super::visit::{Shown, Visit};

/// The pages that count calls by more than sums by country tell. Others do not count,
/// or look at no more rows than they list.
const COUNTING: [&str; 6] = ["", TRUNKS, "failures", "users", "numbers", CODES];

/// All codes without any counts, or one with how many calls ended with it.
const CODES: &str = "codes";

/// What is shown instead of a page that would read too many calls; None where the page
/// can be made.
pub(super) fn instead(visit: &Visit<'_>) -> Result<Option<Shown>, Fault> {
    let is_list_of_codes = visit.path() == CODES && visit.rest.is_empty() && visit.page.state.code.is_none();
    if !COUNTING.contains(&visit.path()) || is_list_of_codes {
        return Ok(None);
    }
    let Some(count) = too_many(visit)? else { return Ok(None) };
    let page = visit.page;
    let most = i64::from(visit.app.settings.limits.country_rows);
    if visit.part.is_some() {
        let told = TooManyPage::text(page, count, most);
        return Shown::of(&MessagePart::new(&told, None)).map(Some);
    }
    Shown::of(&TooManyPage::new(page, offered::trunks(visit)?, count, most)).map(Some)
}

/// How many calls of the range would be read, if these are too many.
pub(super) fn too_many(visit: &Visit<'_>) -> Result<Option<i64>, Fault> {
    let state = &visit.page.state;
    // The calls of a person or of a number are few, and the store finds them.
    if state.country.is_none() || state.who.is_some() {
        return Ok(None);
    }
    let filter = visit.filter(&FilterState { country: None, ..state.clone() })?;
    let ask = Ask { bucket: Some(Bucket::Auto), filter, ..visit.ask() };
    let Some(answer) = visit.answer_if_told("series", &ask)? else { return Ok(None) };
    let table = &answer.table;
    let counts = (0..table.rows.len()).map(|row| match table.value(row, "attempts") {
        Some(Value::Int(count)) => *count,
        _ => 0,
    });
    let count: i64 = counts.sum();
    Ok((count > i64::from(visit.app.settings.limits.country_rows)).then_some(count))
}
