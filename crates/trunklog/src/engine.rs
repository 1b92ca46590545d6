//! Which engine keeps the rows. The rest of the program knows none by its name.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_reports::cubes::DIRECT_ROUTING;
use trunklog_server::Zones;
use trunklog_store::cube::{CubeSet, CubeSettings, ZoneChoice};
use trunklog_store::{Engine, Result};

/// The engines that there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum EngineKind {
    /// A `DuckDB` file on this machine.
    #[default]
    DuckDb,
}

/// What an engine may use and what it keeps, whichever it is.
#[derive(Debug, Clone)]
pub(crate) struct EngineSettings {
    pub(crate) kind: EngineKind,
    pub(crate) memory_mib: u32,
    /// Threads that work on one query.
    pub(crate) threads: u32,
    /// How long one read may take; None for any time.
    pub(crate) query_limit: Option<Duration>,
    /// How long the ids of deleted rows are kept for those who follow changes.
    pub(crate) deletions_kept: Duration,
    /// Which sums are kept beside the rows, and in which zones days are counted.
    pub(crate) cubes: CubeSettings,
}

/// The sums that reports are made of.
pub(crate) fn cube_sets() -> Vec<&'static CubeSet> {
    vec![&DIRECT_ROUTING]
}

/// The sums that reports are made of, by the days of these zones.
pub(crate) fn cubes(zones: &Zones) -> CubeSettings {
    CubeSettings { sets: cube_sets(), zone: zones.others.clone(), zones: zones.tenants.clone() }
}

impl Default for EngineSettings {
    fn default() -> EngineSettings {
        let Options { memory_mib, threads, query_limit, deletions_kept, .. } = Options::default();
        let (kind, cubes) = (EngineKind::default(), cubes(&Zones::default()));
        EngineSettings { kind, memory_mib, threads, query_limit, deletions_kept, cubes }
    }
}

impl EngineKind {
    /// All of them.
    #[cfg(test)]
    const ALL: [EngineKind; 1] = [EngineKind::DuckDb];

    /// Where the rows are, in the data folder.
    pub(crate) fn file(self, data_dir: &Path) -> PathBuf {
        match self {
            EngineKind::DuckDb => data_dir.join("trunklog.duckdb"),
        }
    }

    /// Whether there is a store.
    pub(crate) fn exists(self, file: &Path) -> Result<bool> {
        match self {
            EngineKind::DuckDb => trunklog_duckdb::exists(file),
        }
    }

    /// Keeps what can be read of a damaged store, and tells what was done, a
    /// sentence each.
    pub(crate) fn repair(self, file: &Path) -> Result<Vec<String>> {
        match self {
            EngineKind::DuckDb => trunklog_duckdb::repair(file),
        }
    }
}

impl EngineSettings {
    /// Opens the store, or makes it.
    pub(crate) fn open(&self, file: &Path, zones: ZoneChoice) -> Result<Arc<dyn Engine>> {
        match self.kind {
            EngineKind::DuckDb => Ok(Arc::new(DuckDbEngine::open(file, self.duckdb(zones))?)),
        }
    }

    /// The same without sums beside the rows: what is kept of them is no longer true
    /// after the next change, and is made anew when they are wanted again.
    pub(crate) fn without_cubes(self) -> EngineSettings {
        EngineSettings { cubes: trunklog_store::cube::CubeSettings::none(), ..self }
    }

    /// Opens the store to look at it, and changes nothing in it.
    pub(crate) fn look(&self, file: &Path) -> Result<Arc<dyn Engine>> {
        match self.kind {
            EngineKind::DuckDb => {
                Ok(Arc::new(DuckDbEngine::open_read_only(file, self.duckdb(ZoneChoice::Kept))?))
            }
        }
    }

    fn duckdb(&self, zones: ZoneChoice) -> Options {
        let EngineSettings { kind: _, memory_mib, threads, query_limit, deletions_kept, ref cubes } = *self;
        let cubes = cubes.clone();
        // A command that stores many rows tidies when it has; a server has readers meanwhile.
        let leaves_days = zones == ZoneChoice::Kept;
        Options {
            memory_mib,
            threads,
            query_limit,
            deletions_kept,
            cubes,
            zones,
            leaves_days,
            ..Options::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_makes_a_store_that_is_found_again() {
        for kind in EngineKind::ALL {
            let folder = tempfile::tempdir().unwrap();
            let file = kind.file(folder.path());
            let settings = EngineSettings { kind, ..EngineSettings::default() };
            assert!(!kind.exists(&file).unwrap());
            assert!(settings.look(&file).is_err() && !kind.exists(&file).unwrap());
            settings
                .open(&file, ZoneChoice::Kept)
                .unwrap()
                .exchange_state("test.known", None, Some("yes"))
                .unwrap();
            assert!(kind.exists(&file).unwrap());
            let looked = settings.look(&file).unwrap();
            assert_eq!(looked.state("test.known").unwrap().as_deref(), Some("yes"));
            drop(looked);
            assert!(kind.repair(&file).unwrap().is_empty());
        }
    }
}
