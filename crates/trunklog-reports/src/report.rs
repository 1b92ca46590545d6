//! The reports: which there are, what each takes, and how it is answered.
//!
//! All that shows reports follows from this table: the API's addresses and its
//! description, the command line, and what docs print.

use trunklog_records::Log;
use trunklog_store::Store;

use crate::ReportError;
use crate::ask::{Ask, Dimension, Extra};
use crate::calendar::Bucket;
use crate::error::one_of;
use crate::filter::Filter;
use crate::questions;
use crate::table::{Answer, Column};
use crate::texts::Texts;

/// A report: a question that can be asked again and again.
#[derive(Debug)]
pub struct Report {
    /// What it is called in addresses and on the command line; it never changes.
    pub key: &'static str,
    /// The log whose rows it is about: filters are read over it, and it says how long
    /// rows are shown.
    pub log: &'static Log,
    /// Who may read it.
    pub level: Level,
    /// What can be asked of it.
    pub takes: Takes,
    /// All columns that it can have, in order. Those that are
    /// [optional](Column::is_optional) are there when they are asked for.
    pub columns: fn() -> Vec<Column>,
    pub(crate) run: fn(&dyn Store, &Ask) -> Result<Answer, ReportError>,
}

/// Who may read a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Sums, in which no person can be told.
    Aggregate,
    /// Users, numbers or calls.
    Personal,
}

/// What can be asked of a report, besides range and zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Takes {
    /// Buckets of time.
    pub buckets: Buckets,
    /// What its rows can be told apart by.
    pub by: &'static [Dimension],
    /// Whether it is about some rows only, if asked to.
    pub filter: bool,
    /// Whether it can be compared with an earlier range.
    pub compare: bool,
    /// How many rows it tells unless asked for more or fewer; None when it tells
    /// all, always.
    pub top: Option<usize>,
    /// What else it tells when it is asked to.
    pub extras: &'static [Extra],
    /// Whether it is about one call ([`Ask::call`]).
    pub call: bool,
}

impl Takes {
    /// Nothing: what a report takes is added to this.
    pub const NOTHING: Takes = Takes {
        buckets: Buckets::None,
        by: &[],
        filter: false,
        compare: false,
        top: None,
        extras: &[],
        call: false,
    };
}

/// Whether a report has buckets of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buckets {
    /// Never.
    None,
    /// When asked for.
    Asked,
    /// Always, these unless asked for others.
    Always(Bucket),
}

/// The reports, in the order in which they are told.
///
/// ```
/// use trunklog_reports::{Level, REPORTS, Texts};
///
/// let users = REPORTS.iter().find(|report| report.key == "users").unwrap();
/// assert_eq!(users.level, Level::Personal);
/// assert!(REPORTS.iter().all(|report| !report.title(Texts::english()).is_empty()));
/// ```
pub static REPORTS: &[&Report] = &[
    &questions::KPIS,
    &questions::SERIES,
    &questions::END_REASONS,
    &questions::FAILURES,
    &questions::HEAT_MAP,
    &questions::DESTINATIONS,
    &questions::CONCURRENCY,
    &questions::USERS,
    &questions::NUMBERS,
    &questions::CALL,
    &questions::PSTN_CALLS,
    &questions::SMS,
    &questions::BLOCKED_USERS,
    &questions::DIAL_OUT,
];

impl Report {
    /// The report of that key, letter case ignored.
    pub fn by_key(key: &str) -> Option<&'static Report> {
        REPORTS.iter().copied().find(|report| report.key.eq_ignore_ascii_case(key))
    }

    /// What it is called.
    pub fn title(&self, texts: &Texts) -> String {
        texts.text(&format!("report-{}", self.key), &[])
    }

    /// What it tells.
    pub fn explanation(&self, texts: &Texts) -> String {
        texts.text(&format!("report-{}.explanation", self.key), &[])
    }

    /// Whether an answer about the rows of that filter tells of persons, numbers or calls:
    /// then the audit trail is told who reads it.
    ///
    /// ```
    /// use trunklog_records::masking::Mask;
    /// use trunklog_reports::{Filter, Report};
    ///
    /// let (kpis, users) = (Report::by_key("kpis").unwrap(), Report::by_key("users").unwrap());
    /// let of_one = Filter::read("userId eq 'a'", Mask::NONE)?;
    /// assert!(kpis.tells_of_persons(&of_one) && !kpis.tells_of_persons(&Filter::default()));
    /// assert!(users.tells_of_persons(&Filter::default()));
    /// # Ok::<(), trunklog_odata::Error>(())
    /// ```
    pub fn tells_of_persons(&self, filter: &Filter) -> bool {
        self.level == Level::Personal || filter.personal().is_some()
    }

    /// Answers a question.
    ///
    /// # Errors
    /// When something is asked that the report does not take, when a range has too
    /// many buckets or groups, or when the store fails.
    pub fn answer(&self, store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
        self.check(ask)?;
        (self.run)(store, ask)
    }

    /// Checks that it takes all that is asked, without asking a store;
    /// [`Report::answer`] does so, too.
    ///
    /// # Errors
    /// When something is asked that the report does not take.
    pub fn check(&self, ask: &Ask) -> Result<(), ReportError> {
        let refused = |parameter, hint: &str| {
            Err(ReportError::asked(parameter, format!("the report {} does not take it", self.key), hint))
        };
        if ask.bucket.is_some() && self.takes.buckets == Buckets::None {
            return refused("bucket", "leave it out; series has buckets of time");
        }
        if let Some(other) = ask.by.iter().find(|dimension| !self.takes.by.contains(dimension)) {
            let hint = match self.takes.by {
                [] => "leave it out".to_owned(),
                by => format!("take {}", one_of(by.iter().map(|dimension| dimension.key()))),
            };
            let problem = format!("the report {} is not told apart by {}", self.key, other.key());
            return Err(ReportError::asked("by", problem, hint));
        }
        if !ask.filter.is_empty() && !self.takes.filter {
            return refused("$filter", "leave it out");
        }
        if !ask.filter.is_empty() && ask.filter.log().name != self.log.name {
            let problem = format!(
                "it was read over {}, and the report is about {}",
                ask.filter.log().name,
                self.log.name
            );
            return Err(ReportError::asked("$filter", problem, "read it over the report's log"));
        }
        if ask.compare.is_some() && !self.takes.compare {
            return refused("compare", "leave it out");
        }
        if let Some(comparison) = ask.compare
            && comparison.range(ask.range, &ask.zone).from() < ask.since
        {
            let problem = "the earlier range starts before the first calls that are shown";
            let hint = "take a shorter range, or another comparison";
            return Err(ReportError::asked("compare", problem, hint));
        }
        match (ask.top, self.takes.top) {
            (Some(_), None) => return refused("top", "leave it out; all rows are told"),
            (Some(0), _) => return Err(ReportError::asked("top", "it is zero", "take 1 or more")),
            _ => {}
        }
        if let Some(extra) = ask.extras.iter().find(|extra| !self.takes.extras.contains(extra)) {
            return refused(extra.key(), "leave it out");
        }
        if self.takes.call && ask.call.is_none() {
            return Err(ReportError::asked("call", "it is missing", "say which call, by its time and id"));
        }
        if !self.takes.call && ask.call.is_some() {
            return refused("call", "leave it out");
        }
        Ok(())
    }
}
