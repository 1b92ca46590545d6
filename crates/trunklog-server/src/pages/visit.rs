//! What a page has at hand while it is made, on a worker.

mod job;
mod looked_at;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use jiff::civil::Date;
use trunklog_audit::{Action, Event};
use trunklog_identity::LinkSeal;
use trunklog_odata::{Error, ErrorKind, Instant};
use trunklog_records::TimeRange;
use trunklog_reports::calendar::local_date;
use trunklog_reports::{Answer, Ask, Filter, KeyFigures, Report, ReportError};
use trunklog_store::{Engine, Page, PageQuery, Selection, Store, Watermark};
use trunklog_trunks::{Fqdn, Inventory, Names, Probed};
use trunklog_web::PageContext;
use trunklog_web::state::{FilterState, Who};

use super::chosen_by::ChosenBy;
use super::fault::Fault;
use super::look::Look;
use super::seal;
use crate::app::App;
use crate::kept_answers::State;
use crate::people::Reader;

pub(super) use self::job::{Job, Made};

/// What a page has at hand.
pub(super) struct Visit<'a> {
    pub(super) engine: &'a dyn Engine,
    pub(super) store: &'a dyn Store,
    /// What the store had when the page was begun.
    state: &'a State,
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

    /// The same of rows, with what they are chosen by.
    pub(super) fn note_rows(&self, selection: &Selection, by: ChosenBy, rows: usize) {
        let (log, range) = (selection.log, selection.range);
        let told = self.told(Action::CallsRead).of(log.name).range(range.from(), range.end());
        let told = by.tell(told);
        self.note(told.rows(u64::try_from(rows).unwrap_or(u64::MAX)));
    }

    /// The same of a report that tells of persons, numbers or calls, unless something
    /// is noted already, which says more: rows, or another such report.
    fn note_report(&self, report: &Report, ask: &Ask) {
        if report.tells_of_persons(&ask.filter) {
            self.noted.borrow_mut().get_or_insert_with(|| {
                let told = self.told(Action::ReportRead).of(report.key);
                let told = told.range(ask.range.from(), ask.range.end());
                ChosenBy::filter(&ask.filter, &self.page.state).tell(told)
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
        let report = report(key)?;
        let answer = self.app.answers.answer(report, self.job.tenant, ask, (self.state, self.store))?;
        self.commits.borrow_mut().push(answer.commit);
        self.note_report(report, ask);
        Ok(answer)
    }

    /// The same; None where the report cannot tell it of what is looked at.
    pub(super) fn answer_if_told(&self, key: &str, ask: &Ask) -> Result<Option<Answer>, ReportError> {
        if_told(self.answer(key, ask))
    }

    /// The answer of a report, of a commit; None where there is a newer one by now, for
    /// which the page need not be made again.
    pub(super) fn answer_of(
        &self,
        key: &str,
        ask: &Ask,
        commit: Watermark,
    ) -> Result<Option<Answer>, ReportError> {
        let report = report(key)?;
        let answer = self.app.answers.answer(report, self.job.tenant, ask, (self.state, self.store))?;
        let is_of = answer.commit == commit && answer.notes.is_empty();
        if is_of {
            self.note_report(report, ask);
        }
        Ok(is_of.then_some(answer))
    }

    /// The key figures of a range and of its buckets; None where they cannot be told of
    /// what is looked at.
    pub(super) fn key_figures_if_told(&self, ask: &Ask) -> Result<Option<KeyFigures>, ReportError> {
        let (report, of) = (report("kpis")?, (self.state, self.store));
        let figures = if_told(self.app.answers.key_figures(report, self.job.tenant, ask, of))?;
        let Some(figures) = figures else { return Ok(None) };
        self.commits.borrow_mut().extend([figures.whole.commit, figures.by_bucket.commit]);
        self.note_report(report, ask);
        Ok(Some(figures))
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

fn report(key: &str) -> Result<&'static Report, ReportError> {
    Report::by_key(key).ok_or_else(|| ReportError::asked("report", "there is none", "name one"))
}

/// None where a report cannot tell what it is asked.
fn if_told<T>(answer: Result<T, ReportError>) -> Result<Option<T>, ReportError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(ReportError::Asked { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
