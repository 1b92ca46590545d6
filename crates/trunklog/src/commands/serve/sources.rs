//! The kinds of sources that a server runs by itself: each has a file here and a line in
//! [`KINDS`], from which all else follows that has to do with all of them.

use std::sync::Arc;

use trunklog_audit::Trail;
use trunklog_ledger::ExpectedSource;
use trunklog_store::Engine;

use super::{folders, pulling};
use crate::config::Settings;

/// A kind of source.
pub(super) struct SourceKind {
    /// What is expected of those that the operator has set up.
    pub(super) expected: fn(&Settings) -> Vec<ExpectedSource>,
    /// Starts all of them.
    pub(super) start: fn(&Settings, &Arc<dyn Engine>, &Trail) -> Box<dyn Running>,
}

/// The sources of a kind, at work.
pub(super) trait Running {
    /// Ends them, after what is under way is stored.
    fn end(self: Box<Self>);
}

/// All kinds, in the order in which they are started.
static KINDS: [SourceKind; 2] = [folders::KIND, pulling::KIND];

/// What the operator expects to bring rows.
pub(crate) fn expected(settings: &Settings) -> Vec<ExpectedSource> {
    KINDS.iter().flat_map(|kind| (kind.expected)(settings)).collect()
}

/// Starts all sources.
pub(super) fn start(settings: &Settings, engine: &Arc<dyn Engine>, trail: &Trail) -> Vec<Box<dyn Running>> {
    KINDS.iter().map(|kind| (kind.start)(settings, engine, trail)).collect()
}

/// Ends all of them, the last that were started first.
pub(super) fn end(running: Vec<Box<dyn Running>>) {
    for sources in running.into_iter().rev() {
        sources.end();
    }
}
