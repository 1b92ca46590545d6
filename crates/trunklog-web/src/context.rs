//! What a page knows of its reader and of what is looked at.

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::masking::Mask;
use trunklog_records::{TenantId, TimeRange};
use trunklog_reports::calendar::Comparison;
use trunklog_reports::{Argument, Language, Texts};
use uuid::Uuid;

use crate::formats::Formats;
use crate::links::Links;
use crate::state::{FilterState, Span, Who};
use crate::words::words;

/// What a reader may read of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Reads {
    /// Nothing of its calls.
    #[default]
    Nothing,
    /// Sums, in which no person can be told.
    Sums,
    /// Calls, users and numbers, too.
    Calls,
}

/// What a reader may do in the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sees {
    /// What may be read.
    pub reads: Reads,
    /// May take files out.
    pub exports: bool,
    /// May change people and settings.
    pub admin: bool,
}

impl Sees {
    /// Whether sums may be read.
    pub fn sums(self) -> bool {
        self.reads >= Reads::Sums
    }

    /// Whether calls, users and numbers may be read, not just sums.
    pub fn calls(self) -> bool {
        self.reads >= Reads::Calls
    }
}

/// A tenant that a reader may go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantChoice {
    /// The tenant.
    pub id: TenantId,
    /// What people call it.
    pub name: String,
}

/// Until when data are complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// Until then, as the sources say.
    Until(Instant),
    /// No source says it; that is when rows were last stored.
    Stored(Instant),
    /// Neither is known.
    Unknown,
    /// Nothing was ever stored.
    Nothing,
}

impl Completeness {
    /// From when on a range may lack calls.
    pub fn until(self) -> Option<Instant> {
        match self {
            Completeness::Until(until) | Completeness::Stored(until) => Some(until),
            // Nobody knows of anything that is missing.
            Completeness::Unknown => Some(Instant::MAX),
            Completeness::Nothing => None,
        }
    }
}

/// A source that is set up and brings nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Its kind and name: `pull/contoso`.
    pub source: String,
    /// What is wrong.
    pub what: Wrong,
}

/// What is wrong with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It fails, since then.
    Failing(Instant),
    /// Something should have come by now; that is when something came last.
    Overdue(Instant),
    /// Nothing has come yet.
    Waiting,
}

impl Trouble {
    /// From when on calls may be missing for it.
    pub fn since(&self) -> Option<Instant> {
        match self.what {
            Wrong::Failing(at) | Wrong::Overdue(at) => Some(at),
            // What has brought nothing yet has broken nothing off.
            Wrong::Waiting => None,
        }
    }
}

/// All that a page knows of its reader, and of what is looked at.
#[derive(Debug, Clone)]
pub struct PageContext {
    /// The words of the reader's language.
    pub words: &'static Texts,
    /// How the reader writes numbers and times.
    pub formats: Formats,
    /// Makes addresses.
    pub links: Links,
    /// The path of the page below the tenant: `trunks`; empty for health.
    pub path: String,
    /// What is looked at, with the commit that is shown.
    pub state: FilterState,
    /// The person or number that the token stands for.
    pub who: Option<Who>,
    /// What is hidden of numbers.
    pub mask: Mask,
    /// What the reader is called.
    pub reader: String,
    /// What the reader may do.
    pub sees: Sees,
    /// The tenant.
    pub tenant: TenantChoice,
    /// All tenants that the reader may go to.
    pub tenants: Vec<TenantChoice>,
    /// The tenant's zone, in which its days are counted.
    pub tenant_zone: TimeZone,
    /// The range that is looked at.
    pub range: TimeRange,
    /// What it is compared with.
    pub comparison: Option<Comparison>,
    /// What time it is.
    pub now: Instant,
    /// Until when data are complete.
    pub completeness: Completeness,
    /// The worst that is wrong with a source.
    pub trouble: Option<Trouble>,
    /// Whether the screen was reloaded, since newer data came.
    pub is_newer: bool,
    /// Whether data came again and again while it was counted.
    pub is_mixed: bool,
}

impl PageContext {
    /// A text.
    pub fn t(&self, key: &str) -> String {
        self.words.text(key, &[])
    }

    /// A text with what it needs.
    pub fn text(&self, key: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        self.words.text(key, arguments)
    }

    /// A text with one text in it, which it calls `$value`.
    pub fn about(&self, key: &str, value: &str) -> String {
        self.words.text(key, &[("value", Argument::Text(value))])
    }

    /// A text about a number of things, which it calls `$n` to choose its form and
    /// `$count` to say it.
    pub fn counted(&self, key: &str, number: i64) -> String {
        let count = self.formats.count(number);
        self.words.text(key, &[("n", Argument::Number(number)), ("count", Argument::Text(&count))])
    }

    /// The language's tag.
    pub fn lang(&self) -> &'static str {
        self.formats.language().tag()
    }

    /// This page with another state, from the start of its list unless the change goes to
    /// another place in it.
    pub fn here(&self, change: impl FnOnce(&mut FilterState)) -> String {
        let state = self.state.with(|state| {
            state.start_over();
            change(state);
        });
        self.links.to(&self.path, &state)
    }

    /// This page with a parameter of its own set.
    pub fn with_own(&self, name: &str, value: &str) -> String {
        self.here(|state| {
            state.own.insert(name.to_owned(), value.to_owned());
        })
    }

    /// Another page with the same filter.
    pub fn to(&self, path: &str) -> String {
        self.links.to(path, &self.state.elsewhere())
    }

    /// Another page with the same filter, narrowed.
    pub fn to_with(&self, path: &str, change: impl FnOnce(&mut FilterState)) -> String {
        self.links.to(path, &self.state.elsewhere().with(change))
    }

    /// The list of the calls that a number counts: the same filter, narrowed. None
    /// for a reader who may not read calls.
    pub fn calls(&self, change: impl FnOnce(&mut FilterState)) -> Option<String> {
        self.sees.calls().then(|| self.to_with("calls", change))
    }

    /// The same within a part of the range.
    pub fn calls_within(&self, part: TimeRange, change: impl FnOnce(&mut FilterState)) -> Option<String> {
        self.calls(|state| {
            state.span = Span::of(part);
            change(state);
        })
    }

    /// A fragment of this page.
    pub fn part(&self, name: &str) -> String {
        let address = self.here(|_| {});
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}part={name}")
    }

    /// What is said of completeness beside a range.
    pub fn complete(&self) -> String {
        match self.completeness {
            Completeness::Until(until) => self.about("complete-until", &self.near(until)),
            Completeness::Stored(at) => self.about("complete-stored", &self.near(at)),
            Completeness::Unknown => self.t("complete-unknown"),
            Completeness::Nothing => self.t("complete-nothing"),
        }
    }

    /// A moment, without its date if that is today.
    pub fn near(&self, at: Instant) -> String {
        let formats = &self.formats;
        if formats.date(at) == formats.date(self.now) { formats.clock(at) } else { formats.moment(at) }
    }

    /// Whether nothing can be known of a moment yet.
    pub fn is_unknown(&self, at: Instant) -> bool {
        self.completeness.until().is_none_or(|until| at >= until)
    }

    /// From when on calls may be missing, since a source brings nothing any more.
    pub fn cut_off_since(&self) -> Option<Instant> {
        self.trouble.as_ref().and_then(Trouble::since)
    }

    /// Why there are no calls: a source brings none any more, no data yet, or none of
    /// them.
    pub fn emptiness(&self) -> &'static str {
        let is_cut_off = self.cut_off_since().is_some_and(|since| self.range.from() >= since);
        self.no_data().unwrap_or(if is_cut_off { "state-cut-off" } else { "state-no-calls" })
    }

    /// Whether that there are no calls may say nothing but that none came here.
    pub fn may_lack_all(&self) -> bool {
        self.emptiness() != "state-no-calls"
    }

    /// Why nothing can be known of the range; None where something can.
    pub fn no_data(&self) -> Option<&'static str> {
        let why = if self.cut_off_since().is_some() { "state-cut-off" } else { "state-no-data" };
        self.is_unknown(self.range.from()).then_some(why)
    }

    /// What is said of a source that brings nothing.
    pub fn troubled(&self) -> Option<String> {
        let Trouble { source, what } = self.trouble.as_ref()?;
        let since = |key: &str, at: Instant| {
            self.text(key, &[("at", Argument::Text(source)), ("value", Argument::Text(&self.near(at)))])
        };
        Some(match *what {
            Wrong::Failing(at) => since("data-failing-since", at),
            Wrong::Overdue(at) => since("data-overdue-since", at),
            Wrong::Waiting => self.about("data-waiting", source),
        })
    }

    /// A page of nobody in particular, for tests and errors.
    pub fn plain(language: Language, links: Links, now: Instant) -> PageContext {
        let name = String::new();
        let tenant = TenantChoice { id: TenantId::new(Uuid::nil()), name };
        PageContext {
            words: words(language),
            formats: Formats::new(language, TimeZone::UTC),
            links,
            path: String::new(),
            state: FilterState::default(),
            who: None,
            mask: Mask::NONE,
            reader: String::new(),
            sees: Sees::default(),
            tenants: vec![tenant.clone()],
            tenant,
            tenant_zone: TimeZone::UTC,
            range: TimeRange::ALL.until(Instant::ABSENT),
            comparison: None,
            now,
            completeness: Completeness::Nothing,
            trouble: None,
            is_newer: false,
            is_mixed: false,
        }
    }
}
