use trunklog_store::Watermark;
use trunklog_store::cube::SumSource;

use super::super::csv;
use super::*;
use crate::calendar::{Bucket, Comparison, range, zone};
use crate::kpi::Unit;
use crate::table::{Kind, Source};
use crate::{DEFINITIONS, Dimension};

fn answer() -> Answer {
    let berlin = zone("Europe/Berlin").unwrap();
    let day = range(Some("2026-10-26"), Some("2026-10-27"), &berlin, Instant::ABSENT).unwrap();
    let columns = vec![
        Column::optional("start", Kind::Moment),
        Column::key("trunk", Kind::Text),
        Column::of("attempts", Kind::Figure(Unit::Calls)),
        Column::of("asr", Kind::Figure(Unit::Ratio)),
    ];
    let row = |trunk: &str, asr| {
        let asr = Value::Ratio { value: asr, n: 3 };
        vec![Value::Instant(day.from()), Value::text(trunk), Value::Int(3), asr]
    };
    let mut source = Source::default();
    source.add(SumSource::Cube);
    Answer {
        report: "kpis",
        definitions: DEFINITIONS,
        range: day,
        bucket: Some(Bucket::Day),
        by: vec![Dimension::Trunk],
        filter: Some("duration gt 1".to_owned()),
        comparison: Some((Comparison::Week, Comparison::Week.range(day, &berlin))),
        zone: berlin,
        commit: Watermark(7),
        complete_until: None,
        source,
        notes: Vec::new(),
        table: Table {
            columns: columns.clone(),
            rows: vec![row("=1+1", Some(1.0 / 3.0)), row("b,\"", None)],
        },
        compared: Some(Table { columns, rows: vec![row("=1+1", Some(-0.0))] }),
    }
}

#[test]
fn an_answer_is_an_object() {
    let mut out = Vec::new();
    json(&answer(), Texts::english(), &mut out);
    let text = String::from_utf8(out).unwrap();
    let expected = format!(
        concat!(
            r#"{{"report":"kpis","definitions":{},"zone":"Europe/Berlin","#,
            r#""from":"2026-10-25T23:00:00Z","fromLocal":"2026-10-26T00:00:00+01:00","#,
            r#""to":"2026-10-26T23:00:00Z","toLocal":"2026-10-27T00:00:00+01:00","#,
            r#""bucket":"day","by":["trunk"],"filter":"duration gt 1","#,
            r#""compare":{{"with":"week","from":"2026-10-18T22:00:00Z","fromLocal":"2026-10-19T00:00:00+02:00","#,
            r#""to":"2026-10-19T22:00:00Z","toLocal":"2026-10-20T00:00:00+02:00"}},"#,
            r#""commit":7,"completeUntil":null,"source":"cube","rowsRead":0,"notes":[],"#,
            r#""value":[{{"start":"2026-10-25T23:00:00Z","trunk":"=1+1","attempts":3,"asr":{{"value":0.3333,"n":3}}}},"#,
            r#"{{"start":"2026-10-25T23:00:00Z","trunk":"b,\"","attempts":3,"asr":{{"value":null,"n":3}}}}],"#,
            r#""compared":[{{"start":"2026-10-25T23:00:00Z","trunk":"=1+1","attempts":3,"asr":{{"value":0.0000,"n":3}}}}]}}"#,
        ),
        DEFINITIONS
    );
    assert_eq!(text, expected);
}

#[test]
fn an_answer_is_a_file_without_formulas() {
    let mut out = Vec::new();
    csv(&answer(), &mut out);
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "start,trunk,attempts,asr,asrN,comparedAttempts,comparedAsr,comparedAsrN");
    assert_eq!(lines[1], "2026-10-25T23:00:00Z,\"'=1+1\",3,0.3333,3,3,0.0000,3");
    assert_eq!(lines[2], "2026-10-25T23:00:00Z,\"b,\"\"\",3,,3,,,");
}
