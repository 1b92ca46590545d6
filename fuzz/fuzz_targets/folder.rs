//! What a watched folder reads of itself: reports of files, which may have been changed
//! there, and patterns of names.
//!
//! The input is a report, or a pattern and, in the next line, a name.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklog_sources::folder::{FileReport, Patterns};

fuzz_target!(|input: &[u8]| {
    if let Ok(report) = serde_json::from_slice::<FileReport>(input) {
        assert!(report.text().starts_with(&report.file));
        assert!(report.missing() <= report.expected.unwrap_or(0));
        let json = serde_json::to_vec(&report).expect("a report can be written");
        assert_eq!(serde_json::from_slice::<FileReport>(&json).ok(), Some(report));
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (pattern, name) = text.split_once('\n').unwrap_or((text, "calls.csv"));
    if let Ok(patterns) = pattern.parse::<Patterns>() {
        assert!(!patterns.fit(&format!(".{name}")), "hidden files are left alone");
    }
});
