//! All formats, and how it is told which of them an input has.

use crate::foreign::{Stranger, stranger};
use crate::format::{Confidence, Format, Start};
use crate::{export_parameters, graph_json, table};

/// The formats that can be read. Of equally sure ones, the first reads an input.
pub static FORMATS: &[Format] = &[graph_json::FORMAT, table::FORMAT, export_parameters::FORMAT];

/// What an input is.
pub(crate) enum InputKind {
    /// Something that can be read.
    Format(&'static Format),
    /// Something that cannot.
    Stranger(Stranger),
}

/// The format of that name.
pub(crate) fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// Finds out what an input is, by its start. None when no format takes it, and
/// nobody knows what else it is.
pub(crate) fn recognise(start: &Start<'_>) -> Option<InputKind> {
    surest(FORMATS, start)
}

fn surest(formats: &'static [Format], start: &Start<'_>) -> Option<InputKind> {
    let sure = formats.iter().rev().filter_map(|format| Some(((format.recognise)(start)?, format)));
    let best = sure.max_by_key(|(confidence, _)| *confidence);
    match best {
        Some((Confidence::Certain, format)) => Some(InputKind::Format(format)),
        // What could not be read on may only look strange.
        other => match stranger(start.bytes).filter(|_| !start.is_cut) {
            Some(stranger) => Some(InputKind::Stranger(stranger)),
            None => other.map(|(_, format)| InputKind::Format(format)),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io;

    use super::*;
    use crate::format::{Findings, Premise, Session};
    use crate::input::Input;
    use crate::reader::RecordReader;

    struct Nothing;

    impl Session for Nothing {
        fn open(&mut self, _: Input, _: Option<&str>) -> io::Result<Box<dyn RecordReader + '_>> {
            Err(io::Error::other("nothing is read here"))
        }

        fn finish(&mut self) -> Findings {
            Findings::default()
        }
    }

    fn nothing(_: Premise) -> Box<dyn Session> {
        Box::new(Nothing)
    }

    fn by_ending(start: &Start<'_>) -> Option<Confidence> {
        start.name.contains(".x").then_some(Confidence::Certain)
    }

    static WITH_OTHERS: &[Format] = &[
        graph_json::FORMAT,
        Format { name: "any", recognise: |_| Some(Confidence::Possible), begin: nothing },
        Format { name: "first", recognise: by_ending, begin: nothing },
        Format { name: "second", recognise: by_ending, begin: nothing },
    ];

    fn told(formats: &'static [Format], name: &str, bytes: &[u8]) -> Option<String> {
        told_of(formats, Start { name, bytes, is_cut: false })
    }

    fn told_of(formats: &'static [Format], start: Start<'_>) -> Option<String> {
        surest(formats, &start).map(|told| match told {
            InputKind::Format(format) => format.name.to_owned(),
            InputKind::Stranger(stranger) => stranger.reason(),
        })
    }

    #[test]
    fn the_surest_format_reads_it() {
        let table = b"CorrelationId,SIP address,Display name\r\n1,a,b\r\n";
        // Of equals the first, and what is sure comes before what is strange.
        assert_eq!(told(WITH_OTHERS, "a", b"[]").as_deref(), Some(graph_json::FORMAT.name));
        assert_eq!(told(WITH_OTHERS, "a.x", b"[]").as_deref(), Some("first"));
        assert_eq!(told(WITH_OTHERS, "a.x", table).as_deref(), Some("first"));
        let reason = told(WITH_OTHERS, "a.csv", table).unwrap();
        assert!(reason.starts_with("a table (CSV)"), "{reason}");
        assert_eq!(told(&WITH_OTHERS[2..], "a", b"[]"), None);
        let cut = Start { name: "a.csv", bytes: table, is_cut: true };
        assert_eq!(told_of(WITH_OTHERS, cut).as_deref(), Some(graph_json::FORMAT.name));
    }

    #[test]
    fn inputs_find_their_format() {
        for (name, text, format) in [
            ("a", "[]", "graph-json"),
            ("a.csv", "{\"id\":1}", "graph-json"),
            ("a.json", "CorrelationId,Start time,SBC FQDN\n", "table"),
            ("a", "sep=;\r\nid;startDateTime\r\n", "table"),
            ("parameters.json", "{\"range\":7}", "export-parameters"),
        ] {
            assert_eq!(told(FORMATS, name, text.as_bytes()).as_deref(), Some(format), "{text}");
        }
        let reason = told(FORMATS, "a", b"a,b,c\n1,2,3\n").unwrap();
        assert!(reason.starts_with("a table (CSV)"), "{reason}");
    }

    #[test]
    fn names_find_their_format() {
        let names: BTreeSet<&str> = FORMATS.iter().map(|format| format.name).collect();
        assert_eq!(names.len(), FORMATS.len(), "two formats have one name");
        for name in names {
            assert_eq!(by_name(name).map(|format| format.name), Some(name));
        }
        assert!(by_name("another").is_none());
    }
}
