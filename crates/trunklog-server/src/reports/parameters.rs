//! What can be asked, by the names of parameters.

use jiff::tz::TimeZone;
use trunklog_odata::filter::Shape;
use trunklog_odata::{Error, Instant, Version, query_pairs};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, TimeRange};
use trunklog_reports::calendar::{self, Bucket, Comparison, DEFAULT_RANGE};
use trunklog_reports::{Buckets, Derived, Dimension, Extra, Report, ReportError, Takes};

use super::form;

/// Where the next page of rows starts; only links carry it.
pub(crate) const SKIP_TOKEN: &str = "skiptoken";

/// Of how many of the last hours is told what came.
pub(crate) const HOURS: &str = "hours";

/// How many those are unless given, and at most: as many as are kept.
pub(crate) const USUAL_HOURS: u32 = 24;
pub(crate) const MOST_HOURS: u32 = 34 * 24;
/// Asks how many rows each row's correlation id joins,
pub(crate) const LEGS: &str = "legs";

/// which this member tells, as the column of that name of the report on one call.
pub(crate) const CORRELATION_ROWS: &str = "correlationRows";

/// A parameter.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    /// Its name; some have a `$`, which may be left out.
    pub(crate) name: &'static str,
    /// What its values are.
    pub(crate) value: Values,
    /// What it does.
    pub(crate) text: String,
    /// A value that it may have.
    pub(crate) example: String,
}

/// What the values of a parameter are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Values {
    Text,
    /// One of these, letter case ignored.
    Words(Vec<&'static str>),
    /// Several of these, separated by commas.
    List(Vec<&'static str>),
    /// A whole number, at least 1.
    Whole,
    Truth,
}

/// The parameters of a report, in the order in which they are told.
pub(crate) fn of(report: &Report) -> Vec<Parameter> {
    of_log(report.log, &report.takes)
}

/// Those of a report about a log's rows that takes that.
fn of_log(log: &'static Log, takes: &Takes) -> Vec<Parameter> {
    let mut all = Vec::new();
    let mut add = |name, value, example: &str, text: String| {
        all.push(Parameter { name, value, text, example: example.to_owned() });
    };
    if !takes.call {
        let moment =
            "a date, a date with a time, both by the clock of the zone, or a time with its distance from UTC";
        add("from", Values::Text, "2026-11-01", format!("The first instant of the range: {moment}."));
        add(
            "to",
            Values::Text,
            "2026-12-01",
            format!("The first instant after it, now unless given: {moment}."),
        );
        let text = format!(
            "Instead of from and to: hours or days up to now, such as 24h or 28d, or today, yesterday, thisMonth \
             or lastMonth; {DEFAULT_RANGE} unless anything is given."
        );
        add("range", Values::Text, DEFAULT_RANGE, text);
    }
    let text = "The zone in which hours and days are counted, by its name in the IANA database; the tenant's unless \
                given.";
    add("zone", Values::Text, "Europe/Berlin", text.to_owned());
    if takes.buckets != Buckets::None {
        let unless = match takes.buckets {
            Buckets::Always(bucket) => format!("; {} unless given", bucket.key()),
            Buckets::None | Buckets::Asked => String::new(),
        };
        let words = Values::Words(Bucket::ALL.map(Bucket::key).to_vec());
        add("bucket", words, Bucket::Day.key(), format!("How long the buckets of time are{unless}."));
    }
    if let [first, ..] = takes.by {
        let words = Values::List(takes.by.iter().map(|dimension| dimension.key()).collect());
        let text = "What rows are told apart by, separated by commas.";
        add("by", words, first.key(), text.to_owned());
    }
    if takes.filter {
        let names: Vec<&str> = Derived::of(log).map(Derived::name).collect();
        let own = match names.as_slice() {
            [] => String::new(),
            [only] => format!(", and over {only}"),
            [first @ .., last] => format!(", and over {} and {last}", first.join(", ")),
        };
        let rows = if log.name == DIRECT_ROUTING_CALLS.name { "calls" } else { "rows" };
        let text = format!(
            "Only {rows} for which this is true, in the language of the API's $filter over the properties of \
             beta{own}."
        );
        add("$filter", Values::Text, filter_example(log), text);
    }
    if takes.compare {
        let words = Values::Words(Comparison::ALL.map(Comparison::key).to_vec());
        let text =
            "What the range is compared with: the time before it, a week, four weeks or 364 days before.";
        add("compare", words, Comparison::Week.key(), text.to_owned());
    }
    if let Some(top) = takes.top {
        add("top", Values::Whole, "5", format!("The most rows that are told; {top} unless given."));
    }
    for extra in takes.extras {
        add(extra.key(), Values::Truth, "true", text_of(*extra).to_owned());
    }
    let words = Values::Words(form::NAMES.to_vec());
    add("format", words, form::NAMES[1], "The form of the answer; wins over the Accept header.".to_owned());
    all
}

/// The parameters of the rows themselves, of which a page has that many at most.
pub(crate) fn of_usage(page_rows: u32) -> Vec<Parameter> {
    const ROWS: Takes = Takes {
        buckets: Buckets::None,
        by: &[],
        filter: true,
        compare: false,
        top: None,
        extras: &[],
        call: false,
    };
    let mut all = of_log(&DIRECT_ROUTING_CALLS, &ROWS);
    // There are rows as CSV elsewhere, and all of them at once.
    all.retain(|parameter| parameter.name != "format");
    let mut add = |name, value, example: &str, text: String| {
        all.push(Parameter { name, value, text, example: example.to_owned() });
    };
    add(
        "top",
        Values::Whole,
        "5",
        format!("How many rows a page has, 1000 unless given; {page_rows} at most."),
    );
    let text = format!(
        "With true, {CORRELATION_ROWS} is the last member of each row: how many rows within 24 hours of it have its \
         correlationId as any of their ids, as legs of one call do; null for a row without one. It takes longer."
    );
    add(LEGS, Values::Truth, "true", text);
    let text = "Where the page starts. Only nextLink has one: never write it yourself.";
    add(SKIP_TOKEN, Values::Text, "", text.to_owned());
    all
}

/// The parameters of what tells of sources.
pub(crate) fn of_data() -> Vec<Parameter> {
    let text = format!(
        "Of how many of the last hours it is told what came; {USUAL_HOURS} unless given, {MOST_HOURS} at most."
    );
    vec![Parameter { name: HOURS, value: Values::Whole, text, example: "48".to_owned() }]
}

/// A filter over a log's rows.
fn filter_example(log: &'static Log) -> &'static str {
    let has = |name: &str| log.shape(Version::Beta).property(name).is_some();
    if Derived::of(log).any(|derived| derived == Derived::Direction) {
        "direction eq 'inbound'"
    } else if has("userBlockMode") {
        "userBlockMode eq 'blocked'"
    } else {
        "userId ne null"
    }
}

fn text_of(extra: Extra) -> &'static str {
    match extra {
        Extra::Users => "With true, also how many different users there were, which takes longer.",
        Extra::Outside => {
            "With true, numbers outside instead of the organisation's own, which only rows tell."
        }
        Extra::Channels => "With true, also how many channels were busy.",
    }
}

/// What was asked of one report.
#[derive(Debug, PartialEq)]
pub(super) struct Asked(Vec<(&'static str, String)>);

impl Asked {
    /// Reads a raw query string.
    ///
    /// # Errors
    /// 400 that names the parameter which there is not, which the report does not
    /// take, or which is there twice or without a value.
    pub(super) fn read(query: &str, report: &str, taken: &[Parameter]) -> Result<Asked, Error> {
        let mut asked = Asked(Vec::new());
        for (name, value) in query_pairs(query)? {
            let is_it = |parameter: &&Parameter| bare(parameter.name).eq_ignore_ascii_case(bare(name.trim()));
            let Some(parameter) = taken.iter().find(is_it) else {
                let names: Vec<&str> = taken.iter().map(|parameter| parameter.name).collect();
                let message = format!("{name}: the report {report} has no such parameter");
                return Err(Error::bad_request(message).hint(format!("it takes {}", names.join(", "))));
            };
            let name = parameter.name;
            if value.trim().is_empty() {
                let hint = format!("give {name} a value or leave it out");
                return Err(Error::bad_request(format!("{name}: it is empty")).hint(hint));
            }
            if asked.get(name).is_some() {
                let message = format!("{name}: it is there twice");
                return Err(Error::bad_request(message).hint("give each parameter once"));
            }
            asked.0.push((name, value));
        }
        Ok(asked)
    }

    /// The value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The zone, which is the tenant's unless another is asked for.
    pub(super) fn zone(&self, tenants: &TimeZone) -> Result<TimeZone, ReportError> {
        self.get("zone").map_or_else(|| Ok(tenants.clone()), calendar::zone)
    }

    /// The range.
    pub(super) fn range(&self, zone: &TimeZone, now: Instant) -> Result<TimeRange, ReportError> {
        // A plus in a query is a space, and no moment has one.
        let moment = |name| self.get(name).map(|text| text.replace(' ', "+"));
        let (from, to) = (moment("from"), moment("to"));
        match self.get("range") {
            None => calendar::range(from.as_deref(), to.as_deref(), zone, now),
            Some(range) if from.is_none() && to.is_none() => calendar::relative(range, zone, now),
            Some(_) => {
                let hint = "give either range, or from and to";
                Err(ReportError::asked("range", "it contradicts from and to", hint))
            }
        }
    }

    /// The buckets of time.
    pub(super) fn bucket(&self) -> Result<Option<Bucket>, ReportError> {
        self.get("bucket").map(Bucket::read).transpose()
    }

    /// What rows are told apart by.
    pub(super) fn by(&self) -> Result<Vec<Dimension>, ReportError> {
        self.get("by").map_or_else(|| Ok(Vec::new()), Dimension::read)
    }

    /// What the range is compared with.
    pub(super) fn compare(&self) -> Result<Option<Comparison>, ReportError> {
        self.get("compare").map(Comparison::read).transpose()
    }

    /// The most rows.
    pub(super) fn top(&self) -> Result<Option<usize>, ReportError> {
        let Some(text) = self.get("top") else { return Ok(None) };
        // `parse` alone would take a leading plus, too.
        let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse::<usize>().ok().filter(|top| is_whole && *top > 0) {
            Some(top) => Ok(Some(top)),
            None => Err(ReportError::asked("top", "it is no whole number above zero", "take 1 or more")),
        }
    }

    /// What else is asked for.
    pub(super) fn extras(&self) -> Result<Vec<Extra>, ReportError> {
        let mut extras = Vec::new();
        for extra in Extra::ALL {
            if self.truth(extra.key())? {
                extras.push(extra);
            }
        }
        Ok(extras)
    }

    /// Whether a parameter is true; it is not unless it is there.
    pub(super) fn truth(&self, name: &'static str) -> Result<bool, ReportError> {
        match self.get(name) {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(ReportError::asked(name, "it is neither true nor false", "take true or false")),
        }
    }
}

/// The pair of a raw query string that has that name, as it came.
pub(super) fn pair(query: &str, name: &str) -> Option<String> {
    let is_it = |pair: &&str| {
        let read = query_pairs(pair).unwrap_or_default();
        read.iter().any(|(known, _)| bare(known.trim()).eq_ignore_ascii_case(bare(name)))
    };
    query.split('&').find(is_it).map(str::to_owned)
}

/// A name without its `$`.
fn bare(name: &str) -> &str {
    name.strip_prefix('$').unwrap_or(name)
}

#[cfg(test)]
mod tests;
