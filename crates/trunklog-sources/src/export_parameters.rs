//! The file that the Teams admin centre puts beside the tables of an export: the
//! range that was asked for, and which capabilities.
//!
//! It has no rows, and its names are not documented. So it is passed over, and whoever
//! imports an unpacked export hears of nothing that is missing.

use std::collections::BTreeMap;
use std::io;

use serde_json::value::RawValue;
use trunklog_records::{RowKind, kind_of_properties};

use crate::format::{Confidence, Findings, Format, Premise, Session, Start};
use crate::input::Input;
use crate::reader::{Record, RecordReader, RowTarget};

/// The parameters of an export.
pub const FORMAT: Format = Format { name: "export-parameters", recognise, begin };

/// The members that were seen.
const MEMBERS: [&str; 3] = ["from", "to", "capabilities"];

/// How the file is called.
const FILE: &str = "parameters.json";

/// Members of what Graph answers.
const MEMBERS_OF_ANSWERS: [&str; 4] = ["value", "responses", "error", "body"];

fn recognise(start: &Start<'_>) -> Option<Confidence> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(start.bytes).ok()?;
    let has = |name: &&str| members.contains_key(*name);
    let is_as_seen = members.len() == MEMBERS.len() && MEMBERS.iter().all(has);
    let file = start.name.rsplit(['/', '\\', ' ']).next().unwrap_or_default();
    let is_answer = || {
        let kind = kind_of_properties(members.keys().map(String::as_str));
        matches!(kind, Some(RowKind::Log(_)))
            || MEMBERS_OF_ANSWERS.iter().any(has)
            || members.keys().any(|name| name.contains('@'))
    };
    let is_named = file.eq_ignore_ascii_case(FILE) && !members.is_empty() && !is_answer();
    (is_as_seen || is_named).then_some(Confidence::Certain)
}

fn begin(_: Premise) -> Box<dyn Session> {
    Box::new(Parameters)
}

struct Parameters;

struct ParametersReader {
    input: Input,
    is_read: bool,
}

impl Session for Parameters {
    fn open(&mut self, input: Input, _: Option<&str>) -> io::Result<Box<dyn RecordReader + '_>> {
        Ok(Box::new(ParametersReader { input, is_read: false }))
    }

    fn finish(&mut self) -> Findings {
        Findings::default()
    }
}

impl RecordReader for ParametersReader {
    fn next_record(&mut self, _: &mut dyn RowTarget) -> io::Result<Option<Record<'_>>> {
        if self.is_read {
            return Ok(None);
        }
        self.is_read = true;
        io::copy(&mut self.input, &mut io::sink())?;
        Ok(Some(Record::Between))
    }

    fn position(&self) -> Option<String> {
        None
    }

    fn resumed_on(&self) -> Option<u64> {
        None
    }

    fn is_blank(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_told(name: &str, text: &str) -> bool {
        recognise(&Start { name, bytes: text.as_bytes(), is_cut: false }).is_some()
    }

    #[test]
    fn the_file_is_known_by_its_members_or_its_name() {
        let seen = r#"{"from": "2031-03-01T00:00:00Z", "to": "2031-03-28T00:00:00Z", "capabilities": []}"#;
        assert!(is_told("any.json", seen));
        let other = r#"{"StartDate":"2031-03-01","Capabilities":null}"#;
        assert!(is_told("a/Parameters.json", other) && is_told("a.zip: parameters.json", other));
        assert!(!is_told("other.json", other));
        for text in [
            "",
            "{}",
            "[]",
            seen.trim_end_matches('}'),
            r#"{"value":[]}"#,
            r#"{"id":"1","correlationId":"2","finalSipCode":0}"#,
            r#"{"error":{"code":"x"}}"#,
        ] {
            assert!(!is_told("parameters.json", text), "{text}");
        }
    }
}
