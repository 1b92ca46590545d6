//! `/`: whether the trunks are well.

use trunklog_reports::calendar::Bucket;
use trunklog_reports::{Answer, Ask, Extra, KeyFigures, ReportError};
use trunklog_web::pages::health::{
    Classes, Countries, EndsAnswers, FirstAnswers, HealthPage, Later, Reasons, Series, Tiles, Trunks, Week,
    heat_figure,
};

use super::fault::Fault;
use super::trunks::by_trunk;
use super::visit::{Shown, Visit};

/// As many pairs of codes as there can be, so that their sum is all calls.
const ALL_PAIRS: usize = 10_000;

/// So many countries are told.
const COUNTRIES: usize = 10;

/// Makes the page, or a part of it.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    match visit.part {
        None => {}
        Some("week") => return Shown::of(&week(visit)?),
        Some("countries") => return Shown::of(&countries(visit)?),
        Some(_) => return Err(Fault::no_such_part()),
    }
    let page = visit.page;
    let first = first(visit)?;
    let ends = ends(visit)?;
    let trunks = by_trunk(visit)?;
    let seen = trunks.totals.as_ref().map(Trunks::names).unwrap_or_default();
    let later = if visit.shows_all {
        Later::new(page, Some(week(visit)?), Some(countries(visit)?))
    } else {
        Later::new(page, None, None)
    };
    Shown::of(&HealthPage::new(
        page,
        seen,
        Tiles::new(page, &first),
        Series::new(page, &first),
        Classes::new(page, &ends),
        Trunks::new(page, &trunks),
        Reasons::new(page, &ends),
        later,
    ))
}

/// The key figures of the whole range and of its buckets. Of a range with too many
/// hours, busy channels are not told, and then fewer figures are.
fn first(visit: &Visit<'_>) -> Result<FirstAnswers, Fault> {
    let compared = visit.page.comparison;
    let whole = Ask { compare: compared, extras: vec![Extra::Channels], ..visit.ask() };
    let buckets = Ask { bucket: Some(Bucket::Auto), ..whole.clone() };
    if let Some(KeyFigures { whole, by_bucket }) = visit.key_figures_if_told(&buckets)? {
        return Ok(FirstAnswers { totals: Some(whole), by_bucket });
    }
    let totals = visit.answer_if_told("kpis", &whole)?;
    let by_bucket = plain(visit, &Ask { extras: Vec::new(), ..buckets })?;
    Ok(FirstAnswers { totals, by_bucket })
}

/// How much was called in each bucket. Sums by country tell a masked reader whole hours
/// alone; all else of a country is counted by rows, as key figures are.
fn plain(visit: &Visit<'_>, buckets: &Ask) -> Result<Answer, ReportError> {
    match visit.answer_if_told("series", buckets)? {
        Some(answer) => Ok(answer),
        None => visit.answer("kpis", buckets),
    }
}

fn ends(visit: &Visit<'_>) -> Result<EndsAnswers, Fault> {
    let ask = Ask { compare: visit.page.comparison, top: Some(ALL_PAIRS), ..visit.ask() };
    Ok(EndsAnswers { ends: visit.answer_if_told("endReasons", &ask)? })
}

fn week<'a>(visit: &Visit<'a>) -> Result<Week<'a>, Fault> {
    let page = visit.page;
    let extras = if heat_figure(page).needs_channels() { vec![Extra::Channels] } else { Vec::new() };
    let ask = Ask { extras, ..visit.ask() };
    Ok(Week::new(page, visit.answer_if_told("heatMap", &ask)?.as_ref()))
}

fn countries<'a>(visit: &Visit<'a>) -> Result<Countries<'a>, Fault> {
    let ask = Ask { compare: visit.page.comparison, top: Some(COUNTRIES), ..visit.ask() };
    Ok(Countries::new(visit.page, visit.answer_if_told("destinations", &ask)?.as_ref()))
}
