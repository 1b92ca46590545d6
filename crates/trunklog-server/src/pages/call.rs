//! `/calls/{time}/{id}`: one call.

use trunklog_audit::MAX_REASON_CHARS;
use trunklog_odata::expr::Expr;
use trunklog_odata::filter::order_by;
use trunklog_odata::{Error, ErrorKind, Instant, Version};
use trunklog_records::json::RowEncoder;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Rows, TimeRange};
use trunklog_reports::{Ask, Facts, Filter, Ner};
use trunklog_store::{Columns, PageQuery, Selection, Watermark};
use trunklog_web::pages::call::{CallAnswer, CallPage, Similar};
use trunklog_web::state::{Code, Ends, FilterState, Span, Who};

use super::chosen_by::ChosenBy;
use super::fault::Fault;
use super::reveal;
use super::visit::{Shown, Visit};

/// So many similar calls are told; the list has all.
const MOST_SIMILAR: u32 = 10;

/// Makes the page.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    let [time, id] = visit.rest else { return Err(no_such_call()) };
    let time = Instant::parse(time).map_err(|_| no_such_call())?;
    let range = visit.shown().map_or(TimeRange::ALL, |shown| TimeRange::ALL.since(shown));
    let ask = Ask { range, filter: Filter::default(), call: Some((time, id.clone())), ..visit.ask() };
    let legs = visit.answer("call", &ask)?;
    let whole = visit.store.row(&DIRECT_ROUTING_CALLS, time, id)?.ok_or_else(no_such_call)?;
    let row = visit.page.mask.rows(whole.clone());
    let similar = similar(visit, &row, time)?;
    let shown = similar.as_ref().map_or(0, |similar| similar.rows.len());
    let rows = legs.table.rows.len() + shown;
    visit.note_rows(&Selection::all(&DIRECT_ROUTING_CALLS, range), ChosenBy::default(), rows);
    let mut json = Vec::new();
    RowEncoder::new(&DIRECT_ROUTING_CALLS, Version::Beta).encode(&row, &mut json);
    let tokens = |who: &Who| visit.token(who).ok().flatten();
    let answer = CallAnswer {
        legs,
        json: laid_out(&String::from_utf8_lossy(&json)),
        hidden: reveal::offered(visit.app, &whole, &row),
        row,
        similar,
        most_reason: MAX_REASON_CHARS,
        tokens: &tokens,
    };
    match CallPage::new(visit.page, &answer) {
        Some(page) => Shown::of(&page),
        None => Err(no_such_call()),
    }
}

pub(super) fn no_such_call() -> Fault {
    let error = Error::new(ErrorKind::NotFound, "There is no call of that time and id.");
    error.hint("it may be too old to be shown; look for it in the list of calls").into()
}

/// Calls of the same trunk that ended with the same codes, within an hour before or
/// after. None for a call that the network delivered.
fn similar(visit: &Visit<'_>, row: &Rows, time: Instant) -> Result<Option<Similar>, Fault> {
    let facts = Facts::of(row);
    let fact = facts.row(0);
    if fact.class.ner() == Ner::Effective {
        return Ok(None);
    }
    let from = time.saturating_add_ticks(-Instant::TICKS_PER_HOUR);
    // The last instant of the hour after it counts, too.
    let end = time.saturating_add_ticks(Instant::TICKS_PER_HOUR + 1);
    let asked = TimeRange::ALL.since(from).until(end);
    let range = visit.shown().map_or(asked, |shown| asked.since(shown));
    let mut state = FilterState {
        span: Span::of(asked),
        zone: visit.page.state.zone.clone(),
        trunk: Some(fact.trunk.map_or_else(|| trunklog_web::state::NONE.to_owned(), str::to_lowercase)),
        code: Some(Code::of(fact.sip.map(i64::from), fact.sub.map(i64::from))),
        ..FilterState::default()
    };
    state.narrow_ends(Ends::Class(fact.class));
    let filter: Option<Expr> = visit.filter_within(&state, asked)?.over_rows()?;
    let order = order_by("startDateTime desc", &DIRECT_ROUTING_CALLS.shape(Version::Beta))?;
    let selection = Selection { log: &DIRECT_ROUTING_CALLS, range, filter, order, columns: Columns::All };
    let commit = Some(Watermark(visit.page.state.commit.unwrap_or_default()));
    let count = visit.store.count(&selection, commit)?;
    let query = PageQuery { watermark: commit, ..PageQuery::of(selection, MOST_SIMILAR) };
    let rows = visit.page.mask.rows(visit.store.page(&query)?.rows);
    state.commit = visit.page.state.commit;
    Ok(Some(Similar {
        rows,
        count: i64::try_from(count).unwrap_or(i64::MAX),
        list: visit.page.links.to("calls", &state),
    }))
}

/// JSON with a line for each member. Numbers and texts stay as they are.
fn laid_out(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    let mut signs = json.chars().peekable();
    while let Some(sign) = signs.next() {
        if is_text {
            out.push(sign);
            match sign {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '"' => is_text = false,
                _ => {}
            }
            continue;
        }
        match sign {
            '{' | '[' => {
                out.push(sign);
                // What has no members stays on its line.
                if let Some(end) = signs.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(sign);
            }
            ',' => {
                out.push(sign);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            '"' => {
                is_text = true;
                out.push(sign);
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_and_nothing_else() {
        let json = r#"{"a":"x,{\"y\":1}","b":[],"c":[{"d":null},{"e":-1.50}],"f":{}}"#;
        let told = laid_out(json);
        let expected = "{\n  \"a\": \"x,{\\\"y\\\":1}\",\n  \"b\": [],\n  \"c\": [\n    {\n      \"d\": null\n    },\n    {\n      \
                        \"e\": -1.50\n    }\n  ],\n  \"f\": {}\n}";
        assert_eq!(told, expected);
        assert_eq!(laid_out(""), "");
    }
}
