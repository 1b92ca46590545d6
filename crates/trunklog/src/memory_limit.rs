//! How much memory this machine or container lets the process use, and which
//! parts of it are DuckDB's and the clients' unless the operator says otherwise.

mod mounts;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use self::mounts::{GroupVersion, Mount};

const MIB: u64 = 1 << 20;

/// What the process needs beside DuckDB, in MiB: itself, two hashes of secrets
/// at a time, and the least that is held for clients.
const OWN_MIB: u64 = 128;

/// The least and the most that is held for clients, in MiB.
const LEAST_UNREAD_MIB: u64 = 32;
const MOST_UNREAD_MIB: u64 = 256;

/// The least and the most that DuckDB gets, in MiB. With less, imports spill all
/// the time; more helps nothing but large orders, and is the operator's choice.
const LEAST_MIB: u64 = 64;
const MOST_MIB: u64 = 384;

/// The tightest bound on the process's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemoryLimit {
    bytes: u64,
    /// The file of the control group that says so; None for the whole machine.
    file: Option<PathBuf>,
}

impl MemoryLimit {
    /// Looks for it below `root`, which is `/` but in tests: the limits of the
    /// process's control groups and of all groups above them, in both versions,
    /// and the machine's memory. None where nothing can be read, as outside of
    /// Linux.
    pub(crate) fn find(root: &Path) -> Option<MemoryLimit> {
        let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
        let machine = of_machine(&read("proc/meminfo"));
        let groups = read("proc/self/cgroup");
        let mounts = read("proc/self/mountinfo");
        let of_groups = mounts
            .lines()
            .filter_map(Mount::read)
            .flat_map(|mount| mount.folders(mount.version.group_in(&groups).unwrap_or("/")))
            .filter_map(|(folder, version)| of_folder(root, &folder, version))
            .min_by_key(|limit| limit.bytes);
        // Of two that are the same, the machine's is the one to be named.
        machine.into_iter().chain(of_groups).min_by_key(|limit| limit.bytes)
    }

    /// How much of it DuckDB gets, in MiB: half of what the process itself does
    /// not need, within bounds.
    pub(crate) fn store_mib(&self) -> u32 {
        let share = (self.mib().saturating_sub(OWN_MIB) / 2).clamp(LEAST_MIB, MOST_MIB);
        u32::try_from(share).unwrap_or(u32::MAX)
    }

    /// How much of it may be held for clients, in MiB, where DuckDB has so much:
    /// half of what is left, within bounds. The other half is for what is counted
    /// only about.
    pub(crate) fn unread_mib(&self, store_mib: u32) -> u64 {
        let left = self.most_store_mib().saturating_sub(u64::from(store_mib));
        (left / 2).clamp(LEAST_UNREAD_MIB, MOST_UNREAD_MIB)
    }

    /// The most that an operator should let DuckDB have, in MiB.
    pub(crate) fn most_store_mib(&self) -> u64 {
        self.mib().saturating_sub(OWN_MIB)
    }

    /// The most that an operator should let clients have, in MiB, where DuckDB
    /// has so much.
    pub(crate) fn most_unread_mib(&self, store_mib: u32) -> u64 {
        self.most_store_mib().saturating_sub(u64::from(store_mib)) + LEAST_UNREAD_MIB
    }

    fn mib(&self) -> u64 {
        self.bytes / MIB
    }
}

impl fmt::Display for MemoryLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            None => write!(f, "{} MiB of this machine", self.mib()),
            Some(file) => write!(f, "{} MiB by {}", self.mib(), file.display()),
        }
    }
}

/// The tightest limit that a control group itself sets.
fn of_folder(root: &Path, folder: &Path, version: GroupVersion) -> Option<MemoryLimit> {
    let files = version.limit_files().iter().map(|name| folder.join(name));
    files
        .filter_map(|file| {
            let below = file.strip_prefix("/").unwrap_or(&file);
            // "max" in version 2 is not a number, and no limit.
            let bytes = fs::read_to_string(root.join(below)).ok()?.trim().parse().ok()?;
            Some(MemoryLimit { bytes, file: Some(file) })
        })
        .min_by_key(|limit| limit.bytes)
}

/// Source: `proc_meminfo(5)`.
fn of_machine(meminfo: &str) -> Option<MemoryLimit> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(MemoryLimit { bytes: kib.checked_mul(1024)?, file: None })
}

#[cfg(test)]
mod tests;
