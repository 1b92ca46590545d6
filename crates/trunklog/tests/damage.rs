//! Damaged and moved stores, with the real binary.

use std::fs::{self, OpenOptions, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::Engine;
use trunklog_testkit::{Binary, append, call_rows};

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const DATABASE: &str = "trunklog.duckdb";
const LOG: &str = "trunklog.duckdb.wal";
const MARK: &str = "trunklog.commit";

/// Rows of a commit.
const ROWS: u32 = 300;

/// A binary with a store as `kill -9` leaves it.
struct Bench {
    folder: TempDir,
    binary: Binary,
}

/// Where the rows are.
#[derive(PartialEq)]
enum In {
    Database,
    Log,
}

impl Bench {
    /// Two commits.
    fn with_rows(place: &In) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let (running, data) = (folder.path().join("running"), folder.path().join("data"));
        for made in [&running, &data] {
            fs::create_dir(made).unwrap();
            fs::set_permissions(made, Permissions::from_mode(0o700)).unwrap();
        }
        let engine = DuckDbEngine::open(&running.join(DATABASE), Options::default()).unwrap();
        for (first, from) in [(0, "2026-03-01T00:00:00Z"), (ROWS, "2026-04-01T00:00:00Z")] {
            let rows = call_rows(first, ROWS, from);
            append(&engine, TENANT.parse().unwrap(), &DIRECT_ROUTING_CALLS, &rows);
        }
        if *place == In::Database {
            engine.tidy().unwrap();
        }
        for entry in fs::read_dir(&running).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), data.join(entry.file_name())).unwrap();
            }
        }
        let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &data);
        Bench { folder, binary }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.binary.data().join(name)
    }

    fn bytes(&self, name: &str) -> u64 {
        fs::metadata(self.path(name)).unwrap().len()
    }

    fn put(&self, name: &str, bytes: &[u8], at: u64) {
        OpenOptions::new().write(true).open(self.path(name)).unwrap().write_all_at(bytes, at).unwrap();
    }

    fn rows(&self) -> usize {
        self.binary.ids(TENANT, "2026-01-01", "2027-01-01").len()
    }

    /// Runs a check that must fail, and gives its line.
    fn failed(&self, words: &[&str], name: &str) -> String {
        let finished = self.binary.run(words);
        assert_eq!(finished.code, Some(1), "{finished:?}");
        let begin = format!("failed  {name}: ");
        let line = finished.stdout.lines().find(|line| line.starts_with(&begin));
        line.unwrap_or_else(|| panic!("no failed {name}: {finished:?}")).to_owned()
    }
}

const ALL: usize = 2 * ROWS as usize;

#[test]
fn zeros_after_the_last_commit_are_named_and_mended() {
    let bench = Bench::with_rows(&In::Log);
    let before = bench.bytes(LOG);
    bench.put(LOG, &[0; 4096], before);
    let line = bench.failed(&["check"], "store");
    assert!(line.contains("4096 bytes of zeros") && line.contains("none is lost"), "{line}");
    assert_eq!(bench.bytes(LOG), before + 4096, "a check changes nothing");
    assert_eq!(bench.rows(), ALL);
    bench.binary.ok(&["check"]);
    let names = fs::read_dir(bench.binary.data()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.filter(|name| name.to_string_lossy().contains(".wal.damaged-")).count(), 1);
}

#[test]
fn commits_are_not_lost_without_a_word() {
    let bench = Bench::with_rows(&In::Log);
    // The length of an entry within the second commit or its rows.
    bench.put(LOG, &[0xff; 40], bench.bytes(LOG) * 3 / 4);
    for words in [&["check"][..], &["check", "--deep"]] {
        let line = bench.failed(words, "store");
        assert!(line.contains("damaged at byte") && line.contains("--repair"), "{line}");
    }
    let served = bench.binary.run(&["serve", "--http", "127.0.0.1:0", "--ops", "off"]);
    assert!(served.code == Some(1) && served.stderr.contains("--repair"), "{served:?}");
    let repaired = bench.binary.ok(&["check", "--repair", "--deep"]);
    assert!(repaired.contains("ok      repair: ") && repaired.contains("1 is lost"), "{repaired}");
    assert!(repaired.contains("ok      rows: all values of 300 rows of 1 tenant were read"), "{repaired}");
    assert_eq!(bench.rows(), ROWS as usize);
    let again = bench.binary.ok(&["check", "--repair"]);
    assert!(again.contains("ok      repair: nothing to repair"), "{again}");
}

#[test]
fn a_deep_check_finds_bad_blocks() {
    let bench = Bench::with_rows(&In::Database);
    let text = bench.binary.ok(&["check", "--deep"]);
    assert!(text.contains("ok      rows: all values of 600 rows of 1 tenant were read"), "{text}");
    let whole = [DATABASE, MARK].map(|name| (name, fs::read(bench.path(name)).unwrap()));
    let restore = || whole.iter().for_each(|(name, bytes)| fs::write(bench.path(name), bytes).unwrap());
    let mut found = 0;
    for block in (12_288..bench.bytes(DATABASE)).step_by(262_144) {
        bench.put(DATABASE, b"no row at all", block + 1_000);
        // What the store itself is described with is needed to open it.
        if bench.binary.run(&["check"]).code == Some(0) {
            let line = bench.failed(&["check", "--deep"], "rows");
            assert!(line.contains("directRoutingCalls") && line.contains(TENANT), "{line}");
            // What a store notes of itself is written anew when the copy of a store
            // is opened.
            if line.contains("what the store notes of itself") {
                restore();
                continue;
            }
            // The same through a server, which goes on.
            let server = bench.binary.serve(&[]);
            let line = bench.failed(&["check", "--deep"], "rows");
            assert!(line.contains("directRoutingCalls"), "{line}");
            assert_eq!(server.terminate(), Some(0));
            found += 1;
        }
        restore();
    }
    assert!(found > 0, "no block has rows alone");
    bench.binary.ok(&["check", "--deep"]);
}

#[test]
fn a_cut_database_is_named_with_its_sizes() {
    let bench = Bench::with_rows(&In::Database);
    let (before, left) = (bench.bytes(DATABASE), 100_000);
    OpenOptions::new().write(true).open(bench.path(DATABASE)).unwrap().set_len(left).unwrap();
    let line = bench.failed(&["check"], "store");
    assert!(
        line.contains("was cut") && line.contains(&format!("{left} bytes of at least {before}")),
        "{line}"
    );
    let calls = bench.binary.run(&["calls", "--from", "2026-01-01"]);
    assert!(calls.code == Some(1) && !calls.stderr.contains("try again"), "{calls:?}");
}

#[test]
fn a_store_that_cannot_be_written_is_named() {
    let bench = Bench::with_rows(&In::Database);
    fs::set_permissions(bench.path(DATABASE), Permissions::from_mode(0o400)).unwrap();
    if OpenOptions::new().write(true).open(bench.path(DATABASE)).is_ok() {
        // The user who runs the test may write everything, as root.
        return;
    }
    let line = bench.failed(&["check"], "store");
    assert!(line.contains("cannot write into") && line.contains(DATABASE), "{line}");
}

#[test]
fn a_folder_that_moves_away_is_noticed() {
    let bench = Bench::with_rows(&In::Database);
    let mut server = bench.binary.serve(&[]);
    let away = bench.folder.path().join("away");
    fs::rename(bench.binary.data(), &away).unwrap();
    let begun = Instant::now();
    while server.is_ready() {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody notices");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!bench.binary.data().exists(), "a new folder was made");
    fs::rename(&away, bench.binary.data()).unwrap();
    server.wait_until_ready();
    assert_eq!(bench.rows(), ALL);
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(bench.rows(), ALL);
}

#[test]
fn a_new_store_is_told() {
    let bench = Bench::with_rows(&In::Database);
    let calls = ["calls", "--tenant", TENANT, "--from", "2026-01-01"];
    assert!(!bench.binary.run(&calls).stderr.contains("new, empty store"));
    fs::rename(bench.binary.data(), bench.folder.path().join("renamed")).unwrap();
    // What only reads makes none.
    for words in [
        &calls[..],
        &["retention"],
        &["retention", "approve"],
        &["app", "list"],
        &["app", "remove", TENANT],
        &["check", "--repair"],
    ] {
        let finished = bench.binary.run(words);
        assert_eq!(finished.code, Some(1), "{words:?}: {finished:?}");
        let says = format!("there is no store in {}: give its folder", bench.binary.data().display());
        assert!((finished.stdout + &finished.stderr).contains(&says), "{words:?}");
        assert!(!bench.binary.data().exists(), "{words:?} made the folder");
    }
    let nobody = bench.binary.run(&["app", "add", "--name", "x"]);
    assert!(nobody.code == Some(1) && nobody.stderr.contains("there is no tenant yet"), "{nobody:?}");
    assert!(!bench.binary.data().exists());

    // It ends as soon as it wants to listen.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let finished = bench.binary.run(&["serve", "--http", &address, "--ops", "off"]);
    assert!(finished.stderr.contains("made a new, empty store"), "{finished:?}");
    assert!(bench.binary.ok(&["check"]).contains("it is new, or empty"));
}

#[test]
fn a_server_warns_of_a_folder_that_is_open_to_others() {
    let bench = Bench::with_rows(&In::Database);
    // It ends as soon as it wants to listen.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (mode, warns) in [(0o700, false), (0o750, true), (0o705, true)] {
        fs::set_permissions(bench.binary.data(), Permissions::from_mode(mode)).unwrap();
        let served = bench.binary.run(&["serve", "--http", &address, "--ops", "off"]);
        assert_eq!(served.code, Some(1), "{served:?}");
        let says = "others can get into";
        let line = served.stderr.lines().find(|line| line.contains(says)).unwrap_or_default();
        assert_eq!(line.contains("WARN") && line.contains("chmod 700"), warns, "{mode:o}: {served:?}");
    }
}
