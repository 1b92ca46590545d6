//! The two threads of an export.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use tokio::sync::oneshot;
use trunklog_audit::{Detail, Outcome};
use trunklog_errors::with_causes;
use trunklog_exports::{Encoder, encoder};
use trunklog_odata::envelope::write_removed;
use trunklog_records::masking::Mask;
use trunklog_records::{Log, Rows};
use trunklog_store::{ChangesQuery, Removal, Store};
use uuid::Uuid;

use super::order::{Export, Reading};
use super::outlet::{Outlet, Stop, Way};
use crate::app::App;
use crate::metrics::ExportEnd;
use crate::store_limits::told;

/// Batches that were read and wait to be encoded.
const BATCHES_AHEAD: usize = 2;

pub(super) struct Job {
    pub(super) app: Arc<App>,
    /// The request's id, for the log.
    pub(super) request: Uuid,
    pub(super) export: Export,
    /// Rows that were sent.
    pub(super) sent: AtomicU64,
}

/// From the reading thread to the encoding one.
enum Batch {
    Rows(Rows),
    /// What is gone.
    Removed(Vec<Removal>),
    /// All was read.
    End,
}

impl Job {
    /// Reads and encodes until all is sent, something fails or the client is
    /// gone. `started` hears that the store reads, or why it does not.
    pub(super) fn run(self, started: oneshot::Sender<trunklog_store::Result<()>>, way: Way) {
        let store = self.app.services.engine.tenant(self.export.tenant);
        let (batches, read) = sync_channel(BATCHES_AHEAD);
        let job = &self;
        let end = thread::scope(|scope| {
            let encoding = scope.spawn(move || job.encode(&read, Outlet::new(way, job.export.coding)));
            job.read(store.as_ref(), started, &batches);
            // The other thread waits for more as long as there is a sender.
            drop(batches);
            encoding.join()
        });
        let end = match end {
            Ok(Ok(())) => ExportEnd::Complete,
            Ok(Err(Stop::Unread)) => ExportEnd::StoreFailed,
            Ok(Err(Stop::Unsent | Stop::Stalled)) => ExportEnd::ClientLeft,
            Ok(Err(Stop::Encoder(error))) => {
                let told = with_causes(&error);
                tracing::error!(request_id = %self.request, error = %told, "an export broke off");
                ExportEnd::EncoderFailed
            }
            Ok(Err(Stop::Gzip(error))) => {
                let told = with_causes(&error);
                tracing::error!(request_id = %self.request, error = %told, "an export broke off");
                ExportEnd::EncoderFailed
            }
            Err(_) => {
                tracing::error!(request_id = %self.request, "the encoder of an export panicked");
                ExportEnd::EncoderFailed
            }
        };
        self.app.metrics.export(self.export.format.name(), end);
        let outcome = if end == ExportEnd::Complete { Outcome::Done } else { Outcome::Failed };
        let told = self.export.told.clone().detail("step", Detail::Word("end")).outcome(outcome);
        self.app.services.trail.note(told.rows(self.sent.load(Ordering::Relaxed)));
    }

    /// Reads what is asked for and hands it over. Batches without rows are handed
    /// over, too: the encoder finds out whether the client still waits.
    fn read(
        &self,
        store: &dyn Store,
        started: oneshot::Sender<trunklog_store::Result<()>>,
        batches: &SyncSender<Batch>,
    ) {
        let mut started = Some(started);
        let mask = self.export.mask;
        let mut give = |batch: Batch| {
            let waits = started.take().is_none_or(|started| started.send(Ok(())).is_ok());
            if waits && batches.send(batch).is_ok() {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        };
        let scanned = match &self.export.reading {
            Reading::Rows(query) => store.scan(query, &mut |rows| give(Batch::Rows(mask.rows(rows)))),
            Reading::Changes(query) => read_changes(store, query, mask, &mut give),
        };
        if let Err(error) = &scanned {
            self.app.metrics.store_error(error.kind());
            let told = told(error);
            tracing::error!(request_id = %self.request, error = %told, "the store could not serve an export");
        } else {
            // Nobody takes it when the client is gone.
            let _ = batches.send(Batch::End);
        }
        if let Some(started) = started {
            let _ = started.send(scanned);
        }
    }

    /// Encodes batches and sends what comes of them.
    fn encode(&self, batches: &Receiver<Batch>, mut outlet: Outlet) -> Result<(), Stop> {
        let Export { format, layout, reading, .. } = &self.export;
        let mut encoder = encoder(*format, reading.log(), layout);
        encoder.begin(outlet.buffer())?;
        for batch in batches {
            match batch {
                Batch::Rows(rows) => {
                    encode_rows(encoder.as_mut(), &rows, format.rows_at_a_time(), &mut outlet)?;
                    self.app.metrics.rows(self.export.function, rows.len());
                    let sent = u64::try_from(rows.len()).unwrap_or(u64::MAX);
                    self.sent.fetch_add(sent, Ordering::Relaxed);
                }
                Batch::Removed(removed) => encode_removed(&removed, reading.log(), &mut outlet)?,
                Batch::End => {
                    encoder.finish(outlet.buffer())?;
                    return outlet.finish();
                }
            }
        }
        Err(Stop::Unread)
    }
}

/// Reads all pages of changes. Of each, what is gone is given first.
fn read_changes(
    store: &dyn Store,
    query: &ChangesQuery,
    mask: Mask,
    give: &mut dyn FnMut(Batch) -> ControlFlow<()>,
) -> trunklog_store::Result<()> {
    let mut next = Some(query.clone());
    while let Some(query) = next {
        let page = store.changes(&query)?;
        next = query.next(&page);
        if !page.removed.is_empty() && give(Batch::Removed(page.removed)).is_break() {
            break;
        }
        // Also when there are none: whoever waits hears that the store reads.
        if give(Batch::Rows(mask.rows(page.rows))).is_break() {
            break;
        }
    }
    Ok(())
}

/// Encodes what is gone. Only NDJSON has a form for it.
fn encode_removed(removed: &[Removal], log: &Log, outlet: &mut Outlet) -> Result<(), Stop> {
    for Removal { time, id, reason } in removed {
        let time = log.shows_time().then_some((log.time, *time));
        write_removed(id, time, reason.name(), outlet.buffer());
        outlet.buffer().push(b'\n');
    }
    outlet.send_full()
}

/// Encodes a batch in parts. The client sees progress after each batch.
fn encode_rows(
    encoder: &mut dyn Encoder,
    rows: &Rows,
    at_a_time: usize,
    outlet: &mut Outlet,
) -> Result<(), Stop> {
    let mut begin = 0;
    while begin < rows.len() {
        let len = at_a_time.min(rows.len() - begin);
        encoder.rows(&rows.slice(begin, len), outlet.buffer())?;
        outlet.send_full()?;
        begin += len;
    }
    outlet.send_all()
}
