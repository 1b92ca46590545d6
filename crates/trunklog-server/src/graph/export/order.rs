//! What is exported, and for whom.

use trunklog_audit::Event;
use trunklog_exports::Format;
use trunklog_records::masking::Mask;
use trunklog_records::{Log, TenantId};
use trunklog_store::{ChangesQuery, ScanQuery};

use crate::coding::Coding;

/// What is exported, and for whom.
pub(in crate::graph) struct Export {
    /// Names it in metrics.
    pub(in crate::graph) function: &'static str,
    pub(in crate::graph) format: Format,
    /// The indices of the properties in their order; the one after the last
    /// property means the unknown ones.
    pub(in crate::graph) layout: Vec<usize>,
    pub(in crate::graph) reading: Reading,
    pub(in crate::graph) mask: Mask,
    pub(in crate::graph) tenant: TenantId,
    /// What the client takes.
    pub(in crate::graph) coding: Coding,
    /// What a browser calls the file.
    pub(in crate::graph) file_name: String,
    /// What the audit trail is told of it.
    pub(in crate::graph) told: Event,
}

/// What is read of the store.
pub(in crate::graph) enum Reading {
    Rows(ScanQuery),
    /// All pages of them.
    Changes(ChangesQuery),
}

impl Reading {
    pub(super) fn log(&self) -> &'static Log {
        match self {
            Reading::Rows(query) => query.selection.log,
            Reading::Changes(query) => query.selection.log,
        }
    }
}
