//! A page of rows, read as Graph's pages are.

use trunklog_odata::envelope::{JsonFormat, Metadata};
use trunklog_records::RowBuilder;
use trunklog_records::json::RowEncoder;
use trunklog_store::{Page, PageQuery, Result, Start, Store, Watermark};

use super::{Job, Made, Place, commit_time, write_change, write_date};

pub(super) fn make(job: &Job, store: &dyn Store) -> Result<Made> {
    let Job { set, readable, place, counted, mask, form, .. } = job;
    let limit = u32::try_from(job.rows()).unwrap_or(u32::MAX);
    let (start, watermark) = match place {
        Place::Skip(skip) => (Start::Skip(*skip), None),
        Place::After(token) => (Start::After(token.after.clone()), Some(token.watermark)),
    };
    let (rows, next, watermark) = if limit == 0 {
        (RowBuilder::new(set.log).finish(), None, watermark)
    } else {
        let query = PageQuery { start, watermark, ..PageQuery::of(readable.clone(), limit) };
        let Page { rows, next, watermark } = store.page(&query)?;
        (rows, next, Some(watermark))
    };
    let total = if *counted { Some(store.count(readable, watermark)?) } else { None };
    let changed = match watermark.filter(|_| form.layout.contains(&set.change) && !rows.is_empty()) {
        Some(watermark) => commit_time(store, watermark)?,
        None => None,
    };

    // What the table of the log does not know is not described either.
    let of_log: Vec<usize> =
        form.layout.iter().copied().filter(|at| *at < set.log.properties.len()).collect();
    // A type would be Graph's.
    let format = JsonFormat { metadata: Metadata::Minimal, ..form.format };
    let encoder = RowEncoder::formatted(set.log, &of_log, format);
    let rows = mask.rows(rows);
    let bound = encoder.bind(&rows);
    let (with_date, with_change) = (form.layout.contains(&set.date), form.layout.contains(&set.change));
    let mut bytes = Vec::with_capacity(rows.len().saturating_mul(48 * (form.layout.len() + 1)));
    for row in 0..rows.len() {
        if row > 0 {
            bytes.push(b',');
        }
        bound.write(row, &mut bytes);
        // The object is opened again for what is not in the row.
        bytes.pop();
        if with_date {
            write_date(rows.time(row), &form.zone, &mut bytes);
        }
        if with_change {
            write_change(changed, &mut bytes);
        }
        bytes.push(b'}');
    }
    let next = next.zip(watermark).map(|(after, watermark): (_, Watermark)| (watermark, after));
    Ok(Made { bytes, rows: rows.len(), total, next })
}
