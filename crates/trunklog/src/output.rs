//! Standard output that may be closed at any time, and what is on it for
//! people.

use std::fmt;
use std::io::{self, BufWriter, ErrorKind, Stdout, Write};
use std::path::Path;

use anyhow::Result;
use comfy_table::{Table, TableComponent, presets};
use indicatif::HumanCount;
use serde::Serialize;
use trunklog_errors::{shown, shown_lines};
use trunklog_server::store_limit_hint;

/// Standard output with a buffer. Flush it before it is dropped, or errors are
/// lost.
pub(crate) type Output = BufWriter<WatchedStdout>;

/// Standard output, whose end is told apart from the end of other pipes.
#[derive(Debug)]
pub(crate) struct WatchedStdout(Stdout);

/// The reader of standard output went away.
#[derive(Debug)]
struct ClosedStdout;

/// Opens standard output.
pub(crate) fn stdout() -> Output {
    BufWriter::with_capacity(128 * 1024, WatchedStdout(io::stdout()))
}

/// Prints one line, or several. What others wrote into it does nothing to a terminal; that
/// it is on one line is up to who made it, with [`shown`].
pub(crate) fn print(line: &str) -> Result<()> {
    print_as_it_is(&shown_lines(line))
}

/// Prints one value as a line of JSON.
pub(crate) fn print_json(value: &impl Serialize) -> Result<()> {
    print_as_it_is(&serde_json::to_string(value)?)
}

fn print_as_it_is(line: &impl fmt::Display) -> Result<()> {
    let mut out = stdout();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}

/// Writes a line on standard error, if anybody listens. As with [`print()`], it does nothing
/// to a terminal.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "{}", shown_lines(line));
}

/// A path as it may be shown, on one line.
pub(crate) fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy()).to_string()
}

/// An error with its causes, and with the setting that sets the limit where the
/// store met one.
pub(crate) fn told(error: &anyhow::Error) -> String {
    let of_store = error.chain().find_map(|cause| cause.downcast_ref::<trunklog_store::Error>());
    match of_store.and_then(|error| store_limit_hint(error.kind())) {
        Some(hint) => format!("{error:#}; {hint}"),
        None => format!("{error:#}"),
    }
}

/// A count with its noun: `1 row`, `1,234 rows`.
pub(crate) fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", HumanCount(count))
}

/// A count with its noun, as the start of a sentence: `1 value was`, `1,234 values were`.
pub(crate) fn counted_were(count: u64, noun: &str) -> String {
    let were = if count == 1 { "was" } else { "were" };
    format!("{} {were}", counted(count, noun))
}

/// A table that has no rows yet, with a rule below its headings and no other.
pub(crate) fn table<H: ToString>(headings: impl IntoIterator<Item = H>) -> Table {
    let mut table = bare_table();
    table.set_style(TableComponent::HeaderLines, '─');
    table.set_style(TableComponent::MiddleHeaderIntersections, '─');
    table.set_header(headings.into_iter().collect::<Vec<H>>());
    table
}

/// A table that has neither headings nor rows yet, and no rule.
pub(crate) fn bare_table() -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table
}

/// Whether the error is only that nobody reads standard output any more.
pub(crate) fn was_closed(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .is_some_and(|inner| inner.is::<ClosedStdout>())
    })
}

impl Write for WatchedStdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(watch)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(watch)
    }
}

impl fmt::Display for ClosedStdout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("standard output was closed")
    }
}

impl std::error::Error for ClosedStdout {}

fn watch(error: io::Error) -> io::Error {
    if error.kind() == ErrorKind::BrokenPipe {
        io::Error::new(ErrorKind::BrokenPipe, ClosedStdout)
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_on_one_line() {
        assert_eq!(shown_path(Path::new("/in/a\n\u{1b}[2Jb")), r"/in/a\n\u{1b}[2Jb");
    }

    #[test]
    fn one_is_singular() {
        let counts = [0_u64, 1, 2, 1_234].map(|count| counted(count, "row"));
        assert_eq!(counts, ["0 rows", "1 row", "2 rows", "1,234 rows"]);
        assert_eq!(counted(1_usize, "tenant"), "1 tenant");
    }

    #[test]
    fn an_error_of_the_store_names_the_setting_that_it_is_about() {
        use trunklog_store::ErrorKind;
        for (kind, end) in [
            (
                ErrorKind::OutOfMemory,
                "too much: disk; store.memory_mib sets how much memory the store may use",
            ),
            (ErrorKind::TooSlow, "too much: disk; store.query_secs sets how long a query may take"),
            (ErrorKind::Other, "too much: disk"),
        ] {
            let error = trunklog_store::Error::new(kind, "too much").caused_by(io::Error::other("disk"));
            let error = anyhow::Error::from(error).context("cannot count");
            assert_eq!(told(&error), format!("cannot count: {end}"));
        }
        assert_eq!(told(&anyhow::anyhow!("no store")), "no store");
    }

    #[test]
    fn a_table_has_a_rule_below_its_headings_only() {
        let mut table = table(["name", "secs"]);
        table.add_row(["a longer name", "1"]).add_row(["b", "234"]);
        let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        let rule = "─".repeat(22);
        assert_eq!(lines, [" name            secs", &rule, " a longer name   1", " b               234"]);
    }

    #[test]
    fn only_the_end_of_standard_output_is_quiet() {
        let other_pipe = io::Error::from(ErrorKind::BrokenPipe);
        assert!(!was_closed(&anyhow::Error::from(other_pipe)));
        let own = anyhow::Error::from(watch(io::Error::from(ErrorKind::BrokenPipe))).context("writing rows");
        assert!(was_closed(&own));
    }
}
