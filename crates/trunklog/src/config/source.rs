//! `[[source]]`: watched folders.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use trunklog_ledger::SourceName;
use trunklog_records::TenantId;
use trunklog_sources::folder::{FolderSettings, Patterns};

use super::layer::Text;
use super::values::LogKey;
use super::whole::{Count, Secs};

const USUAL_POLL_SECS: u64 = 30;
const USUAL_QUIET_SECS: u64 = 60;

/// `[[source]]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceKeys {
    kind: Kind,
    name: String,
    path: PathBuf,
    tenant: Text<TenantId>,
    log: Option<Text<LogKey>>,
    pattern: Option<Text<Patterns>>,
    poll_secs: Option<Secs<1>>,
    quiet_secs: Option<Secs<0>>,
    marker: Option<String>,
    done_days: Option<Count<u16>>,
    expect_minutes: Option<Count<u32>>,
}

/// What kind of source it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// A watched folder.
    Folder,
}

/// All folders that are watched, each with a name and a place of its own.
pub(super) fn folders(sources: Vec<SourceKeys>) -> Result<Vec<FolderSettings>> {
    let (mut names, mut paths) = (BTreeSet::new(), BTreeSet::new());
    for keys in &sources {
        if !names.insert(keys.name.clone()) {
            bail!("two [[source]] sections have the name '{}': give each its own", keys.name);
        }
        if !paths.insert(keys.path.clone()) {
            bail!("two [[source]] sections watch {}: a folder has one watcher", keys.path.display());
        }
    }
    sources
        .into_iter()
        .map(|keys| {
            let name = keys.name.clone();
            keys.into_folder().with_context(|| format!("the [[source]] section '{name}' cannot be used"))
        })
        .collect()
}

impl SourceKeys {
    /// The folder that it names.
    pub(super) fn path(&mut self) -> &mut PathBuf {
        &mut self.path
    }

    fn into_folder(self) -> Result<FolderSettings> {
        let Kind::Folder = self.kind;
        if let Some(marker) = &self.marker
            && (marker.is_empty() || marker.contains('/'))
        {
            bail!("marker is what the name of a file's marker has at its end, such as .FIN");
        }
        Ok(FolderSettings {
            source: SourceName::new("folder", &self.name)?,
            path: self.path,
            tenant: self.tenant.0,
            log: self.log.map(|Text(log)| log.log()),
            patterns: self.pattern.map(|Text(patterns)| patterns).unwrap_or_default(),
            poll: Duration::from_secs(self.poll_secs.map_or(USUAL_POLL_SECS, Secs::get)),
            quiet: Duration::from_secs(self.quiet_secs.map_or(USUAL_QUIET_SECS, Secs::get)),
            marker: self.marker,
            done_kept: self.done_days.map(|days| Duration::from_hours(24 * u64::from(days.get()))),
            every: self.expect_minutes.map(|minutes| Duration::from_mins(u64::from(minutes.get()))),
        })
    }
}
