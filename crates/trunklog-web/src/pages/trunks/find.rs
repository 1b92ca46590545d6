//! How many trunks there are, how many of them have to be looked at, and those of a name.

use askama::Template;
use askama::filters::HtmlSafe;
use jiff::civil::Date;
use trunklog_reports::Argument;
use trunklog_trunks::Inventory;

use super::STATE;
use crate::context::PageContext;
use crate::state::FilterState;
use crate::table::Sorting;

/// The parameter that has a part of a name.
const NAME: &str = "name";

/// The parts of names and what is said above the table. It renders itself: `{{ find }}`.
#[derive(Debug, Template)]
#[template(path = "trunks/find.html")]
pub(super) struct Find {
    told: String,
    to_look_at: String,
    /// Where these come first; empty where they do.
    look: String,
    title: String,
    action: String,
    kept: Vec<(String, String)>,
    name: String,
    go: String,
}

impl HtmlSafe for Find {}

impl Find {
    /// What is said of trunks of which so many are shown, and so many of these have to be
    /// looked at.
    pub(super) fn new(
        page: &PageContext,
        (all, shown, to_look_at): (usize, usize, usize),
        sorting: &Sorting,
    ) -> Find {
        let [all, shown, to_look_at] = [all, shown, to_look_at].map(number);
        let name = part(page).unwrap_or_default().to_owned();
        let told = if name.is_empty() {
            page.counted("trunks-count", all)
        } else {
            let (count, value) = (page.formats.count(shown), page.formats.count(all));
            page.text("trunks-found", &[("count", Argument::Text(&count)), ("value", Argument::Text(&value))])
        };
        let is_sorted_so = sorting.by == STATE && !sorting.is_descending;
        let kept = page.state.with(|state| {
            state.commit = None;
            state.own.remove(NAME);
        });
        Find {
            told,
            to_look_at: match to_look_at {
                0 => page.t("trunks-none-to-look-at"),
                some => page.about("trunks-to-look-at", &page.formats.count(some)),
            },
            look: if to_look_at == 0 || is_sorted_so { String::new() } else { page.with_own("sort", STATE) },
            title: page.t("trunks-find"),
            action: page.links.to(&page.path, &FilterState::default()),
            kept: kept.pairs().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            name,
            go: page.t("trunks-find-go"),
        }
    }
}

/// The part of a name that is looked for.
pub(super) fn part(page: &PageContext) -> Option<&str> {
    page.state.own(NAME)
}

/// Whether a trunk has a part of a name: as an SBC, under a name of before, as people call
/// it, or by its carrier.
pub(super) fn is_called(inventory: &Inventory, name: Option<&str>, part: &str, today: Date) -> bool {
    let part = part.to_lowercase();
    let has = |name: &str| name.to_lowercase().contains(&part);
    let Some(name) = name else { return false };
    let Some(trunk) = inventory.trunk(name) else { return has(name) };
    has(name)
        || trunk.name(today).is_some_and(has)
        || trunk.carrier(today).is_some_and(has)
        || trunk.aliases().any(|(alias, _)| has(alias.as_str()))
}

fn number(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
