//! `/users`: what each user did.

use trunklog_reports::{Answer, Ask};
use trunklog_web::pages::users::{UserAnswers, UsersPage};
use trunklog_web::state::Who;

use super::fault::Fault;
use super::offered;
use super::visit::{Shown, Visit};

/// So many users are told. The search finds others.
const MOST: usize = 100;

/// Makes the page.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    visit.check_whole()?;
    let ask = Ask { top: Some(MOST), ..visit.ask() };
    let users = visit.answer_if_told("users", &ask)?;
    let tokens = tokens(visit, users.as_ref(), UsersPage::who)?;
    let answers = UserAnswers { users, tokens, most: MOST };
    Shown::of(&UsersPage::new(visit.page, offered::trunks(visit)?, &answers))
}

/// Of each row what stands in addresses for whom it is about.
pub(super) fn tokens(
    visit: &Visit<'_>,
    answer: Option<&Answer>,
    who: impl Fn(&Answer, usize) -> Option<Who>,
) -> Result<Vec<Option<String>>, Fault> {
    let Some(answer) = answer else { return Ok(Vec::new()) };
    let token = |row: usize| match who(answer, row) {
        Some(who) => visit.token(&who),
        None => Ok(None),
    };
    (0..answer.table.rows.len()).map(token).collect()
}
