//! Files to import: each format reads all of them, whatever they are. Saved Graph
//! answers are cut into records, decoded and encoded again.

#![no_main]

use std::io::{self, Cursor, Read};

use libfuzzer_sys::fuzz_target;
use trunklog_odata::Version;
use trunklog_records::json::{RowDecoder, RowEncoder};
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, RowBuilder};
use trunklog_sources::format::{Format, Premise};
use trunklog_sources::formats::FORMATS;
use trunklog_sources::graph_json::{Bookmark, Item, MAX_BODY, MAX_RECORD, RowsOf, Splitter, detect};
use trunklog_sources::input::Input;
use trunklog_sources::reader::{Reason, Record, RowTarget};

fuzz_target!(|input: &[u8]| {
    let _ = detect(input);
    let _ = Bookmark::parse(&String::from_utf8_lossy(input));
    let whole = items(Splitter::new(input), input.len());
    let trickled = items(Splitter::new(Trickle(input)), input.len());
    assert_eq!(whole, trickled, "where a read ends changes nothing");
    go_on(input, &whole);
    // What comes out of gzip may be a thousand times as long.
    if !input.starts_with(b"\x1f\x8b") {
        for format in FORMATS {
            read(format, input);
        }
    }
});

/// A format copes with what is none of its inputs, and goes on at its positions
/// as if it had not stopped there.
fn read(format: &Format, input: &[u8]) {
    let whole = records(format, input, None);
    // One place is enough for one input; its length picks any of them.
    let picked = input.len() % (whole.len() + 1);
    if let Some((_, Some(position))) = picked.checked_sub(1).map(|last| &whole[last]) {
        assert_eq!(records(format, input, Some(position.as_str())), whole[picked..]);
    }
}

/// What a format finds, each with the position after it.
fn records(format: &Format, input: &[u8], from: Option<&str>) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    let mut session = (format.begin)(Premise::default());
    // What is not UTF-8 may end in an error.
    let Ok(stream) = Input::new("input", Cursor::new(input.to_vec())) else { return found };
    let Ok(mut reader) = session.open(stream, from) else { return found };
    let mut rows = Taken::default();
    loop {
        let text = match reader.next_record(&mut rows) {
            Ok(Some(Record::Row { log, line, notes })) => format!("{} {line} {notes:?}", log.name),
            Ok(Some(other)) => format!("{other:?}"),
            Ok(None) | Err(_) => return found,
        };
        found.push((text, reader.position()));
        assert!(found.len() <= 2 * input.len() + 2, "every record moves on");
    }
}

/// Takes rows of every log.
#[derive(Default)]
struct Taken(Vec<RowBuilder>);

impl RowTarget for Taken {
    fn rows_of(&mut self, log: &'static Log) -> Result<&mut RowBuilder, Reason> {
        let known = self.0.iter().position(|rows| rows.log() == log);
        let at = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push(RowBuilder::new(log));
        }
        Ok(&mut self.0[at])
    }
}

/// Reading goes on at a bookmark as if it had not been left there.
fn go_on(input: &[u8], whole: &[String]) {
    // One place is enough for one input; its length picks any of them.
    let picked = input.len() % (whole.len() + 1);
    let mut splitter = Splitter::new(input);
    for _ in 0..picked {
        let _ = splitter.next_item().expect("memory has no read errors");
    }
    let Some(bookmark) = splitter.bookmark() else { return };
    let bookmark = Bookmark::parse(&bookmark.to_text()).expect("what was written reads back");
    let rest = &input[usize::try_from(bookmark.offset()).expect("it is in memory")..];
    assert_eq!(items(Splitter::resume(rest, bookmark), input.len()), whole[picked..]);
}

/// All that the splitter finds, as text that can be compared.
fn items(mut splitter: Splitter<impl Read>, len: usize) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(item) = splitter.next_item().expect("memory has no read errors") {
        found.push(format!("{item:?}"));
        assert!(found.len() <= 2 * len + 2, "every item moves on");
        match item {
            Item::Row { json, of, .. } => {
                assert!(json.len() <= MAX_BODY);
                // One log is enough for one row; its length picks any of them.
                let picked = LOGS[json.len() % LOGS.len()];
                decode(if let RowsOf::Log(log) = of { log } else { picked }, json);
            }
            Item::Rejected { text, .. } => assert!(text.len() <= MAX_RECORD),
            Item::PageEnd { .. } | Item::MissingPage { .. } => {}
        }
    }
    found
}

/// What can be decoded can be encoded, and says the same then.
fn decode(log: &'static Log, json: &[u8]) {
    let Some(once) = encoded(RowDecoder::new(log), log, json) else { return };
    if !log.shows_time() {
        // Its rows do not show all that they need.
        return;
    }
    // What tells a row's log may be an annotation, which is not kept.
    let twice = encoded(RowDecoder::new(log).for_stored_rows(), log, &once);
    assert_eq!(twice.as_deref(), Some(once.as_slice()), "of {}", String::from_utf8_lossy(json));
}

fn encoded(decoder: RowDecoder, log: &'static Log, json: &[u8]) -> Option<Vec<u8>> {
    let mut builder = RowBuilder::new(log);
    let decoded = decoder.decode(json, &mut builder);
    assert_eq!(decoded.is_ok(), builder.len() == 1, "a row is added as a whole or not at all");
    decoded.ok()?;
    let mut out = Vec::new();
    RowEncoder::new(log, Version::Beta).encode(&builder.finish(), &mut out);
    Some(out)
}

/// A reader that gives one to seven bytes at a time.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = (self.0.len() % 7 + 1).min(self.0.len()).min(out.len());
        let (now, later) = self.0.split_at(len);
        out[..len].copy_from_slice(now);
        self.0 = later;
        Ok(len)
    }
}
