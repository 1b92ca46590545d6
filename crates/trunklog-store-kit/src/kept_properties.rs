//! Cases about properties that a log keeps and no version of Graph shows.

use trunklog_odata::expr::{Comparison, Expr, Function, Kind, Literal, Node};
use trunklog_records::schema::{PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT, RECORDED_BY};
use trunklog_records::{Log, RowBuilder, TimeRange, Value};
use trunklog_store::evaluate::{Cell, Row};
use trunklog_store::{Columns, PageQuery, Selection, Store};

use super::Fixture;
use super::expressions::{call, compare, descending, property, text};
use super::rows::{CALLS, HOUR, SEC, appended, assert_same, at, row_of, store, together, walk, whole};

/// The property of calls that only an export has.
const SHARED: &str = "sharedCorrelationId";

fn filtered(log: &'static Log, filter: Expr) -> Selection {
    Selection { filter: Some(filter), ..Selection::all(log, TimeRange::ALL) }
}

fn ids(store: &dyn Store, selection: &Selection) -> Vec<String> {
    whole(store, selection).into_iter().map(|row| row.key.id).collect()
}

fn is(log: &Log, name: &str, value: &str) -> Expr {
    compare(Comparison::Equal, property(log, name), text(value))
}

/// They are stored and given back, filtered and ordered by, updated and left
/// alone by nulls, as all others are.
pub fn kept_properties_are_kept(fixture: &dyn Fixture) {
    let mut rows: Vec<Row> = (0..40)
        .map(|number: i64| {
            let shared = format!("shared {}", number % 4);
            let source = ["export", "trunk ä"][usize::from(number % 3 == 0)];
            let mut texts = vec![("callType", "ByotIn"), (RECORDED_BY, source)];
            if number % 5 > 0 {
                texts.push((SHARED, shared.as_str()));
            }
            row_of(CALLS, number * SEC, &format!("{number:02}"), &texts)
        })
        .collect();
    let at_shared = CALLS.index_of(SHARED).expect("calls have the property");
    {
        let engine = fixture.open();
        let store = store(&engine);
        let given = together(CALLS, &rows);
        assert_eq!(store.append(&given).expect("the rows can be stored"), appended(40, 0, 0));
        assert_eq!(store.append(&given).expect("the rows can be stored"), appended(0, 0, 40));
        let bare = row_of(CALLS, 0, "00", &[(RECORDED_BY, "export")]);
        let renamed = row_of(CALLS, SEC, "01", &[(RECORDED_BY, "export"), (SHARED, "another")]);
        let filled = row_of(CALLS, 5 * SEC, "05", &[(RECORDED_BY, "export"), (SHARED, "at last")]);
        for (number, value) in [(1, "another"), (5, "at last")] {
            rows[number].cells[at_shared] = Cell::Text(value.to_owned());
        }
        // Row 0 had another source, which is a value like any other.
        let mark = CALLS.index_of(RECORDED_BY).expect("calls have the property");
        rows[0].cells[mark] = Cell::Text("export".to_owned());
        let update = together(CALLS, &[bare, renamed, filled]);
        assert_eq!(store.append(&update).expect("the rows can be stored"), appended(0, 3, 0));
    }
    let engine = fixture.open();
    let store = store(&engine);
    let all = Selection::all(CALLS, TimeRange::ALL);
    assert_same(&whole(&*store, &all), &rows, "all columns");
    let having = |name: &str, value: Option<&str>| -> Vec<String> {
        let at = CALLS.index_of(name).expect("calls have the property");
        let expected = value.map_or(Cell::Null, |value| Cell::Text(value.to_owned()));
        rows.iter().filter(|row| row.cells[at] == expected).map(|row| row.key.id.clone()).collect()
    };
    for value in ["shared 1", "another", "at last", "shared 9", "Shared 1"] {
        let selection = filtered(CALLS, is(CALLS, SHARED, value));
        let expected = having(SHARED, Some(value));
        assert_eq!(ids(&*store, &selection), expected, "{value}");
        let count = store.count(&selection, None).expect("rows can be counted");
        assert_eq!(count, expected.len() as u64, "the count of {value}");
    }
    let source = filtered(CALLS, is(CALLS, RECORDED_BY, "trunk ä"));
    assert_eq!(ids(&*store, &source), having(RECORDED_BY, Some("trunk ä")));
    let missing = Expr::new(Kind::Bool, Node::IsNull(Box::new(property(CALLS, SHARED))));
    assert_eq!(ids(&*store, &filtered(CALLS, missing)), having(SHARED, None));
    let start = call(Function::StartsWith, vec![property(CALLS, SHARED), text("a")]);
    assert_eq!(ids(&*store, &filtered(CALLS, start)), ["01", "05"]);
    let ordered = Selection { order: vec![descending(property(CALLS, SHARED))], ..all.clone() };
    let mut expected = rows.clone();
    expected.sort_by(|left, right| {
        let text = |row: &Row| match &row.cells[at_shared] {
            Cell::Text(text) => Some(text.clone()),
            _ => None,
        };
        text(right).cmp(&text(left)).then_with(|| left.key.cmp(&right.key))
    });
    assert_same(&walk(&*store, PageQuery::of(ordered, 9)), &expected, "in their order");
    let alone = Selection { columns: Columns::Only(vec![at_shared]), ..all };
    let always = [CALLS.time_index(), CALLS.id_index(), at_shared];
    for row in &mut rows {
        for (at, cell) in row.cells.iter_mut().enumerate() {
            if !always.contains(&at) {
                *cell = Cell::Null;
            }
        }
    }
    assert_same(&whole(&*store, &alone), &rows, "that column alone");
}

/// What no version shows of other logs is kept and filtered by, too.
pub fn hidden_properties_are_kept(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let mark = |id: &str, source: Option<&str>| {
        let texts: Vec<(&str, &str)> = source.into_iter().map(|source| (RECORDED_BY, source)).collect();
        row_of(&PSTN_CALLS, 0, id, &texts)
    };
    let calls = [mark("a", None), mark("b", Some("export")), mark("c", Some("report"))];
    store.append(&together(&PSTN_CALLS, &calls)).expect("the rows can be stored");
    assert_eq!(ids(&*store, &filtered(&PSTN_CALLS, is(&PSTN_CALLS, RECORDED_BY, "export"))), ["b"]);
    let log = &PSTN_ONLINE_MEETING_DIALOUT;
    let end = log.period_end_index().expect("the rows sum up a period");
    let mut builder = RowBuilder::new(log);
    for number in 0..6_i64 {
        let mut values: Vec<Option<Value<'_>>> = vec![None; log.properties.len()];
        values[log.time_index()] = Some(Value::Instant(at(number * HOUR)));
        values[log.id_index()] = Some(Value::Text(number.to_string().into()));
        values[end] = (number != 2).then(|| Value::Instant(at(10 * HOUR - number)));
        builder.push(&mut values, None).expect("the row has a time and an id");
    }
    store.append(&builder.finish()).expect("the rows can be stored");
    let later = compare(
        Comparison::Greater,
        property(log, log.properties[end].name),
        Expr::literal(Literal::Instant(at(10 * HOUR - 4))),
    );
    assert_eq!(ids(&*store, &filtered(log, later)), ["0", "1", "3"]);
}
