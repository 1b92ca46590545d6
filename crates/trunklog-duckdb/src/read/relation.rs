//! What stands after `FROM`, and which of its rows a reader sees.

use trunklog_odata::Instant;
use trunklog_records::Log;
use trunklog_store::Selection;

use super::select::Select;
use crate::log_table::Place;
use crate::sql::{self, Parameters, SEQUENCE, SUPERSEDED, between};
use crate::view::View;

/// The rows of some segments, as they stand after `FROM`.
pub(crate) fn relation(log: &'static Log, places: &[Place]) -> String {
    if let [place] = places {
        return place.segment.source(log);
    }
    let columns = sql::all_columns(log);
    let parts: Vec<_> =
        places.iter().map(|place| format!("SELECT {columns} FROM {}", place.segment.source(log))).collect();
    format!("({}) AS rows", parts.join(" UNION ALL "))
}

impl View<'_> {
    /// A statement that reads the rows from an instant to before another which
    /// are seen at a watermark; without one, those of now.
    pub(crate) fn select(&self, from: Instant, end: Instant, watermark: Option<u64>) -> Select {
        let log = self.table.log;
        let places = self.state.layout.between(from, end);
        // No row lies in an empty range, whichever segment is read.
        let places = if places.is_empty() { &self.state.layout.places[..1] } else { places };
        let mut select = Select::new(relation(log, places), Parameters::default());
        if places.len() > 1 {
            select.is_rare();
        }
        select.require(|parameters| between(log, from, end, parameters));
        if let Some(watermark) = watermark {
            select.require(|parameters| came_until(watermark, parameters));
        }
        if self.state.has_superseded {
            select.require(|parameters| was_there_at(watermark, parameters));
        }
        select
    }

    /// The same with a selection's range and filter.
    pub(crate) fn select_all(&self, selection: &Selection, watermark: Option<u64>) -> Select {
        let mut select = self.select(selection.range.from(), selection.range.end(), watermark);
        select.require_filter(selection);
        select
    }
}

/// The condition that rows came with a commit or before.
fn came_until(commit: u64, parameters: &mut Parameters) -> String {
    format!("{SEQUENCE} <= {}", parameters.bind(as_sequence(commit)))
}

/// The condition that rows had not given way to others at a commit, or now.
pub(super) fn was_there_at(commit: Option<u64>, parameters: &mut Parameters) -> String {
    match commit {
        None => format!("{SUPERSEDED} IS NULL"),
        Some(commit) => {
            let commit = parameters.bind(as_sequence(commit));
            format!("({SUPERSEDED} IS NULL OR {SUPERSEDED} > {commit})")
        }
    }
}

/// A commit's number as DuckDB keeps it.
pub(super) fn as_sequence(commit: u64) -> i64 {
    i64::try_from(commit).unwrap_or(i64::MAX)
}
