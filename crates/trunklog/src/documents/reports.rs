//! docs/reports.md: its lists of reports, columns, key figures and classes are made
//! from the tables, as the API describes them.
//!
//! `INSTA_UPDATE=always cargo test -p trunklog documents` makes them anew.

use std::fs;

use trunklog_reports::calendar::{Bucket, Comparison};
use trunklog_reports::kpi::{self, definition};
use trunklog_reports::{
    Buckets, Class, Column, DEFINITIONS, Derived, Dimension, Extra, Level, Ner, REPORTS, Report, Texts,
};

use super::{command, help, quoted, words};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reports.md");

/// Where a part starts that is made from tables; its name and the rest of the line
/// follow.
const START: &str = "<!-- made: ";
const AFTER_NAME: &str = " -->\n";
const END: &str = "<!-- end -->";

fn document() -> String {
    fs::read_to_string(PATH).expect("the document is there")
}

/// The parts that are made from tables: the document around them, and their names.
fn renewed(document: &str) -> (String, Vec<&str>) {
    let (mut renewed, mut names) = (String::new(), Vec::new());
    let mut rest = document;
    while let Some((before, part)) = rest.split_once(START) {
        let (name, part) = part.split_once(AFTER_NAME).expect("a part has a name");
        let (_, after) = part.split_once(END).expect("a part has an end");
        let made = made(name).unwrap_or_else(|| panic!("there is no table of the name {name}"));
        renewed.extend([before, START, name, AFTER_NAME, "\n", made.as_str(), "\n", END]);
        names.push(name);
        rest = after;
    }
    renewed.push_str(rest);
    (renewed, names)
}

fn made(name: &str) -> Option<String> {
    match name {
        "reports" => Some(reports()),
        "key figures" => Some(figures()),
        "classes" => Some(classes()),
        key => Report::by_key(key).filter(|report| report.key == key).map(report),
    }
}

/// A table in Markdown.
fn table<const COLUMNS: usize>(
    heads: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let row = |cells: [String; COLUMNS]| {
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        format!("| {} |\n", cells.join(" | "))
    };
    let mut table = row(heads.map(str::to_owned));
    table.push_str(&format!("|{}\n", " --- |".repeat(COLUMNS)));
    table.extend(rows.into_iter().map(row));
    table
}

fn reports() -> String {
    let texts = Texts::english();
    let rows = REPORTS.iter().map(|report| {
        let role = match report.level {
            Level::Aggregate => "sums",
            Level::Personal => "persons",
        };
        [
            format!("[{}](#{})", quoted(report.key), report.key.to_lowercase()),
            report.title(texts),
            role.to_owned(),
        ]
    });
    table(["report", "tells", "of"], rows)
}

/// What a report tells, takes and has.
fn report(report: &Report) -> String {
    let texts = Texts::english();
    let columns = table(["column", "is", "tells"], (report.columns)().iter().map(column));
    format!("{}\n\n{}\n\n{columns}", report.explanation(texts), takes(report))
}

fn takes(report: &Report) -> String {
    let takes = &report.takes;
    let list = |keys: Vec<&str>| keys.into_iter().map(quoted).collect::<Vec<_>>().join(", ");
    let mut parts = Vec::new();
    match takes.buckets {
        Buckets::None => {}
        Buckets::Asked => parts.push("`bucket`".to_owned()),
        Buckets::Always(usual) => parts.push(format!("`bucket` (unless given {})", quoted(usual.key()))),
    }
    if !takes.by.is_empty() {
        let keys = takes.by.iter().map(|dimension| dimension.key()).collect();
        parts.push(format!("`by` ({})", list(keys)));
    }
    if takes.filter {
        parts.push("`$filter`".to_owned());
    }
    if takes.compare {
        parts.push("`compare`".to_owned());
    }
    if let Some(top) = takes.top {
        parts.push(format!("`top` (unless given {top})"));
    }
    parts.extend(takes.extras.iter().map(|extra| quoted(extra.key())));
    match (takes.call, parts.is_empty()) {
        (true, _) => "Takes the time and the id of a call, and `zone`.".to_owned(),
        (false, true) => "Takes range and zone alone.".to_owned(),
        (false, false) => format!("Takes, besides range and zone: {}.", parts.join(", ")),
    }
}

fn column(column: &Column) -> [String; 3] {
    let texts = Texts::english();
    let mut is = column.kind.key().to_owned();
    if column.kind.has_n() {
        is.push_str(", n");
    }
    if column.is_optional {
        is.push_str("; when asked for");
    }
    let title = column.title(texts);
    let tells = match definition(column.key) {
        Some(_) => format!("[{title}](#key-figures)"),
        None => format!("{title}: {}", column.explanation(texts)),
    };
    [quoted(column.key), is, tells]
}

fn figures() -> String {
    let texts = Texts::english();
    let rows = kpi::definitions().map(|figure| {
        let [name, formula, explanation] =
            [figure.name, figure.formula, figure.explanation].map(|key| texts.text(key, &[]));
        let standard = figure.standard.unwrap_or_default().to_owned();
        [quoted(figure.key), name, formula, texts.text(figure.unit.name(), &[]), standard, explanation]
    });
    let figures = table(["column", "name", "formula", "unit", "standard", "what to know"], rows);
    format!("Version {DEFINITIONS} of the definitions.\n\n{figures}")
}

fn classes() -> String {
    let texts = Texts::english();
    let rows = Class::ALL.into_iter().map(|class| {
        let ner = match class.ner() {
            Ner::Effective => "effective",
            Ner::Ineffective => "not effective",
            Ner::LeftOut => "not effective; the adjusted NER leaves it out",
        };
        let side = texts.text(class.side().name(), &[]);
        let [name, explanation] = [class.name(), class.explanation()].map(|key| texts.text(key, &[]));
        [quoted(class.key()), name, ner.to_owned(), side, explanation]
    });
    table(["`class`", "name", "counts as", "up to", "what belongs to it"], rows)
}

#[test]
fn the_document_of_reports_is_that_of_the_tables() {
    let document = document();
    let (renewed, names) = renewed(&document);
    let wanted = REPORTS.iter().map(|report| report.key).chain(["reports", "key figures", "classes"]);
    for name in wanted {
        assert!(names.contains(&name), "no part {START}{name}{AFTER_NAME} in docs/reports.md");
    }
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        fs::write(PATH, renewed).expect("the document can be written");
        return;
    }
    assert!(
        document == renewed,
        "docs/reports.md is not what the tables say: INSTA_UPDATE=always cargo test -p trunklog documents \
         makes it anew; the first line that differs: {:?}",
        document.lines().zip(renewed.lines()).find(|(old, new)| old != new)
    );
}

#[test]
fn every_report_has_examples() {
    let document = document();
    for report in REPORTS {
        let is_example = |start: &str| {
            let is_it = |line: &str| {
                line.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '/']))
            };
            document.lines().any(is_it)
        };
        // A call has an address of its own below `calls`.
        let ending = if report.takes.call { "s" } else { "" };
        for start in [format!("trunklog report {}", report.key), format!("report {}{ending}", report.key)] {
            assert!(is_example(&start), "no line starts with {start} in docs/reports.md");
        }
    }
}

#[test]
fn what_can_be_asked_is_in_the_document_and_in_help() {
    let document = document();
    let command = command("report");
    let help = |flag: &str| help(&command, flag).unwrap_or_else(|| panic!("no flag --{flag}"));
    for derived in Derived::ALL {
        let name = derived.name();
        assert!(document.contains(&format!("| {} |", quoted(name))), "{name} in docs/reports.md");
        assert!(words(&help("filter")).contains(name), "{name} in the help of --filter");
    }
    let lists = [
        ("bucket", Bucket::ALL.map(Bucket::key).to_vec()),
        ("compare", Comparison::ALL.map(Comparison::key).to_vec()),
        ("by", Dimension::ALL.map(Dimension::key).to_vec()),
    ];
    for (flag, keys) in lists {
        let text = help(flag);
        for key in keys {
            assert!(document.contains(&quoted(key)), "{key} in docs/reports.md");
            assert!(words(&text).contains(key), "{key} in the help of --{flag}");
        }
    }
    for extra in Extra::ALL {
        assert!(document.contains(&quoted(extra.key())), "{} in docs/reports.md", extra.key());
        assert!(!help(extra.key()).is_empty());
    }
}
