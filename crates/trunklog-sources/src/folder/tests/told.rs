//! What is told of names and markers that others wrote.

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
