//! `/failures`: what failed, and why.

use trunklog_reports::{Answer, Ask, Extra};
use trunklog_web::pages::failures::{Causes, FailuresPage, UsersHit};
use trunklog_web::state::Ends;

use super::fault::Fault;
use super::offered;
use super::visit::{Shown, Visit};

/// As many pairs of codes as there can be, so that their sum is all failed calls.
pub(super) const ALL_PAIRS: usize = 10_000;

/// Makes the page, or a part of it.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    let page = visit.page;
    let is_part = match visit.part {
        None => false,
        Some("causes") => true,
        Some(_) => return Err(Fault::no_such_part()),
    };
    let ask = Ask { top: Some(ALL_PAIRS), ..visit.ask() };
    let answer = visit.answer_if_told("failures", &ask)?;
    if is_part {
        let users = users(visit)?;
        return Shown::of(&Causes::new(page, answer.as_ref(), UsersHit::Counted(users.as_ref())));
    }
    let users = if visit.shows_all { users(visit)? } else { None };
    let hit = if visit.shows_all { UsersHit::Counted(users.as_ref()) } else { UsersHit::Later };
    let causes = Causes::new(page, answer.as_ref(), hit);
    Shown::of(&FailuresPage::new(page, offered::trunks(visit)?, answer.as_ref(), causes))
}

/// How many users were hit. Rows tell it, so only failed ones are read.
fn users(visit: &Visit<'_>) -> Result<Option<Answer>, Fault> {
    let ask = visit.ask_of(|state| state.narrow_ends(Ends::Failed))?;
    let ask = Ask { top: Some(ALL_PAIRS), extras: vec![Extra::Users], ..ask };
    Ok(visit.answer_if_told("endReasons", &ask)?)
}
