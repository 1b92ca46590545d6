//! What a log and its properties are.

use trunklog_odata::edm::{ComplexType, EdmType};
use trunklog_odata::{Instant, Version};

use super::supersession::Supersession;

/// One of the row sets that Graph's functions return.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
///
/// let log = &DIRECT_ROUTING_CALLS;
/// assert!(log.exists_in(Version::V1));
/// assert_eq!(log.properties[log.time_index()].name, "startDateTime");
/// ```
#[derive(Debug)]
pub struct Log {
    /// Names the log in commands, stores and metrics: `directRoutingCalls`.
    pub name: &'static str,
    /// The function that reads it: `getDirectRoutingCalls`.
    pub function: &'static str,
    /// The unqualified type of its rows: `directRoutingLogRow`.
    pub row_type: &'static str,
    /// The property that a range of time is applied to.
    pub time: &'static str,
    /// Whether a row exactly at `toDateTime` belongs to the range.
    pub upper_bound: UpperBound,
    /// Where the function exists.
    pub availability: Availability,
    /// Whether rows are stored, or computed from other logs.
    pub origin: Origin,
    /// The properties that tell one row from another when it has no id.
    pub identified_by: &'static [&'static str],
    /// Where the number of the party outside is, if rows have one.
    pub external_party: Option<ExternalParty>,
    /// When a row gives way to another of the same call, if any does.
    pub supersession: Option<Supersession>,
    /// All properties of all versions. The stores' columns have this order.
    pub properties: &'static [Property],
}

/// Which property holds the number of the party outside the organisation: it
/// depends on the direction of the call or message.
///
/// Source: learn.microsoft.com/microsoftteams/teams-analytics-and-reports/pstn-usage-report,
/// on the hidden digits of numbers.
///
/// ```
/// use trunklog_records::schema::SMS;
///
/// let party = SMS.external_party.unwrap();
/// assert_eq!((party.direction, party.inbound), ("smsType", "sourceNumber"));
/// assert_eq!(party.outbound, "destinationNumber");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExternalParty {
    /// The property that tells the direction, as a call type does.
    pub direction: &'static str,
    /// The property with the number of who called in.
    pub inbound: &'static str,
    /// The property with the number that was called.
    pub outbound: &'static str,
}

/// The column that keeps properties which the table does not have, as the
/// members of a JSON object. They come from a newer Graph and are given back
/// as they came.
///
/// ```
/// use trunklog_records::RowBuilder;
/// use trunklog_records::schema::{DYNAMIC_PROPERTIES, SMS};
///
/// let rows = RowBuilder::new(&SMS).finish();
/// assert!(rows.batch().column_by_name(DYNAMIC_PROPERTIES).is_some());
/// ```
pub const DYNAMIC_PROPERTIES: &str = "dynamicProperties";

/// The property that holds a row's id, present in every log.
///
/// ```
/// use trunklog_records::schema::{ID, LOGS};
///
/// assert!(LOGS.into_iter().all(|log| log.index_of(ID) == Some(log.id_index())));
/// ```
pub const ID: &str = "id";

/// The end of a range of time.
///
/// ```
/// use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS, UpperBound};
///
/// assert_eq!(DIRECT_ROUTING_CALLS.upper_bound, UpperBound::Exclusive);
/// assert_eq!(PSTN_CALLS.upper_bound, UpperBound::Inclusive);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpperBound {
    /// `time < to`.
    Exclusive,
    /// `time <= to`.
    Inclusive,
}

/// The versions of the API that have a function.
///
/// ```
/// use trunklog_records::schema::{Availability, PSTN_CALLS, SMS};
///
/// assert_eq!(PSTN_CALLS.availability, Availability::Everywhere);
/// assert_eq!(SMS.availability, Availability::BetaOnly);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// v1.0 and beta.
    Everywhere,
    /// Beta alone.
    BetaOnly,
}

/// Where the rows of a log come from.
///
/// ```
/// use trunklog_records::schema::{Origin, PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};
///
/// assert_eq!(PSTN_CALLS.origin, Origin::Stored);
/// assert!(matches!(PSTN_ONLINE_MEETING_DIALOUT.origin, Origin::Computed(_)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Each row was appended.
    Stored,
    /// Rows summarise those of another log. Rows of this log itself may be
    /// stored too, for those who have nothing else. Each sums up a period, and
    /// is left out where rows of that period are summarised.
    Computed(&'static Summary),
}

/// How the rows of a log are computed from those of another in a range of time.
///
/// There is one row for each combination of the groups' values, among which
/// empty text counts as null. Its time is the start of the range; its id is the
/// groups' values, null as nothing, joined by U+001F.
///
/// ```
/// use trunklog_records::schema::{PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};
///
/// let summary = PSTN_ONLINE_MEETING_DIALOUT.summary().unwrap();
/// assert_eq!((summary.of, summary.selected_by), (&PSTN_CALLS, "callType"));
/// assert!(summary.groups.contains(&("usageLocation", "usageCountryCode")));
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Summary {
    /// The log that is summarised.
    pub of: &'static Log,
    /// The property that says which of its rows count.
    pub selected_by: &'static str,
    /// The values that it must have.
    pub selected: &'static [&'static str],
    /// What rows are grouped by: a property here, and the one there; both text.
    pub groups: &'static [(&'static str, &'static str)],
    /// What is computed for each group.
    pub measures: &'static [(&'static str, Measure)],
    /// The property with the end of the period that a stored row sums up. The
    /// period starts at the row's time, and its end is not part of it; null
    /// means that it has none.
    ///
    /// A stored row is left out of a range when a row that is summarised there
    /// is in its period: nothing is told twice. All others whose time is in the
    /// range are beside the computed rows: nothing is lost.
    pub period_end: &'static str,
}

/// A value computed from the rows of a group.
///
/// ```
/// use trunklog_records::schema::{Measure, PSTN_ONLINE_MEETING_DIALOUT};
///
/// let summary = PSTN_ONLINE_MEETING_DIALOUT.summary().unwrap();
/// assert!(summary.measures.contains(&("totalCallCharge", Measure::DecimalSum("charge"))));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// The number of rows.
    Rows,
    /// The sum of a whole-number property, at most the largest `Edm.Int32`; 0
    /// when all are null.
    Sum(&'static str),
    /// The exact sum of a decimal property, with at least two digits after the
    /// point and no needless zeros after those; `0.00` when all are null.
    DecimalSum(&'static str),
    /// The largest value of a text property, byte by byte.
    Largest(&'static str),
}

/// One property of a row type.
///
/// ```
/// use trunklog_odata::edm::EdmType;
/// use trunklog_records::schema::SMS;
///
/// let units = &SMS.properties[SMS.index_of("smsUnits").unwrap()];
/// assert_eq!((units.name, units.edm), ("smsUnits", EdmType::Int32));
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Property {
    /// As it is in JSON.
    pub name: &'static str,
    /// Its type.
    pub edm: EdmType,
    /// Where it is in a row's JSON on v1.0; None where it does not exist.
    v1: Option<u8>,
    /// The same on beta.
    beta: Option<u8>,
    /// Whether rows of Graph and what scripts make of them may have it.
    is_read: bool,
}

impl Property {
    /// A property of a table that is shaped like a log and is none: rows that are
    /// made of a log's rows elsewhere, and filtered and encoded as they are.
    ///
    /// ```
    /// use trunklog_odata::Version;
    /// use trunklog_odata::edm::EdmType;
    /// use trunklog_records::schema::Property;
    ///
    /// let attempts = Property::derived("attempts", EdmType::Int32, 3);
    /// assert_eq!((attempts.position(Version::Beta), attempts.position(Version::V1)), (Some(3), None));
    /// ```
    pub const fn derived(name: &'static str, edm: EdmType, position: u8) -> Property {
        beta(name, edm, position)
    }

    /// Where it is in a row's JSON, None where it does not exist.
    ///
    /// ```
    /// use trunklog_odata::Version;
    /// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    ///
    /// let at = DIRECT_ROUTING_CALLS.index_of("userCountryCode").unwrap();
    /// let property = &DIRECT_ROUTING_CALLS.properties[at];
    /// assert_eq!(property.position(Version::V1), None);
    /// assert!(property.position(Version::Beta).is_some());
    /// ```
    pub fn position(&self, version: Version) -> Option<u8> {
        match version {
            Version::V1 => self.v1,
            Version::Beta => self.beta,
        }
    }

    /// Whether the JSON of a row may have it. What Graph never says is set by
    /// code that reads another source; in JSON a property of the same name is an
    /// unknown one.
    ///
    /// ```
    /// use trunklog_records::schema::{PSTN_CALLS, RECORDED_BY};
    ///
    /// let is_read = |name| PSTN_CALLS.properties[PSTN_CALLS.index_of(name).unwrap()].is_read();
    /// assert!(is_read("charge") && !is_read(RECORDED_BY));
    /// ```
    pub fn is_read(&self) -> bool {
        self.is_read
    }
}

impl Log {
    /// Whether `version` has the function.
    pub fn exists_in(&self, version: Version) -> bool {
        self.availability == Availability::Everywhere || version == Version::Beta
    }

    /// The properties that the JSON of rows may have; those that only other
    /// sources have follow them.
    ///
    /// ```
    /// use trunklog_records::schema::{PSTN_CALLS, RECORDED_BY};
    ///
    /// assert!(PSTN_CALLS.index_of(RECORDED_BY).is_some());
    /// assert!(PSTN_CALLS.json_properties().iter().all(|property| property.name != RECORDED_BY));
    /// ```
    pub fn json_properties(&self) -> &'static [Property] {
        let read = self.properties.iter().take_while(|property| property.is_read).count();
        &self.properties[..read]
    }

    /// The index of a property; names are case-sensitive, as JSON's are.
    ///
    /// ```
    /// use trunklog_records::schema::SMS;
    ///
    /// assert_eq!(SMS.index_of("id"), Some(SMS.id_index()));
    /// assert_eq!(SMS.index_of("ID"), None);
    /// ```
    pub fn index_of(&self, property: &str) -> Option<usize> {
        self.properties.iter().position(|candidate| candidate.name == property)
    }

    /// The index of [`Log::time`].
    pub fn time_index(&self) -> usize {
        self.index_of(self.time).expect("a test asserts that every log has its time property")
    }

    /// The index of [`ID`].
    pub fn id_index(&self) -> usize {
        self.index_of(ID).expect("a test asserts that every log has an id property")
    }

    /// Whether rows have a time as Graph returns them. Where it is false, the
    /// log keeps the start of the period that a row sums up, which the one who
    /// saved the row has to know.
    ///
    /// ```
    /// use trunklog_records::schema::{PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};
    ///
    /// assert!(PSTN_CALLS.shows_time() && !PSTN_ONLINE_MEETING_DIALOUT.shows_time());
    /// ```
    pub fn shows_time(&self) -> bool {
        let time = &self.properties[self.time_index()];
        time.v1.or(time.beta).is_some()
    }

    /// How its rows are computed from those of another log; None where they are
    /// stored.
    ///
    /// ```
    /// use trunklog_records::schema::{PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};
    ///
    /// assert_eq!(PSTN_ONLINE_MEETING_DIALOUT.summary().map(|summary| summary.of), Some(&PSTN_CALLS));
    /// assert_eq!(PSTN_CALLS.summary(), None);
    /// ```
    pub fn summary(&self) -> Option<&'static Summary> {
        match self.origin {
            Origin::Computed(summary) => Some(summary),
            Origin::Stored => None,
        }
    }

    /// The index of [`Summary::period_end`], None where rows sum up no period.
    ///
    /// ```
    /// use trunklog_records::schema::PSTN_ONLINE_MEETING_DIALOUT;
    ///
    /// let end = PSTN_ONLINE_MEETING_DIALOUT.period_end_index().unwrap();
    /// assert_eq!(PSTN_ONLINE_MEETING_DIALOUT.properties[end].name, "periodEndDateTime");
    /// ```
    pub fn period_end_index(&self) -> Option<usize> {
        let index = self.index_of(self.summary()?.period_end);
        Some(index.expect("a test asserts that every summary has its end of periods"))
    }

    /// The indices of the properties that a version shows, in JSON order.
    ///
    /// ```
    /// use trunklog_odata::Version;
    /// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    ///
    /// let layout = DIRECT_ROUTING_CALLS.layout(Version::V1);
    /// assert_eq!(DIRECT_ROUTING_CALLS.properties[layout[0]].name, "id");
    /// ```
    pub fn layout(&self, version: Version) -> Vec<usize> {
        let mut layout: Vec<_> = (0..self.properties.len())
            .filter(|at| self.properties[*at].position(version).is_some())
            .collect();
        layout.sort_by_key(|at| self.properties[*at].position(version));
        layout
    }

    /// The first instant that no longer belongs to a range that ends at `to`.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
    ///
    /// let to = Instant::from_date(2026, 12, 1).unwrap();
    /// assert_eq!(DIRECT_ROUTING_CALLS.end_of_range(to), to);
    /// assert_eq!(SMS.end_of_range(to), to.saturating_add_ticks(1));
    /// ```
    pub fn end_of_range(&self, to: Instant) -> Instant {
        match self.upper_bound {
            UpperBound::Exclusive => to,
            UpperBound::Inclusive => to.saturating_add_ticks(1),
        }
    }
}

impl PartialEq for Log {
    fn eq(&self, other: &Log) -> bool {
        self.name == other.name
    }
}

impl Eq for Log {}

/// A property at one place on v1.0 and another on beta.
pub(super) const fn both(name: &'static str, edm: EdmType, v1: u8, beta: u8) -> Property {
    Property { name, edm, v1: Some(v1), beta: Some(beta), is_read: true }
}

/// A property that v1.0 does not have.
pub(super) const fn beta(name: &'static str, edm: EdmType, beta: u8) -> Property {
    Property { name, edm, v1: None, beta: Some(beta), is_read: true }
}

/// A property that is stored and never shown.
pub(super) const fn hidden(name: &'static str, edm: EdmType) -> Property {
    Property { name, edm, v1: None, beta: None, is_read: true }
}

/// A property that other sources than Graph have. It is stored and never shown.
pub(super) const fn kept(name: &'static str, edm: EdmType) -> Property {
    Property { name, edm, v1: None, beta: None, is_read: false }
}

/// An administrative unit that somebody of a call belongs to.
pub(super) static ADMINISTRATIVE_UNIT_INFO: ComplexType =
    ComplexType { name: "administrativeUnitInfo", properties: &[(ID, EdmType::String)] };
