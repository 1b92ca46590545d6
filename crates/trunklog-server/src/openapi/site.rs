//! What of the service is described.

use trunklog_records::Log;

/// What of the service is described.
pub(super) struct Site {
    /// The public address, without a slash at its end.
    pub(super) root: String,
    pub(super) logs: &'static [&'static Log],
    /// What tokens are asked for.
    pub(super) scope: String,
    /// The most rows of a page.
    pub(super) page_rows: u32,
}
