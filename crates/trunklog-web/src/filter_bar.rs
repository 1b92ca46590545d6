//! The filter bar: what a reader looks at, and how to look at something else.

use askama::Template;
use askama::filters::HtmlSafe;
use trunklog_records::call_types::DIRECT_ROUTING;
use trunklog_reports::Argument;
use trunklog_reports::calendar::{Comparison, zone_name};

use crate::context::PageContext;
use crate::shell::who_label;
use crate::state::{Compare, Direction, FilterState, NONE, PRESETS, Span};

/// The filter bar. It renders itself: `{{ filter_bar }}`.
#[derive(Debug, Clone, Template)]
#[template(path = "filter_bar.html")]
pub struct FilterBar {
    title: String,
    /// Where the form leads: this page.
    action: String,
    ranges_title: String,
    ranges: Vec<Preset>,
    /// The range, if it has a name: the form keeps it.
    last: String,
    from_title: String,
    from: String,
    to_title: String,
    to: String,
    zone_title: String,
    zone: String,
    zones: Vec<String>,
    compare_title: String,
    compare: Vec<Choice>,
    trunk_title: String,
    trunk: String,
    trunks: Vec<String>,
    direction_title: String,
    direction: Vec<Choice>,
    type_title: String,
    call_type: String,
    types: Vec<&'static str>,
    country_title: String,
    country: String,
    code_title: String,
    code: String,
    apply: String,
    /// What the form keeps besides.
    kept: Vec<(&'static str, String)>,
    kept_own: Vec<(String, String)>,
    /// Searches for a person or a number, which no address may hold. Empty for
    /// who may not read calls.
    search_action: String,
    search_title: String,
    search_hint: String,
    search: String,
    /// The page and the filter as a query, for the search to come back to.
    path: String,
    query: String,
    chips_title: String,
    chips: Vec<Chip>,
    /// Where nothing is narrowed; empty where nothing is.
    clear: String,
    clear_title: String,
    range_told: String,
    complete: String,
    /// Where it is said what is missing.
    complete_href: String,
    /// Which source brings nothing, though it should; empty for none.
    trouble: String,
    /// What takes longer than usual; empty for nothing.
    slow: String,
}

impl HtmlSafe for FilterBar {}

/// A range that is offered.
#[derive(Debug, Clone)]
struct Preset {
    href: String,
    title: String,
    is_here: bool,
}

/// A choice of a list.
#[derive(Debug, Clone)]
struct Choice {
    key: &'static str,
    title: String,
    is_chosen: bool,
}

/// What the filter narrows, and where it does not.
#[derive(Debug, Clone)]
struct Chip {
    title: String,
    remove: String,
    remove_title: String,
}

impl FilterBar {
    /// The filter bar of a page. `trunks` are those that are offered.
    pub fn new(page: &PageContext, trunks: Vec<String>) -> FilterBar {
        let state = &page.state;
        let formats = &page.formats;
        let (from, to) = match &state.span {
            Span::Last(_) => (String::new(), String::new()),
            Span::Between { .. } => (formats.field(page.range.from()), formats.field(page.range.end())),
        };
        let ranges = PRESETS.iter().map(|(key, name)| Preset {
            href: page.here(|state| {
                state.span = Span::Last((*key).to_owned());
                state.commit = None;
            }),
            title: page.t(name),
            is_here: state.span.last() == Some(*key),
        });
        let chips = chips(page);
        let mut zones = vec![zone_name(&page.tenant_zone)];
        for zone in [zone_name(formats.zone()), "UTC".to_owned()] {
            if !zones.contains(&zone) {
                zones.push(zone);
            }
        }
        FilterBar {
            title: page.t("filter"),
            action: page.links.to(&page.path, &FilterState::default()),
            ranges_title: page.t("filter-ranges"),
            ranges: ranges.collect(),
            last: state.span.last().unwrap_or_default().to_owned(),
            from_title: page.t("filter-from"),
            from,
            to_title: page.t("filter-to"),
            to,
            zone_title: page.t("filter-zone"),
            zone: state.zone.clone().unwrap_or_default(),
            zones,
            compare_title: page.t("filter-compare"),
            compare: comparisons(page),
            trunk_title: page.t("filter-trunk"),
            trunk: state.trunk.clone().unwrap_or_default(),
            trunks,
            direction_title: page.t("filter-direction"),
            direction: directions(page),
            type_title: page.t("filter-type"),
            call_type: state.call_type.clone().unwrap_or_default(),
            types: DIRECT_ROUTING.iter().map(|of| of.graph).collect(),
            country_title: page.t("filter-country"),
            country: state.country.clone().unwrap_or_default(),
            code_title: page.t("filter-code"),
            code: state.code.map(|code| code.to_string()).unwrap_or_default(),
            apply: page.t("filter-apply"),
            kept: kept(state),
            kept_own: state.with(FilterState::start_over).own.into_iter().collect(),
            search_action: if page.sees.calls() {
                page.links.to("search", &FilterState::default())
            } else {
                String::new()
            },
            search_title: page.t("filter-search"),
            search_hint: page.t("filter-search-hint"),
            search: page.t("filter-search-go"),
            path: page.path.clone(),
            query: state.with(FilterState::start_over).query(),
            chips_title: page.t("filter-chips"),
            clear: if chips.is_empty() { String::new() } else { page.here(clear) },
            clear_title: page.t("filter-clear"),
            chips,
            range_told: range_told(page),
            complete: page.complete(),
            complete_href: page.to_with("data", |state| state.commit = None),
            trouble: page.cut_off_since().and_then(|_| page.troubled()).unwrap_or_default(),
            slow: if is_slow(page) { page.t("filter-slow") } else { String::new() },
        }
    }
}

/// Whether calls may have to be counted one by one. Those of the usage report are not
/// chosen by country, and destinations have sums of their own.
fn is_slow(page: &PageContext) -> bool {
    page.state.country.is_some() && !["usage", "destinations"].contains(&page.path.as_str())
}

/// The range in words.
pub(crate) fn range_told(page: &PageContext) -> String {
    let (formats, range) = (&page.formats, page.range);
    page.text(
        "range-told",
        &[
            ("from", Argument::Text(&formats.moment(range.from()))),
            ("to", Argument::Text(&formats.moment(range.end()))),
            ("zone", Argument::Text(&formats.zone_label(range.from()))),
        ],
    )
}

/// What the filter narrows, in words.
pub(crate) fn narrowed_by(page: &PageContext) -> Vec<String> {
    chips(page).into_iter().map(|chip| chip.title).collect()
}

/// What the form has no field for, and keeps.
fn kept(state: &FilterState) -> Vec<(&'static str, String)> {
    let mut kept = Vec::new();
    if !state.ends.is_empty() {
        kept.push(("ends", state.ends_text()));
    }
    kept.extend(state.hour.map(|hour| ("hour", hour.to_string())));
    kept.extend(state.who.clone().map(|who| ("who", who)));
    kept
}

fn comparisons(page: &PageContext) -> Vec<Choice> {
    let chosen = page.state.compare;
    let mut choices = vec![Choice { key: "", title: page.t("compare-auto"), is_chosen: chosen.is_none() }];
    let of = |comparison: Comparison| match comparison {
        Comparison::Previous => "compare-previous",
        Comparison::Week => "compare-week",
        Comparison::FourWeeks => "compare-four-weeks",
        Comparison::Year => "compare-year",
    };
    choices.extend(Comparison::ALL.into_iter().map(|comparison| Choice {
        key: comparison.key(),
        title: page.t(of(comparison)),
        is_chosen: chosen == Some(Compare::With(comparison)),
    }));
    let is_chosen = chosen == Some(Compare::Off);
    choices.push(Choice { key: Compare::Off.key(), title: page.t("compare-off"), is_chosen });
    choices
}

fn directions(page: &PageContext) -> Vec<Choice> {
    let chosen = page.state.direction;
    let mut choices = vec![Choice { key: "", title: page.t("direction-all"), is_chosen: chosen.is_none() }];
    choices.extend(Direction::ALL.into_iter().map(|direction| Choice {
        key: direction.key(),
        title: page.t(direction.name()),
        is_chosen: chosen == Some(direction),
    }));
    choices
}

/// Takes all off that narrows.
fn clear(state: &mut FilterState) {
    (state.trunk, state.direction, state.call_type, state.country) = (None, None, None, None);
    state.ends.clear();
    (state.code, state.hour, state.who) = (None, None, None);
}

/// A word about each thing that narrows, with a way to take it off.
fn chips(page: &PageContext) -> Vec<Chip> {
    let state = &page.state;
    let mut chips = Vec::new();
    let mut add = |title: String, change: &dyn Fn(&mut FilterState)| {
        let remove_title = page.about("chip-remove", &title);
        chips.push(Chip { title, remove: page.here(change), remove_title });
    };
    let value = |text: &str| if text == NONE { page.t("value-none") } else { text.to_owned() };
    if let Some(trunk) = &state.trunk {
        add(page.about("chip-trunk", &value(trunk)), &|state| state.trunk = None);
    }
    if let Some(direction) = state.direction {
        add(page.t(direction.name()), &|state| state.direction = None);
    }
    if let Some(call_type) = &state.call_type {
        add(page.about("chip-type", &value(call_type)), &|state| state.call_type = None);
    }
    if let Some(country) = &state.country {
        add(page.about("chip-country", &value(country)), &|state| state.country = None);
    }
    if let Some(code) = state.code {
        add(page.about("chip-code", &code.to_string()), &|state| state.code = None);
    }
    for ends in &state.ends {
        add(page.t(ends.name()), &|state| state.ends.retain(|of| of != ends));
    }
    if let Some(hour) = state.hour {
        let day = page.t(&hour.name());
        add(format!("{day}, {:02}:00", hour.hour()), &|state| state.hour = None);
    }
    if let Some(who) = &page.who {
        add(who_label(page, who), &|state| state.who = None);
    }
    chips
}
