//! One page of a set, made on a worker thread.

mod rows;
mod sums;

use jiff::tz::TimeZone;
use trunklog_odata::envelope::{Collection, Frame, JsonFormat};
use trunklog_odata::{Instant, json};
use trunklog_records::masking::Mask;
use trunklog_reports::calendar::local_date;
use trunklog_store::{Key, Result, Selection, SkipToken, Store, Watermark};

use super::links::Links;
use super::sets::{LAST_CHANGE, LOCAL_DATE, Set, Source};
use crate::coding::{Coding, Content};

/// What a worker needs to make a page.
pub(super) struct Job {
    pub(super) set: &'static Set,
    /// The entities, as the client asked for them. Tokens are bound to them.
    pub(super) selection: Selection,
    /// The same without what is too old to be read.
    pub(super) readable: Selection,
    pub(super) place: Place,
    /// The most entities that the walk may still give, this page included.
    pub(super) top: Option<u64>,
    /// The most entities of a page.
    pub(super) limit: u32,
    /// Whether the client wants to know how many entities the walk has.
    pub(super) counted: bool,
    pub(super) mask: Mask,
    pub(super) links: Links,
    pub(super) form: Form,
}

/// From where on a page reads.
pub(super) enum Place {
    /// After that many entities.
    Skip(u64),
    /// After the page whose link had that token.
    After(SkipToken),
}

/// What is shown of an entity, and how.
pub(super) struct Form {
    /// The URL that says what the entities are.
    pub(super) context: String,
    /// The indices of the properties in their order.
    pub(super) layout: Vec<usize>,
    pub(super) format: JsonFormat,
    /// What the client takes.
    pub(super) coding: Coding,
    /// The tenant's zone.
    pub(super) zone: TimeZone,
}

/// A page as it goes to the client.
#[derive(Default)]
pub(super) struct Page {
    pub(super) content: Content,
    pub(super) rows: usize,
}

/// Entities as JSON, and how the walk goes on.
struct Made {
    /// Objects, separated by commas.
    bytes: Vec<u8>,
    rows: usize,
    /// How many there are in all pages, when somebody asked.
    total: Option<u64>,
    /// The last one's key when more follow, with the walk's commit.
    next: Option<(Watermark, Key)>,
}

impl Job {
    /// Whether the store may look at more rows than it gives.
    pub(super) fn is_search(&self) -> bool {
        match self.set.source {
            Source::Rows => self.counted || self.readable.is_search(),
            Source::Sums(_) => true,
        }
    }

    /// The most entities that the page has.
    pub(super) fn rows(&self) -> usize {
        let limit = u64::from(self.limit);
        usize::try_from(self.top.map_or(limit, |top| top.min(limit))).unwrap_or(usize::MAX)
    }

    pub(super) fn run(self, store: &dyn Store) -> Result<Page> {
        let Made { bytes, rows, total, next } = match self.set.source {
            Source::Rows => rows::make(&self, store)?,
            Source::Sums(slice) => sums::make(&self, slice, store)?,
        };
        let count = u64::try_from(rows).unwrap_or(u64::MAX);
        let top = self.top.map(|top| top.saturating_sub(count));
        let next = next.filter(|_| top != Some(0)).map(|(watermark, after)| {
            let skip = match &self.place {
                Place::Skip(skip) => *skip,
                Place::After(token) => token.skip,
            };
            let token = SkipToken { watermark, skip: skip.saturating_add(count), after };
            self.links.next(&token, &self.selection, top)
        });
        let Form { context, format, coding, .. } = &self.form;
        let collection = Collection { context, format: *format, total, next: next.as_deref() };
        let Frame { before, after } = collection.frame();
        let mut page = before;
        page.reserve_exact(bytes.len() + after.len());
        page.extend_from_slice(&bytes);
        page.extend_from_slice(&after);
        Ok(Page { content: coding.encode(page), rows })
    }
}

/// When a commit was made; None before the first one, and where the store does not
/// know it any more.
fn commit_time(store: &dyn Store, commit: Watermark) -> Result<Option<Instant>> {
    Ok(store.commit_time(commit)?.filter(|time| *time != Instant::ABSENT))
}

/// Writes the date of an instant in the tenant's zone.
fn write_date(at: Instant, zone: &TimeZone, out: &mut Vec<u8>) {
    write_name(LOCAL_DATE, out);
    json::write_string(&local_date(zone, at), out);
}

/// Writes when the commit was made that an entity shows.
fn write_change(changed: Option<Instant>, out: &mut Vec<u8>) {
    write_name(LAST_CHANGE, out);
    write_instant(changed, out);
}

fn write_instant(at: Option<Instant>, out: &mut Vec<u8>) {
    match at {
        Some(at) => {
            out.push(b'"');
            at.write(out);
            out.push(b'"');
        }
        None => out.extend_from_slice(b"null"),
    }
}

/// Writes the name of a property, after those that are there already.
fn write_name(name: &str, out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    json::write_string(name, out);
    out.push(b':');
}
