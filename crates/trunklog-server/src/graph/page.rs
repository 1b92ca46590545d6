//! One page: read, encoded and compressed, all on a worker thread.

use trunklog_odata::envelope::{Envelope, JsonFormat, context_url};
use trunklog_records::RowBuilder;
use trunklog_records::json::RowEncoder;
use trunklog_records::masking::Mask;
use trunklog_records::schema::Origin;
use trunklog_store::{PageQuery, Result, SkipToken, Store};

use super::links::Walk;
use crate::compress::smaller;

/// About how long a property is in JSON, its name included.
const PROPERTY_BYTES: usize = 48;

/// What a worker needs to make a page.
pub(super) struct Job {
    pub(super) walk: Walk,
    /// What the store is asked for. A limit of no rows asks it for none.
    pub(super) query: PageQuery,
    /// How many rows lie before the page.
    pub(super) skip: u64,
    /// The most rows that the walk may still give, this page included.
    pub(super) top: Option<u64>,
    /// Whether the client wants to know how many rows the walk has.
    pub(super) counted: bool,
    pub(super) shown: Shown,
    pub(super) mask: Mask,
    /// Whether the client takes gzip.
    pub(super) gzip: bool,
}

/// What is shown of a row, and how.
pub(super) struct Shown {
    /// The indices of the properties in their order; the one behind the last
    /// property means the unknown ones.
    pub(super) layout: Vec<usize>,
    /// Whether the client chose them.
    pub(super) selected: bool,
    pub(super) format: JsonFormat,
}

/// A page as it goes to the client.
#[derive(Default)]
pub(super) struct Encoded {
    pub(super) body: Vec<u8>,
    /// The `Content-Encoding`, if there is one.
    pub(super) coding: Option<&'static str>,
    pub(super) rows: usize,
}

impl Job {
    /// Whether the store may look at more rows than it gives.
    pub(super) fn is_search(&self) -> bool {
        let selection = &self.query.selection;
        let computed = matches!(selection.log.origin, Origin::Computed(_));
        self.counted || computed || selection.filter.is_some() || !selection.order.is_empty()
    }

    /// About how large the page is at most, before it is compressed.
    pub(super) fn estimate(&self) -> usize {
        let rows = usize::try_from(self.query.limit).unwrap_or(usize::MAX);
        room_for(&self.shown.layout, rows)
    }

    pub(super) fn run(self, store: &dyn Store) -> Result<Encoded> {
        let Job { walk, query, skip, top, counted, shown, mask, gzip: wants_gzip } = self;
        let log = query.selection.log;
        let (rows, next, watermark) = if query.limit == 0 {
            (RowBuilder::new(log).finish(), None, query.watermark)
        } else {
            let page = store.page(&query)?;
            (page.rows, page.next, Some(page.watermark))
        };
        let total = if counted { Some(store.count(&query.selection, watermark)?) } else { None };
        let rows = mask.rows(rows);
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let top = top.map(|top| top.saturating_sub(count));
        let link = next.zip(watermark).filter(|_| top != Some(0)).map(|(after, watermark)| {
            walk.next_link(&SkipToken { watermark, skip: skip.saturating_add(count), after }, top)
        });
        let envelope = Envelope {
            version: walk.version,
            context: &shown.context(&walk),
            format: shown.format,
            count: rows.len(),
            total,
            next_link: link.as_deref(),
        };
        let encoder = RowEncoder::formatted(log, &shown.layout, shown.format);
        let mut body = Vec::with_capacity(room_for(&shown.layout, rows.len()));
        envelope.write(&mut body, |out| encoder.encode(&rows, out));
        if wants_gzip && let Some(packed) = smaller(&body) {
            return Ok(Encoded { body: packed, coding: Some("gzip"), rows: rows.len() });
        }
        Ok(Encoded { body, coding: None, rows: rows.len() })
    }
}

/// About how many bytes rows take as JSON.
fn room_for(layout: &[usize], rows: usize) -> usize {
    PROPERTY_BYTES.saturating_mul(layout.len() + 1).saturating_mul(rows.saturating_add(1))
}

impl Shown {
    /// The URL that says what the rows are.
    fn context(&self, walk: &Walk) -> String {
        let log = walk.selection.log;
        let names: Vec<&str> = self
            .layout
            .iter()
            .filter_map(|at| log.properties.get(*at))
            .map(|property| property.name)
            .collect();
        context_url(&walk.root, walk.version, log.row_type, self.selected.then_some(names.as_slice()))
    }
}
