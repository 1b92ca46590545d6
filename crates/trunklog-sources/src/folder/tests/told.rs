//! What is told of names and markers that others wrote.

use std::os::unix::fs::PermissionsExt;

use super::*;

/// Who puts files there writes neither lines into the report nor to a terminal.
#[test]
fn a_name_does_nothing_to_who_reads_the_report() {
    let mut bench = Bench::with(|settings| settings.quiet = Duration::ZERO);
    let mut watcher = bench.watcher();
    let name = "a\nall is stored\u{1b}[31m\u{202e}txt.\r.csv";
    bench.put(name, "what is this?");
    let pass = bench.pass(&mut watcher, 0);
    assert_eq!(pass.files[0].file, name, "programs get it as it is");
    let text = fs::read_to_string(bench.settings.failed().join(format!("{name}.report.txt"))).unwrap();
    assert!(text.starts_with(r"a\nall is stored\u{1b}[31m\u{202e}txt.\r.csv: failed"), "{text}");
    assert!(text.chars().all(|sign| sign == '\n' || trunklog_errors::is_plain(sign)), "{text:?}");
}

#[test]
fn a_marker_is_read_as_files_are_and_what_it_does_not_say_is_told() {
    let mut bench = Bench::with(|settings| settings.marker = Some(".FIN".to_owned()));
    let mut watcher = bench.watcher();
    let wide: Vec<u8> = "\u{feff}3\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bench.put("a.ndjson", row("1"));
    bench.put("a.ndjson.FIN", wide);
    bench.put("b.ndjson", row("2"));
    bench.put("b.ndjson.FIN", "all of it");
    let pass = bench.pass(&mut watcher, 0);
    let [a, b] = pass.files.as_slice() else { panic!("{pass:?}") };
    assert_eq!((a.expected, a.missing(), a.warnings.len()), (Some(3), 2, 0), "{a:?}");
    assert_eq!((b.expected, b.outcome), (None, Outcome::Stored), "{b:?}");
    assert!(b.warnings[0].contains("number of records"), "{b:?}");
    assert!(b.text().contains("warning: its marker has something else"), "{}", b.text());
}

/// Whoever may write into the folder must not have the server read, move and delete
/// elsewhere.
#[test]
fn links_in_the_place_of_our_own_folders_are_not_followed() {
    for own in ["working", "done", "failed"] {
        let mut bench = Bench::with(|settings| settings.quiet = Duration::ZERO);
        let mut watcher = bench.watcher();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("people.json"), row("1")).unwrap();
        let link = bench.folder.path().join(own);
        std::os::unix::fs::symlink(elsewhere.path(), &link).unwrap();
        bench.put("a.ndjson", row("2"));
        let moment = Moment { now: Instant::MAX, elapsed: Duration::from_hours(9) };
        let error = watcher.pass(moment, &AtomicBool::new(false)).unwrap_err().to_string();
        assert!(error.contains("a link") && error.contains(own), "{error}");
        assert_eq!(names(elsewhere.path()), ["people.json"]);
        assert!(bench.ids().is_empty());
        fs::remove_file(&link).unwrap();
        assert_eq!(bench.pass(&mut watcher, 0).files.len(), 1, "it goes on when the link is gone");
    }
}

/// The same where others could write into them, or made them.
#[test]
fn folders_into_which_others_write_are_not_ours() {
    for own in ["working", "done", "failed"] {
        let mut bench = Bench::with(|settings| settings.quiet = Duration::ZERO);
        let mut watcher = bench.watcher();
        let folder = bench.folder.path().join(own);
        fs::create_dir(&folder).unwrap();
        let set = |mode: u32| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        set(0o777);
        bench.put("a.ndjson", row("1"));
        let moment = Moment { now: Instant::MAX, elapsed: Duration::from_hours(9) };
        let error = watcher.pass(moment, &AtomicBool::new(false)).unwrap_err().to_string();
        assert!(error.contains("everybody may write") && error.contains(own), "{error}");
        assert!(bench.ids().is_empty());
        set(0o755);
        assert_eq!(bench.pass(&mut watcher, 0).files.len(), 1, "it goes on when that is mended");
    }
}

#[test]
fn a_report_is_not_written_through_a_link() {
    let mut bench = Bench::with(|settings| settings.quiet = Duration::ZERO);
    let mut watcher = bench.watcher();
    bench.put("a.ndjson", row("1"));
    let report = bench.pass(&mut watcher, 0).files.remove(0);
    let elsewhere = tempfile::tempdir().unwrap();
    let precious = elsewhere.path().join("people.json");
    fs::write(&precious, "precious").unwrap();
    let done = bench.settings.done();
    let [json, text] = place::report_names(&done, "b.ndjson");
    for path in [&json, &text] {
        std::os::unix::fs::symlink(&precious, path).unwrap();
    }
    report.write(&done, "b.ndjson").unwrap();
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    for path in [&json, &text] {
        assert!(fs::symlink_metadata(path).unwrap().is_file(), "{}", path.display());
    }
    // What a crash left is written anew.
    fs::write(&json, "x".repeat(1_000_000)).unwrap();
    report.write(&done, "b.ndjson").unwrap();
    assert_eq!(serde_json::from_slice::<FileReport>(&fs::read(&json).unwrap()).unwrap(), report);
}

/// A pipe would hold up all other files, as it waits for who writes to it.
#[test]
fn a_pipe_in_the_place_of_a_file_holds_nobody_up() {
    let mut bench = Bench::with(|settings| settings.quiet = Duration::ZERO);
    let mut watcher = bench.watcher();
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    let mut pass = Pass::default();
    rustix::fs::mkfifoat(rustix::fs::CWD, bench.folder.path().join("a.ndjson"), mode).unwrap();
    // As if it had come there after somebody looked.
    assert_eq!(watcher.claim("a.ndjson", &mut pass), None);
    assert!(pass.problems[0].what.contains("which is not read"), "{pass:?}");
    let working = bench.settings.working();
    fs::create_dir(&working).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, working.join("b.ndjson.report.json"), mode).unwrap();
    bench.put("c.ndjson", row("1"));
    assert_eq!(bench.pass(&mut watcher, 0).files.len(), 1);
    assert_eq!(bench.ids(), ids(&["1"]));
}

/// A file that is called as a report is would be taken for one after a crash, and nobody
/// would look into it when a person is erased.
#[test]
fn a_file_that_is_called_as_a_report_is_told() {
    let mut bench = Bench::with(|settings| settings.quiet = Duration::ZERO);
    let mut watcher = bench.watcher();
    bench.put("a.report.json", row("1"));
    let pass = bench.pass(&mut watcher, 0);
    assert!(pass.files.is_empty() && pass.problems[0].what.contains("rename it"), "{pass:?}");
    assert_eq!(bench.names(""), ["a.report.json"]);
}
