//! `/`: whether the trunks are well, at a glance.
//!
//! A panel a file. All of them look at the same calls; each number leads to those
//! that it counts.

mod classes;
mod countries;
mod reasons;
mod series;
mod tiles;
pub(super) mod trunks;
mod week;

use askama::Template;
use askama::filters::HtmlSafe;
use trunklog_reports::Answer;

use crate::context::PageContext;
use crate::filter_bar::FilterBar;
use crate::shell::{Place, Shell};
use crate::table::why_class;

pub use classes::Classes;
pub use countries::Countries;
pub use reasons::Reasons;
pub use series::Series;
pub use tiles::Tiles;
pub use trunks::{TrunkAnswers, Trunks};
pub use week::{HeatFigure, Week, heat_figure};

/// What tiles and the series are made of.
#[derive(Debug, Clone)]
pub struct FirstAnswers {
    /// Key figures of the whole range, compared; None where they are not kept for
    /// what is looked at.
    pub totals: Option<Answer>,
    /// Those of its buckets, or at least how much was called.
    pub by_bucket: Answer,
}

/// What classes and reasons are made of.
#[derive(Debug, Clone)]
pub struct EndsAnswers {
    /// Calls by the codes with which they ended, compared; None where they are not
    /// kept for what is looked at.
    pub ends: Option<Answer>,
}

/// What is below the first screen: there, or loaded after the page.
#[derive(Debug)]
pub struct Later<'a> {
    week: Option<Week<'a>>,
    countries: Option<Countries<'a>>,
    /// Where the heat map is.
    week_part: String,
    /// Where the destinations are.
    countries_part: String,
    /// The page with all of it, for who has no script.
    all: String,
    title: String,
}

impl<'a> Later<'a> {
    /// What is there; the rest is loaded after the page.
    pub fn new(page: &PageContext, week: Option<Week<'a>>, countries: Option<Countries<'a>>) -> Later<'a> {
        Later {
            week,
            countries,
            week_part: page.part("week"),
            countries_part: page.part("countries"),
            all: page.with_own("panels", "all"),
            title: page.t("health-all"),
        }
    }
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "health.html")]
pub struct HealthPage<'a> {
    shell: Shell,
    title: String,
    filter_bar: FilterBar,
    /// Why there is nothing to see; empty where there is something.
    emptiness: String,
    /// A class for it.
    why: &'static str,
    tiles: Tiles<'a>,
    series: Series<'a>,
    classes: Classes<'a>,
    trunks: Trunks<'a>,
    reasons: Reasons<'a>,
    later: Later<'a>,
}

impl<'a> HealthPage<'a> {
    /// The page of its panels. `seen` are the trunks that the filter bar offers.
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        page: &'a PageContext,
        seen: Vec<String>,
        tiles: Tiles<'a>,
        series: Series<'a>,
        classes: Classes<'a>,
        trunks: Trunks<'a>,
        reasons: Reasons<'a>,
        later: Later<'a>,
    ) -> HealthPage<'a> {
        let emptiness = if tiles.has_calls() { String::new() } else { page.t(page.emptiness()) };
        HealthPage {
            shell: Shell::new(page, Place::Health),
            title: page.t("nav-health"),
            filter_bar: FilterBar::new(page, seen),
            emptiness,
            why: why_class(page.emptiness()),
            tiles,
            series,
            classes,
            trunks,
            reasons,
            later,
        }
    }
}

macro_rules! panels {
    ($($panel:ident),*) => {
        $(impl HtmlSafe for $panel<'_> {})*
    };
}
panels!(Tiles, Series, Classes, Trunks, Reasons, Week, Countries);

#[cfg(test)]
mod tests;
