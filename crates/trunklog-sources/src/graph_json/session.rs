//! Graph's JSON as one of the formats.

use std::io;

use super::detect::detect;
use super::routing::Router;
use super::splitter::{Bookmark, Item, Splitter};
use super::walks::Walks;
use crate::format::{Confidence, Findings, Format, Premise, Session, Start};
use crate::input::Input;
use crate::reader::{Reason, Record, RecordReader, RowTarget};

/// Saved answers of Graph.
pub const FORMAT: Format = Format { name: "graph-json", recognise, begin };

/// The longest position, in bytes. It grows with the members that somebody put
/// into a page, and has to fit into a named state.
const MAX_POSITION: usize = 8 * 1024;

/// Whatever is known to be nothing else: of broken files, too, people hear what
/// is wrong with them.
fn recognise(_: &Start<'_>) -> Option<Confidence> {
    Some(Confidence::Possible)
}

fn begin(premise: Premise) -> Box<dyn Session> {
    Box::new(Answers { router: Router::new(premise), walks: Walks::default(), missing: 0 })
}

/// The answers in all inputs of an import.
#[derive(Debug)]
struct Answers {
    router: Router,
    walks: Walks,
    /// Answers without rows where pages should be.
    missing: u64,
}

/// Those in one of them.
struct AnswerReader<'s> {
    all: &'s mut Answers,
    name: String,
    splitter: Splitter<Input>,
    resumed_on: Option<u64>,
}

impl Session for Answers {
    fn open(&mut self, mut input: Input, from: Option<&str>) -> io::Result<Box<dyn RecordReader + '_>> {
        let name = input.name().to_owned();
        self.router.guess(detect(input.head()));
        let (splitter, resumed_on) = match from.and_then(Bookmark::parse) {
            Some(bookmark) => {
                input.skip(bookmark.offset())?;
                let line = bookmark.line();
                (Splitter::resume(input, bookmark), Some(line))
            }
            None => (Splitter::new(input), None),
        };
        Ok(Box::new(AnswerReader { all: self, name, splitter, resumed_on }))
    }

    fn finish(&mut self) -> Findings {
        // An answer without rows is where a link leads.
        let parts_not_given = self.walks.missing().saturating_sub(self.missing);
        Findings { parts_not_given, warnings: self.walks.warning(parts_not_given).into_iter().collect() }
    }
}

impl RecordReader for AnswerReader<'_> {
    fn next_record(&mut self, rows: &mut dyn RowTarget) -> io::Result<Option<Record<'_>>> {
        let Some(item) = self.splitter.next_item()? else { return Ok(None) };
        Ok(Some(match item {
            Item::Row { line, json, of } => match self.all.router.route(json, of, rows) {
                Ok((log, notes)) => Record::Row { log, line, notes },
                Err(reason) => Record::Rejected { line, reason, text: json },
            },
            Item::Rejected { line, flaw, text } => {
                Record::Rejected { line, reason: Reason::Owned(flaw.to_string()), text }
            }
            Item::PageEnd { next_link } => {
                self.all.walks.add(&self.name, next_link);
                Record::Between
            }
            Item::MissingPage { line, page } => {
                self.all.missing += 1;
                Record::Missing { line, missing: page.into() }
            }
        }))
    }

    fn position(&self) -> Option<String> {
        let text = self.splitter.bookmark()?.to_text();
        (text.len() <= MAX_POSITION).then_some(text)
    }

    fn resumed_on(&self) -> Option<u64> {
        self.resumed_on
    }

    fn is_blank(&self) -> bool {
        self.splitter.is_blank()
    }
}
