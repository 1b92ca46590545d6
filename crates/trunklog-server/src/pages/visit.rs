//! What a page has at hand while it is made, on a worker.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use http::request::Parts;
use jiff::civil::Date;
use trunklog_audit::{Action, Channel, Event};
use trunklog_identity::LinkSeal;
use trunklog_ledger::status;
use trunklog_odata::{Error, ErrorKind, Instant};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, TenantId, TimeRange};
use trunklog_reports::calendar::{Comparison, local_date};
use trunklog_reports::{Answer, Ask, Filter, Level, Report, ReportError};
use trunklog_store::{Engine, Page, PageQuery, Selection, Store, Watermark};
use trunklog_trunks::{Fqdn, Inventory, Names, Probed};
use trunklog_web::pages::usage::UsageTab;
use trunklog_web::pages::welcome::WelcomePage;
use trunklog_web::state::{FilterState, Who};
use trunklog_web::{Completeness, Formats, PageContext, words};

use super::fault::Fault;
use super::look::Look;
use super::routes::{Route, TRUNKS, USAGE};
use super::{length, made, one_by_one, seal, usage};
use crate::answer::{Failure, RequestIds};
use crate::app::App;
use crate::audit;
use crate::people::Reader;

/// How often a page is made again, so that all of it is of one commit.
const ATTEMPTS: usize = 4;

/// What every page takes besides its own: which part of it is asked for alone, and
/// whether no part is left to be loaded.
const OF_ALL: [&str; 2] = ["part", "panels"];

/// What a page has at hand.
pub(super) struct Visit<'a> {
    pub(super) engine: &'a dyn Engine,
    pub(super) store: &'a dyn Store,
    /// The reader, and what is looked at.
    pub(super) page: &'a PageContext,
    /// What follows the page's name in the path, decoded.
    pub(super) rest: &'a [String],
    /// The part that is asked for alone.
    pub(super) part: Option<&'a str>,
    /// Whether no part is left to be loaded.
    pub(super) shows_all: bool,
    /// All that the server has.
    pub(super) app: &'a App,
    /// Who reads.
    pub(super) reader: &'a Reader,
    job: &'a Job,
    seal: OnceCell<LinkSeal>,
    commits: RefCell<Vec<Watermark>>,
    /// What the audit trail is told of the page once it is made.
    noted: RefCell<Option<Event>>,
}

/// A page, made.
pub(super) struct Shown {
    /// The page or the part of it.
    pub(super) html: String,
}

impl Shown {
    /// What a template makes.
    pub(super) fn of(template: &impl askama::Template) -> Result<Shown, Fault> {
        match template.render() {
            Ok(html) => Ok(Shown { html }),
            // A string takes whatever is written to it.
            Err(_) => Err(Error::new(ErrorKind::GeneralException, "An unexpected error occurred.").into()),
        }
    }
}

impl Visit<'_> {
    /// What the page's path starts with; empty for the first page.
    pub(super) fn path(&self) -> &'static str {
        self.job.route.path
    }

    /// A question about what is looked at, to be completed.
    pub(super) fn ask(&self) -> Ask {
        self.job.ask.clone()
    }

    /// The range as it was asked for, with what is too old to be shown.
    pub(super) fn asked(&self) -> TimeRange {
        self.job.asked
    }

    /// From when on calls are shown.
    pub(super) fn shown(&self) -> Option<Instant> {
        self.job.shown
    }

    /// What is known of the tenant's trunks.
    pub(super) fn inventory(&self) -> &Inventory {
        &self.job.inventory
    }

    /// What our own looks at trunks found.
    pub(super) fn probed(&self) -> &BTreeMap<Fqdn, Probed> {
        &self.job.probed
    }

    /// Whether trunks are looked at.
    pub(super) fn is_probing(&self) -> bool {
        self.job.is_probing
    }

    /// The day in the tenant's zone.
    pub(super) fn today(&self) -> Date {
        local_date(&self.page.tenant_zone, self.page.now).parse().unwrap_or(Date::ZERO)
    }

    /// Under which names the calls of a trunk are stored that are looked at.
    pub(super) fn names(&self, trunk: &str) -> Names {
        self.job.names(trunk, self.job.compared())
    }

    /// Which calls are looked at by another state.
    pub(super) fn filter(&self, state: &FilterState) -> Result<Filter, Fault> {
        self.filter_with(state, None)
    }

    /// Which calls of a range are looked at by another state.
    pub(super) fn filter_within(&self, state: &FilterState, range: TimeRange) -> Result<Filter, Fault> {
        match self.job.conditions(state, range) {
            None => Ok(Filter::default()),
            Some(conditions) => Ok(Filter::read(&conditions, self.page.mask)?),
        }
    }

    /// The same, of those that satisfy a condition besides.
    pub(super) fn filter_with(&self, state: &FilterState, more: Option<&str>) -> Result<Filter, Fault> {
        let conditions: Vec<String> = self
            .job
            .conditions(state, self.job.compared())
            .into_iter()
            .chain(more.map(str::to_owned))
            .collect();
        if conditions.is_empty() {
            return Ok(Filter::default());
        }
        Ok(Filter::read(&conditions.join(" and "), self.page.mask)?)
    }

    /// By what rows are chosen.
    pub(super) fn look(&self) -> Look<'_> {
        self.job.look()
    }

    /// What the audit trail is told of an act of the reader's, to be completed.
    pub(super) fn told(&self, action: Action) -> Event {
        self.job.told.clone().action(action)
    }

    /// Has the audit trail told of what the page shows, once it is made. A page is one
    /// entry: what is noted last is told.
    pub(super) fn note(&self, told: Event) {
        *self.noted.borrow_mut() = Some(told);
    }

    /// The same of rows.
    pub(super) fn note_rows(&self, selection: &Selection, rows: usize) {
        let (log, range) = (selection.log, selection.range);
        let told = self.told(Action::CallsRead).of(log.name).range(range.from(), range.end());
        let told = told.filter(audit::shape_of(log, selection.filter.as_ref()));
        self.note(told.rows(u64::try_from(rows).unwrap_or(u64::MAX)));
    }

    /// The same of a report that tells of persons, numbers or calls, unless something
    /// is noted already, which says more: rows, or another such report.
    fn note_report(&self, report: &Report, ask: &Ask) {
        if report.level == Level::Personal || ask.filter.personal().is_some() {
            self.noted.borrow_mut().get_or_insert_with(|| {
                let told = self.told(Action::ReportRead).of(report.key);
                told.range(ask.range.from(), ask.range.end()).filter(audit::names_of(&ask.filter))
            });
        }
    }

    /// A question about what is looked at, narrowed further.
    pub(super) fn ask_of(&self, change: impl FnOnce(&mut FilterState)) -> Result<Ask, Fault> {
        Ok(Ask { filter: self.filter(&self.page.state.with(change))?, ..self.ask() })
    }

    /// Rows, of the commit that the page shows.
    pub(super) fn rows(&self, query: &PageQuery) -> Result<Page, Fault> {
        let page = self.store.page(query)?;
        self.commits.borrow_mut().push(page.watermark);
        Ok(page)
    }

    /// Checks that the whole page is asked for, of one that has no parts.
    ///
    /// # Errors
    /// 400 for a part of it.
    pub(super) fn check_whole(&self) -> Result<(), Fault> {
        if self.part.is_none() { Ok(()) } else { Err(Fault::no_such_part()) }
    }

    /// The answer of a report. The audit trail is told of it if it tells of persons, as
    /// of those over the API.
    pub(super) fn answer(&self, key: &str, ask: &Ask) -> Result<Answer, ReportError> {
        let report =
            Report::by_key(key).ok_or_else(|| ReportError::asked("report", "there is none", "name one"))?;
        let answer = report.answer(self.store, ask)?;
        self.commits.borrow_mut().push(answer.commit);
        self.note_report(report, ask);
        Ok(answer)
    }

    /// The same; None where the report cannot tell it of what is looked at.
    pub(super) fn answer_if_told(&self, key: &str, ask: &Ask) -> Result<Option<Answer>, ReportError> {
        match self.answer(key, ask) {
            Ok(answer) => Ok(Some(answer)),
            Err(ReportError::Asked { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The token of a person or number, for an address.
    pub(super) fn token(&self, who: &Who) -> Result<Option<String>, Fault> {
        if self.seal.get().is_none() {
            // Nobody else is here to set it.
            let _ = self.seal.set(seal::of(self.engine, self.job.tenant)?);
        }
        Ok(self.seal.get().and_then(|seal| seal.token(&who.to_text())))
    }

    /// Whether all answers were of that commit.
    fn is_of(&self, commit: Watermark) -> bool {
        self.commits.borrow().iter().all(|of| *of == commit)
    }
}

/// A page to be made.
pub(super) struct Job {
    app: Arc<App>,
    reader: Reader,
    /// What the audit trail is told of the reader, to be completed.
    told: Event,
    tenant: TenantId,
    route: &'static Route,
    rest: Vec<String>,
    part: Option<String>,
    shows_all: bool,
    is_fragment: bool,
    /// The commit that the reader has seen.
    seen: Option<u64>,
    page: PageContext,
    ask: Ask,
    /// The range as it was asked for.
    asked: TimeRange,
    /// From when on calls are shown.
    shown: Option<Instant>,
    /// What the configuration says of trunks, and then what people entered, too.
    inventory: Inventory,
    probed: BTreeMap<Fqdn, Probed>,
    is_probing: bool,
}

/// What comes of it.
pub(super) enum Made {
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
    pub(super) fn new(
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
    pub(super) fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Makes the page. All of its numbers are of one commit, unless rows come again
    /// and again meanwhile, which it says then.
    pub(super) fn run(mut self, engine: &dyn Engine, store: &dyn Store) -> Result<Made, Fault> {
        self.read(engine)?;
        let mut attempt = 1;
        loop {
            let commit = store.newest()?;
            let until = status::complete_until(engine, self.tenant, self.log(), &self.app.settings.sources)?;
            self.ask.complete_until = until;
            self.page.completeness = match (until, store.commit_time(commit)?) {
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
                return Ok(Made::Page(Shown::of(&WelcomePage::new(&self.page))?.html, None));
            }
            let visit = self.visit(engine, store);
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

    /// The log that the page tells of.
    fn log(&self) -> &'static Log {
        let tab = (self.route.path == USAGE).then(|| usage::tab(self.page.state.own("tab")).ok()).flatten();
        tab.map_or(&DIRECT_ROUTING_CALLS, UsageTab::log)
    }

    /// Finds out whom the token means, and which calls count.
    fn read(&mut self, engine: &dyn Engine) -> Result<(), Fault> {
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
    fn conditions(&self, state: &FilterState, range: TimeRange) -> Option<String> {
        self.look().conditions(state, self.page.range, range)
    }

    /// Under which names a trunk's calls of a range are stored.
    fn names(&self, trunk: &str, range: TimeRange) -> Names {
        self.look().names(trunk, range)
    }

    /// By what rows are chosen.
    fn look(&self) -> Look<'_> {
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
    fn compared(&self) -> TimeRange {
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

    /// The whole screen, for who has an older one. It says so there, since its
    /// address still has the commit that was seen, and leaves nothing to be loaded.
    fn whole_screen(&self) -> String {
        self.page.here(|state| {
            state.commit = self.seen;
            state.own.insert("panels".to_owned(), "all".to_owned());
        })
    }

    fn visit<'a>(&'a self, engine: &'a dyn Engine, store: &'a dyn Store) -> Visit<'a> {
        Visit {
            engine,
            store,
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
