//! Going on later from where a splitter is.

use std::io::Read;

use serde::{Deserialize, Serialize};
use trunklog_records::{Log, RowKind};

use super::container::Extent;
use super::level::{Holds, Level, MAX_LEVELS};
use super::state::{Splitter, State};
use super::window::Window;
use crate::graph_json::others::Others;
use crate::graph_json::page::{NextLink, Page};

/// A place between two items of a text, with all that a splitter has to know
/// there of what is before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// Where it is in the text, in bytes.
    offset: u64,
    /// Its line, from 1, and how far it is from the line's start, in bytes.
    line: u64,
    column: u64,
    /// As in [`Splitter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lost_at: Option<u64>,
    /// What is open there, the innermost last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    levels: Vec<OpenLevel>,
}

/// Something that is open at a bookmark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OpenLevel {
    line: u64,
    /// What is known of a page; None where an array is by itself.
    page: Option<OpenPage>,
}

/// What a page has said so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OpenPage {
    /// The log of its rows, or of what else they are.
    log: Option<String>,
    other: Option<String>,
    next_link: Option<NextLink>,
    has_context: bool,
    holds_pages: bool,
    others: Vec<String>,
}

impl<R: Read> Splitter<R> {
    /// The place after the last item. None where the rest of the text cannot be
    /// understood without reading again what is before: within the answer to
    /// a batch, within what is broken, and at the end.
    pub fn bookmark(&self) -> Option<Bookmark> {
        let is_between = matches!(self.state, State::Between) && self.body.is_none() && self.later.is_none();
        if !is_between || self.is_body {
            return None;
        }
        let here = self.window.mark();
        Some(Bookmark {
            offset: here.offset,
            line: here.line,
            column: here.column(),
            lost_at: self.lost_at,
            levels: self.levels.iter().map(OpenLevel::of).collect::<Option<_>>()?,
        })
    }

    /// A splitter that goes on at a bookmark of the same text. What `reader`
    /// yields starts there, at [`Bookmark::offset`].
    pub fn resume(reader: R, bookmark: Bookmark) -> Splitter<R> {
        let Bookmark { offset, line, column, lost_at, levels } = bookmark;
        Splitter {
            levels: levels.into_iter().map(OpenLevel::into_level).collect(),
            has_values: true,
            lost_at,
            ..Splitter::of_window(Window::of_rest(reader, offset, line, column))
        }
    }
}

impl Bookmark {
    /// Reads what [`Bookmark::to_text`] wrote; None for any other text.
    pub fn parse(text: &str) -> Option<Bookmark> {
        let bookmark: Bookmark = serde_json::from_str(text).ok()?;
        bookmark.is_possible().then_some(bookmark)
    }

    /// As a text that outlives the program.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("numbers, texts and lists can be written as JSON")
    }

    /// How many bytes of the text are before it.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// On which line it is, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Whether a text can have such a place, so that arithmetic about it stays
    /// within bounds.
    fn is_possible(&self) -> bool {
        // Each line break takes a byte.
        let has_lines = |line: u64| (1..=self.offset.saturating_add(1)).contains(&line);
        self.column <= self.offset
            && has_lines(self.line)
            && self.levels.len() <= MAX_LEVELS
            && self.levels.iter().all(|level| has_lines(level.line) && level.is_known())
    }
}

impl OpenLevel {
    fn of(level: &Level) -> Option<OpenLevel> {
        let Level { line, holds, extent: Extent::Many } = level else { return None };
        let page = match holds {
            Holds::Elements => None,
            Holds::Rows(page) => Some(OpenPage::of(page)?),
            Holds::Responses(_) | Holds::Body(_) => return None,
        };
        Some(OpenLevel { line: *line, page })
    }

    /// Whether its log, if it has one, is one of ours.
    fn is_known(&self) -> bool {
        let log = self.page.as_ref().and_then(|page| page.log.as_deref());
        log.is_none_or(|name| Log::by_name(name).is_some())
    }

    fn into_level(self) -> Level {
        let holds = self.page.map_or(Holds::Elements, |page| Holds::Rows(page.into_page()));
        Level { line: self.line, holds, extent: Extent::Many }
    }
}

impl OpenPage {
    fn of(page: &Page) -> Option<OpenPage> {
        // An error beside rows is rare; those who go on read the page again.
        if page.failure.is_some() {
            return None;
        }
        let (log, other) = match &page.kind {
            None => (None, None),
            Some(RowKind::Log(log)) => (Some(log.name.to_owned()), None),
            Some(RowKind::Other(name)) => (None, Some(name.clone())),
        };
        Some(OpenPage {
            log,
            other,
            next_link: page.next_link.clone(),
            has_context: page.has_context,
            holds_pages: page.holds_pages,
            others: page.others.names().map(str::to_owned).collect(),
        })
    }

    fn into_page(self) -> Page {
        let log = self.log.and_then(|name| Log::by_name(&name)).map(RowKind::Log);
        Page {
            kind: log.or(self.other.map(RowKind::Other)),
            next_link: self.next_link,
            has_context: self.has_context,
            holds_pages: self.holds_pages,
            failure: None,
            others: self.others.into_iter().collect::<Others>(),
        }
    }
}
