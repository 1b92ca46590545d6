//! Cases about values: what goes in comes out.

use trunklog_odata::edm::EdmType;
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, RowBuilder, TimeRange};
use trunklog_store::evaluate::{Cell, Row, take_apart};
use trunklog_store::{PageQuery, Start};

use super::Fixture;
use super::rows::{
    Draft, all, append, appended, assert_same, draft, in_order, page, shuffled, store, stored, together, walk,
};

/// The JSON of a row that has a value for every property that it may have.
fn full_row(log: &Log, number: usize) -> String {
    let mut json = String::from("{");
    for (at, property) in log.json_properties().iter().enumerate() {
        let value = match property.edm {
            EdmType::String => {
                format!(r#""{} {number} \u0000 \" ' \\ \n \t € 😀 ; -- NULL""#, property.name)
            }
            EdmType::Decimal => {
                ["0.00", "12.830", "-0.0000001", "79228162514264337593543950335"][number % 4].to_owned()
            }
            EdmType::DateTimeOffset => format!(r#""20{at:02}-02-28T23:59:59.999999{number}Z""#),
            EdmType::Int32 => [i32::MIN, -1, 0, i32::MAX][number % 4].to_string(),
            EdmType::Boolean => (number.is_multiple_of(2)).to_string(),
            EdmType::Enum(of) => format!(r#""{}""#, of.members[number % of.members.len()].0),
            EdmType::Collection(_) => {
                [r#"[{"id":"a b"},{"id":"c\"d"}]"#, "[]", r#"[{"id":null}]"#, r#"[{"id":"1","x":[1]}]"#]
                    [number % 4]
                    .to_owned()
            }
        };
        json.push_str(&format!(r#""{}":{value},"#, property.name));
    }
    json.push_str(r#""fromANewerGraph":{"a":[1,2.50,null]}}"#);
    json
}

/// Gives a row a value in each property that JSON cannot have.
fn fill(log: &Log, row: &mut Row) {
    for (cell, property) in row.cells.iter_mut().zip(log.properties) {
        if !property.is_read() {
            *cell = Cell::Text(format!("{} of {}", property.name, row.key.id));
        }
    }
}

/// Every type in every column of every log is given back as it was.
pub fn all_columns_survive(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    for log in LOGS {
        let mut rows = RowBuilder::new(log);
        for number in 0..4 {
            let json = full_row(log, number);
            RowDecoder::new(log).decode(json.as_bytes(), &mut rows).expect("the row is one of its log");
        }
        let mut expected = take_apart(&rows.finish());
        for row in &mut expected {
            fill(log, row);
        }
        let rows = together(log, &expected);
        expected.sort_by(|a, b| a.key.cmp(&b.key));
        assert!(expected.iter().all(|row| !row.cells.contains(&Cell::Null)), "{}: not full", log.name);
        assert_eq!(store.append(&rows).expect("the rows can be stored"), appended(4, 0, 0), "{}", log.name);
        assert_eq!(store.append(&rows).expect("the rows can be stored"), appended(0, 0, 4), "{}", log.name);
        let found = walk(&*store, PageQuery::first(log, TimeRange::ALL, 3));
        assert_same(&found, &expected, log.name);
    }
}

/// A row that has only its time and id stays so until an update fills it.
pub fn rows_of_nulls_survive(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    for log in LOGS {
        let decode = |json: &str| {
            let mut rows = RowBuilder::new(log);
            RowDecoder::new(log).decode(json.as_bytes(), &mut rows).expect("the row is one of its log");
            rows.finish()
        };
        let full = decode(&full_row(log, 1));
        let mut json = Vec::new();
        trunklog_odata::json::write_string(full.id(0), &mut json);
        let id = String::from_utf8(json).expect("the writer copies valid UTF-8");
        let bare = decode(&format!(r#"{{"id":{id},"{}":"{}"}}"#, log.time, full.time(0)));
        assert_eq!(store.append(&bare).expect("the row can be stored"), appended(1, 0, 0), "{}", log.name);
        let first = PageQuery::first(log, TimeRange::ALL, 3);
        assert_same(&walk(&*store, first.clone()), &take_apart(&bare), log.name);
        assert_eq!(store.append(&bare).expect("the row can be stored"), appended(0, 0, 1), "{}", log.name);
        assert_eq!(store.append(&full).expect("the row can be stored"), appended(0, 1, 0), "{}", log.name);
        assert_same(&walk(&*store, first.clone()), &take_apart(&full), log.name);
        assert_eq!(store.append(&bare).expect("the row can be stored"), appended(0, 0, 1), "{}", log.name);
        assert_same(&walk(&*store, first), &take_apart(&full), log.name);
    }
}

/// Properties that the table does not have are given back unchanged.
pub fn dynamic_properties_are_kept(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let with = |draft: Draft, members: &str| Draft { dynamic: Some(members.to_owned()), ..draft };
    let mut drafts = vec![
        with(draft(0, "a"), r#""one":1,"two":{"x":[1.50,"\" '"]}"#),
        draft(1, "b"),
        with(draft(2, "c"), r#""\u00fc":"😀""#),
    ];
    append(&*store, &drafts);
    assert_same(&stored(&*store), &in_order(&drafts), "dynamic properties");
    assert_eq!(append(&*store, &drafts), appended(0, 0, 3));
    drafts[1].dynamic = Some(r#""came":"later""#.to_owned());
    drafts[2].dynamic = Some(r#""ü":"replaced""#.to_owned());
    assert_eq!(append(&*store, &drafts), appended(0, 2, 1));
    assert_same(&stored(&*store), &in_order(&drafts), "dynamic properties after an update");
}

/// Ids of any text are kept and ordered byte by byte.
pub fn odd_ids_are_kept(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let long = "x".repeat(1_000);
    let ids = [
        " ",
        "  ",
        "\t",
        "\n",
        "'",
        "\"",
        "''",
        "\\",
        "%",
        "_",
        "NULL",
        "null",
        "0",
        "-1",
        "a",
        "A",
        "aa",
        "a ",
        " a",
        "ä",
        "a\u{308}",
        "Z",
        "z",
        "é",
        "ß",
        "ss",
        "😀",
        "\u{ffff}",
        "\u{7f}",
        "\u{202e}abc",
        "\u{0}",
        "a\u{0}b",
        "'; DROP TABLE x; --",
        "$1",
        "?",
        "{}",
        "[]",
        &long,
    ];
    let drafts: Vec<_> = ids.iter().map(|id| draft(7, *id)).collect();
    let count = ids.len() as u64;
    assert_eq!(append(&*store, &shuffled(&drafts, 21)), appended(count, 0, 0));
    assert_eq!(append(&*store, &shuffled(&drafts, 22)), appended(0, 0, count));
    let expected = in_order(&drafts);
    for limit in [1, 2, 1_000] {
        assert_same(&walk(&*store, all(limit)), &expected, "odd ids");
    }
    for (skip, expected) in expected.iter().enumerate() {
        let found = page(&*store, &PageQuery { start: Start::Skip(skip as u64), ..all(1) });
        assert_eq!(found.rows.id(0), expected.key.id, "after {skip} rows");
    }
}
