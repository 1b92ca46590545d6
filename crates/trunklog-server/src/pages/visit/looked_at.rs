//! Which calls a page looks at.

use trunklog_odata::{Error, ErrorKind, Instant};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, TimeRange};
use trunklog_reports::Filter;
use trunklog_reports::calendar::Comparison;
use trunklog_store::Engine;
use trunklog_trunks::Names;
use trunklog_web::pages::usage::UsageTab;
use trunklog_web::state::FilterState;

use super::Job;
use crate::pages::fault::Fault;
use crate::pages::look::Look;
use crate::pages::routes::{TRUNKS, USAGE};
use crate::pages::{seal, usage};

impl Job {
    /// The log that the page tells of.
    pub(super) fn log(&self) -> &'static Log {
        let tab = (self.route.path == USAGE).then(|| usage::tab(self.page.state.own("tab")).ok()).flatten();
        tab.map_or(&DIRECT_ROUTING_CALLS, UsageTab::log)
    }

    /// Finds out whom the token means, and which calls count.
    pub(super) fn read(&mut self, engine: &dyn Engine) -> Result<(), Fault> {
        let configured = std::mem::take(&mut self.inventory);
        self.inventory = trunklog_trunks::read(engine, self.tenant, configured)?;
        if self.route.path == TRUNKS
            && let Some(name) = self.rest.first()
        {
            self.page.state.trunk = Some(name.to_lowercase());
        }
        if let Some(token) = &self.page.state.who {
            self.page.who = Some(seal::who(&seal::of(engine, self.tenant)?, token)?);
        }
        let page = &self.page;
        if let Some(conditions) = self.conditions(&page.state, self.compared()) {
            let filter = Filter::read(&conditions, page.mask)?;
            if !page.sees.calls() && filter.personal().is_some() {
                let message = "You may not look for people and numbers.";
                return Err(Error::new(ErrorKind::Forbidden, message).into());
            }
            self.ask.filter = filter;
        }
        Ok(())
    }

    /// The conditions of a state on calls of a range.
    pub(super) fn conditions(&self, state: &FilterState, range: TimeRange) -> Option<String> {
        self.look().conditions(state, self.page.range, range)
    }

    /// Under which names a trunk's calls of a range are stored.
    pub(super) fn names(&self, trunk: &str, range: TimeRange) -> Names {
        self.look().names(trunk, range)
    }

    /// By what rows are chosen.
    pub(super) fn look(&self) -> Look<'_> {
        let page = &self.page;
        Look {
            tenant: self.tenant,
            who: page.who.as_ref(),
            mask: page.mask,
            zone: page.formats.zone(),
            inventory: &self.inventory,
            days: &page.tenant_zone,
        }
    }

    /// The range, with what it is compared with.
    pub(super) fn compared(&self) -> TimeRange {
        let page = &self.page;
        let length = page.range.end().ticks().saturating_sub(page.range.from().ticks());
        let earlier = page.comparison.map_or(0, |comparison| match comparison {
            Comparison::Previous => length,
            Comparison::Week => 7 * Instant::TICKS_PER_DAY,
            Comparison::FourWeeks => 28 * Instant::TICKS_PER_DAY,
            Comparison::Year => 366 * Instant::TICKS_PER_DAY,
        });
        // Clocks may have gone forward or back in between.
        let slack = if earlier == 0 { 0 } else { Instant::TICKS_PER_HOUR };
        let from = page.range.from().saturating_add_ticks(-earlier.saturating_add(slack));
        TimeRange::ALL.since(from).until(page.range.end())
    }
}
