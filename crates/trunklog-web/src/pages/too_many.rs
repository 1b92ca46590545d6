//! What stands in the place of a page for which too many calls would have to be read.

use askama::Template;
use trunklog_reports::Argument;

use crate::context::PageContext;
use crate::filter_bar::FilterBar;
use crate::shell::{Place, Shell};

/// The page: the filter bar, and what to do.
#[derive(Debug, Template)]
#[template(path = "too_many.html")]
pub struct TooManyPage {
    shell: Shell,
    title: String,
    filter_bar: FilterBar,
    text: String,
    /// The same page without the country.
    leave: String,
    leave_title: String,
    /// Where countries have sums of their own.
    destinations: String,
    destinations_title: String,
}

impl TooManyPage {
    /// The page of so many calls, of which `most` may be read. `seen` are the trunks
    /// that the filter bar offers.
    pub fn new(page: &PageContext, seen: Vec<String>, count: i64, most: i64) -> TooManyPage {
        TooManyPage {
            shell: Shell::new(page, Place::Elsewhere),
            title: page.t("state-too-many-title"),
            filter_bar: FilterBar::new(page, seen),
            text: TooManyPage::text(page, count, most),
            leave: page.here(|state| state.country = None),
            leave_title: page.t("state-too-many-leave"),
            destinations: page.to_with("destinations", |state| state.country = None),
            destinations_title: page.t("to-destinations"),
        }
    }

    /// What it says.
    pub fn text(page: &PageContext, count: i64, most: i64) -> String {
        let (count, most) = (page.formats.count(count), page.formats.count(most));
        page.text("state-too-many", &[("count", Argument::Text(&count)), ("value", Argument::Text(&most))])
    }
}

#[cfg(test)]
mod tests {
    use trunklog_reports::Language;

    use super::*;
    use crate::pages::testing::{assert_told, in_language, page};

    #[test]
    fn it_says_how_many_there_are_and_leads_on() {
        for language in Language::ALL {
            let page = in_language(language, page("failures", "country=FR&direction=inbound", true));
            let html = TooManyPage::new(&page, Vec::new(), 1_234_567, 1_000_000).render().unwrap();
            assert_told(&html, &["state", "to", "filter"]);
            assert!(html.contains(&page.formats.count(1_234_567)), "{html}");
            for link in ["./failures?direction=inbound\"", "./destinations?direction=inbound\""] {
                assert!(html.contains(link), "{link}: {html}");
            }
        }
    }
}
