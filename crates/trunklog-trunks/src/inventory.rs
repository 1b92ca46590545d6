//! All trunks of a tenant.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::entry::{DEFAULT_PORT, Entry, Fact, Kind};
use crate::{Fqdn, TrunkError};

/// The trunks of a tenant, by their names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inventory {
    trunks: BTreeMap<Fqdn, Trunk>,
    /// Trunks of which something is stored that nobody can read.
    unreadable: Vec<String>,
}

/// What is said of a trunk. What the configuration says goes before what people
/// entered, and what was said later before what was said earlier.
///
/// ```
/// use trunklog_trunks::{Entry, Fact, Trunk};
///
/// let day = |text: &str| text.parse().unwrap();
/// let mut trunk = Trunk::default();
/// trunk.add(Entry::always(Fact::Channels(30)))?;
/// assert!(trunk.set(Fact::Channels(60), day("2026-11-30")));
/// assert_eq!(trunk.channels(day("2026-11-29")), Some(30));
/// assert_eq!(trunk.channels(day("2026-11-30")), Some(60));
/// assert!(!trunk.set(Fact::Channels(60), day("2026-12-01")), "nothing new");
/// # Ok::<(), trunklog_trunks::TrunkError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trunk {
    configured: Vec<Entry>,
    stored: Vec<Entry>,
}

/// Who said something of a trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The configuration, which only the operator changes.
    Configuration,
    /// People, on the page or by a file.
    People,
}

impl Inventory {
    /// Takes what the configuration says of a trunk.
    ///
    /// # Errors
    /// When a name of it is another's.
    pub fn configure(&mut self, name: &Fqdn, entries: Vec<Entry>) -> Result<(), TrunkError> {
        for entry in &entries {
            self.check(name, entry)?;
        }
        if let Some(owner) = self.owner(name).filter(|owner| *owner != name) {
            return Err(TrunkError::Taken { name: name.to_string(), trunk: owner.to_string() });
        }
        self.trunks.entry(name.clone()).or_default().configured.extend(entries);
        Ok(())
    }

    /// Takes what is stored of a trunk.
    pub(crate) fn store(&mut self, name: Fqdn, entries: Vec<Entry>) {
        self.trunks.entry(name).or_default().stored = entries;
    }

    /// Notes that what is stored of a trunk cannot be read.
    pub(crate) fn note_unreadable(&mut self, name: &str) {
        self.unreadable.push(name.to_owned());
    }

    /// The trunks in the order of their names.
    pub fn trunks(&self) -> impl Iterator<Item = (&Fqdn, &Trunk)> {
        self.trunks.iter()
    }

    /// The trunk of that name.
    pub fn trunk(&self, name: &str) -> Option<&Trunk> {
        self.trunks.iter().find(|(of, _)| of.as_str() == name).map(|(_, trunk)| trunk)
    }

    /// Whether nothing is said of any trunk.
    pub fn is_empty(&self) -> bool {
        self.trunks.is_empty()
    }

    /// Trunks of which something is stored that nobody can read.
    pub fn unreadable(&self) -> &[String] {
        &self.unreadable
    }

    /// The name of the trunk that has that name on that day: itself, unless it is
    /// another's alias then.
    pub fn main_name<'a>(&'a self, name: &'a str, day: Date) -> &'a str {
        let has_it = |trunk: &Trunk| {
            trunk.aliases().any(|(alias, entry)| alias.as_str() == name && entry.holds_on(day))
        };
        let of_other = || self.trunks.iter().find(|(_, trunk)| has_it(trunk));
        match self.trunk(name) {
            Some(_) => name,
            None => of_other().map_or(name, |(owner, _)| owner.as_str()),
        }
    }

    /// Checks that a trunk can have that entry.
    ///
    /// # Errors
    /// When it is an alias that is another trunk's name, or another's alias on one
    /// of its days.
    pub fn check(&self, name: &Fqdn, entry: &Entry) -> Result<(), TrunkError> {
        let Fact::Alias(alias) = &entry.fact else { return Ok(()) };
        let taken =
            |trunk: &Fqdn| Err(TrunkError::Taken { name: alias.to_string(), trunk: trunk.to_string() });
        if alias == name {
            return taken(name);
        }
        if let Some((other, _)) = self.trunks.get_key_value(alias) {
            return taken(other);
        }
        let has_it = |trunk: &Trunk| trunk.aliases().any(|(of, other)| of == alias && other.overlaps(entry));
        match self.trunks.iter().find(|(other, trunk)| *other != name && has_it(trunk)) {
            Some((other, _)) => taken(other),
            None => Ok(()),
        }
    }

    /// The trunk that has that name, now or ever.
    pub fn owner<'a>(&'a self, name: &'a Fqdn) -> Option<&'a Fqdn> {
        if let Some((own, _)) = self.trunks.get_key_value(name) {
            return Some(own);
        }
        let has_it = |trunk: &Trunk| trunk.aliases().any(|(alias, _)| alias == name);
        self.trunks.iter().find(|(_, trunk)| has_it(trunk)).map(|(owner, _)| owner)
    }
}

impl Trunk {
    /// Of what people entered.
    pub(crate) fn of_stored(stored: Vec<Entry>) -> Trunk {
        Trunk { configured: Vec::new(), stored }
    }

    /// What people entered.
    pub(crate) fn stored(&self) -> &[Entry] {
        &self.stored
    }

    /// All that is said, by kind and then by day.
    pub fn entries(&self) -> Vec<(Origin, &Entry)> {
        let configured = self.configured.iter().map(|entry| (Origin::Configuration, entry));
        let mut all: Vec<_> =
            configured.chain(self.stored.iter().map(|entry| (Origin::People, entry))).collect();
        all.sort_by_key(|(_, entry)| (entry.fact.kind(), entry.from));
        all
    }

    /// What is said of a kind for a day.
    pub fn fact(&self, kind: Kind, day: Date) -> Option<&Fact> {
        let of = |entries: &'_ [Entry]| {
            entries.iter().rposition(|entry| entry.fact.kind() == kind && entry.holds_on(day))
        };
        let configured = of(&self.configured).and_then(|at| self.configured.get(at));
        let stored = || of(&self.stored).and_then(|at| self.stored.get(at));
        configured.or_else(stored).map(|entry| &entry.fact)
    }

    /// What people call it on a day.
    pub fn name(&self, day: Date) -> Option<&str> {
        match self.fact(Kind::Name, day) {
            Some(Fact::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// Who carries its calls on a day.
    pub fn carrier(&self, day: Date) -> Option<&str> {
        match self.fact(Kind::Carrier, day) {
            Some(Fact::Carrier(carrier)) => Some(carrier),
            _ => None,
        }
    }

    /// How many calls it takes at a time on a day.
    pub fn channels(&self, day: Date) -> Option<u32> {
        match self.fact(Kind::Channels, day) {
            Some(Fact::Channels(count)) => Some(*count),
            _ => None,
        }
    }

    /// Where it listens for SIP over TLS on a day.
    pub fn port(&self, day: Date) -> u16 {
        match self.fact(Kind::Port, day) {
            Some(Fact::Port(port)) => *port,
            _ => DEFAULT_PORT,
        }
    }

    /// Its other names, with their days.
    pub fn aliases(&self) -> impl Iterator<Item = (&Fqdn, &Entry)> {
        self.configured.iter().chain(&self.stored).filter_map(|entry| match &entry.fact {
            Fact::Alias(name) => Some((name, entry)),
            _ => None,
        })
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// When it has too many.
    pub fn add(&mut self, entry: Entry) -> Result<(), TrunkError> {
        if self.stored.contains(&entry) {
            return Ok(());
        }
        if self.stored.len() >= crate::MOST_ENTRIES {
            return Err(TrunkError::Full);
        }
        self.stored.push(entry);
        Ok(())
    }

    /// Takes an entry of people away.
    ///
    /// # Errors
    /// When there is none.
    pub fn remove(&mut self, entry: &Entry) -> Result<(), TrunkError> {
        let at = self.stored.iter().position(|stored| stored == entry).ok_or(TrunkError::NoEntry)?;
        self.stored.remove(at);
        Ok(())
    }

    /// From that day on something else holds. What is said now ends the day before.
    /// Tells whether anything changed.
    pub fn set(&mut self, fact: Fact, today: Date) -> bool {
        let kind = fact.kind();
        let is_first = !self.stored.iter().any(|entry| entry.fact.kind() == kind);
        let current =
            self.stored.iter().rposition(|entry| entry.fact.kind() == kind && entry.holds_on(today));
        if let Some(entry) = current.and_then(|at| self.stored.get_mut(at)) {
            if entry.fact == fact {
                return false;
            }
            match today.yesterday() {
                Ok(yesterday) if entry.from.is_none_or(|from| from <= yesterday) => {
                    entry.until = Some(yesterday);
                }
                // It held since today alone.
                _ => {
                    entry.fact = fact;
                    return true;
                }
            }
        }
        let from = if is_first { None } else { Some(today) };
        self.stored.push(Entry { fact, from, until: None });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn name(text: &str) -> Fqdn {
        text.parse().unwrap()
    }

    fn alias(text: &str, from: Option<&str>, until: Option<&str>) -> Entry {
        Entry::of(Fact::Alias(name(text)), from.map(day), until.map(day)).unwrap()
    }

    #[test]
    fn the_configuration_goes_before_people() {
        let mut trunk = Trunk::of_stored(vec![Entry::always(Fact::Channels(10))]);
        assert_eq!(trunk.channels(day("2026-11-30")), Some(10));
        trunk.configured.push(Entry::of(Fact::Channels(20), Some(day("2026-12-01")), None).unwrap());
        assert_eq!(trunk.channels(day("2026-11-30")), Some(10));
        assert_eq!(trunk.channels(day("2026-12-01")), Some(20));
        assert_eq!(trunk.port(day("2026-12-01")), DEFAULT_PORT);
        let origins: Vec<Origin> = trunk.entries().into_iter().map(|(origin, _)| origin).collect();
        assert_eq!(origins, [Origin::People, Origin::Configuration], "by day");
    }

    #[test]
    fn a_name_is_one_trunks_at_a_time() {
        let mut inventory = Inventory::default();
        let (one, other) = (name("one.example"), name("two.example"));
        inventory.configure(&one, vec![alias("old.example", None, Some("2026-06-30"))]).unwrap();
        inventory.configure(&other, Vec::new()).unwrap();
        for (entry, is_free) in [
            (alias("old.example", Some("2026-07-01"), None), true),
            (alias("old.example", Some("2026-06-30"), None), false),
            (alias("one.example", None, None), false),
            (alias("two.example", None, None), false),
            (alias("new.example", None, None), true),
        ] {
            assert_eq!(inventory.check(&other, &entry).is_ok(), is_free, "{entry:?}");
        }
        assert!(inventory.configure(&name("old.example"), Vec::new()).is_err(), "it is an alias");
        assert_eq!(inventory.main_name("old.example", day("2026-06-30")), "one.example");
        assert_eq!(inventory.main_name("old.example", day("2026-07-01")), "old.example");
        assert_eq!(inventory.main_name("none.example", day("2026-07-01")), "none.example");
        assert_eq!(inventory.owner(&name("old.example")), Some(&one));
    }

    #[test]
    fn what_changes_twice_a_day_is_written_once() {
        let mut trunk = Trunk::default();
        let today = day("2026-11-30");
        assert!(trunk.set(Fact::Channels(1), today));
        assert!(trunk.set(Fact::Channels(2), today));
        assert!(trunk.set(Fact::Channels(3), today));
        let told: Vec<_> =
            trunk.stored.iter().map(|entry| (entry.fact.clone(), entry.from, entry.until)).collect();
        assert_eq!(
            told,
            [(Fact::Channels(1), None, Some(day("2026-11-29"))), (Fact::Channels(3), Some(today), None),]
        );
    }

    #[test]
    fn entries_are_bounded_and_removed_once() {
        let mut trunk = Trunk::default();
        for count in 0..crate::MOST_ENTRIES {
            trunk.add(Entry::always(Fact::Channels(u32::try_from(count).unwrap() + 1))).unwrap();
        }
        let first = Entry::always(Fact::Channels(1));
        trunk.add(first.clone()).unwrap();
        assert!(matches!(trunk.add(Entry::always(Fact::Port(1))), Err(TrunkError::Full)));
        trunk.remove(&first).unwrap();
        assert!(matches!(trunk.remove(&first), Err(TrunkError::NoEntry)));
    }
}
