//! A page of what changed, made on a worker thread.

use trunklog_odata::envelope::{Envelope, Link, delta_context_url};
use trunklog_records::masking::Mask;
use trunklog_store::{ChangesQuery, DeltaToken, Engine, Result, Store};

use super::form::{Page, RowForm};
use crate::block::{Block, room_for};
use crate::coding::Coding;
use crate::graph::links::ChangesLinks;

/// What a worker needs to make a page of changes.
pub(in crate::graph) struct ChangesJob {
    pub(in crate::graph) links: ChangesLinks,
    /// From where a link of ours says.
    pub(in crate::graph) token: DeltaToken,
    /// What the store is asked for.
    pub(in crate::graph) query: ChangesQuery,
    pub(in crate::graph) form: RowForm,
    pub(in crate::graph) mask: Mask,
    /// What the client takes.
    pub(in crate::graph) coding: Coding,
}

impl ChangesJob {
    /// About how large the page is at most, before it is compressed.
    pub(in crate::graph) fn estimate(&self) -> usize {
        let rows = usize::try_from(self.query.limit).unwrap_or(usize::MAX);
        room_for(&self.form.layout, rows)
    }

    pub(in crate::graph) fn run(self, engine: &dyn Engine, store: &dyn Store) -> Result<Page> {
        let ChangesJob { links, token, query, form, mask, coding } = self;
        token.check_epoch(engine, store)?;
        let changes = store.changes(&query)?;
        let (next, until) = (changes.next, changes.until);
        let is_last = next.is_none();
        let rows = changes.rows.len();
        let block = Block::of_changes(&changes.removed, &mask.rows(changes.rows), &form.layout, form.format);
        let link = match next {
            Some(start) => links.next(engine, store, (query.after, until), start)?,
            None => links.after(engine, store, until)?,
        };
        let link = if is_last { Link::Delta(&link) } else { Link::Next(&link) };
        let envelope = Envelope {
            version: links.version,
            context: &delta_context_url(&form.context(&links.root, links.version, query.selection.log)),
            format: form.format,
            count: block.rows(),
            total: None,
            link: Some(link),
        };
        Ok(Page { content: coding.encode(block.within(&envelope.frame())), rows })
    }
}
