//! A page to be made: what is asked for, and how all of it gets to be of one commit.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use http::request::Parts;
use trunklog_audit::{Action, Channel, Event};
use trunklog_ledger::{ExpectedSource, status, trouble as troubles};
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{TenantId, TimeRange};
use trunklog_reports::{Ask, ReportError};
use trunklog_store::{Engine, Store, Watermark};
use trunklog_trunks::{Fqdn, Inventory, Probed};
use trunklog_web::pages::welcome::WelcomePage;
use trunklog_web::state::FilterState;
use trunklog_web::{Completeness, Formats, PageContext, Trouble, Wrong, words};

use super::{Shown, Visit};
use crate::answer::{Failure, RequestIds};
use crate::app::App;
use crate::audit;
use crate::kept_answers::State;
use crate::pages::fault::Fault;
use crate::pages::routes::Route;
use crate::pages::{length, made, one_by_one};
use crate::people::Reader;

/// How often a page is made again, so that all of it is of one commit.
const ATTEMPTS: usize = 4;

/// What every page takes besides its own: which part of it is asked for alone, and
/// whether no part is left to be loaded.
const OF_ALL: [&str; 2] = ["part", "panels"];

/// A page to be made.
pub(in crate::pages) struct Job {
    app: Arc<App>,
    reader: Reader,
    /// What the audit trail is told of the reader, to be completed.
    pub(super) told: Event,
    pub(super) tenant: TenantId,
    pub(super) route: &'static Route,
    pub(super) rest: Vec<String>,
    part: Option<String>,
    shows_all: bool,
    is_fragment: bool,
    /// The commit that the reader has seen.
    seen: Option<u64>,
    pub(super) page: PageContext,
    pub(super) ask: Ask,
    /// The range as it was asked for.
    pub(super) asked: TimeRange,
    /// From when on calls are shown.
    pub(super) shown: Option<Instant>,
    /// What the configuration says of trunks, and then what people entered, too.
    pub(super) inventory: Inventory,
    pub(super) probed: BTreeMap<Fqdn, Probed>,
    pub(super) is_probing: bool,
}

/// What comes of it.
pub(in crate::pages) enum Made {
    /// The page, and what the audit trail is told of it. The event is large.
    Page(String, Option<Box<Event>>),
    /// The part is of another commit than its page: the whole screen goes there.
    Reload(String),
}

impl Job {
    /// Reads what is looked at.
    ///
    /// # Errors
    /// 400 for what makes no sense.
    pub(in crate::pages) fn new(
        app: &Arc<App>,
        parts: &Parts,
        (route, rest): (&'static Route, Vec<String>),
        reader: Reader,
        mut page: PageContext,
    ) -> Result<Job, Failure> {
        let own: Vec<&str> = route.own.iter().copied().chain(OF_ALL).collect();
        let query = parts.uri.query().unwrap_or_default();
        let mut state = FilterState::read(query, &own)?;
        let [part, panels] = OF_ALL.map(|name| state.own.remove(name));
        let is_told = |error: ReportError| Failure::of_report(&error);
        let zone = state.time_zone(&page.tenant_zone).map_err(is_told)?;
        let range = state.span.range(&zone, page.now).map_err(is_told)?;
        let shown = app.reports_shown_since(page.tenant.id, &DIRECT_ROUTING_CALLS);
        page.range = shown.map_or(range, |shown| range.since(shown));
        length::check(page.range)?;
        page.comparison = state.comparison(page.range);
        page.formats = Formats::new(page.formats.language(), zone.clone());
        page.path = std::iter::once(route.path).chain(rest.iter().map(String::as_str)).fold(
            String::new(),
            |path, part| {
                let joint = if path.is_empty() { "" } else { "/" };
                format!("{path}{joint}{}", trunklog_web::Links::segment(part))
            },
        );
        let ask = Ask {
            days: page.tenant_zone.clone(),
            mask: page.mask,
            texts: words(page.formats.language()),
            zone,
            since: shown.unwrap_or(Instant::ABSENT),
            ..Ask::of(page.range)
        };
        let seen = state.commit;
        page.state = state;
        let ids = RequestIds::in_extensions(&parts.extensions);
        let what = (Action::CallsRead, Channel::Pages);
        let told = audit::act_in(app, parts, &ids, &reader.session, what);
        Ok(Job {
            app: Arc::clone(app),
            told: told.tenant(page.tenant.id.guid()),
            reader,
            tenant: page.tenant.id,
            asked: range,
            shown,
            inventory: app.settings.inventories.of(page.tenant.id),
            probed: app.probes.of(page.tenant.id),
            is_probing: app.settings.probe.is_some(),
            route,
            rest,
            shows_all: panels.is_some(),
            is_fragment: part.is_some() && made::is_fragment(parts),
            part,
            seen,
            page,
            ask,
        })
    }

    /// Whose numbers it shows.
    pub(in crate::pages) fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Makes the page. All of its numbers are of one commit, unless rows come again
    /// and again meanwhile, which it says then.
    pub(in crate::pages) fn run(mut self, engine: &dyn Engine, store: &dyn Store) -> Result<Made, Fault> {
        self.read(engine)?;
        let mut attempt = 1;
        loop {
            // Once for all that is asked for the page.
            let state = State::now(engine, store)?;
            let commit = state.commit;
            let until = status::complete_until(engine, self.tenant, self.log(), &self.app.settings.sources)?;
            self.ask.complete_until = until;
            self.page.trouble = trouble(engine, &self.app.settings.sources, &self.page)?;
            self.page.completeness = match (until, state.stored) {
                _ if commit == Watermark(0) => Completeness::Nothing,
                (Some(until), _) => Completeness::Until(until),
                (None, Some(stored)) => Completeness::Stored(stored),
                (None, None) => Completeness::Unknown,
            };
            self.page.is_newer = self.seen.is_some_and(|seen| seen != commit.0);
            self.page.is_mixed = attempt == ATTEMPTS;
            if self.is_fragment && self.page.is_newer {
                return Ok(Made::Reload(self.whole_screen()));
            }
            self.page.state.commit = Some(commit.0);
            if self.route.needs_calls && commit == Watermark(0) {
                let welcome = WelcomePage::new(&self.page, self.route.place);
                return Ok(Made::Page(Shown::of(&welcome)?.html, None));
            }
            let visit = self.visit(engine, store, &state);
            let shown = match one_by_one::instead(&visit)? {
                Some(shown) => shown,
                None => (self.route.show)(&visit)?,
            };
            if visit.is_of(commit) || attempt == ATTEMPTS {
                return Ok(Made::Page(shown.html, visit.noted.into_inner().map(Box::new)));
            }
            attempt += 1;
        }
    }

    /// The whole screen, for who has an older one. It says so there, since its
    /// address still has the commit that was seen, and leaves nothing to be loaded.
    fn whole_screen(&self) -> String {
        self.page.here(|state| {
            state.commit = self.seen;
            state.own.insert("panels".to_owned(), "all".to_owned());
        })
    }

    fn visit<'a>(&'a self, engine: &'a dyn Engine, store: &'a dyn Store, state: &'a State) -> Visit<'a> {
        Visit {
            engine,
            store,
            state,
            page: &self.page,
            rest: &self.rest,
            part: self.part.as_deref(),
            shows_all: self.shows_all,
            app: &self.app,
            reader: &self.reader,
            job: self,
            seal: OnceCell::new(),
            commits: RefCell::new(Vec::new()),
            noted: RefCell::new(None),
        }
    }
}

/// The worst that is wrong with the sources of the page's tenant.
fn trouble(
    engine: &dyn Engine,
    expected: &[ExpectedSource],
    page: &PageContext,
) -> Result<Option<Trouble>, Fault> {
    let found = troubles::first_of(engine, page.tenant.id, expected, page.now)?;
    Ok(found.map(|found| Trouble {
        source: found.source.to_string(),
        what: match found.what {
            troubles::Wrong::Failing(since) => Wrong::Failing(since),
            troubles::Wrong::Overdue(last) => Wrong::Overdue(last),
            troubles::Wrong::Waiting => Wrong::Waiting,
        },
    }))
}
