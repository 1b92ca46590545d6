//! A store whose tables lack columns, as one has that an older program wrote: it
//! answers as one that has them all, and columns are added where something is
//! written and nowhere else.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int32Array, RecordBatch, StringArray, new_null_array};
use tempfile::TempDir;
use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::filter::{order_by, parse};
use trunklog_odata::{Instant, Version};
use trunklog_records::json::RowEncoder;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, RECORDED_BY};
use trunklog_records::{Log, Rows, TenantId, TimeRange};
use trunklog_samples::{SyntheticLog, SyntheticOptions};
use trunklog_store::{
    Aggregate, AppendCounts, ChangesQuery, Engine, Erase, Erasure, Group, Measure, PageQuery, ReportQuery,
    Selection, Watermark,
};

const TENANT: TenantId = TenantId::new(uuid::Uuid::from_u128(1));
const LOG: &Log = &DIRECT_ROUTING_CALLS;
const ROWS: u64 = 300;

/// Properties that the log got later, of each type. Rows hold them among the unknown
/// ones.
const LATE: [&str; 6] = [
    "endDateTime",
    "duration",
    "finalSipCodePhrase",
    "mediaBypassEnabled",
    "userCountryCode",
    "administrativeUnitInfos",
];

/// Columns that rows of before can have no values for.
const EMPTY: [&str; 4] = ["changed", "superseded", RECORDED_BY, "sharedCorrelationId"];

fn at(name: &str) -> usize {
    LOG.index_of(name).unwrap()
}

fn open(file: &Path, segment_rows: u64) -> DuckDbEngine {
    DuckDbEngine::open(file, Options { threads: 2, segment_rows, ..Options::default() }).unwrap()
}

fn rows() -> Rows {
    let at = |text| Instant::parse(text).unwrap();
    let options = SyntheticOptions::new(ROWS, at("2024-01-01T00:00:00Z"), at("2024-02-01T00:00:00Z"));
    let mut calls = SyntheticLog::new(LOG, options).unwrap();
    calls.next_batch(usize::try_from(ROWS).unwrap()).unwrap()
}

fn all() -> Selection {
    Selection::all(LOG, TimeRange::ALL)
}

/// The same rows with other values of a property.
fn with(rows: &Rows, name: &str, values: ArrayRef) -> Rows {
    let mut columns = rows.batch().columns().to_vec();
    columns[at(name)] = values;
    Rows::new(LOG, RecordBatch::try_new(rows.batch().schema(), columns).unwrap()).unwrap()
}

/// Two stores of the same rows, of which one lacks columns.
struct Twins {
    _folder: TempDir,
    whole: PathBuf,
    lacking: PathBuf,
    segment_rows: u64,
}

impl Twins {
    fn new(segment_rows: u64) -> Twins {
        let folder = tempfile::tempdir().unwrap();
        let (whole, lacking) = (folder.path().join("whole.duckdb"), folder.path().join("lacking.duckdb"));
        for file in [&whole, &lacking] {
            let engine = open(file, segment_rows);
            assert_eq!(engine.tenant(TENANT).append(&rows()).unwrap().new, ROWS);
            engine.tidy().unwrap();
        }
        let twins = Twins { _folder: folder, whole, lacking, segment_rows };
        twins.take_columns_away();
        twins
    }

    /// Makes a table what it would be if its program had not known the columns.
    fn take_columns_away(&self) {
        let connection = duckdb::Connection::open(&self.lacking).unwrap();
        connection.execute_batch("BEGIN").unwrap();
        for table in tables(&connection) {
            let rows = rows();
            let encoder = RowEncoder::of(LOG, &LATE.map(at));
            for row in 0..rows.len() {
                let mut json = Vec::new();
                encoder.encode(&rows.slice(row, 1), &mut json);
                let json = String::from_utf8(json).unwrap();
                let members = json.strip_prefix('{').unwrap().strip_suffix('}').unwrap();
                let sql = format!(
                    "UPDATE {table} SET \"dynamicProperties\" = concat_ws(',', ?::VARCHAR, \"dynamicProperties\")
                     WHERE id = ?"
                );
                connection.execute(&sql, [members, rows.id(row)]).unwrap();
            }
        }
        connection.execute_batch("COMMIT").unwrap();
        for table in tables(&connection) {
            for name in LATE.iter().chain(&EMPTY) {
                connection.execute_batch(&format!("ALTER TABLE {table} DROP COLUMN \"{name}\"")).unwrap();
            }
        }
        connection.execute_batch("CHECKPOINT").unwrap();
    }

    /// How many tables of the store that lacks columns still lack some.
    fn incomplete(&self) -> usize {
        let connection = duckdb::Connection::open(&self.lacking).unwrap();
        let lacks = |table: &&String| {
            let sql = format!("SELECT count(*) FROM pragma_table_info('{table}') WHERE name = ?");
            let has = |name: &str| connection.query_row(&sql, [name], |row| row.get::<_, u64>(0)).unwrap();
            let there = LATE.iter().chain(&EMPTY).map(|name| has(name)).sum::<u64>();
            assert!([0, 10].contains(&there), "{table} has {there} of the columns");
            there == 0
        };
        tables(&connection).iter().filter(lacks).count()
    }

    /// Does the same to both, and asserts that it does the same.
    fn each<T: PartialEq + std::fmt::Debug>(&self, work: impl Fn(&DuckDbEngine) -> T) -> T {
        let (whole, lacking) = (open(&self.whole, self.segment_rows), open(&self.lacking, self.segment_rows));
        let (right, found) = (work(&whole), work(&lacking));
        assert_eq!(found, right);
        look(&whole, &lacking);
        right
    }
}

fn tables(connection: &duckdb::Connection) -> Vec<String> {
    let sql = "SELECT schema_name || '.\"' || table_name || '\"' FROM duckdb_tables()
               WHERE starts_with(table_name, 'directRoutingCalls~') ORDER BY ALL";
    let mut statement = connection.prepare(sql).unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    names.collect::<duckdb::Result<_>>().unwrap()
}

/// Asserts that two stores answer alike.
fn look(whole: &DuckDbEngine, lacking: &DuckDbEngine) {
    let (right, found) = (whole.tenant(TENANT), lacking.tenant(TENANT));
    let shape = LOG.shape(Version::Beta);
    let filter = |text| Selection { filter: Some(parse(text, &shape, &|_| None).unwrap()), ..all() };
    let in_order = |text| Selection { order: order_by(text, &shape).unwrap(), ..all() };
    let selections = [
        all(),
        in_order("startDateTime desc"),
        filter("duration gt 60 and mediaBypassEnabled eq true"),
        filter("userCountryCode eq 'DE' or userCountryCode eq null"),
        filter("endDateTime gt 2024-01-15T00:00:00Z and contains(finalSipCodePhrase,'e')"),
        in_order("duration desc,userCountryCode"),
    ];
    for selection in &selections {
        let query = PageQuery::of(selection.clone(), 1_000);
        let (right, found) = (right.page(&query).unwrap().rows, found.page(&query).unwrap().rows);
        assert!(right.batch() == found.batch(), "{selection:?}");
    }
    for selection in &selections {
        assert_eq!(right.count(selection, None).unwrap(), found.count(selection, None).unwrap());
    }
    let page = right.page(&PageQuery::of(all(), 1_000)).unwrap().rows;
    for row in (0..page.len()).step_by(50) {
        let (time, id) = page.key(row);
        let (right, found) = (right.row(LOG, time, id).unwrap(), found.row(LOG, time, id).unwrap());
        assert!(right.unwrap().batch() == found.unwrap().batch(), "{id}");
    }
    let report = ReportQuery {
        selection: all(),
        watermark: None,
        groups: vec![Group::Property(at("userCountryCode")), Group::Property(at("mediaBypassEnabled"))],
        measures: vec![Measure::of(Aggregate::Rows), Measure::of(Aggregate::Distinct(at("duration")))],
    };
    assert_eq!(right.report(&report).unwrap(), found.report(&report).unwrap());
    for after in [0, 1] {
        let query = ChangesQuery::first(all(), Watermark(after), 1_000);
        let (right, found) = (right.changes(&query).unwrap(), found.changes(&query).unwrap());
        assert!(right.rows.batch() == found.rows.batch(), "changes after {after}");
        assert_eq!((right.removed, right.until), (found.removed, found.until));
    }
}

#[test]
fn a_store_that_lacks_columns_answers_as_one_that_has_them() {
    for segment_rows in [1 << 21, 60] {
        let twins = Twins::new(segment_rows);
        let tables = twins.incomplete();
        assert_eq!(tables > 1, segment_rows == 60);
        // Neither opening nor reading adds any, nor do rows that change nothing.
        let appended = twins.each(|engine| engine.tenant(TENANT).append(&rows()).unwrap());
        assert_eq!(appended, AppendCounts { unchanged: ROWS, ..AppendCounts::default() });
        // New rows without values in them lie beside the others.
        let ids = StringArray::from_iter_values((0..ROWS).map(|row| format!("another {row}")));
        let early = with(&rows(), "id", Arc::new(ids)).slice(0, 3);
        let early = LATE.iter().fold(early, |rows, name| {
            let nulls = new_null_array(rows.batch().column(at(name)).data_type(), rows.len());
            with(&rows, name, nulls)
        });
        twins.each(|engine| engine.tenant(TENANT).append(&early).unwrap());
        // An erasure of rows needs none.
        let time = early.time(0);
        let range = TimeRange::of(LOG, time, time.saturating_add_ticks(1)).unwrap();
        let erasure = Erasure { selection: Selection { range, ..all() }, what: Erase::Rows };
        assert!(twins.each(|engine| engine.tenant(TENANT).erase(&erasure).unwrap()) > 0);
        assert_eq!(twins.incomplete(), tables);
    }
}

/// What is written where, and that only this table gets the columns.
#[test]
fn columns_are_added_where_something_is_written() {
    let first = rows().slice(0, 1);
    let update = with(&first, "callEndSubReason", Arc::new(Int32Array::from(vec![4_711])));
    let new = with(&first, "id", Arc::new(StringArray::from(vec!["another"])));
    // Of another call, or it would give way to Graph's row.
    let marked = with(&new, RECORDED_BY, Arc::new(StringArray::from(vec!["somebody"])));
    let marked = with(&marked, "correlationId", Arc::new(StringArray::from(vec!["another"])));
    let erasure = |name: &str| {
        let range = TimeRange::of(LOG, first.time(0), first.time(0).saturating_add_ticks(1)).unwrap();
        Erasure { selection: Selection { range, ..all() }, what: Erase::Properties(vec![at(name)]) }
    };
    for segment_rows in [1 << 21, 60] {
        let writes: [&dyn Fn(&DuckDbEngine) -> String; 5] = [
            &|engine| format!("{:?}", engine.tenant(TENANT).append(&update).unwrap()),
            &|engine| format!("{:?}", engine.tenant(TENANT).append(&new).unwrap()),
            &|engine| format!("{:?}", engine.tenant(TENANT).append(&marked).unwrap()),
            &|engine| format!("{:?}", engine.tenant(TENANT).erase(&erasure("callType")).unwrap()),
            &|engine| format!("{:?}", engine.tenant(TENANT).erase(&erasure("duration")).unwrap()),
        ];
        for write in writes {
            let twins = Twins::new(segment_rows);
            let tables = twins.incomplete();
            twins.each(write);
            assert_eq!(twins.incomplete(), tables - 1);
            // Once more: nothing is left to add.
            twins.each(write);
            assert_eq!(twins.incomplete(), tables - 1);
        }
    }
}

#[test]
fn rows_that_are_moved_get_all_columns() {
    for (written, tidied) in [(1 << 21, 1 << 21), (1 << 21, 70), (1 << 21, 20), (60, 60)] {
        let mut twins = Twins::new(written);
        assert!(twins.incomplete() > 0);
        twins.segment_rows = tidied;
        twins.each(|engine| engine.tidy().unwrap());
        assert_eq!(twins.incomplete(), 0, "tables that had {written} rows, and now {tidied}");
        let engine = open(&twins.lacking, tidied);
        let (mut read, mut from) = (0, Some(0));
        while let Some(part) = from {
            let verified = engine.tenant(TENANT).verify(LOG, part).unwrap();
            assert_eq!(verified.faults, []);
            (read, from) = (read + verified.rows, verified.next);
        }
        assert_eq!(read, ROWS);
    }
}
