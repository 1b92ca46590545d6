//! Rows that are written as a table and read again are the same.

use proptest::prelude::*;
use trunklog_exports::{AdminCenter, Format, Occasion, admin_center_encoder, encoder};
use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;
use trunklog_records::call_types::DIRECT_ROUTING;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS, Property, RECORDED_BY, SMS};
use trunklog_records::{RowBuilder, Value};

use super::*;

/// As the admin centre exports them.
pub(super) fn exported(form: AdminCenter, rows: &Rows) -> Vec<u8> {
    let day = Instant::from_date(2031, 3, 1).unwrap();
    let occasion = Occasion { from: day, to: day, made: day, id: "id".to_owned() };
    let mut encoder = admin_center_encoder(form, rows.log(), &occasion);
    let mut out = Vec::new();
    encoder.begin(&mut out).unwrap();
    encoder.rows(rows, &mut out).unwrap();
    encoder.finish(&mut out).unwrap();
    out
}

fn admin_center(rows: &Rows) -> Vec<u8> {
    exported(AdminCenter::Csv, rows)
}

pub(super) fn with_graphs_names(rows: &Rows) -> Vec<u8> {
    with_graphs_names_for(Format::Csv, rows)
}

/// The same for people or for programs.
fn with_graphs_names_for(format: Format, rows: &Rows) -> Vec<u8> {
    let log = rows.log();
    let mut encoder = encoder(format, log, &log.layout(Version::Beta));
    let mut out = Vec::new();
    encoder.begin(&mut out).unwrap();
    encoder.rows(rows, &mut out).unwrap();
    encoder.finish(&mut out).unwrap();
    out
}

/// A text that a cell may have, also one that is dangerous in a spreadsheet.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-zäß📞][A-Za-z ,;\"'\n.-]{0,8}[a-z]",
        Just("=cmd|' /C calc'!A0".to_owned()),
        Just("'=1+1".to_owned()),
        Just("@SUM(A1)".to_owned()),
        Just("+49305550***".to_owned()),
        Just("+4930123456".to_owned()),
        Just("Internal Revenue Service".to_owned()),
    ]
}

fn time() -> impl Strategy<Value = Value<'static>> {
    (0..400_000_i64, 0..Instant::TICKS_PER_HOUR).prop_map(|(hour, ticks)| {
        let ticks = hour * Instant::TICKS_PER_HOUR + ticks;
        Value::Instant(Instant::from_ticks(ticks).unwrap())
    })
}

fn text_value(text: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Value<'static>> {
    text.prop_map(|text| Value::Text(text.into())).boxed()
}

/// A value of a property, as an export can say it.
pub(super) fn value(log: &'static Log, property: &'static Property) -> BoxedStrategy<Option<Value<'static>>> {
    let words: Vec<String> = DIRECT_ROUTING.iter().map(|of| of.graph.to_owned()).collect();
    let some = match (property.edm, property.name) {
        (_, RECORDED_BY) => return Just(Some(Value::Text("export".into()))).boxed(),
        // Of a time that is none, an export says nothing.
        (EdmType::DateTimeOffset, "failureDateTime" | "endDateTime") if *log == DIRECT_ROUTING_CALLS => {
            return prop_oneof![time(), Just(Value::Instant(Instant::ABSENT))].prop_map(Some).boxed();
        }
        (EdmType::DateTimeOffset, name) if name == log.time => return time().prop_map(Some).boxed(),
        (EdmType::DateTimeOffset, _) => time().boxed(),
        (_, "callType") if *log == DIRECT_ROUTING_CALLS => text_value(prop::sample::select(words)),
        (_, "callType") => {
            text_value(prop::sample::select(vec!["user_in".to_owned(), "ucap_out".to_owned()]))
        }
        (_, name) if name.ends_with("CountryCode") => text_value(prop::sample::select(vec!["DE".to_owned()])),
        (EdmType::Int32, _) => any::<i32>().prop_map(Value::Int).boxed(),
        (EdmType::Boolean, _) => any::<bool>().prop_map(Value::Bool).boxed(),
        (EdmType::Decimal, _) => text_value("0|[1-9][0-9]{0,5}(\\.[0-9]{1,4})?"),
        (EdmType::Enum(of), _) => {
            let members: Vec<String> = of.members.iter().map(|(name, _)| (*name).to_owned()).collect();
            text_value(prop::sample::select(members))
        }
        (EdmType::Collection(_), _) => text_value(Just(r#"[{"id":"north"},{"id":"south-1"}]"#.to_owned())),
        (EdmType::String, _) => text_value(text()),
    };
    proptest::option::of(some).boxed()
}

/// Rows of a log with the properties that its table in a form has.
fn rows(log: &'static Log, has: fn(&Property) -> bool) -> impl Strategy<Value = Rows> {
    let values = move |property: &'static Property| {
        let is_there = has(property) || property.name == log.time;
        if is_there { value(log, property) } else { Just(None).boxed() }
    };
    let row: Vec<_> = log.properties.iter().map(values).collect();
    proptest::collection::vec(row, 1..6).prop_map(move |drafts| {
        let mut rows = RowBuilder::new(log);
        for mut draft in drafts {
            rows.push(&mut draft, None).unwrap();
        }
        rows.finish()
    })
}

/// What an export of Direct Routing has: no id.
fn of_direct_routing(property: &Property) -> bool {
    property.name != "id"
}

/// What an export of Calling Plans has.
fn of_calling_plans(property: &Property) -> bool {
    !property.name.starts_with("client") && property.name != "tenantCountryCode"
}

fn same(found: &mut Found, expected: &Rows) -> Result<(), TestCaseError> {
    prop_assert!(found.rejected.is_empty(), "{:?}", found.rejected);
    let rows = found.rows_of(expected.log());
    prop_assert_eq!(rows.batch(), expected.batch());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_admin_centres_table_of_direct_routing(rows in rows(&DIRECT_ROUTING_CALLS, of_direct_routing)) {
        same(&mut read(admin_center(&rows)), &rows)?;
    }

    #[test]
    fn the_admin_centres_table_of_calling_plans(rows in rows(&PSTN_CALLS, of_calling_plans)) {
        same(&mut read(admin_center(&rows)), &rows)?;
    }

    #[test]
    fn a_table_with_graphs_names(rows in rows(&DIRECT_ROUTING_CALLS, Property::is_read)) {
        same(&mut read(with_graphs_names(&rows)), &rows)?;
    }

    #[test]
    fn a_table_with_graphs_names_for_spreadsheets(rows in rows(&DIRECT_ROUTING_CALLS, Property::is_read)) {
        same(&mut read(with_graphs_names_for(Format::CsvForPeople, &rows)), &rows)?;
    }

    /// No export of messages by the admin centre is known, so ours has Graph's names.
    #[test]
    fn our_own_export_of_messages(rows in rows(&SMS, Property::is_read)) {
        same(&mut read(admin_center(&rows)), &rows)?;
    }

    #[test]
    fn a_table_of_messages_with_graphs_names(rows in rows(&SMS, Property::is_read)) {
        same(&mut read(with_graphs_names(&rows)), &rows)?;
    }

    /// Lines in another order, and twice, are the same rows.
    #[test]
    fn shuffled_and_doubled(rows in rows(&DIRECT_ROUTING_CALLS, of_direct_routing), turn in 0_usize..6) {
        let one_line = |text: String| text.replace('\n', " ");
        let text = String::from_utf8(admin_center(&rows)).unwrap().replace("\r\n", "\r");
        let text = one_line(text).replace('\r', "\r\n");
        let (names, lines) = text.split_once("\r\n").unwrap();
        let mut lines: Vec<&str> = lines.lines().collect();
        let expected = read(text.as_bytes()).sorted();
        let turn = turn % lines.len();
        lines.rotate_left(turn);
        let twice = format!("{names}\r\n{0}\r\n{names}\r\n{0}\r\n", lines.join("\r\n"));
        let mut found = read(twice).sorted();
        prop_assert_eq!(found.len(), 2 * expected.len());
        found.dedup();
        let mut expected = expected;
        expected.dedup();
        prop_assert_eq!(found, expected);
    }

    /// Of a file that was cut, what is whole is stored, and what is left of a row is
    /// rejected or told as odd.
    #[test]
    fn cut_at_any_byte(rows in rows(&DIRECT_ROUTING_CALLS, of_direct_routing), part in 0_usize..10_000) {
        let bytes = admin_center(&rows);
        let cut = &bytes[..bytes.len() * part / 10_000];
        let whole = read(&bytes).sorted();
        let mut found = read(cut);
        let told = found.rejected.len() + found.notes.iter().filter(|(_, notes)| notes.oddity.is_some()).count();
        let others = found.sorted().into_iter().filter(|row| !whole.contains(row)).count();
        prop_assert!(others <= told, "{} others, {} told", others, told);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a-c,;\t\"\r\n=+0-9.:TZE-]{0,80}", with_names: bool) {
        let names = "CorrelationId,Start time,SBC FQDN,Call type\n";
        let text = if with_names { format!("{names}{text}") } else { text };
        let found = read(&text);
        prop_assert!(found.positions.len() <= text.len() + 2);
    }
}
