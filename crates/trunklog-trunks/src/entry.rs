//! What is said of a trunk, and on which days it holds.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Fqdn, TrunkError};

/// Where an SBC listens for SIP over TLS unless something else is said.
pub const DEFAULT_PORT: u16 = 5061;

/// The longest name of a trunk or carrier, in bytes.
const LONGEST: usize = 100;

/// The most channels. Source: `MaxConcurrentSessions` of `Set-CsOnlinePSTNGateway`.
const MOST_CHANNELS: u32 = 100_000;

/// What can be said of a trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// What people call it.
    Name(String),
    /// Who carries its calls.
    Carrier(String),
    /// Another name under which its calls are stored: an SBC that was renamed.
    Alias(Fqdn),
    /// How many calls it takes at a time.
    Channels(u32),
    /// Where it listens for SIP over TLS.
    Port(u16),
}

/// The kinds of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// [`Fact::Name`]
    Name,
    /// [`Fact::Carrier`]
    Carrier,
    /// [`Fact::Alias`]
    Alias,
    /// [`Fact::Channels`]
    Channels,
    /// [`Fact::Port`]
    Port,
}

impl Kind {
    /// All.
    pub const ALL: [Kind; 5] = [Kind::Name, Kind::Carrier, Kind::Alias, Kind::Channels, Kind::Port];

    /// What it is called in files and forms.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Name => "name",
            Kind::Carrier => "carrier",
            Kind::Alias => "alias",
            Kind::Channels => "channels",
            Kind::Port => "port",
        }
    }

    /// The one of that key.
    pub fn by_key(key: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

impl Fact {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Fact::Name(_) => Kind::Name,
            Fact::Carrier(_) => Kind::Carrier,
            Fact::Alias(_) => Kind::Alias,
            Fact::Channels(_) => Kind::Channels,
            Fact::Port(_) => Kind::Port,
        }
    }

    /// Reads what a person wrote.
    ///
    /// # Errors
    /// When it is none of that kind; the error says what would be.
    ///
    /// ```
    /// use trunklog_trunks::{Fact, Kind};
    ///
    /// assert_eq!(Fact::read(Kind::Channels, " 120 ")?, Fact::Channels(120));
    /// assert!(Fact::read(Kind::Channels, "0").is_err());
    /// # Ok::<(), trunklog_trunks::TrunkError>(())
    /// ```
    pub fn read(kind: Kind, text: &str) -> Result<Fact, TrunkError> {
        let text = text.trim();
        let fact = match kind {
            Kind::Name => Fact::Name(text.to_owned()),
            Kind::Carrier => Fact::Carrier(text.to_owned()),
            Kind::Alias => Fact::Alias(text.parse()?),
            Kind::Channels => Fact::Channels(text.parse().map_err(|_| TrunkError::Channels)?),
            Kind::Port => Fact::Port(text.parse().map_err(|_| TrunkError::Port)?),
        };
        fact.check()?;
        Ok(fact)
    }

    /// Its value as a text.
    pub fn text(&self) -> String {
        match self {
            Fact::Name(text) | Fact::Carrier(text) => text.clone(),
            Fact::Alias(name) => name.to_string(),
            Fact::Channels(count) => count.to_string(),
            Fact::Port(port) => port.to_string(),
        }
    }

    fn check(&self) -> Result<(), TrunkError> {
        match self {
            Fact::Name(text) | Fact::Carrier(text) => {
                let is_text = (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control);
                if is_text { Ok(()) } else { Err(TrunkError::Text { most: LONGEST }) }
            }
            Fact::Channels(count) if !(1..=MOST_CHANNELS).contains(count) => Err(TrunkError::Channels),
            Fact::Port(0) => Err(TrunkError::Port),
            Fact::Alias(_) | Fact::Channels(_) | Fact::Port(_) => Ok(()),
        }
    }
}

/// What is said of a trunk, and the days on which it holds, both included.
///
/// ```
/// use trunklog_trunks::{Entry, Fact};
///
/// let json = r#"{"channels":30,"from":"2026-01-01","until":"2026-06-30"}"#;
/// let entry: Entry = serde_json::from_str(json).unwrap();
/// assert_eq!(entry.fact, Fact::Channels(30));
/// assert!(entry.holds_on("2026-06-30".parse().unwrap()) && !entry.holds_on("2026-07-01".parse().unwrap()));
/// assert_eq!(serde_json::to_string(&entry).unwrap(), json);
/// for wrong in [r#"{"from":"2026-01-01"}"#, r#"{"name":"a","port":5061}"#, r#"{"channels":0}"#] {
///     assert!(serde_json::from_str::<Entry>(wrong).is_err(), "{wrong}");
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Entry {
    /// What is said.
    pub fact: Fact,
    /// The first day; None for since ever.
    pub from: Option<Date>,
    /// The last day; None for as long as nothing else is said.
    pub until: Option<Date>,
}

impl Entry {
    /// What holds always.
    pub fn always(fact: Fact) -> Entry {
        Entry { fact, from: None, until: None }
    }

    /// What holds on some days.
    ///
    /// # Errors
    /// When the last day is before the first.
    pub fn of(fact: Fact, from: Option<Date>, until: Option<Date>) -> Result<Entry, TrunkError> {
        fact.check()?;
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            return Err(TrunkError::Days);
        }
        Ok(Entry { fact, from, until })
    }

    /// Whether it holds on that day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Whether there is a day on which both hold.
    pub fn overlaps(&self, other: &Entry) -> bool {
        let starts_in_time = |from: Option<Date>, until: Option<Date>| {
            from.zip(until).is_none_or(|(from, until)| from <= until)
        };
        starts_in_time(self.from, other.until) && starts_in_time(other.from, self.until)
    }
}

/// An entry as files have it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    carrier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alias: Option<Fqdn>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channels: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
}

impl TryFrom<Written> for Entry {
    type Error = TrunkError;

    fn try_from(written: Written) -> Result<Entry, TrunkError> {
        let Written { name, carrier, alias, channels, port, from, until } = written;
        let said = [
            name.map(Fact::Name),
            carrier.map(Fact::Carrier),
            alias.map(Fact::Alias),
            channels.map(Fact::Channels),
            port.map(Fact::Port),
        ];
        let mut said = said.into_iter().flatten();
        match (said.next(), said.next()) {
            (Some(fact), None) => Entry::of(fact, from, until),
            _ => Err(TrunkError::Entry),
        }
    }
}

impl From<Entry> for Written {
    fn from(entry: Entry) -> Written {
        let Entry { fact, from, until } = entry;
        let mut written =
            Written { name: None, carrier: None, alias: None, channels: None, port: None, from, until };
        match fact {
            Fact::Name(text) => written.name = Some(text),
            Fact::Carrier(text) => written.carrier = Some(text),
            Fact::Alias(name) => written.alias = Some(name),
            Fact::Channels(count) => written.channels = Some(count),
            Fact::Port(port) => written.port = Some(port),
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: i8) -> Date {
        Date::new(2026, 11, number).unwrap()
    }

    fn days() -> impl Strategy<Value = (Option<Date>, Option<Date>)> {
        (proptest::option::of(1..28_i8), proptest::option::of(1..28_i8)).prop_filter_map(
            "in order",
            |(from, until)| {
                let is_wrong = from.zip(until).is_some_and(|(from, until)| until < from);
                (!is_wrong).then(|| (from.map(day), until.map(day)))
            },
        )
    }

    proptest! {
        #[test]
        fn entries_overlap_if_a_day_has_both(one in days(), other in days()) {
            let entry = |(from, until)| Entry::of(Fact::Channels(1), from, until).unwrap();
            let (one, other) = (entry(one), entry(other));
            let has_both = (1..=28).any(|number| one.holds_on(day(number)) && other.holds_on(day(number)));
            prop_assert_eq!(one.overlaps(&other), has_both);
            prop_assert_eq!(other.overlaps(&one), has_both);
        }
    }

    #[test]
    fn what_people_write_is_checked() {
        for (kind, text) in [
            (Kind::Name, ""),
            (Kind::Name, "a\nb"),
            (Kind::Alias, "localhost"),
            (Kind::Channels, "100001"),
            (Kind::Channels, "-1"),
            (Kind::Port, "0"),
            (Kind::Port, "65536"),
        ] {
            assert!(Fact::read(kind, text).is_err(), "{kind:?} {text}");
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::by_key(kind.key()), Some(kind));
        }
        assert!(Entry::of(Fact::Port(5061), Some(day(2)), Some(day(1))).is_err());
    }
}
