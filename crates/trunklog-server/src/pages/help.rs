//! `/help`: what key figures are.

use trunklog_web::pages::help::{FigurePage, HelpPage};

use super::fault::Fault;
use super::visit::{Shown, Visit};

/// Makes the page of all figures, or of one.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    visit.check_whole()?;
    let Some(key) = visit.rest.first() else { return Shown::of(&HelpPage::new(visit.page)) };
    match FigurePage::new(visit.page, key) {
        Some(page) => Shown::of(&page),
        None => Err(Fault::not_found("There is no such key figure.", "/help lists all of them")),
    }
}
