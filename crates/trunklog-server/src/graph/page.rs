//! One page, made on a worker thread.
//!
//! Once its rows are read, a page is made in three steps that know nothing of
//! each other: the rows become a block of JSON, the envelope goes around it, and
//! the whole is coded for the way.

mod changes;
mod form;

use trunklog_odata::envelope::{Envelope, Link};
use trunklog_records::RowBuilder;
use trunklog_records::masking::Mask;
use trunklog_store::{DeltaToken, Engine, Error, ErrorKind, PageQuery, Result, SkipToken, Store};

use super::links::Walk;
use crate::block::{Block, room_for};
use crate::coding::Coding;

pub(super) use self::changes::ChangesJob;
pub(super) use self::form::{Page, RowForm};

/// What a worker needs to make a page.
pub(super) struct Job {
    pub(super) walk: Walk,
    /// What the store is asked for. A limit of no rows asks it for none.
    pub(super) query: PageQuery,
    /// The store in which the walk began, where changes are followed and it is not
    /// the first page.
    pub(super) began_in: Option<u64>,
    /// How many rows lie before the page.
    pub(super) skip: u64,
    /// The most rows that the walk may still give, this page included.
    pub(super) top: Option<u64>,
    /// Whether the client wants to know how many rows the walk has.
    pub(super) counted: bool,
    pub(super) form: RowForm,
    pub(super) mask: Mask,
    /// What the client takes.
    pub(super) coding: Coding,
}

impl Job {
    /// Whether the store may look at more rows than it gives.
    pub(super) fn is_search(&self) -> bool {
        self.counted || self.query.selection.is_search()
    }

    /// About how large the page is at most, before it is compressed.
    pub(super) fn estimate(&self) -> usize {
        let rows = usize::try_from(self.query.limit).unwrap_or(usize::MAX);
        room_for(&self.form.layout, rows)
    }

    pub(super) fn run(self, engine: &dyn Engine, store: &dyn Store) -> Result<Page> {
        let Job { walk, query, began_in, skip, top, counted, form, mask, coding } = self;
        if let Some((began_in, watermark)) = began_in.zip(query.watermark)
            && DeltaToken::epoch_in(engine, store, watermark, None)? != began_in
        {
            let text = "the store is another than the one in which the walk began";
            return Err(Error::new(ErrorKind::Gone, text));
        }
        let (rows, next, watermark) = if query.limit == 0 {
            (RowBuilder::new(query.selection.log).finish(), None, query.watermark)
        } else {
            let page = store.page(&query)?;
            (page.rows, page.next, Some(page.watermark))
        };
        let total = if counted { Some(store.count(&query.selection, watermark)?) } else { None };
        let block = Block::encode(&mask.rows(rows), &form.layout, form.format);
        let count = u64::try_from(block.rows()).unwrap_or(u64::MAX);
        let top = top.map(|top| top.saturating_sub(count));
        let next = match next.zip(watermark).filter(|_| top != Some(0)) {
            Some((after, watermark)) => {
                let token = SkipToken { watermark, skip: skip.saturating_add(count), after };
                let epoch = match &walk.changes {
                    Some(_) => Some(DeltaToken::epoch_in(engine, store, watermark, None)?),
                    None => None,
                };
                Some(walk.next_link(&token, top, epoch))
            }
            None => None,
        };
        let changes = match (&walk.changes, watermark) {
            (Some(links), Some(watermark)) if next.is_none() => Some(links.after(engine, store, watermark)?),
            _ => None,
        };
        let envelope = Envelope {
            version: walk.version,
            context: &form.context(&walk.root, walk.version, walk.selection.log),
            format: form.format,
            count: block.rows(),
            total,
            link: next.as_deref().map(Link::Next).or(changes.as_deref().map(Link::Delta)),
        };
        let (frame, rows) = (envelope.frame(), block.rows());
        Ok(Page { content: coding.encode(block.within(&frame)), rows })
    }
}
