//! Scans on the socket.

use serde::{Deserialize, Serialize};
use trunklog_store::{Result, ScanQuery, Watermark};

use super::SelectionHead;

/// A [`ScanQuery`] without the selection's expressions.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ScanHead {
    rows: SelectionHead,
    skip: u64,
    limit: Option<u64>,
    watermark: Option<u64>,
}

impl ScanHead {
    pub(crate) fn of(query: &ScanQuery) -> ScanHead {
        ScanHead {
            rows: SelectionHead::of(&query.selection),
            skip: query.skip,
            limit: query.limit,
            watermark: query.watermark.map(|watermark| watermark.0),
        }
    }

    /// The query, with the expressions that came after it.
    pub(crate) fn into_query(self, expressions: &[u8]) -> Result<ScanQuery> {
        Ok(ScanQuery {
            selection: self.rows.into_selection(expressions)?,
            skip: self.skip,
            limit: self.limit,
            watermark: self.watermark.map(Watermark),
        })
    }
}
