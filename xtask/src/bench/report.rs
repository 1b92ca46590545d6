//! The report: tables under headings, and which targets are met.

use std::fmt::Write;

/// What was measured so far.
#[derive(Debug)]
pub(crate) struct Report {
    preface: String,
    sections: Vec<Section>,
    targets: Vec<Vec<String>>,
}

#[derive(Debug)]
struct Section {
    title: String,
    text: String,
    table: Table,
}

/// A table with a heading for each column.
#[derive(Debug)]
pub(crate) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub(crate) fn new<const N: usize>(head: [&str; N]) -> Table {
        Table { head: head.map(str::to_owned).to_vec(), rows: Vec::new() }
    }

    /// Adds a row and shows it, so that a long run can be watched.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        let cells = Vec::from(cells);
        println!("{}", cells.join(" | "));
        self.rows.push(cells);
    }

    fn write(&self, out: &mut String) {
        let line = |out: &mut String, cells: &[String]| {
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        };
        line(out, &self.head);
        line(out, &vec!["---".to_owned(); self.head.len()]);
        for row in &self.rows {
            line(out, row);
        }
    }
}

impl Report {
    /// An empty report that starts with `preface`.
    pub(crate) fn new(preface: String) -> Report {
        Report { preface, sections: Vec::new(), targets: Vec::new() }
    }

    /// Adds a section.
    pub(crate) fn section(&mut self, title: &str, text: &str, table: Table) {
        self.sections.push(Section { title: title.to_owned(), text: text.to_owned(), table });
    }

    /// Says what was wanted of something and what was found.
    pub(crate) fn target(&mut self, what: &str, wanted: &str, found: String, verdict: Verdict) {
        let verdict = match verdict {
            Verdict::Met => "met",
            Verdict::NotMet => "**not met**",
        };
        self.targets.push(vec![what.to_owned(), wanted.to_owned(), found, verdict.to_owned()]);
    }

    /// The whole report.
    pub(crate) fn markdown(&self) -> String {
        let mut out = format!("# Benchmarks\n\n{}\n", self.preface);
        if !self.targets.is_empty() {
            out.push_str("\n## Targets\n\n");
            let mut table = Table::new(["what", "wanted", "measured", ""]);
            table.rows.clone_from(&self.targets);
            table.write(&mut out);
        }
        for section in &self.sections {
            let _ = write!(out, "\n## {}\n\n{}\n\n", section.title, section.text);
            section.table.write(&mut out);
        }
        out
    }
}

/// Whether a target is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is.
    Met,
    /// It is not.
    NotMet,
}

impl From<bool> for Verdict {
    fn from(met: bool) -> Verdict {
        if met { Verdict::Met } else { Verdict::NotMet }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_markdown() {
        let mut report = Report::new("Machine.".to_owned());
        let mut table = Table::new(["a", "b"]);
        table.row(["1".to_owned(), "2".to_owned()]);
        report.section("Title", "Text.", table);
        report.target("page", "<= 5 ms", "4 ms".to_owned(), true.into());
        let expected = "# Benchmarks\n\nMachine.\n\n## Targets\n\n\
            | what | wanted | measured |  |\n| --- | --- | --- | --- |\n| page | <= 5 ms | 4 ms | met |\n\n\
            ## Title\n\nText.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n";
        assert_eq!(report.markdown(), expected);
    }
}
