//! `/failures/evidence`: failed calls for a carrier or for Microsoft.

use trunklog_odata::expr::{Direction, Expr, Kind, Node, OrderBy};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, Rows};
use trunklog_reports::{Ask, Facts, Filter};
use trunklog_store::{Columns, PageQuery, Selection};
use trunklog_web::pages::failures::EvidencePage;
use trunklog_web::state::Ends;

use super::calls::{LOOKED_AT, MOST_LOOKED_AT, of_country, over_rows};
use super::chosen_by::ChosenBy;
use super::failures::ALL_PAIRS;
use super::fault::Fault;
use super::visit::{Shown, Visit};

const LOG: &Log = &DIRECT_ROUTING_CALLS;

/// So many calls are listed: enough to look into, and no more than a page holds.
const MOST: u32 = 200;

/// What is told of a call besides its facts.
const BESIDE: [&str; 7] = [
    "id",
    "correlationId",
    "finalSipCodePhrase",
    "mediaPathLocation",
    "signalingLocation",
    "transferorCorrelationId",
    "sharedCorrelationId",
];

/// Makes the page.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    visit.check_whole()?;
    if !matches!(visit.rest, [only] if only == "evidence") {
        return Err(Fault::not_found("There is no such page.", "follow the links of a page"));
    }
    let ask = visit.ask_of(|state| state.narrow_ends(Ends::Failed))?;
    let ask = Ask { top: Some(ALL_PAIRS), ..ask };
    let answer = visit.answer_if_told("failures", &ask)?;
    let rows = match &answer {
        Some(_) => Some(newest(visit, &ask.filter)?),
        None => None,
    };
    Shown::of(&EvidencePage::new(visit.page, answer.as_ref(), rows.as_deref()))
}

/// The newest of these calls, as the reader may see them, in batches.
fn newest(visit: &Visit<'_>, filter: &Filter) -> Result<Vec<Rows>, Fault> {
    let page = visit.page;
    let country = page.state.country.as_deref();
    let names = Facts::PROPERTIES.iter().copied().chain(BESIDE);
    let mut columns: Vec<usize> = names.filter_map(|name| LOG.index_of(name)).collect();
    columns.sort_unstable();
    columns.dedup();
    let time = Expr::new(Kind::Instant, Node::Property(LOG.time_index()));
    let failed = page.state.with(|state| state.narrow_ends(Ends::Failed));
    let selection = Selection {
        filter: over_rows(visit, &failed)?,
        order: vec![OrderBy { by: time, direction: Direction::Descending }],
        columns: Columns::Only(columns),
        ..Selection::all(LOG, page.range)
    };
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let mut query = PageQuery::of(selection, if country.is_some() { LOOKED_AT } else { MOST });
    let (mut batches, mut listed, mut looked) = (Vec::new(), 0, 0);
    loop {
        let read = visit.rows(&query)?;
        looked += read.rows.len();
        let next = query.after(&read);
        let rows = page.mask.rows(read.rows);
        // No property tells a country, so calls are looked at until enough are of it.
        let found = match country {
            None => vec![rows],
            Some(country) => of_country(&rows, country),
        };
        for rows in found {
            let rows = rows.slice(0, rows.len().min(most - listed));
            if !rows.is_empty() {
                listed += rows.len();
                batches.push(rows);
            }
        }
        match next {
            Some(next) if country.is_some() && listed < most && looked < MOST_LOOKED_AT => query = next,
            _ => break,
        }
    }
    visit.note_rows(&query.selection, ChosenBy::filter(filter, &failed), listed);
    Ok(batches)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sheet_tells_are_properties() {
        for name in BESIDE {
            assert!(LOG.index_of(name).is_some(), "{name}");
        }
        // Numbers are masked by them.
        assert!(Facts::PROPERTIES.contains(&"callType"));
    }
}
