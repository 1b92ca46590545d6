//! `/codes`: what codes mean, and how many calls ended with them.

use trunklog_reports::Ask;
use trunklog_web::pages::codes::{CodePage, CodesPage};
use trunklog_web::state::Code;

use super::failures::ALL_PAIRS;
use super::fault::Fault;
use super::visit::{Shown, Visit};

/// Makes the page of all codes, or of one: that of the path, or one that was looked
/// up.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    visit.check_whole()?;
    let page = visit.page;
    let code = match visit.rest.first() {
        Some(text) => Some(Code::read(text).ok_or_else(|| {
            Fault::not_found("There is no such code.", "/codes lists those that are documented")
        })?),
        None => page.state.code,
    };
    let Some(code) = code else { return Shown::of(&CodesPage::new(page)) };
    let ask = visit.ask_of(|state| {
        state.ends.clear();
        state.code = Some(code);
    })?;
    let ask = Ask { top: Some(ALL_PAIRS), ..ask };
    let ends = visit.answer_if_told("endReasons", &ask)?;
    Shown::of(&CodePage::new(page, code, ends.as_ref()))
}
