//! Which rows of a log a reader looks at, whichever log it is.

use trunklog_odata::{Version, filter};
use trunklog_records::{Log, TimeRange};
use trunklog_reports::Filter;
use trunklog_store::Selection;
use trunklog_web::pages::usage::{Left, UsageTab};
use trunklog_web::state::FilterState;

use super::chosen_by::ChosenBy;
use super::fault::Fault;
use super::look::Look;
use crate::app::App;

/// The rows that a reader looks at.
pub(super) struct Chosen {
    /// All of them, in the order of time.
    pub(super) selection: Selection,
    /// What of the filter was left out.
    pub(super) left: Left,
    /// What the audit trail is told of it.
    pub(super) by: ChosenBy,
}

impl Chosen {
    /// What the filter bar means for a tab.
    ///
    /// # Errors
    /// When the filter makes no sense, or cannot be asked of rows.
    pub(super) fn of(
        app: &App,
        tab: UsageTab,
        state: &FilterState,
        look: &Look<'_>,
    ) -> Result<Chosen, Fault> {
        let log = tab.log();
        let now = app.now();
        let range = state.span.range(look.zone, now)?;
        // As other pages do for calls, so that both count the same.
        let shown = match tab {
            UsageTab::DirectRouting => app.reports_shown_since(look.tenant, log),
            _ => app.settings.retention.of(look.tenant).shown_since(log, now),
        };
        let range = shown.map_or(range, |shown| range.since(shown));
        match tab {
            UsageTab::DirectRouting => of_calls(log, range, state, look),
            UsageTab::Pstn => of_pstn(log, range, state, look),
            UsageTab::Sms | UsageTab::BlockedUsers | UsageTab::DialOut => {
                let left = Left::if_any(state.is_narrowed());
                Ok(Chosen { selection: Selection::all(log, range), left, by: ChosenBy::default() })
            }
        }
    }
}

/// All of the filter bar is about these. But no store knows the country of a row, and
/// what is counted, drawn and taken out here is chosen by the store.
fn of_calls(
    log: &'static Log,
    range: TimeRange,
    state: &FilterState,
    look: &Look<'_>,
) -> Result<Chosen, Fault> {
    let left = if state.country.is_some() { Left::Country } else { Left::Nothing };
    let state = state.with(|state| state.country = None);
    let filter = match look.conditions(&state, range, range) {
        None => Filter::default(),
        Some(text) => Filter::read(&text, look.mask)?,
    };
    let by = ChosenBy::filter(&filter, &state);
    let selection = Selection { filter: filter.over_rows()?, ..Selection::all(log, range) };
    Ok(Chosen { selection, left, by })
}

/// Of the filter bar, these have a type, persons and numbers.
fn of_pstn(
    log: &'static Log,
    range: TimeRange,
    state: &FilterState,
    look: &Look<'_>,
) -> Result<Chosen, Fault> {
    let left = state.with(|state| (state.call_type, state.who) = (None, None));
    let kept = FilterState { call_type: state.call_type.clone(), ..FilterState::default() };
    let filter = match kept.filter(look.who, look.mask, range, look.zone) {
        None => None,
        Some(text) => {
            let read = filter::parse(&text, &log.shape(Version::Beta), &|_| None)?;
            Some(look.mask.expr(log, read))
        }
    };
    let by = ChosenBy::expr(log, filter.as_ref());
    let selection = Selection { filter, ..Selection::all(log, range) };
    Ok(Chosen { selection, left: Left::if_any(left.is_narrowed()), by })
}
