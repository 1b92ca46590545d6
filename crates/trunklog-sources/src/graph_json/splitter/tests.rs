mod answers;
mod bookmarks;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use trunklog_records::schema::{PSTN_CALLS, SMS};

use super::*;

/// Gives out its data in reads of the given sizes, over and over.
struct Chunks<'a> {
    data: &'a [u8],
    sizes: &'a [usize],
    reads: usize,
}

impl Read for Chunks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.reads % self.sizes.len()].min(self.data.len()).min(buffer.len());
        let (now, later) = self.data.split_at(size);
        buffer[..size].copy_from_slice(now);
        self.data = later;
        self.reads += 1;
        Ok(size)
    }
}

/// What a splitter finds, a line each: `1 {"a":1}` for a row that starts on
/// line 1, `1 reason: text` for what is none, `page` where one ends.
fn outline(reader: impl Read) -> Vec<String> {
    let mut splitter = Splitter::new(reader);
    let mut found = Vec::new();
    while let Some(item) = splitter.next_item().unwrap() {
        found.push(match item {
            Item::Row { line, json, .. } => format!("{line} {}", String::from_utf8_lossy(json)),
            Item::Rejected { line, flaw, text } => {
                format!("{line} {flaw}: {}", String::from_utf8_lossy(text))
            }
            Item::PageEnd { next_link } => match next_link.and_then(|link| link.skip) {
                Some(skip) => format!("page, then {skip}"),
                None => "page".to_owned(),
            },
            Item::MissingPage { line, page } => format!("{line} no page: {page}"),
        });
    }
    found
}

fn rows_of(reader: impl Read) -> Vec<Value> {
    let mut splitter = Splitter::new(reader);
    let mut rows = Vec::new();
    while let Some(item) = splitter.next_item().unwrap() {
        match item {
            Item::Row { json, .. } => rows.push(serde_json::from_slice(json).unwrap()),
            Item::Rejected { line, flaw, .. } => panic!("line {line}: {flaw}"),
            Item::MissingPage { line, page } => panic!("line {line}: {page}"),
            Item::PageEnd { .. } => {}
        }
    }
    rows
}

#[test]
fn rows_are_found_in_every_shape() {
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        ("  \r\n", &[]),
        ("[]", &[]),
        (r#"{"value":[]}"#, &["page"]),
        (r#"{"a":1}"#, &[r#"1 {"a":1}"#]),
        (r#"[{"a":1},{"b":2}]"#, &[r#"1 {"a":1}"#, r#"1 {"b":2}"#]),
        ("{\"a\":1}\n{\"b\":2}\r\n\n{\"c\":3}", &[r#"1 {"a":1}"#, r#"2 {"b":2}"#, r#"4 {"c":3}"#]),
        (r#"{"a":1}{"b":2}"#, &[r#"1 {"a":1}"#, r#"1 {"b":2}"#]),
        (
            "{\"@odata.context\":\"c\",\"value\":[{\"a\":1},\n {\"b\":2}],\"@odata.nextLink\":\"x?$skip=1000\"}",
            &[r#"1 {"a":1}"#, r#"2 {"b":2}"#, "page, then 1000"],
        ),
        (
            r#"{"@odata.nextLink":"x?$skip=1000","Value" : [{"a":1}]}{"value":[{"b":2}]}"#,
            &[r#"1 {"a":1}"#, "page, then 1000", r#"1 {"b":2}"#, "page"],
        ),
        (r#"[{"value":[{"a":1}]},{"value":[{"b":2}]}]"#, &[r#"1 {"a":1}"#, "page", r#"1 {"b":2}"#, "page"]),
        (
            "{\"value\":[{\"a\":1}]}\n{\"value\":[{\"b\":2}]}\n",
            &[r#"1 {"a":1}"#, "page", r#"2 {"b":2}"#, "page"],
        ),
        // PowerShell wraps a list that it was given as an object.
        (r#"{"value":[{"a":1}],"Count":1}"#, &[r#"1 {"a":1}"#, "page"]),
        // A property of that name is not a page when it holds no array, or is deeper.
        (r#"{"value":"[","b":[1]}"#, &[r#"1 {"value":"[","b":[1]}"#]),
        (r#"{"x":{"value":[1]}}"#, &[r#"1 {"x":{"value":[1]}}"#]),
        // Lines that end with a comma.
        ("{\"a\":1},\n{\"b\":2},\n", &[r#"1 {"a":1}"#, r#"2 {"b":2}"#]),
        (r#"{"a":"}\"]{\\"}"#, &[r#"1 {"a":"}\"]{\\"}"#]),
    ];
    for (text, expected) in cases {
        assert_eq!(outline(text.as_bytes()), *expected, "{text}");
    }
}

#[test]
fn what_is_broken_takes_nothing_good_with_it() {
    let cases: &[(&str, &[&str])] = &[
        // Lines: a text or bracket that is left open ends with its line.
        ("{\"a\":\"x\n{\"b\":1}\n", &["1 a text does not end on its line: {\"a\":\"x", "2 {\"b\":1}"]),
        ("{\"a\":\"x\\\n{\"b\":1}\n", &["1 a text does not end on its line: {\"a\":\"x\\", "2 {\"b\":1}"]),
        (
            "{\"a\":{\"b\":1}\n{\"b\":2}\n{\"c\":3}",
            &["1 the brackets do not match: {\"a\":{\"b\":1}", "2 {\"b\":2}", "3 {\"c\":3}"],
        ),
        (
            "{\"a\":\n{\"b\":2}\n{\"c\":3}",
            &["1 the brackets do not match: {\"a\":", "2 {\"b\":2}", "3 {\"c\":3}"],
        ),
        ("{\"a\":\n{\"b\":2}", &["1 the file ends inside a record: {\"a\":", "2 {\"b\":2}"]),
        (
            "{\"a\":1}}\n{\"b\":1} xx\n{\"c\":1}",
            &[
                "1 {\"a\":1}",
                "1 text that belongs to no record: }",
                "2 {\"b\":1}",
                "2 text that belongs to no record: xx",
                "3 {\"c\":1}",
            ],
        ),
        (
            "foo\n{\"a\":1}\nbar",
            &[
                "1 text that belongs to no record: foo",
                "2 {\"a\":1}",
                "3 text that belongs to no record: bar",
            ],
        ),
        ("{\"a\":\u{1}}\n{\"b\":1}", &["1 not valid JSON: {\"a\":\u{1}}", "2 {\"b\":1}"]),
        // Arrays: an element is rejected alone.
        (
            "[1,{\"a\":1},\"x\",null,[{}] ,{\"b\":2}]",
            &[
                "1 not a JSON object: 1",
                "1 {\"a\":1}",
                "1 not a JSON object: \"x\"",
                "1 not a JSON object: null",
                "1 {}",
                "1 {\"b\":2}",
            ],
        ),
        (
            "[{\"a\":1,{\"b\":2},{\"c\":3}]",
            &["1 the brackets do not match: {\"a\":1,{\"b\":2}", "1 {\"c\":3}"],
        ),
        (
            "[{\"a\":\"foo,\"b\":\"x\"},{\"c\":1}]",
            &["1 not valid JSON: {\"a\":\"foo,\"b\":\"x\"}", "1 {\"c\":1}"],
        ),
        ("[{\"a\":1}},{\"b\":2}]", &["1 {\"a\":1}", "1 the brackets do not match: }", "1 {\"b\":2}"]),
        (
            "[\n{\"a\":1,\n{\"b\":1},\n{\"c\":1}\n]",
            &["2 the brackets do not match: {\"a\":1", "3 {\"b\":1}", "4 {\"c\":1}"],
        ),
        (
            "[\n  {\n    \"a\": \"x\ny\",\n    \"u\": [\n      {\n        \"i\": 1 } ]\n  },\n  {\"b\":1}\n]",
            &[
                "2 a text does not end on its line: {\n    \"a\": \"x\ny\",\n    \"u\": [\n      {\n        \"i\": 1 } ]\n  }",
                "9 {\"b\":1}",
            ],
        ),
        (
            "[{\"a\":1}\n,{\"b\" x}\n,{\"c\":1}\n]",
            &["1 {\"a\":1}", "2 not valid JSON: {\"b\" x}", "3 {\"c\":1}"],
        ),
        // Pages.
        (
            "{\"value\":[{\"a\":1},x{\"b\":1},{\"c\":2}],\"@odata.nextLink\":\"l?$skip=7\"}",
            &["1 {\"a\":1}", "1 not valid JSON: x{\"b\":1}", "1 {\"c\":2}", "page, then 7"],
        ),
        (
            "{\"value\":[{\"a\":1},{\"b\":\n{\"value\":[{\"c\":1}]}\n",
            &["1 {\"a\":1}", "1 the file ends inside a record: {\"b\":", "2 {\"c\":1}", "page"],
        ),
        (
            "{\"value\":[{\"a\":1}}\n{\"value\":[{\"c\":1}]}\n",
            &["1 {\"a\":1}", "1 the brackets do not match: }", "2 {\"c\":1}", "page"],
        ),
        (
            "{\"value\":[{\"a\":1}],\"x\":zz}\n{\"b\":1}",
            &["1 {\"a\":1}", "1 not valid JSON: ,\"x\":zz}", "2 {\"b\":1}"],
        ),
        // The end is missing.
        ("{\"a\":1", &["1 the file ends inside a record: {\"a\":1"]),
        ("{\"a\":\"\\", &["1 the file ends inside a record: {\"a\":\"\\"]),
        ("[{\"a\":1},{\"b\":", &["1 {\"a\":1}", "1 the file ends inside a record: {\"b\":"]),
        ("[{\"a\":1},\n", &["1 {\"a\":1}", "2 the file ends before its array is closed: "]),
        ("{\"value\":[", &["1 the file ends before its array is closed: "]),
        ("{\"value\":[{\"a\":1}],\"@od", &["1 {\"a\":1}", "1 the file ends inside a record: ,\"@od"]),
    ];
    for (text, expected) in cases {
        assert_eq!(outline(text.as_bytes()), *expected, "{text}");
    }
}

#[test]
fn rows_know_their_pages_log() {
    let page = |row_type: &str| {
        format!(
            r#"{{"@odata.context":"https://g/beta/$metadata#Collection(microsoft.graph.callRecords.{row_type})","value":[{{}}]}}"#
        )
    };
    let text = [page("smsLogRow"), "{}".to_owned(), page("session"), page("pstnCallLogRow")].join("\n");
    let mut splitter = Splitter::new(text.as_bytes());
    let mut logs = Vec::new();
    while let Some(item) = splitter.next_item().unwrap() {
        if let Item::Row { of, .. } = item {
            logs.push(match of {
                RowsOf::Unknown => "unknown".to_owned(),
                RowsOf::Log(log) => log.name.to_owned(),
                RowsOf::Other(name) => format!("no log: {name}"),
            });
        }
    }
    assert_eq!([&*logs[0], &*logs[1], &*logs[3]], [SMS.name, "unknown", PSTN_CALLS.name]);
    assert!(logs[2].starts_with("no log: ") && logs[2].ends_with("session"), "{logs:?}");
}

#[test]
fn nesting_has_a_limit() {
    let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    let limit = usize::try_from(MAX_DEPTH).unwrap();
    let text = format!("[{},{},{{\"b\":1}}]", nested(limit), nested(limit + 1));
    let found = outline(text.as_bytes());
    assert_eq!(found.len(), 3);
    assert!(found[0].starts_with("1 {") && found[1].starts_with("1 nested deeper than 128 levels"));
    assert_eq!(found[2], r#"1 {"b":1}"#);
}

#[test]
fn records_have_a_limit() {
    let sized = |len: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(len - 8));
    for shape in ["[A,\nB,\n{\"c\":1}]", "A\nB\n{\"c\":1}"] {
        let text = shape.replace('A', &sized(MAX_RECORD)).replace('B', &sized(MAX_RECORD + 1));
        for sizes in [&[usize::MAX][..], &[1_000, 70_000]] {
            let mut splitter = Splitter::new(Chunks { data: text.as_bytes(), sizes, reads: 0 });
            assert!(matches!(
                splitter.next_item().unwrap(),
                Some(Item::Row { line: 1, json, .. }) if json.len() == MAX_RECORD
            ));
            assert!(matches!(
                splitter.next_item().unwrap(),
                Some(Item::Rejected { line: 2, flaw: Flaw::TooLarge, text }) if text.len() == MAX_RECORD
            ));
            assert!(matches!(
                splitter.next_item().unwrap(),
                Some(Item::Row { line: 3, json: b"{\"c\":1}", .. })
            ));
            assert_eq!(splitter.next_item().unwrap(), None);
        }
    }
}

#[test]
fn memory_does_not_grow_with_the_input() {
    let mut text = String::from("{\"value\":[");
    for row in 0..200_000 {
        write!(text, "{{\"id\":\"{row}\",\"name\":\"somebody with a name\"}},").unwrap();
    }
    text.push_str("{\"huge\":\"");
    text.push_str(&"y".repeat(20 * MAX_RECORD));
    text.push_str("\"},{\"last\":true}]}");
    let mut splitter = Splitter::new(text.as_bytes());
    let mut rows = 0;
    while let Some(item) = splitter.next_item().unwrap() {
        rows += usize::from(matches!(item, Item::Row { .. }));
    }
    assert_eq!(rows, 200_001);
    assert!(splitter.window.size() <= 2 * MAX_RECORD);
}

#[test]
fn errors_of_the_reader_come_behind_what_was_read() {
    struct FailingReader;
    impl Read for FailingReader {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("cut"))
        }
    }
    let mut splitter = Splitter::new(b"{\"a\":1}\n{\"b\":".as_slice().chain(FailingReader));
    assert!(matches!(splitter.next_item(), Ok(Some(Item::Row { .. }))));
    assert_eq!(splitter.next_item().unwrap_err().to_string(), "cut");
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[ab{}\\[\\]\",:\\\\\n é]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(("[ab{\"]{1,2}", inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn row() -> impl Strategy<Value = Value> {
    prop::collection::vec(("[a-z\"{]{0,4}", value()), 0..5)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
}

/// How many shapes [`write`] knows.
const SHAPES: usize = 23;

/// Writes each value after a byte-order mark, as files that were joined have it.
fn marked(values: &mut dyn Iterator<Item = Value>, line_end: &str) -> String {
    let mut text = String::new();
    for value in values {
        text += &format!("\u{feff}{value}{line_end}");
    }
    text
}

/// Writes rows in one of the shapes in which they are saved.
fn write(rows: &[Value], shape: usize, per_page: usize) -> String {
    let page = |rows: &[Value]| json!({"@odata.context": "x", "value": rows, "z": {"value": [1]}});
    let pages = || rows.chunks(per_page).map(page);
    let lines = |values: &mut dyn Iterator<Item = Value>, pretty: bool| {
        let mut text = String::new();
        for value in values {
            text += &if pretty { format!("{value:#}\r\n") } else { format!("{value}\n") };
        }
        text
    };
    match shape {
        0 => page(rows).to_string(),
        1 => format!("{:#}", page(rows)),
        2 => Value::from(rows).to_string(),
        3 => format!("{:#}", Value::from(rows)),
        4 => pages().collect::<Value>().to_string(),
        5 => lines(&mut rows.iter().cloned(), false),
        6 => lines(&mut rows.iter().cloned(), true),
        7 => lines(&mut pages(), false),
        8 => lines(&mut pages(), true),
        9 => pages().map(|page| page.to_string()).collect(),
        // As PowerShell wraps lists: of pages, as the rows of a page, in an array.
        10 => list(pages().collect()).to_string(),
        11 => json!({"@odata.context": "x", "value": list(rows.to_vec()), "z": 1}).to_string(),
        12 => format!("{:#}", Value::from(rows.chunks(per_page).map(wrapped).collect::<Vec<_>>())),
        // One row in place of an array of one.
        13 => lines(&mut rows.iter().map(|row| json!({"@odata.context": "x", "value": row})), false),
        // The answer to a batch, its bodies read in place, as JSON texts, as base64.
        14 => json!({"responses": pages().map(response).collect::<Value>()}).to_string(),
        15 => json!({"Responses": list(pages().map(response).collect())}).to_string(),
        16 => json!({"responses": pages().map(|page| response(page.to_string().into())).collect::<Value>()})
            .to_string(),
        17 => {
            let body = |page: Value| Value::from(STANDARD.encode(page.to_string()));
            lines(&mut pages().map(|page| response(body(page))), true)
        }
        // Files put together, each with its byte-order mark.
        18 => marked(&mut pages(), "\n"),
        // Arrays in an array, of rows and of pages.
        19 => rows.chunks(per_page).map(Value::from).collect::<Value>().to_string(),
        20 => format!("{:#}", Value::from(vec![vec![pages().collect::<Value>()]])),
        // As flows save what they fetched.
        21 => pages().map(|page| json!({ "body": page })).collect::<Value>().to_string(),
        _ => marked(&mut rows.iter().cloned(), "\r\n"),
    }
}

/// A list as Windows PowerShell 5.1 writes it.
fn list(elements: Vec<Value>) -> Value {
    json!({"Count": elements.len(), "value": elements})
}

fn wrapped(rows: &[Value]) -> Value {
    list(rows.to_vec())
}

fn response(body: Value) -> Value {
    json!({"id": "1", "status": 200, "headers": {"Content-Type": "application/json"}, "body": body})
}

proptest! {
    #[test]
    fn every_shape_gives_its_rows_back(
        rows in prop::collection::vec(row(), 0..7), shape in 0..SHAPES, per_page in 1..4_usize,
        sizes in prop::collection::vec(1..40_usize, 1..5),
    ) {
        let text = write(&rows, shape, per_page);
        prop_assert_eq!(&rows_of(text.as_bytes()), &rows);
        let chunked = Chunks { data: text.as_bytes(), sizes: &sizes, reads: 0 };
        prop_assert_eq!(&rows_of(chunked), &rows);
    }

    #[test]
    fn a_broken_line_costs_no_other(
        rows in prop::collection::vec(row(), 1..6), broken in row(), at in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let broken = json!({"x": broken}).to_string();
        // Cut within a character, too.
        let cut = &broken.as_bytes()[..=cut.index(broken.len() - 1)];
        let at = at.index(rows.len());
        let mut text = Vec::new();
        for (line, row) in rows.iter().enumerate() {
            if line == at {
                text.extend_from_slice(cut);
                text.push(b'\n');
            }
            text.extend_from_slice(row.to_string().as_bytes());
            text.push(b'\n');
        }
        let mut splitter = Splitter::new(text.as_slice());
        let (mut found, mut rejected) = (Vec::new(), Vec::new());
        while let Some(item) = splitter.next_item().unwrap() {
            match item {
                Item::Row { json, .. } => found.push(serde_json::from_slice::<Value>(json).unwrap()),
                Item::Rejected { line, .. } => rejected.push(line),
                Item::PageEnd { .. } | Item::MissingPage { .. } => {}
            }
        }
        prop_assert_eq!(found, rows);
        prop_assert_eq!(rejected, vec![u64::try_from(at + 1).unwrap()]);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        outline(bytes.as_slice());
    }

    #[test]
    fn how_it_is_read_changes_nothing(
        text in "[{}\\[\\]\",:\\\\\nav1 ]{0,60}|(\\{\"value\":\\[)?(\\{\"a\":[1x\"]\\},?\n?){0,9}(\\]\\})?",
        sizes in prop::collection::vec(1..9_usize, 1..4),
    ) {
        let chunked = Chunks { data: text.as_bytes(), sizes: &sizes, reads: 0 };
        prop_assert_eq!(outline(text.as_bytes()), outline(chunked));
    }
}
