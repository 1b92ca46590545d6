//! How a reader looks at rows: what the filter bar means for them.

use jiff::tz::TimeZone;
use trunklog_records::masking::Mask;
use trunklog_records::{TenantId, TimeRange};
use trunklog_trunks::{Inventory, Names, OTHERS};
use trunklog_web::state::{FilterState, NONE, Who};

/// By what rows are chosen besides the state of the filter bar.
pub(super) struct Look<'a> {
    pub(super) tenant: TenantId,
    /// The person or number that the token of the state stands for.
    pub(super) who: Option<&'a Who>,
    pub(super) mask: Mask,
    /// The zone of what is looked at.
    pub(super) zone: &'a TimeZone,
    /// What is known of the tenant's trunks.
    pub(super) inventory: &'a Inventory,
    /// The tenant's zone, in which the days of trunks are counted.
    pub(super) days: &'a TimeZone,
}

impl Look<'_> {
    /// The conditions of a state on calls of a range. A trunk is there under all of the
    /// names that it has within `named`, such as the range with what it is compared
    /// with.
    pub(super) fn conditions(
        &self,
        state: &FilterState,
        range: TimeRange,
        named: TimeRange,
    ) -> Option<String> {
        let trunk = state.trunk.as_deref().filter(|trunk| *trunk != NONE);
        let names = trunk.map(|trunk| match trunk.strip_prefix(OTHERS) {
            None => self.names(trunk, named).condition(),
            Some(name) => {
                let names = self.names(name, named);
                names.others(name).unwrap_or_else(|| names.condition())
            }
        });
        let rest = state.with(|state| {
            if names.is_some() {
                state.trunk = None;
            }
        });
        let who = self.who.filter(|_| state.who.is_some());
        match (names, rest.filter(who, self.mask, range, self.zone)) {
            (Some(names), Some(rest)) => Some(format!("{names} and {rest}")),
            (names, rest) => names.or(rest),
        }
    }

    /// Under which names a trunk's calls of a range are stored.
    pub(super) fn names(&self, trunk: &str, range: TimeRange) -> Names {
        self.inventory.names(trunk, range, self.days)
    }
}
