//! A full disk: commands say so, the server lives on, and what was
//! acknowledged is there when there is space again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use trunklog_testkit::{Binary, RunningServer, ids_in};

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const ROWS: u32 = 20_000;
const MEBIBYTE: usize = 1 << 20;

/// A small disk; only root can have one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount(mebibytes: usize) -> Option<SmallDisk> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={mebibytes}m,mode=0700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        mounted.then_some(SmallDisk(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// Imports one file after another until one fails. Gives the ids of those
/// that were acknowledged, the file that failed and what the command said.
fn fill(binary: &Binary, files: &Path, first_seed: u32) -> (BTreeSet<String>, PathBuf, String) {
    let mut acknowledged = BTreeSet::new();
    for seed in first_seed..first_seed + 60 {
        let file = files.join(format!("{seed}.ndjson"));
        binary.write_demo(&file, ROWS, seed, "2026-01-01", "2026-02-01");
        let (finished, _) = binary.import(TENANT, &file);
        if finished.code != Some(0) {
            assert_eq!(finished.code, Some(1), "{finished:?}");
            return (acknowledged, file, finished.stderr);
        }
        acknowledged.extend(ids_in(&fs::read_to_string(&file).unwrap()));
    }
    panic!("the disk never became full");
}

fn assert_stored(binary: &Binary, expected: &BTreeSet<String>) {
    let stored = binary.ids(TENANT, "2000-01-01", "2100-01-01");
    let distinct: BTreeSet<String> = stored.iter().cloned().collect();
    assert_eq!(stored.len(), distinct.len(), "rows are doubled");
    assert!(expected.is_subset(&distinct), "{} rows are missing", expected.difference(&distinct).count());
}

#[test]
fn an_import_survives_a_full_disk() {
    let files = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(48) else {
        return import_with_limited_files(files.path());
    };
    let filler = disk.0.path().join("filler");
    fs::write(&filler, vec![1; 24 * MEBIBYTE]).unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &disk.0.path().join("data"));
    let (mut acknowledged, failed, message) = fill(&binary, files.path(), 1);
    assert!(message.contains("disk is full"), "{message}");
    fs::remove_file(filler).unwrap();
    assert_stored(&binary, &acknowledged);
    assert_eq!(binary.import(TENANT, &failed).0.code, Some(0));
    acknowledged.extend(ids_in(&fs::read_to_string(&failed).unwrap()));
    assert_stored(&binary, &acknowledged);
}

/// Without the right to mount: files cannot grow beyond a limit.
fn import_with_limited_files(files: &Path) {
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &files.join("data"));
    let first = files.join("first.ndjson");
    binary.write_demo(&first, ROWS, 1, "2026-01-01", "2026-02-01");
    assert_eq!(binary.import(TENANT, &first).0.code, Some(0));
    let acknowledged: BTreeSet<String> = ids_in(&fs::read_to_string(&first).unwrap()).into_iter().collect();
    let second = files.join("second.ndjson");
    binary.write_demo(&second, 10 * ROWS, 2, "2026-02-01", "2026-04-01");
    let import = binary.command(&["import", "--quiet", "--tenant", TENANT, second.to_str().unwrap()]);
    // Blocks of 512 bytes: 4 MiB.
    let limited = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 8192; exec \"$@\"", "sh"])
        .arg(import.get_program())
        .args(import.get_args())
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&limited.stderr);
    assert_eq!(limited.status.code(), Some(1), "{message}");
    assert!(message.contains("disk is full"), "{message}");
    assert_stored(&binary, &acknowledged);
    assert_eq!(binary.import(TENANT, &second).0.code, Some(0));
    assert_stored(&binary, &acknowledged);
}

/// Where nothing at all can be stored, the server goes on to answer, and says so in the
/// words of `trunklog status`.
fn full_to_the_last_byte(disk: &Path, server: &RunningServer, binary: &Binary) {
    let last = disk.join("last");
    fs::write(&last, vec![1; 24 * MEBIBYTE]).unwrap_err();
    let began = Instant::now();
    loop {
        let (status, told) = server.get_ops("/readyz").unwrap();
        assert_eq!(status, 200, "{told}");
        if told.ends_with("degraded: disk full, nothing new is stored\n") {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{told}");
        std::thread::sleep(Duration::from_millis(200));
    }
    let said = binary.run(&["status"]);
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.stdout.contains("it is full, nothing new is stored"), "{said:?}");
    fs::remove_file(last).unwrap();
}

#[test]
fn a_server_survives_a_full_disk() {
    let files = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(48) else {
        println!("not tested: a small disk can be mounted by root only");
        return;
    };
    let filler = disk.0.path().join("filler");
    fs::write(&filler, vec![1; 24 * MEBIBYTE]).unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &disk.0.path().join("data"));
    let mut server = binary.serve(&[]);
    let (mut acknowledged, failed, message) = fill(&binary, files.path(), 1);
    assert!(message.contains("disk is full"), "{message}");
    full_to_the_last_byte(disk.0.path(), &server, &binary);
    fs::remove_file(filler).unwrap();
    server.wait_until_ready();
    let began = Instant::now();
    while binary.import(TENANT, &failed).0.code != Some(0) {
        assert!(began.elapsed() < Duration::from_secs(20), "the server does not recover");
        std::thread::sleep(Duration::from_millis(200));
    }
    acknowledged.extend(ids_in(&fs::read_to_string(&failed).unwrap()));
    assert!(server.is_ready());
    assert_stored(&binary, &acknowledged);
    assert_eq!(server.terminate(), Some(0));
    assert_stored(&binary, &acknowledged);
}
