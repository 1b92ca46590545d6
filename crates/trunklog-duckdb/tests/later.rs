//! A question that was asked before is answered from what is stored now, not from
//! what its plan was made for.

use std::path::Path;

use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::Version;
use trunklog_odata::filter::parse;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{RowBuilder, Rows, TenantId, TimeRange, Value};
use trunklog_store::{Engine, Erase, Erasure, PageQuery, Selection, Store};

const TENANT: TenantId = TenantId::new(uuid::Uuid::from_u128(1));

fn rows(ids: std::ops::Range<u32>, duration: Option<i32>, user: Option<&'static str>) -> Rows {
    let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
    for id in ids {
        let start = format!("2026-11-01T{:02}:{:02}:{:02}Z", id / 3_600, id / 60 % 60, id % 60);
        let start = trunklog_odata::Instant::parse(&start).unwrap();
        rows.row()
            .set("id", Some(Value::Text(id.to_string().into())))
            .unwrap()
            .set("startDateTime", Some(Value::Instant(start)))
            .unwrap()
            .set("duration", duration.map(Value::Int))
            .unwrap()
            .set("userId", user.map(|user| Value::Text(user.into())))
            .unwrap()
            .finish()
            .unwrap();
    }
    rows.finish()
}

fn open(file: &Path) -> DuckDbEngine {
    DuckDbEngine::open(file, Options { threads: 1, ..Options::default() }).unwrap()
}

/// How many rows a filter selects, by pages and by count.
fn found(store: &dyn Store, filter: &str) -> (usize, u64) {
    let shape = DIRECT_ROUTING_CALLS.shape(Version::Beta);
    let filter = parse(filter, &shape, &|_| None).unwrap();
    let selection =
        Selection { filter: Some(filter), ..Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL) };
    let count = store.count(&selection, None).unwrap();
    (store.page(&PageQuery::of(selection, 10_000)).unwrap().rows.len(), count)
}

#[test]
fn filters_that_selected_all_or_nothing_see_what_comes_later() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.duckdb");
    let engine = open(&file);
    engine.tenant(TENANT).append(&rows(0..3_000, Some(5), Some("ada"))).unwrap();
    engine.tidy().unwrap();
    drop(engine);
    let engine = open(&file);
    let store = engine.tenant(TENANT);
    let filters = [
        ("userId eq null", 0),
        ("userId ne null", 3_000),
        ("duration eq null", 0),
        ("duration ne null", 3_000),
        ("duration eq 5", 3_000),
        ("duration eq 6", 0),
        ("duration lt 6", 3_000),
        ("duration gt 6", 0),
        ("userId eq 'ada'", 3_000),
        ("userId gt 'b'", 0),
        ("not (duration gt 6)", 3_000),
        ("startDateTime lt 2026-11-01T02:00:00Z", 3_000),
        ("startDateTime ge 2026-11-01T02:00:00Z", 0),
    ];
    // As often as the connection keeps a plan for.
    for _ in 0..3 {
        for (filter, rows) in filters {
            assert_eq!(found(&*store, filter), (rows, rows as u64), "{filter}");
        }
    }
    store.append(&rows(7_200..7_300, None, None)).unwrap();
    store.append(&rows(7_300..7_400, Some(9), Some("bob"))).unwrap();
    for (filter, more) in filters.iter().zip([100, 100, 100, 100, 0, 0, 0, 100, 0, 100, 100, 0, 200]) {
        let (filter, rows) = *filter;
        assert_eq!(found(&*store, filter), (rows + more, (rows + more) as u64), "{filter}, later");
    }
    // What is blanked in place counts, too.
    let shape = DIRECT_ROUTING_CALLS.shape(Version::Beta);
    let some = parse("id in ('1','2','3')", &shape, &|_| None).unwrap();
    let selection = Selection { filter: Some(some), ..Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL) };
    let user = DIRECT_ROUTING_CALLS.index_of("userId").unwrap();
    store.erase(&Erasure { selection, what: Erase::Properties(vec![user]) }).unwrap();
    assert_eq!(found(&*store, "userId eq null"), (103, 103));
    assert_eq!(found(&*store, "userId ne null"), (3_097, 3_097));
}
