//! Lists, batches, errors and marks, as tools leave them around rows.

use super::*;

#[test]
fn lists_wrapped_by_powershell_are_lists() {
    let cases: &[(&str, &[&str])] = &[
        (
            "{\"@odata.context\":\"c\",\"value\":{\"value\":[{\"a\":1},\n{\"b\":2}],\"Count\":2},\"@odata.nextLink\":\"x?$skip=1000\"}",
            &[r#"1 {"a":1}"#, r#"2 {"b":2}"#, "page, then 1000"],
        ),
        (
            r#"[{"value":[{"a":1}],"Count":1},{"value":[{"b":2}],"Count":1}]"#,
            &[r#"1 {"a":1}"#, "page", r#"1 {"b":2}"#, "page"],
        ),
        // A list of pages: the list itself is none.
        (
            r#"{"value":[{"@odata.context":"c","value":[{"a":1}],"@odata.nextLink":"x?$skip=7"},{"@odata.context":"c","value":[{"b":2}]}],"Count":2}"#,
            &[r#"1 {"a":1}"#, "page, then 7", r#"1 {"b":2}"#, "page"],
        ),
        // One row in place of a list of one, also within a wrapped list.
        (r#"{"@odata.context":"c","value":{"a":1}}"#, &[r#"1 {"a":1}"#, "page"]),
        (r#"{"value": {"value": {"a":1} , "Count":1} } {"b":2}"#, &[r#"1 {"a":1}"#, r#"1 {"b":2}"#]),
        // Pages without rows.
        (
            r#"{"@odata.context":"c","value":null,"@odata.nextLink":"x?$skip=7"}{"@odata.count":0}{"Value":"","Count":0}"#,
            &["page, then 7", "page", "page"],
        ),
        (
            r#"{"OdataNextLink":"x?$skip=7","Value":[{"Id":"1"}],"AdditionalProperties":{"@odata.context":"c"}}"#,
            &[r#"1 {"Id":"1"}"#, "page, then 7"],
        ),
        // What was cut at a depth.
        (
            r#"{"value":["@{id=1; duration=2}",{"a":1}]}"#,
            &[
                r#"1 a page or row that was cut at a depth: save it again with ConvertTo-Json -Depth 10: "@{id=1; duration=2}""#,
                r#"1 {"a":1}"#,
                "page",
            ],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(outline(text.as_bytes()), *expected, "{text}");
    }
}

#[test]
fn answers_to_a_batch_are_taken_apart() {
    let page = r#"{"value":[{"a":1}]}"#;
    let error = r#"{"error":{"code":"TooManyRequests","message":"m"}}"#;
    let as_text = |json: &str| Value::from(json).to_string();
    let as_base64 = |json: &str| Value::from(STANDARD.encode(json)).to_string();
    let row = r#"1 {"a":1}"#;
    let missing = "1 no page: response 2 of a batch: an error (status 429, TooManyRequests)";
    for (good, bad) in [
        (page.to_owned(), error.to_owned()),
        (as_text(page), as_text(error)),
        (as_base64(page), as_base64(error)),
    ] {
        for text in [
            format!(
                r#"{{"responses":[{{"id":"2","status":429,"headers":{{}},"body":{bad}}},{{"id":"1","status":200,"body":{good}}}]}}"#
            ),
            // PowerShell's objects and lists.
            format!(
                r#"{{"Responses":{{"value":[{{"Id":"2","Status":"429","Body":{bad}}},{{"Id":"1","Status":200,"Body":{good}}}],"Count":2}}}}"#
            ),
            // Sorted members: the status comes after the body.
            format!(
                r#"{{"responses":[{{"body":{bad},"headers":{{}},"id":"2","status":429}},{{"body":{good},"id":"1","status":200}}]}}"#
            ),
            // The responses alone.
            format!(r#"[{{"body":{bad},"id":"2","status":429}},{{"id":1,"status":200,"body":{good}}}]"#),
        ] {
            assert_eq!(outline(text.as_bytes()), [missing, row, "page"], "{text}");
        }
    }
    for (response, told) in [
        (r#"{"id":"9","status":504,"body":"<html>x"}"#, "a web page, as gateways send it (status 504)"),
        (r#"{"id":"9","status":503}"#, "an error (status 503)"),
        (r#"{"id":"9","status":200,"body":null}"#, "no body (status 200)"),
        (
            r#"{"id":"9","status":200,"body":"@{value=System.Object[]}"}"#,
            "a body that is not JSON (status 200)",
        ),
        (r#"{"id":"9","status":500,"body":{"message":"m"}}"#, "an error (status 500)"),
    ] {
        let text = format!(r#"{{"responses":[{response}]}}"#);
        assert_eq!(outline(text.as_bytes()), [format!("1 no page: response 9 of a batch: {told}")], "{text}");
    }
}

#[test]
fn a_body_that_is_a_text_may_be_larger_than_a_record() {
    let page = json!({"value": vec![json!({"a": "x".repeat(1_000)}); 1_500]});
    let large = json!({"responses": [response(STANDARD.encode(page.to_string()).into()), {"a": 1}]});
    let text = large.to_string();
    assert!(text.len() > MAX_RECORD);
    assert_eq!(rows_of(text.as_bytes()).len(), 1_501);
    // A body in a body in a body is not unpacked for ever.
    let mut nested = json!({"value": [{"a": 1}]});
    for _ in 0..3 {
        nested = json!({"responses": [response(nested.to_string().into())]});
    }
    let found = outline(nested.to_string().as_bytes());
    assert_eq!(found, ["1 no page: response 1 of a batch: a body that is not JSON (status 200)"]);
    let huge = json!({"responses": [response("y".repeat(20 * MAX_RECORD).into()), {"a": 1}]}).to_string();
    let mut splitter = Splitter::new(huge.as_bytes());
    assert!(matches!(
        splitter.next_item().unwrap(),
        Some(Item::Rejected { flaw: Flaw::BodyTooLarge, text, .. }) if text.len() == MAX_RECORD
    ));
    assert!(matches!(splitter.next_item().unwrap(), Some(Item::Row { json: b"{\"a\":1}", .. })));
    assert_eq!(splitter.next_item().unwrap(), None);
    assert!(splitter.window.size() <= 2 * MAX_BODY);
}

#[test]
fn errors_and_web_pages_are_missing_pages() {
    let cases: &[(&str, &[&str])] = &[
        (
            "{\"a\":1}\n{\"error\":{\"code\":\"UnknownError\",\"message\":\"\"}}\n{\"b\":2}",
            &[r#"1 {"a":1}"#, "2 no page: an error (UnknownError)", r#"3 {"b":2}"#],
        ),
        (
            r#"[{"value":[{"a":1}]},{"error":{"code":"x","message":""}}]"#,
            &[r#"1 {"a":1}"#, "page", "1 no page: an error (x)"],
        ),
        (
            "<!DOCTYPE html>\n<html><head><title>504 Gateway Timeout</title>\n<style>\nbody {\n color: red }\n{x}\n</style></html>\n{\"a\":1}",
            &["1 no page: a web page, as gateways send it (status 504)", r#"8 {"a":1}"#],
        ),
        (
            "<?xml version=\"1.0\"?><Error><Code>x</Code></Error>\r\n{\"a\":1}",
            &["1 no page: XML, which cannot be read: ask for JSON", r#"2 {"a":1}"#],
        ),
        // Without an end, in front of what was laid out.
        (
            "<html>\n<script>\n{\n  x\n}\n</script>\n{\n  \"value\": [\n    {\"a\":1}\n  ]\n}\n",
            &["1 no page: a web page, as gateways send it", r#"9 {"a":1}"#, "page"],
        ),
        (
            "<h1>502</h1>\n[\r\n  {\"a\":1}\r\n]",
            &["1 no page: a web page, as gateways send it (status 502)", r#"3 {"a":1}"#],
        ),
        ("<a>{\"a\":1}", &["1 text that belongs to no record: <a>", r#"1 {"a":1}"#]),
    ];
    for (text, expected) in cases {
        assert_eq!(outline(text.as_bytes()), *expected, "{text}");
    }
}

#[test]
fn byte_order_marks_are_space_between_documents() {
    let cases: &[(&str, &[&str])] = &[
        (
            "\u{feff}[{\"a\":1}]\r\n\u{feff}{\"value\":[\u{feff}{\"b\":2}]}\u{feff}",
            &[r#"1 {"a":1}"#, r#"2 {"b":2}"#, "page"],
        ),
        // Behind what is broken, too.
        (
            "\u{feff}{\"a\":\"x\n\u{feff}{\"b\":1}\n",
            &["1 a text does not end on its line: {\"a\":\"x", r#"2 {"b":1}"#],
        ),
        ("\u{feff}foo\n\u{feff}{\"b\":1}", &["1 text that belongs to no record: foo", r#"2 {"b":1}"#]),
        ("{\"a\":\"\u{feff}\"}", &["1 {\"a\":\"\u{feff}\"}"]),
    ];
    for (text, expected) in cases {
        assert_eq!(outline(text.as_bytes()), *expected, "{text}");
    }
}

#[test]
fn pages_that_were_cut_off_take_nothing_with_them() {
    let page = |rows: &str| format!(r#"{{"@odata.context":"c","value":[{rows}"#);
    let text = format!("{}\n{}]}}\n{{\"c\":3}}", page(r#"{"a":1},"#), page(r#"{"b":2}"#));
    assert_eq!(
        outline(text.as_bytes()),
        [
            r#"1 {"a":1}"#,
            "2 a page starts before the one around it is closed: ",
            r#"2 {"b":2}"#,
            "page",
            r#"3 {"c":3}"#,
        ]
    );
    // Whatever is nested, its levels are bounded.
    let text = r#"{"value":["#.repeat(1_000);
    let found = outline(text.as_bytes());
    assert_eq!(found.len(), 1_000 / level::MAX_LEVELS + 1, "{found:?}");
    // A response that is broken ends with its line, and what follows it is read.
    let text = "{\"responses\":[\n{\"id\":\"1\",\"status\":200,\"body\":{\"value\":[{\"a\":1},x]}},\n{\"id\":\"2\",\"status\":200,\"body\":{\"value\":[{\"b\":2}]}}]}";
    let found = outline(text.as_bytes());
    assert!(found.contains(&r#"3 {"b":2}"#.to_owned()), "{found:?}");
}

/// A row of direct routing, as far as its properties tell it.
const ROW: &str = r#""id":"1","correlationId":"c","startDateTime":"t","finalSipCode":0"#;

#[test]
fn rows_may_have_lists_and_bodies_of_their_own() {
    for more in [
        r#""value":[]"#,
        r#""value":[1,2]"#,
        r#""value":[{"a":1}]"#,
        r#""value":{"a":1}"#,
        r#""value":"@{a=1}""#,
        r#""responses":[]"#,
        r#""responses":[{"a":1}]"#,
        r#""status":200,"body":"Hello""#,
        r#""status":200,"body":{"a":1}"#,
        r#""status":"200","body":[]"#,
        r#""value":[{"a":1}],"status":200,"body":{"a":1},"responses":[[]]"#,
    ] {
        let row = format!("{{{ROW},{more}}}");
        let text = format!("[{row},{row}]\n{{\"value\":[{row}]}}");
        let found = format!("1 {row}");
        assert_eq!(outline(text.as_bytes()), [&*found, &*found, &*format!("2 {row}"), "page"], "{more}");
    }
    // Sorted by name, the list comes last or is empty, and the status later.
    for (before, after) in [(r#""value":[]"#, ""), (r#""body":{"a":1}"#, r#","status":200"#)] {
        let row = format!("{{{before},{ROW}{after}}}");
        assert_eq!(outline(row.as_bytes()), [format!("1 {row}")]);
    }
}

#[test]
fn a_row_around_a_list_is_not_lost_in_silence() {
    for (start, held) in [
        (r#"{"value":[{"a":1}]"#, &[r#"1 {"a":1}"#][..]),
        (r#"{"value":{"a":1}"#, &[r#"1 {"a":1}"#]),
        (r#"{"responses":[{"id":"2","status":200,"body":{"value":[]}}]"#, &["page"]),
        (r#"{"status":200,"body":{"a":1}"#, &[r#"1 {"a":1}"#]),
    ] {
        let found = outline(format!("{start},{ROW}}}\n{{\"b\":2}}").as_bytes());
        let (row, before) = found[..found.len() - 1].split_last().unwrap();
        assert_eq!(before, held, "{start}");
        assert!(row.starts_with("1 a row around its own value, responses or body"), "{start}: {row}");
        assert!(row.ends_with(&format!(",{ROW}}}")), "{start}: {row}");
        assert_eq!(found.last().unwrap(), r#"2 {"b":2}"#, "{start}");
    }
    // A property that rows have, too, makes no row of a page.
    let page = r#"{"correlationId":"c","value":[{"a":1}],"duration":3}"#;
    assert_eq!(outline(page.as_bytes()), [r#"1 {"a":1}"#, "page"]);
}

#[test]
fn lists_of_nothing_are_pages_only_by_themselves() {
    for (text, expected) in [
        (r#"{"message":"token expired","status":"failed","value":[]}"#, "1 an empty list beside"),
        (r#"{"x":1,"responses":[ ]}"#, "1 an empty list beside"),
        (r#"{"@odata.context":"c","value":[\n ],"tips":"t"}"#, "page"),
        (r#"{"value":[],"statusCode":429,"message":"m"}"#, "1 no page: an error (status 429)"),
        (r#"{"value":[],"error":{"code":"x"}}"#, "1 no page: an error (x)"),
    ] {
        let text = text.replace("\\n", "\n");
        let found = outline(text.as_bytes());
        assert!(found.len() == 1 && found[0].starts_with(expected), "{text}: {found:?}");
    }
    assert!(outline(br#"{"responses":[]}"#.as_slice()).is_empty());
    // The list in a page is not itself a page.
    let page = r#"{"@odata.context":"c","value":{"value":[],"Count":0},"@odata.nextLink":"x?$skip=7"}"#;
    assert_eq!(outline(page.as_bytes()), ["page, then 7"]);
}

#[test]
fn pages_without_the_rows_that_they_count_are_missing() {
    let missing = "1 no page: a page without the rows that it counts";
    for (text, expected) in [
        (r#"{"@odata.count":3}"#, &["page", missing][..]),
        (r#"{"@odata.count":3,"value":[],"@odata.nextLink":"x?$skip=7"}"#, &["page, then 7", missing]),
        (r#"{"value":null,"Count":2}"#, &["page", missing]),
        (r#"{"@odata.count":0,"value":[]}"#, &["page"]),
        (
            r#"{"responses":[{"id":"1","status":200,"body":{"@odata.count":3}}]}"#,
            &[
                "page",
                "1 no page: response 1 of a batch: a page without the rows that it counts (status 200)",
            ],
        ),
    ] {
        assert_eq!(outline(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn an_error_beside_rows_is_told() {
    let error = r#""error":{"code":"x","message":"m"}"#;
    for page in [format!(r#"{{"value":[{{"a":1}}],{error}}}"#), format!(r#"{{{error},"value":[{{"a":1}}]}}"#)]
    {
        assert_eq!(outline(page.as_bytes()), [r#"1 {"a":1}"#, "page", "1 no page: an error (x)"], "{page}");
    }
    let page = r#"{"error":null,"value":[{"a":1}],"message":"ok"}"#;
    assert_eq!(outline(page.as_bytes()), [r#"1 {"a":1}"#, "page"]);
}

#[test]
fn what_became_a_text_is_named() {
    let cut = "a page or row that was cut at a depth: save it again with ConvertTo-Json -Depth 10";
    let twice = "JSON within a text: unwrap it, with jq's fromjson or PowerShell's ConvertFrom-Json";
    for (text, flaw) in [
        (r#"{"@odata.context":"c","@odata.count":2,"value":"System.Object[]"}"#, cut),
        (r#"{"@odata.context":"c","value":"@{id=1} @{id=2}"}"#, cut),
        (r#"{"responses":"System.Object[]"}"#, cut),
        (r#""@{@odata.context=x; value=System.Object[]}""#, cut),
        (r#"{"@odata.context":"c","value":"[{\"id\":1}]"}"#, twice),
        (r#""{\"value\": [{\"id\":1}]}""#, twice),
    ] {
        let lines = format!("{text}\n{{\"a\":1}}\n");
        assert_eq!(
            outline(lines.as_bytes()),
            [format!("1 {flaw}: {text}"), r#"2 {"a":1}"#.to_owned()],
            "{text}"
        );
        let array = format!("[{text},{{\"a\":1}}]");
        assert_eq!(
            outline(array.as_bytes()),
            [format!("1 {flaw}: {text}"), r#"1 {"a":1}"#.to_owned()],
            "{text}"
        );
    }
    // A whole page in a text is one record, however large.
    let page = json!({"value": vec![json!({"a": "x".repeat(1_000)}); 3_000]}).to_string();
    let text = format!("{}\n{{\"b\":2}}", Value::from(page));
    let found = outline(text.as_bytes());
    assert_eq!(found.len(), 2);
    assert!(found[0].starts_with(&format!("1 {twice}")) && found[1] == r#"2 {"b":2}"#);
}

#[test]
fn arrays_lie_in_arrays() {
    for (text, expected) in [
        ("[[{\"a\":1},\n{\"b\":2}],\n[{\"c\":3}]]", &[r#"1 {"a":1}"#, r#"2 {"b":2}"#, r#"3 {"c":3}"#][..]),
        ("[ [\n [ ], [{\"value\":[{\"a\":1}]}] ] ] {\"b\":2}", &[r#"2 {"a":1}"#, "page", r#"2 {"b":2}"#]),
        (
            r#"[[1,2],["x"],[null,{}],{"a":1}]"#,
            &[
                "1 not a JSON object: [1,2]",
                r#"1 not a JSON object: ["x"]"#,
                "1 not a JSON object: [null,{}]",
                r#"1 {"a":1}"#,
            ],
        ),
        (
            "[[{\"a\":1}],\n[{\"b\":2}",
            &[r#"1 {"a":1}"#, r#"2 {"b":2}"#, "2 the file ends before its array is closed: "],
        ),
    ] {
        assert_eq!(outline(text.as_bytes()), expected, "{text}");
    }
    // Their levels are bounded.
    let text = format!("{}{{\"a\":1}}{}\n", "[".repeat(1_000), "]".repeat(1_000));
    assert!(outline(text.as_bytes()).iter().any(|found| found.contains("nested deeper")));
}

#[test]
fn a_body_by_itself_is_entered() {
    let page = r#"{"@odata.context":"c","value":[{"a":1}],"@odata.nextLink":"x?$skip=7"}"#;
    let found = [r#"1 {"a":1}"#, "page, then 7"];
    for wrapper in [
        format!(r#"{{"body":{page}}}"#),
        format!(r#"{{"headers":{{}},"body":{page}}}"#),
        format!(r#"{{"body":{page},"statusCode":200}}"#),
        json!({ "body": page }).to_string(),
    ] {
        assert_eq!(outline(wrapper.as_bytes()), found, "{wrapper}");
        let twice = format!("[{wrapper},{wrapper}]");
        assert_eq!(outline(twice.as_bytes()), [found, found].concat(), "{wrapper}");
    }
    assert_eq!(outline(br#"{"body":[{"a":1}]}"#.as_slice()), [r#"1 {"a":1}"#]);
    let error = r#"{"body":{"error":{"code":"x","message":"m"}}}"#;
    assert_eq!(outline(error.as_bytes()), ["1 no page: an error (x)"]);
    for row in [r#"{"body":{"a":1},"x":1}"#, r#"{"body":"text"}"#, r#"{"body":7}"#] {
        assert_eq!(outline(row.as_bytes()), [format!("1 {row}")]);
    }
    // A whole page is larger than a record.
    let page = json!({"value": vec![json!({"a": "x".repeat(1_000)}); 1_500]});
    assert_eq!(rows_of(json!({ "body": page }).to_string().as_bytes()).len(), 1_500);
}

#[test]
fn space_alone_is_blank() {
    for (text, is_blank) in
        [("", true), ("\u{feff} \r\n,\t", true), ("[]", false), ("x", false), ("{}", false)]
    {
        let mut splitter = Splitter::new(text.as_bytes());
        while splitter.next_item().unwrap().is_some() {}
        assert_eq!(splitter.is_blank(), is_blank, "{text}");
    }
}
