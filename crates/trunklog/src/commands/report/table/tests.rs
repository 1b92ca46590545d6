use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_reports::calendar::Comparison;
use trunklog_reports::kpi::{KPIS, Unit};
use trunklog_reports::{DEFINITIONS, Dimension, Value};
use trunklog_store::Watermark;

use super::*;

/// Days of November 2026, from the first up to and without the second.
fn range(from: u32, to: u32) -> TimeRange {
    let day = |day| Instant::from_date(2026, 11, day).unwrap();
    TimeRange::ALL.since(day(from)).until(day(to))
}

/// An answer with these rows, of trunks.
fn answer(columns: Vec<Column>, rows: Vec<Vec<Value>>) -> Answer {
    Answer {
        report: "kpis",
        definitions: DEFINITIONS,
        zone: TimeZone::UTC,
        range: range(23, 24),
        bucket: None,
        by: vec![Dimension::Trunk],
        filter: None,
        comparison: None,
        commit: Watermark(7),
        complete_until: None,
        source: Source { from_cube: true, from_rows: false, rows_read: 0 },
        notes: Vec::new(),
        table: trunklog_reports::Table { columns, rows },
        compared: None,
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::key("trunk", Kind::Text),
        Column::of("attempts", Kind::Count),
        Column::of("asr", Kind::Figure(Unit::Ratio)),
    ]
}

fn row(trunk: &str, attempts: i64, asr: Option<f64>) -> Vec<Value> {
    vec![Value::text(trunk), Value::Int(attempts), Value::Ratio { value: asr, n: attempts }]
}

fn told(answer: &Answer) -> Vec<String> {
    let mut out = Vec::new();
    write(answer, Texts::english(), &mut out).unwrap();
    String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn rows_have_a_line_each_and_numbers_end_below_each_other() {
    let rows = vec![row("sbc1.example", 1_200, Some(0.934)), row("b", 3, None)];
    let lines = told(&answer(columns(), rows));
    let end = format!("from a cube, commit 7, definitions {DEFINITIONS}");
    assert!(lines[0].contains("attempts") && lines[0].contains("(ASR)"), "{lines:?}");
    assert!(lines[1].chars().all(|sign| sign == '─'), "{lines:?}");
    assert!(lines[2].starts_with(" sbc1.example   ") && lines[2].ends_with(" 93.4 % (1,200)"), "{lines:?}");
    assert!(lines[3].starts_with(" b   ") && lines[3].ends_with(" – (3)"), "{lines:?}");
    // The headings are wider than the numbers.
    let end_of = |line: &str, text: &str| line.find(text).map(|at| line[..at].chars().count() + text.len());
    assert_eq!(end_of(&lines[2], " 1,200 "), end_of(&lines[3], " 3 "), "{lines:?}");
    assert_eq!(lines[4..6], ["", "2 rows"]);
    assert_eq!(lines[6], "2026-11-23T00:00:00+00:00 to 2026-11-24T00:00:00+00:00 (UTC)");
    assert_eq!(lines[7..], [end]);
}

#[test]
fn few_rows_with_many_columns_are_turned() {
    let figures = || KPIS.iter().map(|kpi| Column::of(kpi.definition.key, Kind::Count));
    let values = |first: Option<&str>| -> Vec<Value> {
        let numbers = (0..).take(KPIS.len()).map(Value::Int);
        first.map(Value::text).into_iter().chain(numbers).collect()
    };
    let by_trunk = std::iter::once(Column::key("trunk", Kind::Text)).chain(figures()).collect();
    let lines = told(&answer(by_trunk, vec![values(Some("a")), values(Some("b"))]));
    // The heading, its rule, the figures, and what comes below.
    assert_eq!(lines.len(), 2 + KPIS.len() + 4, "{lines:?}");
    assert!(lines[0].contains(" a ") && lines[0].ends_with(" b"), "{lines:?}");
    assert!(lines[2].starts_with(" attempts ") && lines[2].ends_with(" 0"), "{lines:?}");

    let lines = told(&answer(figures().collect(), vec![values(None)]));
    assert_eq!(lines.len(), KPIS.len() + 4, "{lines:?}");
    assert!(lines[1].starts_with(" answered ") && lines[1].ends_with(" 1"), "{lines:?}");
}

#[test]
fn what_an_answer_is_true_of_is_below_it() {
    let mut of_none = answer(columns(), Vec::new());
    of_none.source = Source { from_cube: true, from_rows: true, rows_read: 1_234 };
    of_none.comparison = Some((Comparison::Week, range(16, 17)));
    of_none.filter = Some("duration gt 60".to_owned());
    let lines = told(&of_none);
    assert_eq!(lines[0], "0 rows");
    assert!(lines[1].ends_with(", where duration gt 60"), "{lines:?}");
    assert!(lines[1].contains("(UTC), compared with 2026-11-16T00:00:00+00:00 to 2026-11-17"), "{lines:?}");
    assert!(lines[2].starts_with("from a cube and 1,234 rows, commit 7"), "{lines:?}");
    of_none.complete_until = Instant::parse("2026-11-23T07:30:00Z").ok();
    let lines = told(&of_none);
    assert_eq!(lines[2], "complete until 2026-11-23T07:30:00+00:00");
    assert!(lines[3].starts_with("from a cube"), "{lines:?}");
    of_none.complete_until = None;
    of_none.source = Source { from_cube: false, from_rows: true, rows_read: 1 };
    assert!(told(&of_none)[2].starts_with("from 1 row, commit 7"));
}
