//! `/destinations`: countries that are called, and that call.

use trunklog_reports::{Ask, Country};
use trunklog_web::pages::destinations::DestinationsPage;

use super::fault::Fault;
use super::offered;
use super::visit::{Shown, Visit};

/// Makes the page, which has all countries.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    visit.check_whole()?;
    let page = visit.page;
    // One more has the calls whose country nobody knows.
    let ask = Ask { compare: page.comparison, top: Some(Country::MOST + 1), ..visit.ask() };
    let answer = visit.answer_if_told("destinations", &ask)?;
    Shown::of(&DestinationsPage::new(page, offered::trunks(visit)?, answer.as_ref()))
}
