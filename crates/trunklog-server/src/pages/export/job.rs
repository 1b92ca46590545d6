//! Making a file.

use std::ops::ControlFlow;
use std::sync::Arc;

use trunklog_audit::{Detail, Event, Outcome};
use trunklog_downloads::{Draft, Reason, Stop};
use trunklog_errors::with_causes;
use trunklog_exports::{Encoder, Occasion};
use trunklog_records::masking::Mask;
use trunklog_records::{Rows, TenantId};
use trunklog_store::ScanQuery;

use super::form::FileForm;
use crate::app::App;
use crate::metrics::ExportEnd;
use crate::store_limits::told;

/// A file to be made.
pub(super) struct Job {
    pub(super) app: Arc<App>,
    pub(super) tenant: TenantId,
    pub(super) form: FileForm,
    pub(super) mask: Mask,
    pub(super) query: ScanQuery,
    pub(super) occasion: Occasion,
    /// What the audit trail is told of it.
    pub(super) told: Event,
}

/// Why it ends before its end.
#[derive(Debug, thiserror::Error)]
enum Halt {
    #[error("the rows could not be read")]
    Store(#[from] trunklog_store::Error),
    #[error("the rows could not be encoded")]
    Encoder(#[from] trunklog_exports::Error),
    #[error(transparent)]
    File(#[from] Stop),
    #[error("the server ends")]
    Ending,
}

impl Job {
    /// Reads, encodes and writes until the file is whole. What goes wrong is in the
    /// file's record, in the log and in the audit trail.
    pub(super) fn run(self, mut draft: Draft) {
        let id = draft.id();
        let (mut rows, made) = match self.write_all(&mut draft) {
            Ok(rows) => (rows, draft.finish(rows).map_err(Halt::File)),
            Err(halt) => {
                match &halt {
                    Halt::Store(_) | Halt::Encoder(_) => draft.fail(Reason::Rows),
                    // The draft knows why by itself.
                    Halt::File(_) | Halt::Ending => drop(draft),
                }
                (0, Err(halt))
            }
        };
        let end = match &made {
            Ok(()) => ExportEnd::Complete,
            Err(halt) => {
                rows = 0;
                self.tell(id, halt)
            }
        };
        self.app.metrics.export(self.form.name(), end);
        let outcome = if end == ExportEnd::Complete { Outcome::Done } else { Outcome::Failed };
        let told = self.told.detail("step", Detail::Word("end")).outcome(outcome);
        self.app.services.trail.note(told.rows(rows));
    }

    /// Writes why, for who runs the server.
    fn tell(&self, id: uuid::Uuid, halt: &Halt) -> ExportEnd {
        match halt {
            Halt::Store(error) => {
                self.app.metrics.store_error(error.kind());
                tracing::error!(%id, error = %told(error), "the store could not serve an export");
                ExportEnd::StoreFailed
            }
            Halt::File(Stop::Unwanted) => ExportEnd::ClientLeft,
            Halt::Encoder(_) | Halt::File(_) | Halt::Ending => {
                tracing::error!(%id, error = %with_causes(halt), "an export was not made");
                ExportEnd::EncoderFailed
            }
        }
    }

    /// Writes all rows, and tells how many there were.
    fn write_all(&self, draft: &mut Draft) -> Result<u64, Halt> {
        let mut encoder = self.form.encoder(self.query.selection.log, &self.occasion);
        let mut buffer = Vec::new();
        encoder.begin(&mut buffer)?;
        let store = self.app.services.engine.tenant(self.tenant);
        let (mut written, mut halt) = (0_u64, None);
        store.scan(&self.query, &mut |rows| {
            let len = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            match self.write(&self.mask.rows(rows), encoder.as_mut(), &mut buffer, draft) {
                Ok(()) => {
                    written = written.saturating_add(len);
                    ControlFlow::Continue(())
                }
                Err(why) => {
                    halt = Some(why);
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(halt) = halt {
            return Err(halt);
        }
        encoder.finish(&mut buffer)?;
        draft.write(&buffer)?;
        Ok(written)
    }

    /// Writes a batch, part by part, so that no more of it is held encoded.
    fn write(
        &self,
        rows: &Rows,
        encoder: &mut dyn Encoder,
        buffer: &mut Vec<u8>,
        draft: &mut Draft,
    ) -> Result<(), Halt> {
        if self.app.is_draining() {
            return Err(Halt::Ending);
        }
        draft.check_wanted()?;
        let at_a_time = self.form.rows_at_a_time();
        let mut from = 0;
        while from < rows.len() {
            let len = at_a_time.min(rows.len() - from);
            encoder.rows(&rows.slice(from, len), buffer)?;
            draft.write(buffer)?;
            buffer.clear();
            from += len;
        }
        Ok(())
    }
}
