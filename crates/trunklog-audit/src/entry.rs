//! An entry and its line.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::chain::{Hash, Mark};

/// What the trail itself writes: the first line of all.
pub(crate) const STARTED: &str = "trail.started";
/// The first line of each further file.
pub(crate) const FILE: &str = "trail.file";
/// A line before it was not finished, because the program or the machine ended.
pub(crate) const MENDED: &str = "trail.mended";
/// Entries that were on disk are there no longer.
pub(crate) const LOST: &str = "trail.lost";
/// Reads were not written.
pub(crate) const GAP: &str = "trail.gap";
/// Files were removed because of their age.
pub(crate) const EXPIRED: &str = "trail.expired";
/// Keys of somebody were destroyed.
pub(crate) const FORGOT: &str = "trail.forgot";

const HASH_STARTS: &[u8] = br#","hash":""#;
const HASH_ENDS: &[u8] = br#""}"#;
const HASH_DIGITS: usize = 64;

/// An entry of the trail. Persons, numbers and addresses in it are pseudonyms such
/// as `user:5f…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number; the next entry has the next one.
    pub n: u64,
    /// When it happened, of several reads the first.
    pub at: Timestamp,
    /// Of several reads, when the last of them was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What was done: the name of an [`Action`](crate::Action), or one that starts
    /// with `trail.` for what the trail says of itself.
    pub what: String,
    /// By which way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// Who did it: `application:` and a GUID, `user:`, `local:` or `client:` and a
    /// pseudonym, `program` or `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// `refused` or `failed`, unless it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Whose log it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Uuid>,
    /// From where, as a pseudonym that holds for a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Which log, report, page or setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Which time of the log, without its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[String; 2]>,
    /// How rows were chosen, with a question mark for each value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The one person or number it was about, as a pseudonym.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Why somebody did it, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many rows were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// How many alike there were, if several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<u64>,
    /// The id of the request, of several the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Uuid>,
    /// Further facts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, Value>,
    /// The hash of the entry before it, where that is in another file or is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Hash>,
    /// The hash of the unfinished line before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub torn: Option<Hash>,
}

/// A line taken apart.
pub(crate) struct Line<'l> {
    pub(crate) entry: Entry,
    /// What the hash is over, besides the hash before it.
    pub(crate) content: &'l [u8],
    /// What the line says that its hash is.
    pub(crate) hash: Hash,
}

impl Entry {
    /// An entry of the trail about itself.
    pub(crate) fn own(n: u64, at: Timestamp, what: &str) -> Entry {
        Entry {
            n,
            at: whole_ms(at),
            until: None,
            what: what.to_owned(),
            via: None,
            who: None,
            outcome: None,
            why: None,
            tenant: None,
            from: None,
            of: None,
            range: None,
            filter: None,
            subject: None,
            reason: None,
            rows: None,
            requests: None,
            request: None,
            details: BTreeMap::new(),
            prev: None,
            torn: None,
        }
    }

    /// Adds a fact.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Entry {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// Appends its line, which follows an entry of that hash, and gives its mark.
    pub(crate) fn write_after(&self, before: Hash, out: &mut Vec<u8>) -> serde_json::Result<Mark> {
        let start = out.len();
        serde_json::to_writer(&mut *out, self)?;
        // The bracket at its end comes after the hash.
        out.pop();
        let hash = Hash::following(before, &out[start..]);
        out.extend_from_slice(HASH_STARTS);
        out.extend_from_slice(hash.to_string().as_bytes());
        out.extend_from_slice(HASH_ENDS);
        out.push(b'\n');
        Ok(Mark { n: self.n, hash })
    }
}

impl<'l> Line<'l> {
    /// Takes a line apart, without the line feed at its end; None if it is none of
    /// the trail's.
    pub(crate) fn parse(line: &'l [u8]) -> Option<Line<'l>> {
        let rest = line.strip_suffix(HASH_ENDS)?;
        let (rest, digits) = rest.split_at_checked(rest.len().checked_sub(HASH_DIGITS)?)?;
        let hash = str::from_utf8(digits).ok()?.parse().ok()?;
        let content = rest.strip_suffix(HASH_STARTS)?;
        let mut object = content.to_vec();
        object.push(b'}');
        Some(Line { entry: serde_json::from_slice(&object).ok()?, content, hash })
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { n: self.entry.n, hash: self.hash }
    }
}

/// A time without what is finer than a millisecond.
pub(crate) fn whole_ms(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        let at = "2026-11-30T08:00:00.1234567Z".parse().unwrap();
        Entry { rows: Some(3), ..Entry::own(7, at, "calls.read") }.with("format", "csv")
    }

    #[test]
    fn a_line_comes_back_as_it_went() {
        let mut out = b"before\n".to_vec();
        let mark = entry().write_after(Hash::START, &mut out).unwrap();
        let line = out[7..].strip_suffix(b"\n").unwrap();
        let text = str::from_utf8(line).unwrap();
        let start = r#"{"n":7,"at":"2026-11-30T08:00:00.123Z","what":"calls.read","rows":3,"details":{"format":"csv"},"hash":""#;
        assert!(text.starts_with(start), "{text}");
        let back = Line::parse(line).unwrap();
        assert_eq!((&back.entry, back.mark()), (&entry(), mark));
        assert_eq!(Hash::following(Hash::START, back.content), back.hash);
        // Other programs read it as JSON.
        let json: Value = serde_json::from_slice(line).unwrap();
        assert_eq!(json["hash"], mark.hash.to_string());
    }

    #[test]
    fn what_is_no_line_is_none() {
        let mut out = Vec::new();
        entry().write_after(Hash::START, &mut out).unwrap();
        out.pop();
        for at in 0..out.len() {
            assert!(Line::parse(&out[..at]).is_none(), "cut at {at}");
        }
        assert!(Line::parse(&[b"{}".as_slice(), HASH_STARTS].concat()).is_none());
        assert!(Line::parse(&[0xff; 200]).is_none());
    }
}
