//! Under which names a trunk's calls are stored.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;

use crate::{Entry, Inventory};

/// What stands before a name that is another trunk's in a part of the range, where the
/// rest is meant: [`Names::others`] says which calls that are. No host has it in its
/// name.
pub const OTHERS: char = '=';

/// The property that names a call's trunk.
const TRUNK: &str = "trunkFullyQualifiedDomainName";

/// The names under which a trunk's calls of a range are stored.
///
/// ```
/// use jiff::tz::TimeZone;
/// use trunklog_odata::Instant;
/// use trunklog_records::TimeRange;
/// use trunklog_trunks::{Entry, Fact, Inventory};
///
/// let mut inventory = Inventory::default();
/// let alias = Fact::Alias("old.example.com".parse()?);
/// let alias = Entry::of(alias, None, Some("2026-06-30".parse().unwrap()))?;
/// inventory.configure(&"sbc.example.com".parse()?, vec![alias])?;
/// let all = inventory.names("sbc.example.com", TimeRange::ALL, &TimeZone::UTC);
/// assert_eq!(
///     all.condition(),
///     "(trunkFullyQualifiedDomainName eq 'sbc.example.com' or \
///      (trunkFullyQualifiedDomainName eq 'old.example.com' and startDateTime lt 2026-07-01T00:00:00Z))"
/// );
/// let june = TimeRange::ALL.until(Instant::parse("2026-07-01T00:00:00Z").unwrap());
/// let whole = inventory.names("old.example.com", june, &TimeZone::UTC);
/// assert_eq!(whole.condition(), "trunkFullyQualifiedDomainName in ('sbc.example.com','old.example.com')");
/// # Ok::<(), trunklog_trunks::TrunkError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Those that are its own in the whole range, the main one first.
    whole: Vec<String>,
    /// Those that are in a part of it.
    parts: Vec<Part>,
}

/// A name, and when it is the trunk's.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    name: String,
    /// None where it is from the range's start on.
    from: Option<Instant>,
    /// The first instant after it; None where it is up to the range's end.
    end: Option<Instant>,
}

impl Inventory {
    /// The names under which the calls of the trunk are stored that has that name,
    /// within a range. Days are those of a zone.
    pub fn names(&self, name: &str, range: TimeRange, zone: &TimeZone) -> Names {
        let is_in = |entry: &Entry| Place::of(entry, range, zone) != Place::Outside;
        let owner = || {
            self.trunks().find(|(_, trunk)| {
                trunk.aliases().any(|(alias, entry)| alias.as_str() == name && is_in(entry))
            })
        };
        let found = self.trunks().find(|(of, _)| of.as_str() == name).or_else(owner);
        let Some((main, trunk)) = found else {
            return Names { whole: vec![name.to_owned()], parts: Vec::new() };
        };
        let mut names = Names { whole: vec![main.to_string()], parts: Vec::new() };
        for (alias, entry) in trunk.aliases() {
            let name = alias.to_string();
            match Place::of(entry, range, zone) {
                Place::Outside => {}
                Place::Whole if names.whole.contains(&name) => {}
                Place::Whole => names.whole.push(name),
                Place::Part { from, end } => names.parts.push(Part { name, from, end }),
            }
        }
        let Names { whole, parts } = &mut names;
        parts.retain(|part| !whole.contains(&part.name));
        names
    }
}

impl Names {
    /// The trunk's own name.
    pub fn main(&self) -> &str {
        self.whole.first().map_or("", String::as_str)
    }

    /// All of them, the trunk's own first.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.whole.iter().chain(self.parts.iter().map(|part| &part.name)).map(String::as_str)
    }

    /// Whether a name is the trunk's in a part of the range alone.
    pub fn is_part(&self, name: &str) -> bool {
        self.parts.iter().any(|part| part.name == name)
    }

    /// What calls satisfy that are the trunk's, in the language of the reports'
    /// `$filter`.
    pub fn condition(&self) -> String {
        let whole = match self.whole.as_slice() {
            [only] => format!("{TRUNK} eq {}", quoted(only)),
            several => {
                let names: Vec<String> = several.iter().map(|name| quoted(name)).collect();
                format!("{TRUNK} in ({})", names.join(","))
            }
        };
        if self.parts.is_empty() {
            return whole;
        }
        let parts = self.parts.iter().map(Part::condition);
        format!("({})", std::iter::once(whole).chain(parts).collect::<Vec<_>>().join(" or "))
    }

    /// What calls satisfy that are stored under one of its names, but were another
    /// trunk's then; None where there are none of the kind.
    pub fn others(&self, name: &str) -> Option<String> {
        let parts: Vec<String> =
            self.parts.iter().filter(|part| part.name == name).map(Part::condition).collect();
        if parts.is_empty() {
            return None;
        }
        Some(format!("{TRUNK} eq {} and not ({})", quoted(name), parts.join(" or ")))
    }
}

impl Part {
    fn condition(&self) -> String {
        let mut all = vec![format!("{TRUNK} eq {}", quoted(&self.name))];
        all.extend(self.from.map(|from| format!("startDateTime ge {from}")));
        all.extend(self.end.map(|end| format!("startDateTime lt {end}")));
        format!("({})", all.join(" and "))
    }
}

/// Which part of a range an entry's days are.
#[derive(PartialEq, Eq)]
enum Place {
    Outside,
    Whole,
    Part { from: Option<Instant>, end: Option<Instant> },
}

impl Place {
    fn of(entry: &Entry, range: TimeRange, zone: &TimeZone) -> Place {
        let from = entry.from.and_then(|day| start_of(day, zone)).filter(|from| *from > range.from());
        let after = entry.until.and_then(|day| day.tomorrow().ok());
        let end = after.and_then(|day| start_of(day, zone)).filter(|end| *end < range.end());
        let is_outside =
            from.is_some_and(|from| from >= range.end()) || end.is_some_and(|end| end <= range.from());
        match (from, end) {
            _ if is_outside => Place::Outside,
            (None, None) => Place::Whole,
            (from, end) => Place::Part { from, end },
        }
    }
}

/// When a day starts in a zone.
fn start_of(day: Date, zone: &TimeZone) -> Option<Instant> {
    let at = zone.to_timestamp(day.at(0, 0, 0, 0)).ok()?;
    Instant::from_ticks(i64::try_from(at.as_nanosecond().div_euclid(100)).ok()?).ok()
}

/// A text as a literal of a filter.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;

    use super::*;
    use crate::Fact;

    fn inventory() -> Inventory {
        let alias = |name: &str, from: Option<&str>, until: Option<&str>| {
            let days = [from, until].map(|day| day.map(|day| day.parse().unwrap()));
            Entry::of(Fact::Alias(name.parse().unwrap()), days[0], days[1]).unwrap()
        };
        let mut inventory = Inventory::default();
        let entries = vec![
            alias("first.example", None, Some("2026-03-31")),
            alias("second.example", Some("2026-04-01"), Some("2026-06-30")),
        ];
        inventory.configure(&"sbc.example".parse().unwrap(), entries).unwrap();
        inventory
    }

    fn range(from: &str, to: &str) -> TimeRange {
        let at = |text| Instant::parse(text).unwrap();
        TimeRange::of(&DIRECT_ROUTING_CALLS, at(from), at(to)).unwrap()
    }

    #[test]
    fn names_hold_on_their_days_in_the_tenants_zone() {
        let (inventory, berlin) = (inventory(), TimeZone::get("Europe/Berlin").unwrap());
        let told = |range| {
            let names = inventory.names("sbc.example", range, &berlin);
            names.all().map(|name| (name.to_owned(), names.is_part(name))).collect::<Vec<_>>()
        };
        let own = || ("sbc.example".to_owned(), false);
        assert_eq!(told(range("2026-07-01T00:00:00Z", "2026-08-01T00:00:00Z")), [own()]);
        // Midnight in Berlin is ten in the evening, in summer.
        assert_eq!(
            told(range("2026-06-30T21:00:00Z", "2026-08-01T00:00:00Z")),
            [own(), ("second.example".to_owned(), true)]
        );
        assert_eq!(told(range("2026-06-30T22:00:00Z", "2026-08-01T00:00:00Z")), [own()]);
        assert_eq!(
            told(range("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z")),
            [own(), ("second.example".to_owned(), false)]
        );
        let both = inventory.names("sbc.example", TimeRange::ALL, &berlin);
        let condition = both.condition();
        assert!(
            condition
                .contains("startDateTime ge 2026-03-31T22:00:00Z and startDateTime lt 2026-06-30T22:00:00Z"),
            "{condition}"
        );
        let others = both.others("second.example").unwrap();
        assert!(
            others.starts_with("trunkFullyQualifiedDomainName eq 'second.example' and not ("),
            "{others}"
        );
        assert_eq!(both.others("sbc.example"), None);
    }

    #[test]
    fn a_name_that_nobody_knows_is_itself() {
        let (inventory, zone) = (inventory(), TimeZone::UTC);
        let names = inventory.names("o'neil.example", TimeRange::ALL, &zone);
        assert_eq!(names.condition(), "trunkFullyQualifiedDomainName eq 'o''neil.example'");
        // A name is nobody's outside its days.
        let later = range("2026-07-01T00:00:00Z", "2026-08-01T00:00:00Z");
        assert_eq!(inventory.names("first.example", later, &zone).main(), "first.example");
        assert_eq!(inventory.names("first.example", TimeRange::ALL, &zone).main(), "sbc.example");
    }
}
