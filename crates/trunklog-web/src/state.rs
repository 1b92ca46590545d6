//! What a reader looks at: the state of the filter bar, as the address has it.
//!
//! All of it is in the address, so that a screen can be sent to a colleague. A
//! person or a number stands there as a token ([`FilterState::who`]) that only
//! this server can read.

mod code;
mod ends;
mod hour;
mod span;
mod who;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use trunklog_odata::{Error, Instant, query_pairs};
use trunklog_records::TimeRange;
use trunklog_records::masking::Mask;
use trunklog_reports::calendar::{self, Comparison};
use trunklog_reports::{Country, ReportError};

pub use code::{Code, CodePart};
pub use ends::{Ends, Group};
pub use hour::HourOfWeek;
pub use span::{PRESETS, Span};
pub use who::Who;

/// What stands for a value that rows lack.
pub const NONE: &str = "none";

/// The parameters that every page takes.
const NAMES: [&str; 14] = [
    "range",
    "from",
    "to",
    "zone",
    "compare",
    "trunk",
    "direction",
    "type",
    "country",
    "code",
    "ends",
    "hour",
    "who",
    "commit",
];

/// The places in lists, which are a page's own: of another list they mean nothing.
const PLACES: [&str; 2] = ["after", "skip"];

/// The longest value that an address may have, in bytes.
const LONGEST: usize = 500;

/// All but what RFC 3986 reserves nothing of (section 2.3), and the comma and the
/// colon, which times are full of.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b',');

/// The state of the filter bar.
///
/// ```
/// use trunklog_web::state::{Ends, FilterState};
///
/// let state = FilterState::read("range=28d&trunk=sbc1.example&ends=failed", &[])?;
/// assert_eq!(state.ends, [Ends::Failed]);
/// assert_eq!(state.query(), "range=28d&trunk=sbc1.example&ends=failed");
/// assert!(FilterState::read("trunks=sbc1.example", &[]).is_err());
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilterState {
    /// The range of time.
    pub span: Span,
    /// The zone, by its name; None for the tenant's.
    pub zone: Option<String>,
    /// What it is compared with; None for what suits the range.
    pub compare: Option<Compare>,
    /// The trunk, or [`NONE`] for rows without one.
    pub trunk: Option<String>,
    /// Which way calls went.
    pub direction: Option<Direction>,
    /// The call type as rows have it, or [`NONE`].
    pub call_type: Option<String>,
    /// The country's code, or [`NONE`].
    pub country: Option<String>,
    /// The codes with which calls ended.
    pub code: Option<Code>,
    /// How calls ended: all of it is true of each.
    pub ends: Vec<Ends>,
    /// Only calls of this hour of the week.
    pub hour: Option<HourOfWeek>,
    /// A person or a number, as a token.
    pub who: Option<String>,
    /// The commit that the reader has seen.
    pub commit: Option<u64>,
    /// What else a page takes: which figure its chart shows, how a table is
    /// sorted.
    pub own: BTreeMap<String, String>,
}

/// What a range is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// With nothing.
    Off,
    /// With that.
    With(Comparison),
}

/// Which way calls went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// In.
    Inbound,
    /// Out.
    Outbound,
    /// The call type tells neither.
    Unknown,
}

impl Direction {
    /// All.
    pub const ALL: [Direction; 3] = [Direction::Inbound, Direction::Outbound, Direction::Unknown];

    /// What it is called in addresses and filters.
    pub fn key(self) -> &'static str {
        match self {
            Direction::Inbound => "inbound",
            Direction::Outbound => "outbound",
            Direction::Unknown => "unknown",
        }
    }

    /// The key of the text that names it.
    pub fn name(self) -> &'static str {
        match self {
            Direction::Inbound => "direction-inbound",
            Direction::Outbound => "direction-outbound",
            Direction::Unknown => "direction-unknown",
        }
    }
}

impl Compare {
    /// What it is called in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Compare::Off => "off",
            Compare::With(comparison) => comparison.key(),
        }
    }
}

impl FilterState {
    /// Reads the query of an address. `own` names what else the page takes.
    ///
    /// # Errors
    /// 400 that names the parameter which there is not, which is there twice, or
    /// whose value makes no sense. Fields of a form that were left empty count as
    /// not there.
    pub fn read(query: &str, own: &[&str]) -> Result<FilterState, Error> {
        let mut state = FilterState::default();
        let mut seen: Vec<String> = Vec::new();
        let (mut last, mut from, mut to) = (None, None, None);
        for (name, value) in query_pairs(query)? {
            let value = value.trim().to_owned();
            if !NAMES.contains(&name.as_str()) && !own.contains(&name.as_str()) {
                return Err(wrong(&printable(&name), "this page has no such parameter", "leave it out"));
            }
            if value.is_empty() {
                continue;
            }
            if value.len() > LONGEST || value.chars().any(char::is_control) {
                return Err(wrong(&name, "it is too long, or no text", "shorten it"));
            }
            if seen.contains(&name) {
                return Err(wrong(&name, "it is there twice", "give it once"));
            }
            seen.push(name.clone());
            match name.as_str() {
                "range" => last = Some(value),
                "from" => from = Some(value),
                "to" => to = Some(value),
                "zone" => state.zone = Some(zone_name(&value)?),
                "compare" => state.compare = Some(compare(&value)?),
                "trunk" => state.trunk = Some(value.to_lowercase()),
                "direction" => {
                    let found = Direction::ALL.into_iter().find(|of| of.key() == value);
                    state.direction = Some(found.ok_or_else(|| {
                        wrong("direction", "there is no such direction", "take inbound, outbound or unknown")
                    })?);
                }
                "type" => state.call_type = Some(value),
                "country" => state.country = Some(country(&value)?),
                "code" => {
                    state.code = Some(Code::read(&value).ok_or_else(|| {
                        wrong(
                            "code",
                            "it is no SIP code",
                            "write one, such as 486, or with its subcode: 486-560486",
                        )
                    })?);
                }
                "ends" => {
                    for key in value.split(',') {
                        let ends = Ends::by_key(key);
                        state.narrow_ends(ends.ok_or_else(|| {
                            wrong("ends", "calls do not end so", "follow a link of a page")
                        })?);
                    }
                }
                "hour" => {
                    state.hour = Some(HourOfWeek::read(&value).ok_or_else(|| {
                        wrong("hour", "it is no hour of the week", "write monday-8, for example")
                    })?);
                }
                "who" => state.who = Some(value),
                "commit" => {
                    let wrong = |_| wrong("commit", "it is no number of a commit", "leave it out");
                    state.commit = Some(value.parse().map_err(wrong)?);
                }
                _ => {
                    state.own.insert(name, value);
                }
            }
        }
        state.span = match (last, from, to) {
            // A form has all fields: the dates win, since a reader wrote them.
            (_, Some(from), to) => Span::Between { from, to },
            (_, None, Some(_)) => {
                return Err(wrong("from", "it is missing beside to", "say when the range starts, too"));
            }
            (Some(last), None, None) => Span::Last(last),
            (None, None, None) => Span::default(),
        };
        Ok(state)
    }

    /// The query of an address, without a question mark. What is usual is left
    /// out.
    pub fn query(&self) -> String {
        let mut query = String::new();
        for (name, value) in self.pairs() {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(name);
            query.push('=');
            query.push_str(&escaped(&value));
        }
        query
    }

    /// The parameters of an address, as the hidden fields of a form have them.
    pub fn pairs(&self) -> Vec<(&str, String)> {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        match &self.span {
            span if *span == Span::default() => {}
            Span::Last(last) => pairs.push(("range", last.clone())),
            Span::Between { from, to } => {
                pairs.push(("from", from.clone()));
                pairs.extend(to.clone().map(|to| ("to", to)));
            }
        }
        pairs.extend(self.zone.clone().map(|value| ("zone", value)));
        pairs.extend(self.compare.map(|value| ("compare", value.key().to_owned())));
        pairs.extend(self.trunk.clone().map(|value| ("trunk", value)));
        pairs.extend(self.direction.map(|value| ("direction", value.key().to_owned())));
        pairs.extend(self.call_type.clone().map(|value| ("type", value)));
        pairs.extend(self.country.clone().map(|value| ("country", value)));
        pairs.extend(self.code.map(|value| ("code", value.to_string())));
        if !self.ends.is_empty() {
            pairs.push(("ends", self.ends_text()));
        }
        pairs.extend(self.hour.map(|value| ("hour", value.to_string())));
        pairs.extend(self.who.clone().map(|value| ("who", value)));
        pairs.extend(self.commit.map(|value| ("commit", value.to_string())));
        pairs.extend(self.own.iter().map(|(name, value)| (name.as_str(), value.clone())));
        pairs
    }

    /// The same, changed.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut FilterState)) -> FilterState {
        let mut state = self.clone();
        change(&mut state);
        state
    }

    /// Leaves of these calls those that ended so.
    pub fn narrow_ends(&mut self, ends: Ends) {
        if !self.ends.contains(&ends) {
            self.ends.push(ends);
        }
    }

    /// How calls ended, as an address has it.
    pub(crate) fn ends_text(&self) -> String {
        self.ends.iter().map(|ends| ends.key()).collect::<Vec<&str>>().join(",")
    }

    /// The same filter for another page, which has parameters of its own.
    #[must_use]
    pub fn elsewhere(&self) -> FilterState {
        self.with(|state| state.own.clear())
    }

    /// Goes to the start of a list: from where on it was read means nothing once other
    /// rows are in it, or in another order.
    pub fn start_over(&mut self) {
        self.own.retain(|name, _| !PLACES.contains(&name.as_str()));
    }

    /// A parameter of the page's own.
    pub fn own(&self, name: &str) -> Option<&str> {
        self.own.get(name).map(String::as_str)
    }

    /// Whether it narrows anything but the time.
    pub fn is_narrowed(&self) -> bool {
        self.trunk.is_some()
            || self.direction.is_some()
            || self.call_type.is_some()
            || self.country.is_some()
            || self.code.is_some()
            || !self.ends.is_empty()
            || self.hour.is_some()
            || self.who.is_some()
    }

    /// The zone, which is the tenant's unless another is chosen.
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn time_zone(&self, tenants: &TimeZone) -> Result<TimeZone, ReportError> {
        self.zone.as_deref().map_or_else(|| Ok(tenants.clone()), calendar::zone)
    }

    /// What the range is compared with: what was chosen, or else a week before up
    /// to a week, four weeks before up to four, and the time before it beyond.
    pub fn comparison(&self, range: TimeRange) -> Option<Comparison> {
        match self.compare {
            Some(Compare::Off) => None,
            Some(Compare::With(comparison)) => Some(comparison),
            None => {
                let ticks = range.end().ticks().saturating_sub(range.from().ticks());
                // Clocks may have gone back in between.
                let up_to = |days: i64| ticks <= days * Instant::TICKS_PER_DAY + Instant::TICKS_PER_HOUR;
                Some(match () {
                    () if up_to(7) => Comparison::Week,
                    () if up_to(28) => Comparison::FourWeeks,
                    () => Comparison::Previous,
                })
            }
        }
    }

    /// The conditions that calls must satisfy, in the language of the reports'
    /// `$filter`; None when all count. `who` is what the token stands for.
    pub fn filter(&self, who: Option<&Who>, mask: Mask, range: TimeRange, zone: &TimeZone) -> Option<String> {
        let mut all: Vec<String> = Vec::new();
        let equal = |name: &str, value: &str| match value {
            NONE => format!("{name} eq null"),
            value => format!("{name} eq {}", quoted(value)),
        };
        all.extend(self.trunk.as_deref().map(|trunk| equal("trunkFullyQualifiedDomainName", trunk)));
        all.extend(self.direction.map(|direction| equal("direction", direction.key())));
        all.extend(self.call_type.as_deref().map(|of| equal("callType", of)));
        all.extend(self.country.as_deref().map(|country| equal("country", country)));
        all.extend(self.code.and_then(Code::condition));
        all.extend(self.ends.iter().map(|ends| ends.condition()));
        all.extend(self.hour.map(|hour| hour.condition(range, zone)));
        all.extend(who.map(|who| who.condition(mask)));
        if all.is_empty() { None } else { Some(all.join(" and ")) }
    }
}

/// A value as a part of an address.
pub(crate) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// A text as a literal of a filter.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn wrong(name: &str, problem: &str, hint: &str) -> Error {
    Error::bad_request(format!("{name}: {problem}")).hint(hint.to_owned())
}

/// A name as it may be repeated to who wrote it.
fn printable(name: &str) -> String {
    name.chars().filter(|sign| !sign.is_control()).take(40).collect()
}

fn zone_name(value: &str) -> Result<String, Error> {
    let unknown = |_| wrong("zone", "there is no such time zone", "take one such as Europe/Berlin, or UTC");
    calendar::zone(value).map(|zone| calendar::zone_name(&zone)).map_err(unknown)
}

fn compare(value: &str) -> Result<Compare, Error> {
    if value == Compare::Off.key() {
        return Ok(Compare::Off);
    }
    Comparison::by_key(value).map(Compare::With).ok_or_else(|| {
        wrong("compare", "there is no such comparison", "take off, previous, week, fourWeeks or year")
    })
}

fn country(value: &str) -> Result<String, Error> {
    if value == NONE || value == Country::NO_CODE {
        return Ok(value.to_owned());
    }
    let code = value.to_ascii_uppercase();
    match Country::by_code(&code) {
        Some(country) => Ok(country.code().to_owned()),
        None => Err(wrong("country", "there is no such country", "write the code of one, such as DE")),
    }
}

#[cfg(test)]
mod tests;
