//! The sets of the feed: the rows of three logs, and the sums that
//! `trunklog-reports` has by slot of time ([`SLICES`]).
//!
//! All that is said and asked of a set follows from the table of its entities'
//! properties, which has the form of a log's: of a log it is the log's own with two
//! properties more, of sums it is made here.

use std::sync::OnceLock;

use trunklog_identity::{Principal, Role};
use trunklog_odata::Version;
use trunklog_odata::edm::EdmType;
use trunklog_records::Log;
use trunklog_records::schema::{
    Availability, DIRECT_ROUTING_CALLS, ID, Origin, PSTN_CALLS, Property, SMS, UpperBound,
};
use trunklog_reports::{Kind, Level, SLICES, Slice};

/// The date of an entity by the calendar of the tenant's zone.
pub(super) const LOCAL_DATE: &str = "localDate";

/// When the newest commit was made that the entity shows.
pub(super) const LAST_CHANGE: &str = "lastChangeDateTime";

/// When the slot of a sum starts; rows have properties of their own.
const START: &str = "startDateTime";

/// The logs whose rows are entities: the set, the type, the log.
static ROWS: [(&str, &str, &Log); 3] = [
    ("calls", "call", &DIRECT_ROUTING_CALLS),
    ("pstnCalls", "pstnCall", &PSTN_CALLS),
    ("smsMessages", "smsMessage", &SMS),
];

/// The types of sums.
const TYPES: [(&str, &str); 5] = [
    ("trunkHours", "trunkHour"),
    ("usageByDay", "usageOfDay"),
    ("endReasons", "endReason"),
    ("destinations", "destination"),
    ("users", "userOfDay"),
];

/// A set of entities.
#[derive(Debug)]
pub(super) struct Set {
    /// Its name in addresses.
    pub(super) name: &'static str,
    /// The unqualified name of its entities' type.
    pub(super) entity: &'static str,
    /// The table of properties. Of rows it lacks [`LOCAL_DATE`] and [`LAST_CHANGE`].
    pub(super) log: &'static Log,
    /// Where its entities come from.
    pub(super) source: Source,
    /// The index of [`LOCAL_DATE`].
    pub(super) date: usize,
    /// The index of [`LAST_CHANGE`].
    pub(super) change: usize,
}

/// Where the entities of a set come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// They are the rows of the log.
    Rows,
    /// They are sums.
    Sums(&'static Slice),
}

/// All sets, in the order in which they are told.
pub(super) fn sets() -> &'static [Set] {
    static SETS: OnceLock<Vec<Set>> = OnceLock::new();
    SETS.get_or_init(|| ROWS.iter().map(Set::of_rows).chain(SLICES.into_iter().map(Set::of_sums)).collect())
}

impl Set {
    fn of_rows(&(name, entity, log): &(&'static str, &'static str, &'static Log)) -> Set {
        // The index after the last property means the unknown ones.
        let after = log.properties.len() + 1;
        Set { name, entity, log, source: Source::Rows, date: after, change: after + 1 }
    }

    fn of_sums(slice: &'static Slice) -> Set {
        let entity = TYPES.iter().find(|(key, _)| *key == slice.key).map_or(slice.key, |(_, entity)| *entity);
        let log = log_of(slice, entity);
        let at = |name| log.index_of(name).expect("the table was made with it");
        let (date, change) = (at(LOCAL_DATE), at(LAST_CHANGE));
        Set { name: slice.key, entity, log, source: Source::Sums(slice), date, change }
    }

    /// The indices of all properties, in the order in which they are told. Those that
    /// are collections are left out: rows have null there, which no collection is,
    /// and tables have no place for them.
    pub(super) fn layout(&self) -> Vec<usize> {
        let mut layout = self.log.layout(Version::Beta);
        layout.retain(|at| !matches!(self.log.properties[*at].edm, EdmType::Collection(_)));
        if let Source::Rows = self.source {
            layout.extend([self.date, self.change]);
        }
        layout
    }

    /// The name of a property.
    pub(super) fn property(&self, at: usize) -> &'static str {
        match self.log.properties.get(at) {
            Some(property) => property.name,
            None if at == self.date => LOCAL_DATE,
            None => LAST_CHANGE,
        }
    }

    /// The type of a property in expressions. A date is the midnight at which it
    /// starts in UTC; what enumerations are elsewhere are texts here.
    pub(super) fn edm(&self, at: usize) -> EdmType {
        match self.log.properties.get(at).map(|property| property.edm) {
            Some(EdmType::Enum(_)) => EdmType::String,
            Some(edm) => edm,
            None => EdmType::DateTimeOffset,
        }
    }

    /// The properties that tell an entity from all others.
    pub(super) fn key(&self) -> &'static [&'static str] {
        match (self.source, self.log.time) {
            (Source::Sums(_), _) => &[ID],
            (Source::Rows, "sentDateTime") => &["sentDateTime", ID],
            (Source::Rows, _) => &[START, ID],
        }
    }

    /// Whether it tells of persons, numbers or single calls.
    pub(super) fn level(&self) -> Level {
        match self.source {
            Source::Rows => Level::Personal,
            Source::Sums(slice) => slice.level,
        }
    }

    /// Whether somebody may read it.
    pub(super) fn may_read(&self, principal: &Principal) -> bool {
        principal.holds_any(self.readers())
    }

    /// The roles of which one is needed, for a hint.
    pub(super) fn roles(&self) -> String {
        self.readers().iter().map(|role| role.name()).collect::<Vec<_>>().join(" or ")
    }

    fn readers(&self) -> &'static [Role] {
        match self.level() {
            Level::Aggregate => &Role::READS_SUMS,
            Level::Personal => &Role::READS,
        }
    }
}

/// The properties of sums in the form of a log's. It is made once for each slice
/// and then there for as long as the process.
fn log_of(slice: &'static Slice, row_type: &'static str) -> &'static Log {
    let own =
        [(ID, EdmType::String), (START, EdmType::DateTimeOffset), (LOCAL_DATE, EdmType::DateTimeOffset)];
    let columns = slice.columns.iter().map(|column| (column.key, edm_of(column.kind)));
    let all = own.into_iter().chain(columns).chain([(LAST_CHANGE, EdmType::DateTimeOffset)]);
    let properties: Vec<Property> =
        (0..=u8::MAX).zip(all).map(|(at, (name, edm))| Property::derived(name, edm, at)).collect();
    Box::leak(Box::new(Log {
        name: slice.key,
        function: slice.key,
        row_type,
        time: START,
        upper_bound: UpperBound::Exclusive,
        availability: Availability::BetaOnly,
        origin: Origin::Stored,
        identified_by: &[],
        external_party: None,
        supersession: None,
        properties: Vec::leak(properties),
    }))
}

fn edm_of(kind: Kind) -> EdmType {
    match kind {
        Kind::Text | Kind::Word => EdmType::String,
        Kind::Flag => EdmType::Boolean,
        Kind::Moment | Kind::Date => EdmType::DateTimeOffset,
        Kind::Code | Kind::Count => EdmType::Int32,
        Kind::Figure(_) | Kind::Money => EdmType::Decimal,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_set_has_keys_a_date_and_a_time_of_change() {
        assert_eq!(sets().len(), ROWS.len() + SLICES.len());
        let mut types = BTreeSet::new();
        for set in sets() {
            let names: Vec<&str> = set.layout().into_iter().map(|at| set.property(at)).collect();
            let unique: BTreeSet<&&str> = names.iter().collect();
            assert_eq!(unique.len(), names.len(), "{}", set.name);
            for name in set.key().iter().chain([&LOCAL_DATE, &LAST_CHANGE]) {
                assert!(names.contains(name), "{} {name}", set.name);
            }
            assert!(set.key().contains(&ID) && names.contains(&set.log.time), "{}", set.name);
            assert_eq!((set.property(set.date), set.property(set.change)), (LOCAL_DATE, LAST_CHANGE));
            assert!(types.insert(set.entity), "{}", set.entity);
            assert!(matches!(set.source, Source::Rows) || set.entity != set.name, "{}", set.name);
        }
    }
}
