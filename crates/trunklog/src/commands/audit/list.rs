//! How entries are shown.

use anyhow::Result;
use indicatif::HumanCount;
use serde_json::{Map, Value};
use trunklog_audit::{Entry, Names};

use crate::output;

/// For people; without a line end.
pub(super) fn table(entries: &[Entry], names: Option<&Names>) -> String {
    let mut table = output::table(["entry", "time", "what", "who", "from", "about", "rows", "outcome"]);
    for entry in entries {
        table.add_row(vec![
            entry.n.to_string(),
            entry.at.to_string(),
            what(entry),
            entry.who.as_deref().map(|who| named(who, names)).unwrap_or_default(),
            entry.from.as_deref().map(|from| named(from, None)).unwrap_or_default(),
            about(entry, names),
            entry.rows.map(|rows| HumanCount(rows).to_string()).unwrap_or_default(),
            outcome(entry),
        ]);
    }
    table.to_string()
}

/// All of an entry, with names beside pseudonyms if they are given.
pub(super) fn json(entry: &Entry, names: Option<&Names>) -> Result<Value> {
    let mut value = serde_json::to_value(entry)?;
    if let (Some(names), Value::Object(members)) = (names, &mut value) {
        let mut known = Map::new();
        for pseudonym in [&entry.who, &entry.subject].into_iter().flatten() {
            if let Some(name) = names.of(pseudonym) {
                known.insert(pseudonym.clone(), Value::from(name));
            }
        }
        members.insert("names".to_owned(), Value::Object(known));
        members.insert("reasonText".to_owned(), names.reason(entry).into());
    }
    Ok(value)
}

fn what(entry: &Entry) -> String {
    match entry.requests {
        Some(requests) => format!("{} ({} times)", entry.what, HumanCount(requests)),
        None => entry.what.clone(),
    }
}

/// A name where there is one, else a pseudonym, shortened to what tells it from
/// others at a glance.
fn named(pseudonym: &str, names: Option<&Names>) -> String {
    const SHOWN: usize = 8;
    if let Some(name) = names.and_then(|names| names.of(pseudonym)) {
        return name.to_owned();
    }
    match pseudonym.split_once(':') {
        // The id of an application is no pseudonym.
        Some((kind, digits)) if kind != "application" => {
            format!("{kind}:{}", digits.chars().take(SHOWN).collect::<String>())
        }
        _ => pseudonym.to_owned(),
    }
}

fn about(entry: &Entry, names: Option<&Names>) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(entry.via.clone());
    parts.extend(entry.of.clone());
    parts.extend(entry.subject.as_deref().map(|subject| named(subject, names)));
    if let Some([from, end]) = &entry.range {
        parts.push(format!("{from} to {end}"));
    }
    parts.extend(entry.filter.clone());
    parts.extend(entry.details.iter().map(|(name, value)| match value {
        Value::String(text) => format!("{name} {text}"),
        other => format!("{name} {other}"),
    }));
    if let Some(reason) = names.and_then(|names| names.reason(entry)) {
        parts.push(format!("because: {reason}"));
    }
    parts.join(", ")
}

fn outcome(entry: &Entry) -> String {
    match (&entry.outcome, &entry.why) {
        (Some(outcome), Some(why)) => format!("{outcome}: {why}"),
        (Some(outcome), None) => outcome.clone(),
        (None, _) => String::new(),
    }
}
