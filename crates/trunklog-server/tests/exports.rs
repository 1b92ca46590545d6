//! Whole ranges over HTTP: what arrives, and what a client sees of one that
//! broke off.

use std::collections::BTreeSet;
use std::io::Read;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arrow::array::AsArray;
use arrow::ipc::reader::StreamReader;
use arrow::record_batch::RecordBatch;
use axum::body::Bytes;
use flate2::read::GzDecoder;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use trunklog_odata::Instant;
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, DYNAMIC_PROPERTIES};
use trunklog_records::{Log, RowBuilder, Rows};
use trunklog_server::Settings;
use trunklog_store::{
    AppendCounts, Error, ErrorKind, OldRows, Page, PageQuery, Result, ScanQuery, Selection, Store, Watermark,
};
use trunklog_testkit::{Answer, StandIn, TestServer, call_path, call_rows};

const LOG: &Log = &DIRECT_ROUTING_CALLS;
const FROM: &str = "2020-01-01T00:00:00Z";

/// The last chunk of an HTTP/1.1 body.
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// How long a client of a faulty store may take nothing.
const STALL_SECS: u64 = 1;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

const PARQUET: &str = "application/vnd.apache.parquet";

fn all() -> String {
    call_path("2020-01-01", "2020-02-01")
}

async fn server_with(rows: u32) -> (TestServer, String) {
    let server = TestServer::start();
    server.load(LOG, &call_rows(0, rows, FROM));
    let token = server.token().await;
    (server, token)
}

async fn export(server: &TestServer, token: &str, accept: &str) -> Answer {
    let answer = server.request("GET", &all()).bearer(token).header("accept", accept).send().await;
    assert_eq!(answer.status, 200, "{accept}: {}", answer.text());
    answer
}

#[tokio::test]
async fn each_form_has_the_rows_of_a_walk() {
    let (server, token) = server_with(2_500).await;
    let walk: Vec<Value> = server.walk(&all(), &token).await.iter().flat_map(Answer::rows).collect();
    assert_eq!(walk.len(), 2_500);
    let ids: Vec<&str> = walk.iter().map(|row| row["id"].as_str().unwrap()).collect();

    let lines = export(&server, &token, "application/x-ndjson").await;
    let lines: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines == walk, "NDJSON has other rows than the pages");

    let answer = export(&server, &token, "text/csv").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert_eq!(answer.header("odata-version"), "");
    let disposition = answer.header("content-disposition");
    assert!(disposition.starts_with("attachment; filename=\"getDirectRoutingCalls"), "{disposition}");
    let mut reader = csv::Reader::from_reader(answer.body.as_ref());
    let header: BTreeSet<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut names: BTreeSet<String> = walk[0].as_object().unwrap().keys().cloned().collect();
    names.insert(DYNAMIC_PROPERTIES.to_owned());
    assert_eq!(header, names);
    let read: Vec<String> = reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
    assert_eq!(read, ids);

    let answer = export(&server, &token, "application/vnd.apache.arrow.stream").await;
    assert_eq!(answer.header("content-type"), "application/vnd.apache.arrow.stream");
    let reader = StreamReader::try_new(answer.body.as_ref(), None).unwrap();
    assert_eq!(ids_of(reader.map(std::result::Result::unwrap)), ids);

    let answer = export(&server, &token, PARQUET).await;
    assert_eq!(answer.header("content-type"), PARQUET);
    assert_eq!(ids_of(parquet_batches(answer.body).into_iter()), ids);
}

#[tokio::test]
async fn a_filter_a_selection_and_a_limit_apply() {
    let (server, token) = server_with(50).await;
    let filter = "$filter=callerNumber%20eq%20'%2B4930000007'";
    for format in ["csv", "ndjson", "arrow", "parquet"] {
        let answer = server.get(&format!("{}?{filter}&$format={format}", all()), &token).await;
        assert_eq!(answer.status, 200, "{format}: {}", answer.text());
        let rows = match format {
            "csv" => answer.text().lines().count() - 1,
            "ndjson" => answer.text().lines().count(),
            "arrow" => {
                let reader = StreamReader::try_new(answer.body.as_ref(), None).unwrap();
                reader.map(|batch| batch.unwrap().num_rows()).sum()
            }
            _ => parquet_batches(answer.body).iter().map(RecordBatch::num_rows).sum(),
        };
        assert_eq!(rows, 1, "{format}");
    }
    let target = format!("{}?$format=csv&$select=callerNumber&$skip=7&$top=2", all());
    let answer = server.get(&target, &token).await;
    assert_eq!(answer.text(), "callerNumber\n+4930000007\n+4930000008\n");
}

#[tokio::test]
async fn text_is_compressed_for_those_who_take_it() {
    let (server, token) = server_with(500).await;
    let packed = |accept: &'static str| {
        server
            .request("GET", &all())
            .bearer(&token)
            .header("accept", accept)
            .header("accept-encoding", "gzip")
            .send()
    };
    let plain = export(&server, &token, "text/csv").await;
    let answer = packed("text/csv").await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    let mut text = Vec::new();
    GzDecoder::new(answer.body.as_ref()).read_to_end(&mut text).unwrap();
    assert_eq!(text, plain.body);
    assert_eq!(packed(PARQUET).await.header("content-encoding"), "");
}

#[tokio::test]
async fn a_whole_body_has_its_last_chunk_and_a_broken_one_has_not() {
    let (server, token) = server_with(500).await;
    let address = server.listen().await;
    for accept in ["text/csv", "application/x-ndjson", "application/vnd.apache.arrow.stream", PARQUET] {
        let answer = whole_answer(address, &token, accept).await;
        assert!(answer.starts_with(b"HTTP/1.1 200 "), "{accept}: {}", String::from_utf8_lossy(&answer));
        assert!(answer.ends_with(LAST_CHUNK), "{accept}: {} bytes", answer.len());
    }

    let (server, _) = faulty(Fault::AfterBatches(3));
    let token = server.token().await;
    let address = server.listen().await;
    for accept in ["text/csv", "application/x-ndjson", "application/vnd.apache.arrow.stream", PARQUET] {
        let answer = whole_answer(address, &token, accept).await;
        // Parquet's first row group was not full, so even its head may be lost.
        let begun = answer.starts_with(b"HTTP/1.1 200 ") || accept == PARQUET && answer.is_empty();
        assert!(begun, "{accept}: {}", String::from_utf8_lossy(&answer));
        assert!(!answer.ends_with(LAST_CHUNK), "{accept}: {} bytes", answer.len());
    }
}

#[tokio::test]
async fn a_store_that_cannot_begin_has_a_status_of_its_own() {
    for (kind, status, code) in
        [(ErrorKind::Recovering, 503, "ServiceUnavailable"), (ErrorKind::Other, 500, "GeneralException")]
    {
        let (server, _) = faulty(Fault::AtOnce(kind));
        let token = server.token().await;
        let answer = server.request("GET", &all()).bearer(&token).header("accept", "text/csv").send().await;
        assert_eq!((answer.status, answer.code().as_deref()), (status, Some(code)), "{kind:?}");
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_frees_the_worker() {
    let (server, scans) = faulty(Fault::Never);
    let token = server.token().await;
    let address = server.listen().await;
    // There is room for one: each of these waits for the one before.
    for _ in 0..3 {
        let mut stream = begin(address, &token, "application/x-ndjson").await;
        let mut some = vec![0; 100_000];
        timeout(PATIENCE, stream.read_exact(&mut some)).await.unwrap().unwrap();
        assert!(some.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&some[..200]));
        assert_eq!(scans.load(Ordering::SeqCst), 1);
    }
    until(&scans, 0).await;
}

#[tokio::test]
async fn a_client_that_takes_nothing_frees_the_worker() {
    let (server, scans) = faulty(Fault::Never);
    let token = server.token().await;
    let address = server.listen().await;
    let _stream = begin(address, &token, "application/x-ndjson").await;
    until(&scans, 1).await;
    until(&scans, 0).await;
}

#[tokio::test]
async fn a_store_that_finds_nothing_for_long_does_not_end_the_answer() {
    let (server, _) = faulty(Fault::Slow);
    let token = server.token().await;
    let address = server.listen().await;
    let answer = whole_answer(address, &token, "application/x-ndjson").await;
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
    assert!(answer.ends_with(LAST_CHUNK), "{} bytes", answer.len());
}

/// Waits until that many scans run.
async fn until(scans: &AtomicUsize, count: usize) {
    timeout(PATIENCE, async {
        while scans.load(Ordering::SeqCst) != count {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the number of scans changes in time");
}

fn parquet_batches(body: Bytes) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(body).unwrap().build().unwrap();
    reader.map(std::result::Result::unwrap).collect()
}

fn ids_of(batches: impl Iterator<Item = RecordBatch>) -> Vec<String> {
    let column = |batch: RecordBatch| -> Vec<String> {
        let ids = batch.column_by_name("id").unwrap().as_string::<i32>();
        ids.iter().map(|id| id.unwrap().to_owned()).collect()
    };
    batches.flat_map(column).collect()
}

/// Asks for an export over a connection of its own.
async fn begin(address: SocketAddr, token: &str, accept: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Accept: {accept}\r\nConnection: close\r\n\r\n",
        all()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// All that the server sends before it closes the connection.
async fn whole_answer(address: SocketAddr, token: &str, accept: &str) -> Vec<u8> {
    let mut stream = begin(address, token, accept).await;
    let mut answer = Vec::new();
    let mut some = vec![0; 64 * 1024];
    // A reset, by which a server may break off, ends the answer as well.
    while let Ok(Ok(read @ 1..)) = timeout(PATIENCE, stream.read(&mut some)).await {
        answer.extend_from_slice(&some[..read]);
    }
    answer
}

/// What is wrong with a store.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// It fails before the first rows.
    AtOnce(ErrorKind),
    /// It fails behind that many batches.
    AfterBatches(usize),
    /// It never ends.
    Never,
    /// It finds nothing for longer than a connection may stall.
    Slow,
}

/// A store whose scans go wrong.
struct Faulty {
    fault: Fault,
    rows: Rows,
    /// How many scans run.
    scans: Arc<AtomicUsize>,
}

/// A server with such a store and room for one export, and how many scans
/// run.
fn faulty(fault: Fault) -> (TestServer, Arc<AtomicUsize>) {
    let mut rows = RowBuilder::new(LOG);
    for row in call_rows(0, 10_000, FROM) {
        RowDecoder::new(LOG).decode(row.as_bytes(), &mut rows).unwrap();
    }
    let scans = Arc::new(AtomicUsize::new(0));
    let store: Arc<dyn Store> = Arc::new(Faulty { fault, rows: rows.finish(), scans: Arc::clone(&scans) });
    let limits = |settings: &mut Settings| {
        settings.limits.exports = 1;
        settings.limits.stall_secs = STALL_SECS;
    };
    let server =
        TestServer::builder().settings(limits).engine(StandIn::new(move || Arc::clone(&store))).start();
    (server, scans)
}

impl Store for Faulty {
    trunklog_store_kit::only_pages!();

    fn append(&self, _: &Rows) -> Result<AppendCounts> {
        Err(broken(ErrorKind::Other))
    }

    fn page(&self, _: &PageQuery) -> Result<Page> {
        Err(broken(ErrorKind::Other))
    }

    fn count(&self, _: &Selection, _: Option<Watermark>) -> Result<u64> {
        Err(broken(ErrorKind::Other))
    }

    fn scan(&self, _: &ScanQuery, each: &mut dyn FnMut(Rows) -> ControlFlow<()>) -> Result<()> {
        let (batches, end) = match self.fault {
            Fault::AtOnce(kind) => (0, Err(broken(kind))),
            Fault::AfterBatches(batches) => (batches, Err(broken(ErrorKind::Other))),
            Fault::Never => (usize::MAX, Ok(())),
            Fault::Slow => (1, Ok(())),
        };
        self.scans.fetch_add(1, Ordering::SeqCst);
        let stopped = (0..batches).any(|_| each(self.rows.clone()).is_break());
        if matches!(self.fault, Fault::Slow) {
            std::thread::sleep(Duration::from_millis(2_500 * STALL_SECS));
        }
        self.scans.fetch_sub(1, Ordering::SeqCst);
        if stopped { Ok(()) } else { end }
    }

    fn forget(&self, _: &'static Log, _: Instant) -> Result<u64> {
        Err(broken(ErrorKind::Other))
    }

    fn forgettable(&self, _: &'static Log, _: Instant) -> Result<OldRows> {
        Err(broken(ErrorKind::Other))
    }
}

fn broken(kind: ErrorKind) -> Error {
    Error::new(kind, "the test's store is broken")
}
