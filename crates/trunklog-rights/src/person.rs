//! Who is meant, and which properties tell of persons.

use std::collections::BTreeSet;
use std::fmt;

use trunklog_records::call_types::{Direction, only_direction};
use trunklog_records::{Cell, Log, Rows};

use crate::haystack::Haystack;
use crate::number::{self, Place, Rule};

/// The properties that tell of a user of the organisation, in all logs.
pub(crate) const OF_USERS: [&str; 7] = [
    "userId",
    "userPrincipalName",
    "userDisplayName",
    "clientLocalIpV4Address",
    "clientLocalIpV6Address",
    "clientPublicIpV4Address",
    "clientPublicIpV6Address",
];

/// Those by which a user is told from others. A display name many may have.
pub(crate) const NAMES: [&str; 2] = ["userId", "userPrincipalName"];

/// The properties that hold a number.
pub(crate) const NUMBERS: [&str; 5] =
    ["callerNumber", "calleeNumber", "sourceNumber", "destinationNumber", "userTelephoneNumber"];

/// Other texts in which a number may stand: people write it into display names, devices
/// into the reasons of failures.
pub(crate) const TEXTS: [&str; 4] = [DISPLAY_NAME, "finalSipCodePhrase", "destinationName", "blockReason"];

/// The one of them that may be nothing but a short number, as an extension is.
const DISPLAY_NAME: &str = "userDisplayName";

/// The longest principal name: 64 characters, `@` and a host of 255.
const LONGEST_NAME: usize = 320;

/// A person: a user, or whoever has a number.
///
/// ```
/// use trunklog_rights::Person;
///
/// let caller = Person::number("0049 30 123456").unwrap();
/// assert_eq!(caller, Person::number("+4930123456").unwrap());
/// assert_eq!(caller.to_string(), "the number *******456");
/// assert_eq!(Person::user("Ada@contoso.com").unwrap().to_string(), "the user a**@contoso.com");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What is told to people.
    first: Mark,
    /// All by which the person is known, the first among them.
    marks: BTreeSet<Mark>,
}

/// One thing by which a person is known, in the form in which it is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Mark {
    /// A principal name or object id, in lower case.
    User(String),
    /// The digits of a number.
    Number(String),
    /// The digits of a number as versions before took them. Only the list of erased persons
    /// may know it so.
    NumberBefore(String),
}

impl Mark {
    pub(crate) fn of_number(digits: &str, rule: Rule) -> Mark {
        match rule {
            Rule::Now => Mark::Number(digits.to_owned()),
            Rule::Before => Mark::NumberBefore(digits.to_owned()),
        }
    }
}

/// What was given is no user, or no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// Not a principal name or id.
    #[error("give a user by the principal name, such as ada@contoso.com, or by the object id")]
    User,
    /// Not a number.
    #[error("give a number by its digits, best with its country code, such as +4930123456")]
    Number,
}

impl Person {
    /// The user with that principal name or object id; letter case does not matter.
    pub fn user(name: &str) -> Result<Person, PersonError> {
        let name = name.trim().to_lowercase();
        if tells_one(&name) { Ok(Person::of(Mark::User(name))) } else { Err(PersonError::User) }
    }

    /// Whoever has that number, however it is written.
    pub fn number(text: &str) -> Result<Person, PersonError> {
        Ok(Person::of(Mark::Number(number::digits(text).ok_or(PersonError::Number)?)))
    }

    /// The same, also as versions before compared it: for who takes somebody off the list
    /// whom one of them put there.
    pub fn number_as_listed(text: &str) -> Result<Person, PersonError> {
        let before = number::known_before(text).into_iter().map(Mark::NumberBefore);
        Ok(Person::number(text)?.also(before))
    }

    fn of(mark: Mark) -> Person {
        Person { marks: BTreeSet::from([mark.clone()]), first: mark }
    }

    /// The same person, also known by other ids or names of the same user.
    #[must_use]
    pub(crate) fn also(mut self, marks: impl IntoIterator<Item = Mark>) -> Person {
        self.marks.extend(marks);
        self
    }

    pub(crate) fn marks(&self) -> &BTreeSet<Mark> {
        &self.marks
    }

    /// How many ids, names and numbers the person is known by.
    pub fn known_by(&self) -> usize {
        self.marks.len()
    }

    /// Whether it is a user.
    pub fn is_user(&self) -> bool {
        matches!(self.first, Mark::User(_))
    }

    /// The digits by which a number is compared; None for a user.
    pub fn digits(&self) -> Option<&str> {
        match &self.first {
            Mark::Number(digits) => Some(digits),
            Mark::User(_) | Mark::NumberBefore(_) => None,
        }
    }

    /// The principal names and ids by which a user is known, in lower case; none of a
    /// number.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.marks.iter().filter_map(|mark| match mark {
            Mark::User(name) => Some(name.as_str()),
            Mark::Number(_) | Mark::NumberBefore(_) => None,
        })
    }

    /// Whether a text names the person: a number in any form, also within other text, or
    /// as a whole a principal name or an id in any letter case. For who keeps texts beside
    /// the store.
    ///
    /// ```
    /// use trunklog_rights::Person;
    ///
    /// let ada = Person::user("ada@contoso.com").unwrap();
    /// assert!(ada.is_named_by("ADA@contoso.com") && !ada.is_named_by("nevada@contoso.com"));
    /// ```
    pub fn is_named_by(&self, text: &str) -> bool {
        let mut is_named = false;
        marks_of(text, Place::Number, &mut |mark| is_named |= self.marks.contains(&mark));
        is_named
    }

    /// Whether the person occurs anywhere in some bytes: for files of rejected records
    /// and the like, whose form nobody knows. A number is found in any form that has
    /// its digits in a row, with blanks or signs between them, also where more blocks of
    /// digits are beside it: they may be another column's. Longer blocks that it is a part
    /// of are not. What is escaped or percent-encoded counts as what it stands for.
    ///
    /// ```
    /// use trunklog_rights::Person;
    ///
    /// let caller = Person::number("+4930123456").unwrap();
    /// assert!(caller.occurs_in(b"a,+49 30 123456,b") && !caller.occurs_in(b"a,+49301234567,b"));
    /// ```
    pub fn occurs_in(&self, bytes: &[u8]) -> bool {
        let text = Haystack::of(bytes);
        self.marks.iter().any(|mark| match mark {
            Mark::User(name) => text.has_name(name),
            Mark::Number(digits) => text.has_digits(digits),
            Mark::NumberBefore(_) => false,
        })
    }
}

/// Whether a text can be the name or id of one user. What stands for nobody, as the id of
/// zeros does, is in rows of many.
pub(crate) fn tells_one(name: &str) -> bool {
    let is_id = uuid::Uuid::try_parse(name).is_ok_and(|id| !id.is_nil());
    (is_id || name.contains('@')) && name.len() <= LONGEST_NAME
}

/// What a text may be compared as: numbers, a user, or both.
pub(crate) fn marks_of(text: &str, place: Place, each: &mut dyn FnMut(Mark)) {
    number::each_in(text, place, &mut |digits, rule| each(Mark::of_number(digits, rule)));
    let name = text.trim();
    if name.len() <= LONGEST_NAME {
        let lower = name.to_lowercase();
        // An address of a call may name a user.
        for scheme in ["sip:", "sips:", "im:", "mailto:"] {
            if let Some(address) = lower.strip_prefix(scheme) {
                each(Mark::User(address.split([';', '?', '>']).next().unwrap_or(address).to_owned()));
            }
        }
        each(Mark::User(lower));
    }
}

impl fmt::Display for Person {
    /// With most of it hidden: this stands in receipts and logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.first {
            Mark::Number(digits) | Mark::NumberBefore(digits) => {
                write!(f, "the number {}", number::hidden(digits))
            }
            Mark::User(name) => match name.split_once('@') {
                Some((local, host)) => {
                    let first: String = local.chars().take(1).collect();
                    write!(
                        f,
                        "the user {first}{}@{host}",
                        "*".repeat(local.chars().count().saturating_sub(1))
                    )
                }
                None => write!(f, "the user {}****", name.get(..4).unwrap_or_default()),
            },
        }
    }
}

/// Where a log tells of persons.
pub(crate) struct Places {
    /// The properties by which users are told apart.
    pub(crate) names: Vec<usize>,
    /// Those that hold numbers.
    pub(crate) numbers: Vec<usize>,
    /// Other texts in which numbers may stand.
    pub(crate) texts: Vec<usize>,
    /// The one of these that may be a short number.
    display_name: Option<usize>,
    /// All that tell of a user.
    pub(crate) of_users: Vec<usize>,
    /// The unknown properties.
    pub(crate) unknown: usize,
    /// The property that tells the direction, and the numbers of the user in a call that
    /// came in and one that went out.
    pub(crate) own: Option<OwnNumbers>,
}

/// Which number of a call is the user's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnNumbers {
    pub(crate) direction: usize,
    /// Of a call that came in.
    pub(crate) inbound: usize,
    /// Of a call that went out.
    pub(crate) outbound: usize,
}

impl Places {
    pub(crate) fn of(log: &'static Log) -> Places {
        let found = |names: &[&str]| -> Vec<usize> {
            let mut found: Vec<usize> = names.iter().filter_map(|name| log.index_of(name)).collect();
            found.sort_unstable();
            found
        };
        let own = log.external_party.and_then(|party| {
            // The other party is the caller of a call that came in: the user was called.
            Some(OwnNumbers {
                direction: log.index_of(party.direction)?,
                inbound: log.index_of(party.outbound)?,
                outbound: log.index_of(party.inbound)?,
            })
        });
        Places {
            names: found(&NAMES),
            numbers: found(&NUMBERS),
            texts: found(&TEXTS),
            display_name: log.index_of(DISPLAY_NAME),
            of_users: found(&OF_USERS),
            unknown: log.properties.len(),
            own,
        }
    }

    /// The properties in which numbers are looked for, whatever else is in them.
    pub(crate) fn with_numbers(&self) -> impl Iterator<Item = usize> + '_ {
        self.numbers.iter().chain(&self.texts).copied()
    }

    /// What may be a number in a property. A phrase or a reason may be a code.
    pub(crate) fn place(&self, at: usize) -> Place {
        if self.numbers.contains(&at) {
            Place::Number
        } else if self.texts.contains(&at) && self.display_name != Some(at) {
            Place::Text { fewest: number::MANY }
        } else {
            Place::ANY
        }
    }

    /// The properties that have to be read to find persons, ascending.
    pub(crate) fn columns(&self) -> Vec<usize> {
        let direction = self.own.map(|own| own.direction);
        let names = self.names.iter().copied();
        let mut all: Vec<usize> =
            names.chain(self.with_numbers()).chain([self.unknown]).chain(direction).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The user's own numbers in a call of that type: in doubt both.
    pub(crate) fn own_numbers(&self, call_type: Option<&str>) -> Vec<usize> {
        let mut numbers = match (self.own, call_type.and_then(only_direction)) {
            // The one number of a log without parties is the user's.
            (None, _) => self.numbers.clone(),
            (Some(own), Some(Direction::Inbound)) => vec![own.inbound],
            (Some(own), Some(Direction::Outbound)) => vec![own.outbound],
            (Some(own), None) => vec![own.inbound, own.outbound],
        };
        numbers.sort_unstable();
        numbers
    }
}

/// The text of a property of a row.
pub(crate) fn text_of(rows: &Rows, at: usize, row: usize) -> Option<&str> {
    match rows.column(at).value(row)? {
        Cell::Text(text) | Cell::Members(text) => Some(text),
        _ => None,
    }
}

/// Gives each text and number within unknown properties.
pub(crate) fn texts_within(members: &str, each: &mut dyn FnMut(&str)) {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(&format!("{{{members}}}")) else {
        // What cannot be taken apart is looked at as it is.
        each(members);
        return;
    };
    let mut open = vec![&value];
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::String(text) => each(text),
            serde_json::Value::Number(number) => each(&number.to_string()),
            serde_json::Value::Array(values) => open.extend(values),
            serde_json::Value::Object(members) => open.extend(members.values()),
            serde_json::Value::Null | serde_json::Value::Bool(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
