//! A store that the program of before wrote, of the first form: it opens in each
//! later version, with the rows, walks and states that it had.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use tempfile::TempDir;
use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::filter::{order_by, parse};
use trunklog_odata::{Instant, Version};
use trunklog_records::json::RowEncoder;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, LOGS};
use trunklog_records::{Log, Rows, TenantId, TimeRange};
use trunklog_store::{
    ChangedBuckets, ChangesQuery, Engine, ErrorKind, PageQuery, Selection, SkipToken, Start, Store,
    Watermark, with_computed_logs,
};

/// The tenants of the store, by the number at the end of their ids.
const TENANTS: [u128; 2] = [1, 2];

fn tenant(number: u128) -> TenantId {
    format!("7e570000-0000-4000-8000-{number:012}").parse().unwrap()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/form_1").join(name)
}

/// The store as it was left.
fn store() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trunklog.duckdb");
    let mut packed = GzDecoder::new(File::open(fixture("trunklog.duckdb.gz")).unwrap());
    std::io::copy(&mut packed, &mut File::create(&file).unwrap()).unwrap();
    (folder, file)
}

fn open(file: &Path, segment_rows: u64) -> DuckDbEngine {
    DuckDbEngine::open(file, Options { threads: 2, segment_rows, ..Options::default() }).unwrap()
}

/// What the program of before gave for each log, as lines of JSON.
fn expected() -> BTreeMap<(u128, String), Vec<String>> {
    let mut logs = BTreeMap::new();
    for line in BufReader::new(GzDecoder::new(File::open(fixture("rows.gz")).unwrap())).lines() {
        let line = line.unwrap();
        let mut parts = line.splitn(3, ' ');
        let (tenant, log, row) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let rows: &mut Vec<String> = logs.entry((tenant.parse().unwrap(), log.to_owned())).or_default();
        rows.push(row.to_owned());
    }
    logs
}

/// What the program of before showed of a log, by the rows that it gave: all
/// properties but those that came later, and the unknown ones.
fn known_then(log: &'static Log, rows: &[String]) -> RowEncoder {
    let mut layout = log.layout(Version::Beta);
    layout.retain(|at| rows.iter().all(|row| row.contains(&format!("\"{}\":", log.properties[*at].name))));
    layout.push(log.properties.len());
    RowEncoder::of(log, &layout)
}

/// All rows of a log as the command line gives them.
fn lines(store: &dyn Store, log: &'static Log, encoder: &RowEncoder) -> Vec<String> {
    let mut lines = Vec::new();
    let range = TimeRange::of(log, at("2000-01-01T00:00:00Z"), at("2100-01-01T00:00:00Z")).unwrap();
    let mut query = Some(PageQuery::first(log, range, 70));
    while let Some(page) = query {
        let found = store.page(&page).unwrap();
        for row in 0..found.rows.len() {
            lines.push(line(encoder, &found.rows, row));
        }
        query = page.after(&found);
    }
    lines
}

fn line(encoder: &RowEncoder, rows: &Rows, row: usize) -> String {
    let mut json = Vec::new();
    encoder.encode(&rows.slice(row, 1), &mut json);
    String::from_utf8(json).unwrap()
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[test]
fn all_rows_are_there_in_segments_of_any_size() {
    let expected = expected();
    assert_eq!(expected.len(), 7, "logs with rows");
    for segment_rows in [1 << 21, 40] {
        let (_folder, file) = store();
        for opened in 0..3 {
            let engine = with_computed_logs(std::sync::Arc::new(open(&file, segment_rows)));
            assert_eq!(engine.tenants().unwrap(), TENANTS.map(tenant));
            for number in TENANTS {
                let store = engine.tenant(tenant(number));
                for log in LOGS {
                    let none = Vec::new();
                    let rows = expected.get(&(number, log.name.to_owned())).unwrap_or(&none);
                    let found = lines(&*store, log, &known_then(log, rows));
                    assert_eq!(&found, rows, "{} of {number}, opened {opened} times", log.name);
                }
            }
            // The second time the one large table is split.
            engine.tidy().unwrap();
            let (mut rows, mut from) = (0, Some(0));
            while let Some(part) = from {
                let verified = engine.tenant(tenant(1)).verify(&DIRECT_ROUTING_CALLS, part).unwrap();
                assert_eq!(verified.faults, []);
                (rows, from) = (rows + verified.rows, verified.next);
            }
            assert_eq!(rows, 500);
        }
    }
}

/// The links that clients hold lead on where they were.
#[test]
fn walks_that_began_before_go_on() {
    let log = &DIRECT_ROUTING_CALLS;
    let range = TimeRange::of(log, at("2026-01-01T00:00:00Z"), at("2026-05-01T00:00:00Z")).unwrap();
    let shape = log.shape(Version::V1);
    let filter = parse("duration gt 100", &shape, &|_| None).unwrap();
    let order = order_by("duration desc,callerNumber", &shape).unwrap();
    let all = Selection::all(log, range);
    for (token, selection) in [
        (
            "AiCBpUHAUASCAAAAAAAAAAQAAAAAAAAAMgA-zkG3ipdQADAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDM1Nw",
            all.clone(),
        ),
        (
            "AokiKC7EXXHoAAAAAAAAAAQAAAAAAAAAMgA-1QQpF1DAADAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDIwNA",
            Selection { filter: Some(filter), ..all.clone() },
        ),
        (
            "AlOJB1tY4jU6AAAAAAAAAAQAAAAAAAAAMgA-5wRAZ_GgAgMAAAAAAAAA-gUACys0OTMwMDAwMjUwMDAwMDAwMDAtMDAwMC00MDAw\
             LTgwMDAtMDAwMDAwMDAwMjUw",
            Selection { order, ..all },
        ),
    ] {
        let (_folder, file) = store();
        let engine = open(&file, 60);
        let store = engine.tenant(tenant(1));
        let first = PageQuery::of(selection.clone(), 1_000);
        let whole = store.page(&first).unwrap().rows;
        let token = SkipToken::parse(token, &selection).unwrap();
        assert_eq!(token.skip, 50);
        let rest = PageQuery {
            start: Start::After(token.after),
            watermark: Some(token.watermark),
            ..PageQuery::of(selection.clone(), 1_000)
        };
        // What comes now is later than the walk.
        let late = store.row(log, whole.time(0), whole.id(0)).unwrap().unwrap();
        engine.tenant(tenant(1)).append(&renamed(&late)).unwrap();
        let rest = store.page(&rest).unwrap().rows;
        let ids = |rows: &Rows, from: usize| (from..rows.len()).map(|row| rows.id(row).to_owned()).collect();
        let (found, right): (Vec<String>, Vec<String>) = (ids(&rest, 0), ids(&whole, 50));
        assert_eq!(found, right);
    }
}

/// The same row with another id.
fn renamed(rows: &Rows) -> Rows {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, StringArray};
    let mut columns = rows.batch().columns().to_vec();
    columns[rows.log().id_index()] = Arc::new(StringArray::from(vec!["another"])) as ArrayRef;
    let batch = arrow::record_batch::RecordBatch::try_new(rows.batch().schema(), columns).unwrap();
    Rows::new(rows.log(), batch).unwrap()
}

/// Nobody knows what changed before, and nobody is told half of it.
#[test]
fn changes_are_known_from_the_first_commit_on() {
    let (_folder, file) = store();
    let log = &DIRECT_ROUTING_CALLS;
    let engine = open(&file, 1 << 21);
    let store = engine.tenant(tenant(1));
    let begun = store.newest().unwrap();
    let all = Selection::all(log, TimeRange::ALL);
    let error = store.changes(&ChangesQuery::first(all.clone(), Watermark(1), 10)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Gone);
    assert_eq!(store.changed_buckets(log, Watermark(1)).unwrap(), ChangedBuckets::All);
    let some = store.page(&PageQuery::of(all.clone(), 1)).unwrap().rows;
    store.append(&renamed(&some)).unwrap();
    assert!(store.newest().unwrap() > begun);
    let changes = store.changes(&ChangesQuery::first(all, begun, 10)).unwrap();
    assert_eq!((changes.rows.len(), changes.rows.id(0)), (1, "another"));
}

/// A copy has commits of its own, and so has a store that was repaired.
#[test]
fn an_epoch_ends_where_another_file_is_there() {
    let (folder, file) = store();
    let epoch = open(&file, 1 << 21).epoch().unwrap();
    assert_eq!(open(&file, 1 << 21).epoch().unwrap(), epoch, "opened again");
    let copy = folder.path().join("copy.duckdb");
    fs::copy(&file, &copy).unwrap();
    let other = open(&copy, 1 << 21).epoch().unwrap();
    assert!(other != epoch && other.len() == epoch.len(), "{other} {epoch}");
    assert_eq!(open(&file, 1 << 21).epoch().unwrap(), epoch, "the one that was copied");
    fs::write(folder.path().join("trunklog.repaired"), "").unwrap();
    let repaired = open(&file, 1 << 21).epoch().unwrap();
    assert_ne!(repaired, epoch);
    assert_eq!(open(&file, 1 << 21).epoch().unwrap(), repaired, "once");
}

/// What a newer program wrote is refused in words, and not changed.
#[test]
fn a_newer_store_is_refused() {
    let (_folder, file) = store();
    drop(open(&file, 1 << 21));
    let connection = duckdb::Connection::open(&file).unwrap();
    connection.execute_batch("UPDATE store SET format = format + 1; CHECKPOINT").unwrap();
    drop(connection);
    let before = fs::read(&file).unwrap();
    for error in [
        DuckDbEngine::open(&file, Options::default()).err().unwrap(),
        DuckDbEngine::open_read_only(&file, Options::default()).err().unwrap(),
    ] {
        assert!(error.to_string().contains("written by a newer version of Trunklog"), "{error}");
    }
    assert!(fs::read(&file).unwrap() == before);
}

/// A store of the second form is the same but for its number: it keeps its epoch.
#[test]
fn a_store_of_the_second_form_gets_its_number() {
    let (_folder, file) = store();
    let epoch = open(&file, 1 << 21).epoch().unwrap();
    let connection = duckdb::Connection::open(&file).unwrap();
    connection
        .execute_batch(
            "CREATE OR REPLACE TABLE store AS
                 SELECT 2 AS format, epoch, device, inode, 1::BIGINT AS properties FROM store;
             CHECKPOINT",
        )
        .unwrap();
    drop(connection);
    assert_eq!(open(&file, 1 << 21).epoch().unwrap(), epoch);
    let connection = duckdb::Connection::open(&file).unwrap();
    let format: u32 = connection.query_row("SELECT format FROM store", [], |row| row.get(0)).unwrap();
    assert_eq!(format, 4);
}

/// Looking at a store of the first form changes nothing, and shows its rows.
#[test]
fn an_older_store_can_be_looked_at() {
    let (_folder, file) = store();
    let before = fs::read(&file).unwrap();
    let engine = DuckDbEngine::open_read_only(&file, Options::default()).unwrap();
    engine.check().unwrap();
    assert_eq!(engine.tenants().unwrap(), TENANTS.map(tenant));
    for ((number, log), rows) in expected() {
        let log = Log::by_name(&log).unwrap();
        if log.summary().is_none() {
            assert_eq!(
                lines(&*engine.tenant(tenant(number)), log, &known_then(log, &rows)),
                rows,
                "{} of {number}",
                log.name
            );
        }
    }
    drop(engine);
    assert!(fs::read(&file).unwrap() == before);
}

/// Nothing is written of rows.
#[test]
fn a_store_of_the_third_form_gets_the_number_of_this_one() {
    let (_folder, file) = store();
    drop(open(&file, 1 << 21));
    let form = |connection: &duckdb::Connection| -> u32 {
        connection.query_row("SELECT format FROM main.store", [], |row| row.get(0)).unwrap()
    };
    let connection = duckdb::Connection::open(&file).unwrap();
    let newest = form(&connection);
    connection.execute_batch("UPDATE main.store SET format = 3; CHECKPOINT").unwrap();
    drop(connection);
    let epoch = |engine: &DuckDbEngine| engine.epoch().unwrap();
    let looked = DuckDbEngine::open_read_only(&file, Options::default()).unwrap();
    let known = epoch(&looked);
    drop(looked);
    let engine = open(&file, 1 << 21);
    assert_eq!(epoch(&engine), known, "clients that follow changes need not start again");
    let rows = engine.tenant(tenant(1)).count(&Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL), None);
    assert_eq!(rows.unwrap(), 500);
    drop(engine);
    assert_eq!((form(&duckdb::Connection::open(&file).unwrap()), newest), (4, 4));
}
