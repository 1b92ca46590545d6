//! What fills the disk of the data folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, Result};
use rustix::fs::statvfs;
use trunklog_ledger::disk::{DiskPart, DiskUse};
use trunklog_store::{Engine, PartKind};

/// What is in the data folder beside the store, by the names of its folders.
const FOLDERS: [(&str, &str); 3] = [("rejected", "rejects"), ("exports", "exports"), ("audit", "audit")];

/// What has another name there.
const OTHER: &str = "other";

/// What the store's files have that is of no log and no cube: notes, the write-ahead
/// log, room that is free within them.
const REST_OF_STORE: &str = "store";

/// The most files that are looked at.
const MOST_FILES: u32 = 200_000;

/// How a block is counted by the system, in bytes.
const BLOCK: u64 = 512;

/// Measures the disk, and what is in the data folder; `store` is the store's file.
pub(crate) fn measure(folder: &Path, store: &Path, engine: &dyn Engine) -> Result<DiskUse> {
    let system =
        statvfs(folder).with_context(|| format!("cannot measure the disk of {}", folder.display()))?;
    let mut parts: BTreeMap<String, u64> = BTreeMap::new();
    let mut of_store = 0_u64;
    let mut left = MOST_FILES;
    let name_of_store = store.file_name().map(|name| name.to_string_lossy().into_owned());
    for entry in fs::read_dir(folder).with_context(|| format!("cannot look into {}", folder.display()))? {
        let Ok(entry) = entry else { continue };
        let name = entry.file_name().to_string_lossy().into_owned();
        let bytes = size_of(&entry.path(), &mut left);
        if name_of_store.as_ref().is_some_and(|store| name.starts_with(store.as_str())) {
            of_store = of_store.saturating_add(bytes);
            continue;
        }
        let what = FOLDERS.iter().find(|(folder, _)| *folder == name).map_or(OTHER, |(_, what)| *what);
        let part = parts.entry(what.to_owned()).or_default();
        *part = part.saturating_add(bytes);
    }
    let mut of_parts = 0_u64;
    for part in engine.stored_parts()? {
        of_parts = of_parts.saturating_add(part.bytes);
        let name = if part.kind == PartKind::Other { REST_OF_STORE } else { part.kind.name() };
        let sum = parts.entry(name.to_owned()).or_default();
        *sum = sum.saturating_add(part.bytes);
    }
    // Small tables share blocks, so their sum may be a little above the file's size.
    let rest = parts.entry(REST_OF_STORE.to_owned()).or_default();
    *rest = rest.saturating_add(of_store.saturating_sub(of_parts));
    Ok(DiskUse {
        measured_at: None,
        folder: folder.to_str().map(str::to_owned),
        free_bytes: system.f_bavail.saturating_mul(system.f_frsize),
        total_bytes: system.f_blocks.saturating_mul(system.f_frsize),
        parts: parts.into_iter().map(|(what, bytes)| DiskPart { what, bytes }).collect(),
    })
}

/// How much room something takes. What cannot be looked at, or comes after more files
/// than are looked at, takes none.
fn size_of(path: &Path, left: &mut u32) -> u64 {
    *left = left.saturating_sub(1);
    let Ok(metadata) = fs::symlink_metadata(path) else { return 0 };
    let own = metadata.blocks().saturating_mul(BLOCK);
    if !metadata.is_dir() || *left == 0 {
        return own;
    }
    let entries = fs::read_dir(path).into_iter().flatten().filter_map(io::Result::ok);
    let mut sum = own;
    for entry in entries {
        if *left == 0 {
            break;
        }
        sum = sum.saturating_add(size_of(&entry.path(), left));
    }
    sum
}

#[cfg(test)]
mod tests {
    use trunklog_store_kit::MemoryEngine;

    use super::*;

    #[test]
    fn what_is_in_the_data_folder_is_told_by_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: usize| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, vec![1; bytes]).unwrap();
        };
        write("rejected/rejected-20261124-081500.ndjson", 100_000);
        write("trunklog.duckdb", 50_000);
        write("trunklog.duckdb.wal", 50_000);
        write("identity/keys.json", 10);
        let store = folder.path().join("trunklog.duckdb");
        let disk = measure(folder.path(), &store, &MemoryEngine::new()).unwrap();
        let bytes = |what: &str| disk.parts.iter().find(|part| part.what == what).map(|part| part.bytes);
        assert!(bytes("rejects").unwrap() >= 100_000, "{disk:?}");
        assert!(bytes("store").unwrap() >= 100_000, "{disk:?}");
        assert!(bytes("other").unwrap() > 0 && bytes("audit").is_none(), "{disk:?}");
        assert!(disk.total_bytes >= disk.free_bytes && disk.total_bytes > 0);
    }
}
