use std::sync::Arc;

use trunklog_records::masking::Mask;
use trunklog_records::{RowBuilder, TimeRange, Value as Stored};

use super::*;
use crate::codes::explain;
use crate::questions::testing::{at, empty, is_whole, number, range, ratio, text};
use crate::texts::Texts;

/// A row by the names of its properties.
fn add(rows: &mut RowBuilder, id: &str, start: &str, texts: &[(&str, &str)]) {
    let stored = |text: &str| Stored::Text(text.to_owned().into());
    let mut row = rows.row().set("id", stored(id)).unwrap();
    row = row.set("startDateTime", Stored::Instant(at(start))).unwrap();
    for (name, value) in texts {
        row = match *name {
            "inviteDateTime" | "endDateTime" | "failureDateTime" => {
                row.set(name, Stored::Instant(at(value))).unwrap()
            }
            "finalSipCode" | "callEndSubReason" => {
                row.set(name, Stored::Int(value.parse().unwrap())).unwrap()
            }
            "successfulCall" => row.set(name, Stored::Bool(*value == "true")).unwrap(),
            _ => row.set(name, stored(value)).unwrap(),
        };
    }
    row.finish().unwrap();
}

/// An inbound call that was transferred, and then forwarded, beside others.
fn transferred() -> Arc<dyn Store> {
    let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
    add(
        &mut rows,
        "in",
        "2026-11-30T08:00:00.5Z",
        &[
            ("inviteDateTime", "2026-11-30T08:00:00Z"),
            ("endDateTime", "2026-11-30T08:02:00Z"),
            ("callType", "ByotIn"),
            ("successfulCall", "true"),
            ("callerNumber", "+33123456789"),
            ("calleeNumber", "+4930111"),
            ("correlationId", "c1"),
            ("trunkFullyQualifiedDomainName", "sbc1.example"),
            ("userDisplayName", "Ada Lovelace"),
            ("finalSipCode", "0"),
            ("callEndSubReason", "540000"),
        ],
    );
    add(
        &mut rows,
        "transfer",
        "2026-11-30T08:02:05Z",
        &[
            ("inviteDateTime", "2026-11-30T08:02:01Z"),
            ("endDateTime", "2026-11-30T08:10:00Z"),
            ("callType", "ByotOutUserTransfer"),
            ("successfulCall", "true"),
            ("callerNumber", "+33123456789"),
            ("calleeNumber", "+4440222333"),
            ("correlationId", "c2"),
            ("transferorCorrelationId", "c1"),
            ("sharedCorrelationId", ""),
        ],
    );
    add(
        &mut rows,
        "forwarding",
        "2026-11-30T08:05:00Z",
        &[
            ("failureDateTime", "2026-11-30T08:05:30Z"),
            ("callType", "ByotOutUserForwarding"),
            ("successfulCall", "false"),
            ("callerNumber", "+33123456789"),
            ("calleeNumber", "+4440222444"),
            ("correlationId", "c3"),
            ("transferorCorrelationId", "c2"),
            ("finalSipCode", "486"),
            ("callEndSubReason", "560486"),
        ],
    );
    // Other calls: none shares an id that is one.
    for (id, start, correlation) in [
        ("other", "2026-11-30T08:01:00Z", "c9"),
        ("nobody", "2026-11-30T08:03:00Z", "00000000-0000-0000-0000-000000000000"),
        ("no one", "2026-11-30T08:03:00Z", "00000000-0000-0000-0000-000000000000"),
        ("empty", "2026-11-30T08:04:00Z", ""),
        ("much later", "2026-12-01T09:00:00Z", "c1"),
    ] {
        add(&mut rows, id, start, &[("correlationId", correlation), ("callType", "ByotOut")]);
    }
    let store = empty();
    store.append(&rows.finish()).unwrap();
    store
}

fn ask(start: &str, id: &str) -> Ask {
    Ask { call: Some((at(start), id.to_owned())), ..Ask::of(TimeRange::ALL) }
}

fn column(table: &Table, name: &str) -> Vec<Option<String>> {
    (0..table.rows.len()).map(|row| text(table, row, name)).collect()
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<Option<String>> {
    texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty())).to_vec()
}

#[test]
fn a_call_is_told_with_its_legs_whichever_is_asked_for() {
    let store = transferred();
    for (start, id) in [
        ("2026-11-30T08:00:00.5Z", "in"),
        ("2026-11-30T08:02:05Z", "transfer"),
        ("2026-11-30T08:05:00Z", "forwarding"),
    ] {
        let answer = CALL.answer(&*store, &ask(start, id)).unwrap();
        let table = &answer.table;
        assert!(is_whole(table));
        assert_eq!(column(table, "id"), texts(["in", "transfer", "forwarding"]), "{id}");
        assert_eq!(column(table, "role"), texts(["inbound", "transfer", "forwarding"]));
        let asked: Vec<bool> =
            (0..3).map(|row| table.value(row, "isAsked") == Some(&Value::Bool(true))).collect();
        assert_eq!(asked, ["in", "transfer", "forwarding"].map(|of| of == id));
        let rows = |column| (0..3).map(|row| number(table, row, column)).collect::<Vec<i64>>();
        assert_eq!(rows("correlationRows"), [2, 2, 1]);
        assert_eq!(rows("transferorRows"), [0, 2, 2]);
        assert_eq!(column(table, "sharedCorrelationId"), texts(["", "", ""]), "an empty id is none");
        assert!(answer.notes.is_empty());
    }
}

#[test]
fn legs_have_their_times_and_codes_in_words() {
    let answer = CALL.answer(&*transferred(), &ask("2026-11-30T08:00:00.5Z", "in")).unwrap();
    let table = &answer.table;
    let secs = |row, column| ratio(table, row, column);
    assert_eq!(
        (secs(0, "setup"), secs(0, "talk"), secs(0, "held")),
        ((Some(0.5), 1), (Some(119.5), 1), (Some(120.0), 1))
    );
    assert_eq!(
        (secs(0, "offset"), secs(1, "offset"), secs(2, "offset")),
        ((Some(0.0), 1), (Some(121.0), 1), (Some(300.0), 1))
    );
    // Nothing ended before the first, and the third began before the second ended.
    assert_eq!(
        (secs(0, "gap"), secs(1, "gap"), secs(2, "gap")),
        ((None, 0), (Some(1.0), 1), (Some(-300.0), 1))
    );
    assert_eq!(secs(2, "setup"), (None, 0), "there is no invite");
    assert_eq!(column(table, "class"), texts(["answered", "answered", "userBusy"]));
    let busy = text(table, 2, "cause").unwrap();
    assert_eq!(busy, explain(Some(486), Some(560_486)).cause_text(Texts::english()));
    assert_eq!(column(table, "trunk"), texts(["sbc1.example", "", ""]));
    assert_eq!(column(table, "displayName"), texts(["Ada Lovelace", "", ""]));
    assert_eq!(column(table, "callerNumber"), texts(["+33123456789", "+33123456789", "+33123456789"]));
}

#[test]
fn a_masked_reader_sees_no_hidden_digit_of_any_leg() {
    let ask = Ask { mask: Mask::hiding(3), ..ask("2026-11-30T08:00:00.5Z", "in") };
    let table = CALL.answer(&*transferred(), &ask).unwrap().table;
    // A call that was passed on may show the number of who called first.
    assert_eq!(column(&table, "callerNumber"), texts(["+33123456***", "+33123456***", "+33123456***"]));
    assert_eq!(column(&table, "calleeNumber"), texts(["+4930111", "+4440222***", "+4440222***"]));
    let told = format!("{table:?}");
    assert!(!told.contains("456789") && !told.contains("222333") && !told.contains("222444"));
}

#[test]
fn what_is_not_there_or_not_shown_is_no_call() {
    let store = transferred();
    for (start, id) in [
        ("2026-11-30T08:00:00.5Z", "out"),
        ("2026-11-30T08:00:00Z", "in"),
        ("2026-11-30T08:00:00.5Z", "transfer"),
    ] {
        assert!(matches!(CALL.answer(&*store, &ask(start, id)), Err(ReportError::NoSuchCall)), "{id}");
    }
    // Rows that are too old to be shown are out of the range.
    let shown = range("2026-11-30T08:02:00Z", "2026-12-02T00:00:00Z");
    let of_range = |start, id| CALL.answer(&*store, &Ask { range: shown, ..ask(start, id) });
    assert!(matches!(of_range("2026-11-30T08:00:00.5Z", "in"), Err(ReportError::NoSuchCall)));
    let table = of_range("2026-11-30T08:02:05Z", "transfer").unwrap().table;
    assert_eq!(column(&table, "id"), texts(["transfer", "forwarding"]));
    store.forget(&DIRECT_ROUTING_CALLS, at("2026-12-01T00:00:00Z")).unwrap();
    let gone = CALL.answer(&*store, &ask("2026-11-30T08:02:05Z", "transfer"));
    assert!(matches!(gone, Err(ReportError::NoSuchCall)));
}

#[test]
fn an_id_that_too_many_rows_share_joins_some_and_says_so() {
    let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
    for n in 0..250 {
        let start = format!("2026-11-30T08:{:02}:{:02}Z", n / 60, n % 60);
        add(&mut rows, &format!("{n:03}"), &start, &[("correlationId", "same")]);
    }
    let store = empty();
    store.append(&rows.finish()).unwrap();
    let answer = CALL.answer(&*store, &ask("2026-11-30T08:04:09Z", "249")).unwrap();
    let ids = column(&answer.table, "id");
    // The one that was asked for is there all the same, in its place.
    assert_eq!((ids.len(), ids.last().cloned().flatten().as_deref()), (201, Some("249")));
    assert_eq!(answer.notes, [MORE_LEGS]);
}
