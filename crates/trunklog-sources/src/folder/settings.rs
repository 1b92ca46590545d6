//! Which folder is watched, and how.

use std::path::PathBuf;
use std::time::Duration;

use trunklog_ledger::{ExpectedSource, SourceName};
use trunklog_records::{Log, TenantId};

use super::pattern::Patterns;

/// A watched folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderSettings {
    /// What it is called: of kind `folder`.
    pub source: SourceName,
    /// Where it is.
    pub path: PathBuf,
    /// Whose rows are in the files.
    pub tenant: TenantId,
    /// The log that all of them have to belong to; None takes rows of every log.
    pub log: Option<&'static Log>,
    /// Which files are taken.
    pub patterns: Patterns,
    /// How often it is looked at.
    pub poll: Duration,
    /// For how long a file keeps its size and time until it counts as complete. None
    /// at all for files that are moved in when they are whole.
    pub quiet: Duration,
    /// What the name of a file's marker has at its end. With it, a file is complete
    /// when its marker is there, and not before.
    pub marker: Option<String>,
    /// For how long files stay in `done/`; None for ever.
    pub done_kept: Option<Duration>,
    /// How often a file is expected.
    pub every: Option<Duration>,
}

impl FolderSettings {
    /// Where files are while they are read.
    pub fn working(&self) -> PathBuf {
        self.path.join("working")
    }

    /// Where files are that were read.
    pub fn done(&self) -> PathBuf {
        self.path.join("done")
    }

    /// Where files are of which nothing could be used.
    pub fn failed(&self) -> PathBuf {
        self.path.join("failed")
    }

    /// What is expected of it.
    pub fn expected(&self) -> ExpectedSource {
        ExpectedSource {
            source: self.source.clone(),
            tenant: self.tenant,
            logs: self.log.into_iter().collect(),
            every: self.every,
        }
    }
}
