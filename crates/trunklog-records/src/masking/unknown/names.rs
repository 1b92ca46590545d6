//! What names of unknown properties tell about their values.

use std::collections::HashMap;

/// What names of properties with numbers have in them, in lower case.
const SPEAKING: [&str; 13] = [
    "number", "phone", "caller", "callee", "called", "calling", "dialed", "dialled", "msisdn", "mobile",
    "fax", "e164", "lineuri",
];

/// The same as whole words: within others they mean other things.
const SPEAKING_WORDS: [&str; 19] = [
    "tel",
    "from",
    "to",
    "did",
    "cli",
    "ani",
    "dnis",
    "ext",
    "extension",
    "destination",
    "source",
    "voicemail",
    "pin",
    "forwarded",
    "redirect",
    "redirected",
    "transfer",
    "transferred",
    "msn",
];

/// Words of names whose values are counts, times or sizes, whatever of.
const COUNTING_WORDS: [&str; 25] = [
    "length",
    "count",
    "duration",
    "port",
    "seconds",
    "secs",
    "milliseconds",
    "ms",
    "bytes",
    "size",
    "index",
    "time",
    "timestamp",
    "date",
    "at",
    "epoch",
    "ticks",
    "utc",
    "sequence",
    "serial",
    "version",
    "build",
    "valid",
    "percent",
    "score",
];

/// Words of names whose values may be IP addresses.
const ADDRESS_WORDS: [&str; 5] = ["ip", "ips", "ipv", "address", "addresses"];

/// Whether a value holds numbers, as far as names tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mention {
    /// No name says so.
    Nowhere,
    /// A name around it does.
    Around,
    /// Its own name does.
    Itself,
}

/// What a value may be, as far as names tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Naming {
    pub(super) mention: Mention,
    /// Whether it may be an IP address.
    pub(super) address: bool,
}

impl Naming {
    /// Anything.
    pub(super) const VAGUELY: Naming = Naming { mention: Mention::Nowhere, address: false };

    /// What cannot be read, and may be a number.
    pub(super) const UNREADABLY: Naming = Naming { mention: Mention::Itself, address: false };

    /// What the value of a property of that name is, inside an object.
    pub(super) fn by(name: &str, outer: Naming) -> Naming {
        let words = words(name);
        let has = |of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
        let lower = name.to_lowercase();
        if lower.starts_with("numberof") || has(&COUNTING_WORDS) {
            return Naming::VAGUELY;
        }
        let mention = if has(&SPEAKING_WORDS) || SPEAKING.iter().any(|part| lower.contains(part)) {
            Mention::Itself
        } else if outer.mention == Mention::Nowhere {
            Mention::Nowhere
        } else {
            Mention::Around
        };
        Naming { mention, address: outer.address || has(&ADDRESS_WORDS) }
    }

    /// What a name inside an object is that is named so. A name with letters is
    /// a name, also where numbers are expected.
    pub(super) fn of_name(name: &str, outer: Naming) -> Naming {
        if name.chars().any(char::is_alphabetic) { Naming::VAGUELY } else { outer }
    }
}

/// The words of a name, in lower case: `callerIPAddress` has three.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let chars: Vec<char> = name.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let next = chars.get(at + 1);
        let starts = c.is_uppercase()
            && (before.is_some_and(|before| !before.is_uppercase())
                || next.is_some_and(|next| next.is_lowercase()));
        if starts || !c.is_alphabetic() {
            words.push(String::new());
        }
        if c.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// An object or array on the way to a value.
#[derive(Debug)]
pub(super) struct Level {
    /// What it is named.
    pub(super) named: Naming,
    /// The names that it has as yet, and how often each came.
    names: HashMap<String, usize>,
}

impl Level {
    pub(super) fn new(named: Naming) -> Level {
        Level { named, names: HashMap::new() }
    }

    /// Takes a name. If the object has it already, as where two numbers are
    /// masked to the same, that is the name with letters after it.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let Some(mut times) = self.names.get(name).copied() else {
            self.names.insert(name.to_owned(), 1);
            return None;
        };
        let other = loop {
            let other = format!("{name} ({})", letters(times));
            times += 1;
            if !self.names.contains_key(&other) {
                break other;
            }
        };
        self.names.insert(name.to_owned(), times);
        self.names.insert(other.clone(), 1);
        Some(other)
    }
}

/// A number as letters, from `b` for one: digits could be taken for a number's.
fn letters(mut number: usize) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        letters.extend(('a'..='z').nth(number % 26));
        number /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaks(name: &str) -> Mention {
        Naming::by(name, Naming::VAGUELY).mention
    }

    #[test]
    fn names_speak_by_their_words() {
        assert_eq!(words("callerIPAddress_v2").concat(), "calleripaddressv");
        for name in ["from", "redirectTo", "originalDID", "ext2", "callerNumber", "transfer-to", "Ani"] {
            assert_eq!(speaks(name), Mention::Itself, "{name}");
        }
        for name in ["tomorrow", "context", "resource", "sequenceNumber", "callerJoinedAt", "numberOfCalls"] {
            assert_eq!(speaks(name), Mention::Nowhere, "{name}");
        }
        let callee = Naming::by("callee", Naming::VAGUELY);
        assert_eq!(Naming::by("id", callee).mention, Mention::Around);
        assert!(Naming::by("callerIp", Naming::VAGUELY).address);
    }

    #[test]
    fn an_object_takes_each_name_once() {
        let mut level = Level::new(Naming::VAGUELY);
        let taken: Vec<_> = ["a", "a", "a (c)", "a", "b"].map(|name| level.take(name)).into();
        let other = |name: &str| Some(name.to_owned());
        assert_eq!(taken, [None, other("a (b)"), None, other("a (d)"), None]);
        assert_eq!([1, 25, 26].map(letters), ["b", "z", "ba"]);
    }
}
