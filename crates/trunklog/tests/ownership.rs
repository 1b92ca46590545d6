//! One process owns the store; other commands go through a running server.

use trunklog_testkit::{Binary, call_path};

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";

#[test]
fn commands_work_through_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
    let file = folder.path().join("calls.ndjson");
    binary.write_demo(&file, 3_000, 1, "2026-03-01", "2026-04-01");
    let server = binary.serve(&[]);

    let (finished, summary) = binary.import(TENANT, &file);
    assert_eq!((finished.code, &summary["new"]), (Some(0), &3_000.into()), "{finished:?}");
    let ids = binary.ids(TENANT, "2026-03-01", "2026-04-01");
    assert_eq!(ids.len(), 3_000);
    let check = binary.ok(&["check"]);
    assert!(check.contains(&format!("process {}", server.pid())), "{check}");
    assert!(server.is_ready());
    let (status, _) = server.get(&call_path("2026-03-01", "2026-04-01"), &[]).unwrap();
    assert_eq!(status, 401);

    assert_eq!(server.terminate(), Some(0));
    assert_eq!(binary.ids(TENANT, "2026-03-01", "2026-04-01"), ids);
}

#[test]
fn a_second_server_says_who_has_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
    let server = binary.serve(&[]);
    let second = binary.run(&["serve", "--http", "127.0.0.1:0", "--ops", "off"]);
    assert_eq!(second.code, Some(1), "{second:?}");
    let expected = format!("held by process {} (serve)", server.pid());
    assert!(second.stderr.contains(&expected), "{second:?}");
    assert!(server.is_ready());
}

#[test]
fn a_killed_server_leaves_a_store_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
    let file = folder.path().join("calls.ndjson");
    binary.write_demo(&file, 1_000, 1, "2026-03-01", "2026-04-01");
    let server = binary.serve(&[]);
    assert_eq!(binary.import(TENANT, &file).0.code, Some(0));
    server.kill();
    assert_eq!(binary.ids(TENANT, "2026-03-01", "2026-04-01").len(), 1_000);
    let again = binary.serve(&[]);
    assert_eq!(again.terminate(), Some(0));
}
