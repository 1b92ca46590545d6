//! The same calls from every source, in any order, cut, doubled and given again, are one
//! row each, with Graph's id and values.

use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use serde_json::{Map, Value as Json};
use trunklog_exports::AdminCenter;
use trunklog_odata::edm::EdmType;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_BLOCKED_USERS, PSTN_CALLS, Property, SMS};
use trunklog_records::{TenantId, TimeRange, Value};
use trunklog_store::{Engine, PageQuery, Store};
use trunklog_store_kit::MemoryEngine;

use super::round_trip::{exported, value, with_graphs_names};
use super::*;
use crate::pipeline::{Import, RejectSink, Silent, Summary};

/// How many forms there are at most.
const FORMS: usize = 7;

/// Parts of a file.
const PARTS: usize = 10_000;

/// Reasons of what is no row.
#[derive(Debug, Default)]
struct Reasons(Vec<String>);

impl RejectSink for Reasons {
    fn reject(&mut self, input: &str, line: u64, reason: &str, _: &[u8]) {
        self.0.push(format!("{input}:{line}: {reason}"));
    }
}

/// Calls as Graph tells of them, each with its own ids.
fn calls(log: &'static Log) -> impl Strategy<Value = Rows> {
    let values = move |property: &'static Property| {
        if property.is_read() { value(log, property) } else { Just(None).boxed() }
    };
    let row: Vec<_> = log.properties.iter().map(values).collect();
    proptest::collection::vec(row, 1..6).prop_map(move |drafts| {
        let mut rows = RowBuilder::new(log);
        for (number, mut draft) in drafts.into_iter().enumerate() {
            let text = |of: &str| Some(Value::Text(format!("{of}-{number}").into()));
            draft[log.id_index()] = text("graph");
            if let Some(at) = log.index_of("correlationId") {
                draft[at] = text("call");
            }
            rows.push(&mut draft, None).unwrap();
        }
        rows.finish()
    })
}

/// Rows as beta shows them, in order.
fn lines(rows: &Rows) -> Vec<String> {
    let encoder = RowEncoder::new(rows.log(), Version::Beta);
    let bound = encoder.bind(rows);
    let line = |row| {
        let mut json = Vec::new();
        bound.write(row, &mut json);
        String::from_utf8(json).unwrap()
    };
    let mut lines: Vec<String> = (0..rows.len()).map(line).collect();
    lines.sort();
    lines
}

fn page(rows: &Rows) -> Vec<u8> {
    let graph = "https://graph.microsoft.com/beta";
    let row_type = rows.log().row_type;
    let context = format!("{graph}/$metadata#Collection(microsoft.graph.callRecords.{row_type})");
    format!(r#"{{"@odata.context":"{context}","value":[{}]}}"#, lines(rows).join(",")).into_bytes()
}

/// A table that a script makes of JSON, by what it writes for a value.
fn table(rows: &Rows, before: &str, names_in: &str, cell: fn(&Json) -> String) -> Vec<u8> {
    let objects: Vec<Map<String, Json>> =
        lines(rows).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<String> = objects[0].keys().map(|name| format!("{names_in}{name}{names_in}")).collect();
    let mut text = format!("{before}{}\r\n", names.join(","));
    for object in &objects {
        let cells: Vec<String> = object.values().map(cell).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// As `Export-Csv` of Windows PowerShell writes it.
fn of_power_shell(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Bool(is_so) => quoted(if *is_so { "True" } else { "False" }),
        Json::String(text) => quoted(text),
        Json::Number(number) => quoted(&number.to_string()),
        Json::Array(_) | Json::Object(_) => quoted("System.Object[]"),
    }
}

/// As the CLI for Microsoft 365 writes it.
fn of_cli(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Bool(is_so) => u8::from(*is_so).to_string(),
        Json::String(text) if text.contains([',', '"', '\n']) => quoted(text),
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        Json::Array(_) | Json::Object(_) => quoted(&value.to_string()),
    }
}

/// The same rows in every form that can be read.
fn forms(rows: &Rows) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = vec![
        ("a page of Graph", page(rows)),
        ("lines of JSON", (lines(rows).join("\n") + "\n").into_bytes()),
        ("a table with Graph's names", with_graphs_names(rows)),
        ("an export", exported(AdminCenter::Csv, rows)),
        ("an archive", exported(AdminCenter::Zip, rows)),
    ];
    // Scripts round decimals.
    if rows.log().properties.iter().all(|property| property.edm != EdmType::Decimal) {
        let types = "#TYPE System.Management.Automation.PSCustomObject\r\n";
        forms.push(("Export-Csv", table(rows, types, "\"", of_power_shell)));
        forms.push(("the CLI", table(rows, "", "", of_cli)));
    }
    forms
}

/// Imports a file, and says whether all of it could be read.
fn bring(store: &dyn Store, name: &str, bytes: &[u8], batch_rows: usize) -> (Summary, Reasons, bool) {
    let import = Import { batch_rows, ..Import::default() };
    let mut reasons = Reasons::default();
    let inputs = [Input::new(name, Cursor::new(bytes.to_vec()))];
    let outcome = import.run_inputs(inputs, store, &mut reasons, &Silent, &AtomicBool::new(false));
    match outcome {
        Ok(summary) => (summary, reasons, true),
        Err(error) => (*error.summary, reasons, false),
    }
}

fn stored(store: &dyn Store, log: &'static Log) -> Vec<String> {
    lines(&store.page(&PageQuery::first(log, TimeRange::ALL, 1_000)).unwrap().rows)
}

fn tenant() -> TenantId {
    "7e570000-0000-4000-8000-000000000001".parse().unwrap()
}

/// Brings all forms, in that order: first each until it breaks off at a part of it, then
/// each as a whole and twice, then all again.
fn is_one_row(rows: &Rows, order: &[usize], cuts: &[usize], batch_rows: usize) -> Result<(), TestCaseError> {
    let log = rows.log();
    let files = forms(rows);
    let order: Vec<usize> = order.iter().copied().filter(|at| *at < files.len()).collect();
    let engine = MemoryEngine::new();
    let store = engine.tenant(tenant());
    for at in &order {
        let (name, bytes) = &files[*at];
        bring(&*store, name, &bytes[..bytes.len() * cuts[*at] / PARTS], batch_rows);
    }
    for at in order.iter().chain(order.iter().rev()) {
        let (name, bytes) = &files[*at];
        let (_, reasons, is_read) = bring(&*store, name, bytes, batch_rows);
        prop_assert!(is_read && reasons.0.is_empty(), "{}: {:?}", name, reasons);
    }
    prop_assert_eq!(stored(&*store, log), lines(rows));
    for at in &order {
        let (name, bytes) = &files[*at];
        let (summary, _, _) = bring(&*store, name, bytes, batch_rows);
        let appended = summary.appended;
        prop_assert_eq!((appended.new, appended.updated), (0, 0), "{} again", name);
    }
    prop_assert_eq!(stored(&*store, log), lines(rows));
    Ok(())
}

fn orders() -> impl Strategy<Value = Vec<usize>> {
    Just((0..FORMS).collect::<Vec<usize>>()).prop_shuffle()
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0..PARTS, FORMS)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_call_of_direct_routing_is_one_row(
        rows in calls(&DIRECT_ROUTING_CALLS),
        order in orders(),
        cuts in cuts(),
        batch_rows in 1_usize..6,
    ) {
        is_one_row(&rows, &order, &cuts, batch_rows)?;
    }

    #[test]
    fn a_call_of_calling_plans_is_one_row(
        rows in calls(&PSTN_CALLS),
        order in orders(),
        cuts in cuts(),
        batch_rows in 1_usize..6,
    ) {
        is_one_row(&rows, &order, &cuts, batch_rows)?;
    }

    /// Rows of each log as a page of Graph, and back.
    #[test]
    fn a_page_of_graph_comes_back(
        calls in calls(&DIRECT_ROUTING_CALLS),
        pstn in calls(&PSTN_CALLS),
        messages in calls(&SMS),
        blocked in calls(&PSTN_BLOCKED_USERS),
    ) {
        let engine = MemoryEngine::new();
        let store = engine.tenant(tenant());
        for rows in [calls, pstn, messages, blocked] {
            let (summary, reasons, is_read) = bring(&*store, "a page", &page(&rows), 2);
            prop_assert!(is_read && reasons.0.is_empty(), "{:?}", reasons);
            prop_assert_eq!(summary.appended.new, rows.len() as u64);
            prop_assert_eq!(stored(&*store, rows.log()), lines(&rows));
        }
    }
}
