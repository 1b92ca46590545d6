//! What tests of pages have in common.

use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::calendar::zone;
use trunklog_reports::{Answer, Column, Language, Source, Table, Value};

use crate::context::{Completeness, PageContext, Reads, Sees};
use crate::formats::Formats;
use crate::links::Links;
use crate::state::FilterState;

pub(super) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn week() -> TimeRange {
    TimeRange::of(&DIRECT_ROUTING_CALLS, at("2026-11-23T00:00:00Z"), at("2026-11-30T00:00:00Z")).unwrap()
}

/// A page of that path about a week, for who may read calls or not.
pub(super) fn page(path: &str, query: &str, calls: bool) -> PageContext {
    let links = Links::new(&format!("/{path}"), None);
    PageContext {
        range: week(),
        path: path.to_owned(),
        completeness: Completeness::Until(at("2026-11-30T06:00:00Z")),
        sees: Sees { reads: if calls { Reads::Calls } else { Reads::Sums }, ..Sees::default() },
        reader: "Ada".to_owned(),
        state: FilterState::read(query, &["show", "skip", "sort"]).unwrap(),
        formats: Formats::new(Language::English, zone("Europe/Berlin").unwrap()),
        ..PageContext::plain(Language::English, links, at("2026-11-30T08:00:00Z"))
    }
}

/// The same in another language.
pub(super) fn in_language(language: Language, page: PageContext) -> PageContext {
    let formats = Formats::new(language, page.formats.zone().clone());
    PageContext { words: crate::words(language), formats, ..page }
}

pub(super) fn answer(report: &'static str, columns: Vec<Column>, rows: Vec<Vec<Value>>) -> Answer {
    Answer {
        report,
        definitions: 7,
        zone: zone("Europe/Berlin").unwrap(),
        range: week(),
        bucket: None,
        by: Vec::new(),
        filter: None,
        comparison: None,
        commit: trunklog_store::Watermark(3),
        complete_until: None,
        source: Source::default(),
        notes: Vec::new(),
        compared: None,
        table: Table { columns, rows },
    }
}

/// Checks that no key of a text is shown for the text.
pub(super) fn assert_told(html: &str, starts: &[&str]) {
    for start in starts {
        let is_key = |rest: &str| rest.starts_with(|sign: char| sign.is_ascii_lowercase());
        let keys = html.split(&format!(">{start}-")).skip(1).filter(|rest| is_key(rest)).count();
        assert_eq!(keys, 0, "{start}: {html}");
    }
}
