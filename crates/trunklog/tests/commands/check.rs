//! `check`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::{Bench, TENANT};

#[test]
fn a_check_prints_a_line_a_check() {
    let bench = Bench::with(1);
    let text = bench.binary.ok(&["check"]);
    assert!(text.contains("ok      answers: as Graph, and more (cloud global)\n"), "{text}");
    assert!(text.contains("ok      retention: forever\n"), "{text}");
    assert!(text.contains("ok      changes: the ids of deleted rows are kept for 90 days\n"), "{text}");
    for name in ["configuration", "load", "data folder", "store", "applications", "certificates", "memory"] {
        assert!(text.contains(&format!("ok      {name}: ")), "{text}");
    }
}

#[test]
fn a_check_only_looks() {
    let bench = Bench::with(1);
    let data = bench.binary.data();
    let check = |nothing_yet: &[&str]| {
        let text = bench.binary.ok(&["check"]);
        let lines: Vec<&str> = text.lines().filter(|line| line.contains("nothing stored yet")).collect();
        assert_eq!(lines.len(), nothing_yet.len(), "{text}");
        for (line, name) in lines.iter().zip(nothing_yet) {
            assert!(line.starts_with(&format!("ok      {name}: ")), "{text}");
        }
    };
    let names = || {
        let entries = fs::read_dir(data).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    check(&["data folder", "store"]);
    assert!(!data.exists());

    fs::create_dir(data).unwrap();
    fs::set_permissions(data, Permissions::from_mode(0o700)).unwrap();
    check(&["store"]);
    assert!(names().is_empty(), "{:?}", names());

    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    let before = names();
    check(&[]);
    assert_eq!(names(), before);

    fs::set_permissions(data, Permissions::from_mode(0o750)).unwrap();
    let finished = bench.binary.run(&["check"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stdout.contains("failed  data folder: others can get into"), "{finished:?}");
}

#[test]
fn a_check_beside_a_server_says_whose_settings_it_shows() {
    let bench = Bench::with(1);
    assert!(!bench.binary.ok(&["check"]).contains("running server"));
    let server = bench.binary.serve(&[]);
    let text = bench.binary.ok(&["check"]);
    let configuration = text.lines().next().unwrap();
    assert!(configuration.starts_with("ok      configuration: "), "{text}");
    let whose = format!("this command's own, not those of the running server (process {})", server.pid());
    assert!(configuration.contains(&whose), "{text}");
    let store = format!(
        "ok      store: process {} (serve) answers for it, 0 tenants: it is new, or empty\n",
        server.pid()
    );
    assert!(text.contains(&store), "{text}");
}

/// A command that is run without the server's configuration counts days as the server does.
#[test]
fn the_zone_of_days_stays_with_the_store() {
    let bench = Bench::with(300);
    let config = bench.folder.path().join("trunklog.toml");
    fs::write(&config, "[tenant]\nzone = \"Europe/Berlin\"\n").unwrap();
    let zone = || {
        let words = ["report", "kpis", "--tenant", TENANT, "--range", "7d", "--format", "json"];
        let answer: serde_json::Value = serde_json::from_str(&bench.binary.ok(&words)).unwrap();
        answer["zone"].as_str().unwrap().to_owned()
    };
    let server = bench.binary.serve(&["--config", config.to_str().unwrap()]);
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    assert_eq!(zone(), "Europe/Berlin");
    let text = bench.binary.ok(&["check", "--reports"]);
    assert!(text.contains(" of 1 tenant are what the rows add up to\n"), "{text}");
    assert!(!text.contains("reports: 0 sums"), "{text}");
    // Another server's configuration changes it.
    let server = bench.binary.serve(&[]);
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(zone(), "UTC");
}

#[test]
fn sums_are_compared_with_rows() {
    let bench = Bench::with(500);
    // Without a store there is nothing to compare.
    assert!(!bench.binary.ok(&["check", "--reports"]).contains("reports:"));
    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    let line = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("ok      reports: "));
        line.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    let alone = line(&bench.binary.ok(&["check", "--reports"]));
    assert!(alone.contains(" of 1 tenant are what the rows add up to"), "{alone}");
    assert!(!alone.contains(" 0 sums "), "nothing was compared: {alone}");
    assert_eq!(line(&bench.binary.ok(&["check", "--reports", "--repair"])), alone);
    let server = bench.binary.serve(&[]);
    assert_eq!(line(&bench.binary.ok(&["check", "--reports"])), alone);
    assert!(!bench.binary.ok(&["check"]).contains("reports:"));
    assert!(server.is_ready());
}
