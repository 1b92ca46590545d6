//! What the audit trail is told of how rows of a page are chosen.

use trunklog_audit::{Detail, Event, FilterShape};
use trunklog_odata::expr::Expr;
use trunklog_records::Log;
use trunklog_reports::Filter;
use trunklog_web::state::{Ends, FilterState};

use crate::audit;

/// What the trail calls the ends by which calls are chosen: their names say more than what
/// a filter makes of them.
pub(super) const ENDS: &str = "ends";

/// By what rows are chosen, without values.
#[derive(Debug, Clone, Default)]
pub(super) struct ChosenBy {
    shape: Option<FilterShape>,
    ends: Vec<Ends>,
}

impl ChosenBy {
    /// By a filter of calls, which a state of the filter bar means.
    pub(super) fn filter(filter: &Filter, state: &FilterState) -> ChosenBy {
        ChosenBy { shape: audit::names_of(filter), ends: state.ends.clone() }
    }

    /// By an expression over the properties of a log.
    pub(super) fn expr(log: &'static Log, filter: Option<&Expr>) -> ChosenBy {
        ChosenBy { shape: audit::shape_of(log, filter), ends: Vec::new() }
    }

    /// The event with it.
    pub(super) fn tell(self, told: Event) -> Event {
        let told = told.filter(self.shape);
        if self.ends.is_empty() {
            return told;
        }
        told.detail(ENDS, Detail::Words(self.ends.iter().map(|ends| ends.key()).collect()))
    }
}
