//! Kills imports at random moments; nothing acknowledged is lost, nothing is
//! doubled.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use trunklog_testkit::{Binary, ids_in};

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const OTHER_TENANT: &str = "7e570000-0000-4000-8000-000000000002";
const RESUMPTIONS: u32 = 10;
/// More rows than a batch has, so that kills fall between commits, too.
const ROWS: u32 = 36_000;
const FILES: u32 = 6;
const SMALL_ROWS: u32 = 500;

/// How often something is killed: so often, unless `TRUNKLOG_TEST_KILLS` says another
/// number.
pub(crate) fn kills(usual: u32) -> u32 {
    std::env::var("TRUNKLOG_TEST_KILLS").map_or(usual, |text| text.parse().expect("it is a number"))
}

/// xorshift64: good enough for moments.
pub(crate) struct Moments(u64);

impl Moments {
    pub(crate) fn new() -> Moments {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let seed = now.as_secs() ^ (u64::from(now.subsec_nanos()) << 20);
        println!("seed {seed}");
        Moments(seed | 1)
    }

    pub(crate) fn below(&mut self, longest: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let longest = u64::try_from(longest.as_micros()).unwrap();
        Duration::from_micros(self.0 % longest.max(1))
    }
}

/// Starts a command and kills it after a while, unless it has ended by then.
/// Tells whether it was killed.
pub(crate) fn kill(binary: &Binary, words: &[&str], after: Duration) -> bool {
    let mut command = binary
        .command(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    let is_running = command.try_wait().unwrap().is_none();
    if is_running {
        command.kill().unwrap();
    }
    command.wait().unwrap();
    is_running
}

#[test]
fn killed_imports_go_on_where_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
    let file = folder.path().join("calls.ndjson");
    binary.write_demo(&file, 3 * ROWS, 7, "2026-01-01", "2026-02-01");
    let began = Instant::now();
    assert_eq!(binary.import(OTHER_TENANT, &file).0.code, Some(0));
    let longest = began.elapsed();

    let words = ["import", "--quiet", "--json", "--resume", "--tenant", TENANT, file.to_str().unwrap()];
    let mut moments = Moments::new();
    for _ in 0..RESUMPTIONS {
        kill(&binary, &words, moments.below(longest));
    }
    let finished = binary.run(&words);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let all: BTreeSet<String> = ids_in(&fs::read_to_string(&file).unwrap()).into_iter().collect();
    let stored = binary.ids(TENANT, "2000-01-01", "2100-01-01");
    assert_eq!(stored.len(), all.len(), "rows are missing or doubled");
    assert!(stored.into_iter().collect::<BTreeSet<_>>() == all, "other rows than were imported");
}

#[test]
fn killed_imports_lose_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
    let mut all = BTreeSet::new();
    let large: Vec<PathBuf> = (0..FILES)
        .map(|file| {
            let path = folder.path().join(format!("large-{file}.ndjson"));
            binary.write_demo(&path, ROWS, 100 + file, "2026-01-01", "2026-02-01");
            all.extend(ids_in(&fs::read_to_string(&path).unwrap()));
            path
        })
        .collect();
    assert_eq!(all.len(), usize::try_from(FILES * ROWS).unwrap(), "the files share ids");

    // How long an import takes that nobody disturbs.
    let began = Instant::now();
    assert_eq!(binary.import(TENANT, &large[0]).0.code, Some(0));
    let longest = began.elapsed() * 11 / 10;
    println!("an import takes up to {longest:?}");

    let mut moments = Moments::new();
    let mut acknowledged: Vec<(String, String, Vec<String>)> = Vec::new();
    let kills = kills(50);
    let mut killed = 0;
    let mut round = 0;
    while killed < kills {
        let file = &large[usize::try_from(round % FILES).unwrap()];
        let words = ["import", "--quiet", "--json", "--tenant", TENANT, file.to_str().unwrap()];
        killed += u32::from(kill(&binary, &words, moments.below(longest)));
        round += 1;
        assert!(round < 4 * kills, "imports are done before they can be killed");

        if round % 5 == 0 {
            // A command that ended well is an acknowledgement.
            let day = round / 5;
            let (month, day) = (3 + day / 28, 1 + day % 28);
            let from = format!("2026-{month:02}-{day:02}");
            let to = format!("{from}T23:59:59Z");
            let path = folder.path().join(format!("small-{round}.ndjson"));
            binary.write_demo(&path, SMALL_ROWS, 1_000 + round, &from, &to);
            let (finished, summary) = binary.import(TENANT, &path);
            assert_eq!(finished.code, Some(0), "after {killed} kills: {finished:?}");
            assert_eq!(summary["new"], SMALL_ROWS, "{summary}");
            let mut ids = ids_in(&fs::read_to_string(&path).unwrap());
            ids.sort();
            all.extend(ids.iter().cloned());
            acknowledged.push((from, to, ids));
        } else if let Some((from, to, ids)) = acknowledged.last() {
            let mut stored = binary.ids(TENANT, from, to);
            stored.sort();
            assert_eq!(&stored, ids, "after {killed} kills");
        }
    }

    for (from, to, ids) in &acknowledged {
        let mut stored = binary.ids(TENANT, from, to);
        stored.sort();
        assert_eq!(&stored, ids, "in the end");
    }
    for file in &large {
        assert_eq!(binary.import(TENANT, file).0.code, Some(0));
    }
    let stored = binary.ids(TENANT, "2000-01-01", "2100-01-01");
    assert_eq!(stored.len(), all.len(), "rows are missing or doubled");
    assert!(stored.into_iter().collect::<BTreeSet<_>>() == all, "other rows than were imported");
}
