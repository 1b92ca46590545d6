//! One page: read, encoded and compressed, all on a worker thread.

use trunklog_odata::envelope::write_page;
use trunklog_records::json::RowEncoder;
use trunklog_store::{PageQuery, Result, SkipToken, Store};

use super::links::Walk;
use crate::compress::{MIN_BYTES, gzip};

/// About how long a row is in JSON.
const ROW_BYTES: usize = 1024;

/// What a worker needs to make a page.
pub(super) struct Job {
    pub(super) query: PageQuery,
    /// How many rows lie before the page.
    pub(super) skip: u64,
    pub(super) walk: Walk,
    /// Whether the client takes gzip.
    pub(super) gzip: bool,
}

/// A page as it goes to the client.
pub(super) struct Encoded {
    pub(super) body: Vec<u8>,
    /// The `Content-Encoding`, if there is one.
    pub(super) coding: Option<&'static str>,
    pub(super) rows: usize,
}

impl Job {
    pub(super) fn run(self, store: &dyn Store) -> Result<Encoded> {
        let Job { query, skip, walk, gzip: wants_gzip } = self;
        let page = store.page(&query)?;
        let rows = page.rows.len();
        let link = page.next.map(|after| {
            let skip = skip.saturating_add(u64::try_from(rows).unwrap_or(u64::MAX));
            let token = SkipToken { watermark: page.watermark, skip, after };
            walk.next_link(&token, query.log, query.range)
        });
        let encoder = RowEncoder::new(query.log, walk.version);
        let mut body = Vec::with_capacity(ROW_BYTES * (rows + 1));
        write_page(&mut body, &walk.root, walk.version, query.log.row_type, rows, link.as_deref(), |out| {
            encoder.encode(&page.rows, out);
        });
        if wants_gzip
            && body.len() > MIN_BYTES
            && let Ok(packed) = gzip(&body)
        {
            return Ok(Encoded { body: packed, coding: Some("gzip"), rows });
        }
        Ok(Encoded { body, coding: None, rows })
    }
}
