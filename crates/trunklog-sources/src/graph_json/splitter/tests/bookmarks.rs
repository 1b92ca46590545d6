//! Going on from bookmarks.

use super::*;

/// All that is left to find.
fn rest(mut splitter: Splitter<impl Read>) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(item) = splitter.next_item().unwrap() {
        found.push(format!("{item:?}"));
    }
    found
}

/// After how many items there is a bookmark from which the same follows as
/// without it.
fn places(text: &[u8]) -> Vec<usize> {
    let whole = rest(Splitter::new(text));
    let mut splitter = Splitter::new(text);
    let (mut items, mut places) = (0, Vec::new());
    while splitter.next_item().unwrap().is_some() {
        items += 1;
        let Some(bookmark) = splitter.bookmark() else { continue };
        places.push(items);
        let kept = Bookmark::parse(&bookmark.to_text()).unwrap();
        assert_eq!(kept, bookmark);
        let from = usize::try_from(kept.offset()).unwrap();
        let resumed = rest(Splitter::resume(&text[from..], kept));
        assert_eq!(resumed, whole[items..], "after {items} of {}", String::from_utf8_lossy(text));
    }
    places
}

#[test]
fn rows_have_bookmarks_after_them() {
    let rows: Vec<Value> = (0..4).map(|id| json!({ "id": id })).collect();
    for (shape, expected) in [
        // A page and a page a line have an end, too.
        (0, vec![1, 2, 3, 4, 5]),
        (2, vec![1, 2, 3, 4]),
        (3, vec![1, 2, 3, 4]),
        (5, vec![1, 2, 3, 4]),
        (6, vec![1, 2, 3, 4]),
        (7, vec![1, 2, 3, 4, 5, 6]),
        (18, vec![1, 2, 3, 4, 5, 6]),
        // What is read of a batch hangs together.
        (14, vec![]),
    ] {
        let text = write(&rows, shape, 2);
        assert_eq!(places(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn what_is_broken_is_not_forgotten() {
    for text in [
        // After what is lost, brackets are remains.
        "[{\"a\":1},{\"b\":},{\"c\":3}]]\n\"x\"\n{\"d\":4}",
        "{\"value\":[{\"a\":1},\n{\"b\":1\n{\"c\":3}],\"@odata.nextLink\":\"x?$skip=7\"}\n{\"d\":4}",
        "{\"error\":{\"code\":\"x\",\"message\":\"m\"},\"value\":[{\"a\":1},{\"b\":2}]}",
        "<html><title>502</title>\n{\"a\":1}\n{\"b\":2}",
        "{\"@odata.context\":\"x#Collection(microsoft.graph.callRecords.smsLogRow)\",\"value\":[{\"a\":1},{\"b\":2}]}",
        "{\"@odata.context\":\"x#users\",\"value\":[{\"a\":1},{\"b\":2}],\"more\":1}",
        "{\"Count\":2,\"value\":[{\"@odata.context\":\"x\",\"value\":[{\"a\":1}]},{\"value\":[]}]}",
    ] {
        assert!(!places(text.as_bytes()).is_empty(), "{text}");
    }
}

#[test]
fn other_texts_are_no_bookmarks() {
    let level = |line: u32| format!("{{\"line\":{line},\"page\":null}}");
    let with = |offset: u64, line: u64, column: u64, levels: &[String]| {
        format!(
            "{{\"offset\":{offset},\"line\":{line},\"column\":{column},\"levels\":[{}]}}",
            levels.join(",")
        )
    };
    assert!(Bookmark::parse(&with(9, 2, 3, &[level(1)])).is_some());
    for text in [
        String::new(),
        "null".to_owned(),
        "{}".to_owned(),
        "{\"offset\":-1,\"line\":1,\"column\":0}".to_owned(),
        // Before the text, on no line, and on more lines than bytes.
        with(9, 2, 10, &[]),
        with(9, 0, 3, &[]),
        with(9, 11, 3, &[]),
        with(9, 2, 3, &[level(0)]),
        with(9, 2, 3, &(0..100).map(|_| level(1)).collect::<Vec<_>>()),
        with(9, 2, 3, &["{\"line\":1,\"page\":{\"log\":\"none\",\"has_context\":true,\"holds_pages\":false,\"others\":[]}}".to_owned()]),
    ] {
        assert_eq!(Bookmark::parse(&text), None, "{text}");
    }
    let last = Bookmark::parse(&with(u64::MAX, u64::MAX, 0, &[])).unwrap();
    assert_eq!(last.offset(), u64::MAX);
}

proptest! {
    #[test]
    fn every_shape_goes_on_anywhere(
        rows in prop::collection::vec(row(), 0..7), shape in 0..SHAPES, per_page in 1..4_usize,
    ) {
        places(write(&rows, shape, per_page).as_bytes());
    }

    #[test]
    fn any_text_goes_on_anywhere(
        text in "[{}\\[\\]\",:\\\\\nav1 ]{0,60}|(\\{\"value\":\\[)?(\\{\"a\":[1x\"]\\},?\n?){0,9}(\\]\\})?",
    ) {
        places(text.as_bytes());
    }

    #[test]
    fn any_bytes_go_on_anywhere(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        places(&bytes);
    }
}
