//! `/numbers`: what became of each number.

use trunklog_reports::{Ask, Extra};
use trunklog_web::pages::numbers::{NumberAnswers, Numbers, NumbersPage};

use super::fault::Fault;
use super::users::tokens;
use super::visit::{Shown, Visit};
use super::{offered, skip};

/// So many numbers are told. The search finds others.
const MOST: usize = 200;

/// As many as an organisation has: those that nobody uses come after all others.
const ALL: usize = 100_000;

/// Makes the page.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    visit.check_whole()?;
    let page = visit.page;
    let chosen = Numbers::of(page);
    let skip = usize::try_from(skip::of(page)?).unwrap_or(usize::MAX);
    let (most, extras) = match chosen {
        Numbers::Own => (MOST, Vec::new()),
        Numbers::Unused => (ALL, Vec::new()),
        Numbers::Outside => (MOST, vec![Extra::Outside]),
    };
    let ask = Ask { top: Some(most), extras, ..visit.ask() };
    let numbers = visit.answer_if_told("numbers", &ask)?;
    let tokens = tokens(visit, numbers.as_ref(), |answer, row| chosen.who(answer, row))?;
    let answers = NumberAnswers { numbers, tokens, most, skip };
    Shown::of(&NumbersPage::new(page, offered::trunks(visit)?, &answers))
}
