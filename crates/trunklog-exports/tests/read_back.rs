//! Each form is read back by a reader that is not ours.

use arrow::array::{Array, AsArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Decimal128Type, Int32Type, SchemaRef, TimeUnit, TimestampMicrosecondType};
use arrow::ipc::reader::StreamReader;
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use serde_json::Value as Json;
use trunklog_exports::{Format, encoder};
use trunklog_odata::{Instant, Version};
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::{LOGS, PSTN_CALLS, SMS};
use trunklog_records::{Log, RowBuilder, Rows, Value};

/// The rows of a Parquet row group.
const GROUP_ROWS: usize = 122_880;

const PSTN_ROWS: [&str; 3] = [
    r#"{"id":"a","callId":"call \"1\"","startDateTime":"2019-11-01T01:48:48.7950838Z","endDateTime":"0001-01-01T00:00:00Z","duration":7,"charge":0.00,"connectionCharge":-12.83000000005,"callerNumber":"+49, 30","destinationName":"two\nlines","callDurationSource":"microsoft","administrativeUnitInfos":[{"id":"north"},{"id":"south"}],"newThing":{"a":"b,\"c"}}"#,
    r#"{"id":"b","callId":"","startDateTime":"1969-12-31T23:59:59.9999999Z","administrativeUnitInfos":[]}"#,
    r#"{"id":"c","startDateTime":"2019-11-01T01:48:49Z","charge":99999999999999999999999999999,"administrativeUnitInfos":[{"id":null},{}]}"#,
];

fn decode(log: &'static Log, rows: &[&str]) -> Rows {
    let mut builder = RowBuilder::new(log);
    for row in rows {
        RowDecoder::new(log).decode(row.as_bytes(), &mut builder).unwrap();
    }
    builder.finish()
}

/// All properties of beta, and the unknown ones.
fn everything(log: &'static Log) -> Vec<usize> {
    let mut layout = log.layout(Version::Beta);
    layout.push(log.properties.len());
    layout
}

fn export(format: Format, log: &'static Log, layout: &[usize], batches: &[Rows]) -> Vec<u8> {
    let mut encoder = encoder(format, log, layout);
    let mut out = Vec::new();
    encoder.begin(&mut out).unwrap();
    for batch in batches {
        encoder.rows(batch, &mut out).unwrap();
    }
    encoder.finish(&mut out).unwrap();
    out
}

fn read_arrow(bytes: &[u8]) -> RecordBatch {
    let reader = StreamReader::try_new(bytes, None).unwrap();
    let schema = reader.schema();
    joined(schema, reader.map(Result::unwrap))
}

fn read_parquet(bytes: Vec<u8>) -> RecordBatch {
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).unwrap();
    let schema = reader.schema().clone();
    joined(schema, reader.build().unwrap().map(Result::unwrap))
}

fn joined(schema: SchemaRef, batches: impl Iterator<Item = RecordBatch>) -> RecordBatch {
    let batches: Vec<RecordBatch> = batches.collect();
    concat_batches(&schema, &batches).unwrap()
}

fn read_csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn arrow_has_values_of_the_properties_types() {
    let rows = decode(&PSTN_CALLS, &PSTN_ROWS);
    let batch = read_arrow(&export(Format::Arrow, &PSTN_CALLS, &everything(&PSTN_CALLS), &[rows]));
    let column = |name: &str| batch.column_by_name(name).unwrap();
    let start = column("startDateTime");
    assert_eq!(start.data_type(), &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
    let start = start.as_primitive::<TimestampMicrosecondType>();
    // The seventh digit is cut off, toward the past.
    assert_eq!(start.values(), &[1_572_572_928_795_083, -1, 1_572_572_929_000_000]);
    let end = column("endDateTime").as_primitive::<TimestampMicrosecondType>();
    assert_eq!(end.iter().collect::<Vec<_>>(), [Some(-62_135_596_800_000_000), None, None]);
    let charge = column("charge");
    assert_eq!(charge.data_type(), &DataType::Decimal128(38, 10));
    let charge = charge.as_primitive::<Decimal128Type>();
    assert_eq!(charge.iter().collect::<Vec<_>>(), [Some(0), None, None]);
    let connection = column("connectionCharge").as_primitive::<Decimal128Type>();
    assert_eq!(connection.value(0), -128_300_000_001);
    assert_eq!(column("duration").as_primitive::<Int32Type>().iter().next().unwrap(), Some(7));
    assert_eq!(column("callDurationSource").as_string::<i32>().value(0), "microsoft");
    let unknown = column("dynamicProperties").as_string::<i32>();
    assert_eq!(unknown.value(0), r#"{"newThing":{"a":"b,\"c"}}"#);
    assert!(unknown.is_null(1));

    let units = column("administrativeUnitInfos").as_list::<i32>();
    assert_eq!([0, 1, 2].map(|row| units.value_length(row)), [2, 0, 2]);
    assert_eq!(units.null_count(), 0);
    let ids = units.values().as_struct().column_by_name("id").unwrap().as_string::<i32>();
    assert_eq!(ids.iter().collect::<Vec<_>>(), [Some("north"), Some("south"), None, None]);

    assert_eq!(batch.schema().metadata()["trunklog.log"], "pstnCalls");
    assert_eq!(batch.schema().metadata()["trunklog.rowType"], "pstnCallLogRow");
}

#[test]
fn csv_for_people_says_its_encoding_and_calculates_nothing() {
    let texts = ["=1+1", "@x", "+cmd|' /C calc'!A0", "Ünal", "+4930123456", "", "a\"b"];
    let rows: Vec<String> = (0..)
        .zip(texts)
        .map(|(at, text)| {
            serde_json::json!({
                "id": format!("{at}"), "startDateTime": "2026-11-24T08:00:00Z", "charge": -1.5,
                "userDisplayName": text,
            })
            .to_string()
        })
        .collect();
    let rows = decode(&PSTN_CALLS, &rows.iter().map(String::as_str).collect::<Vec<_>>());
    let layout: Vec<usize> =
        ["userDisplayName", "charge"].map(|name| PSTN_CALLS.index_of(name).unwrap()).to_vec();
    let people = export(Format::CsvForPeople, &PSTN_CALLS, &layout, &[rows.clone()]);
    let programs = export(Format::Csv, &PSTN_CALLS, &layout, &[rows]);
    let people = people.strip_prefix(b"\xef\xbb\xbf").unwrap();
    assert!(programs.starts_with(b"userDisplayName,charge\n=1+1,-1.5\n"));
    let (people, programs) = (read_csv(people), read_csv(&programs));
    assert_eq!(people.len(), programs.len());
    for (people, programs) in people.iter().zip(&programs) {
        let hidden = ["=1+1", "@x", "+cmd|' /C calc'!A0"].contains(&programs[0].as_str());
        let quote = if hidden { "'" } else { "" };
        assert_eq!(people[0], format!("{quote}{}", programs[0]));
        assert_eq!(people[1], programs[1]);
    }
}

#[test]
fn csv_for_people_is_safe_wherever_it_is_cut() {
    let row = serde_json::json!({
        "id": "a", "startDateTime": "2026-11-24T08:00:00Z", "userDisplayName": "Ada;=1+1",
        "destinationName": "tab\tbed", "newThing": "x;=cmd|'/C calc'!A0",
    });
    let rows = decode(&PSTN_CALLS, &[&row.to_string()]);
    let mut layout: Vec<usize> =
        ["userDisplayName", "destinationName"].map(|name| PSTN_CALLS.index_of(name).unwrap()).to_vec();
    layout.push(PSTN_CALLS.properties.len());
    let people = export(Format::CsvForPeople, &PSTN_CALLS, &layout, &[rows]);
    let text = String::from_utf8(people).unwrap();
    let (_, line) = text.split_once('\n').unwrap();
    let expected = "\"Ada;'=1+1\",\"tab\tbed\",\"{\"\"newThing\"\":\"\"x;'=cmd|'/C calc'!A0\"\"}\"\n";
    assert_eq!(line, expected);
}

#[test]
fn parquet_holds_what_arrow_holds() {
    for log in LOGS {
        let time = log.time;
        let row = format!(r#"{{"id":"a","{time}":"2026-11-24T08:00:00.1234567Z","userId":"u"}}"#);
        let mut batches = vec![decode(log, &[&row])];
        if log == &PSTN_CALLS {
            batches.push(decode(log, &PSTN_ROWS));
        }
        let layout = everything(log);
        let arrow = read_arrow(&export(Format::Arrow, log, &layout, &batches));
        let parquet = read_parquet(export(Format::Parquet, log, &layout, &batches));
        assert_eq!(parquet.columns(), arrow.columns(), "{}", log.name);
        assert_eq!(parquet.schema().fields(), arrow.schema().fields(), "{}", log.name);
        assert_eq!(parquet.schema().metadata()["trunklog.log"], log.name);
    }
}

#[test]
fn long_files_have_row_groups_of_one_size() {
    let mut builder = RowBuilder::new(&SMS);
    let time = Instant::parse("2026-11-24T08:00:00Z").unwrap();
    for at in 0..50_000_i64 {
        let mut values = vec![None; SMS.properties.len()];
        values[SMS.id_index()] = Some(Value::Text(format!("message {at}").into()));
        values[SMS.time_index()] = Some(Value::Instant(time.saturating_add_ticks(at)));
        values[SMS.index_of("userId").unwrap()] = Some(Value::Text(format!("user {}", at % 7).into()));
        builder.push(&mut values, None).unwrap();
    }
    let rows = builder.finish();
    let batches = [rows.clone(), rows.slice(0, 10), rows.clone(), rows.clone()];
    let bytes = export(Format::Parquet, &SMS, &everything(&SMS), &batches);
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes.clone())).unwrap();
    let groups: Vec<i64> = reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(groups.iter().sum::<i64>(), 150_010);
    assert_eq!(usize::try_from(groups[0]).unwrap(), GROUP_ROWS);
    assert_eq!(groups.len(), 2);

    let read = read_parquet(bytes);
    let ids = read.column_by_name("id").unwrap().as_string::<i32>();
    let users = read.column_by_name("userId").unwrap().as_string::<i32>();
    let expected = (0..50_000).chain(0..10).chain(0..50_000).chain(0..50_000);
    for (row, at) in expected.enumerate() {
        assert_eq!(ids.value(row), format!("message {at}"));
        assert_eq!(users.value(row), format!("user {}", at % 7));
    }
}

#[test]
fn an_unfinished_parquet_file_cannot_be_read() {
    let rows = decode(&PSTN_CALLS, &PSTN_ROWS);
    let layout = everything(&PSTN_CALLS);
    let whole = export(Format::Parquet, &PSTN_CALLS, &layout, &[rows.clone()]);
    for cut in [0, 4, whole.len() / 2, whole.len() - 8, whole.len() - 1] {
        let part = Bytes::copy_from_slice(&whole[..cut]);
        assert!(ParquetRecordBatchReaderBuilder::try_new(part).is_err(), "cut at {cut}");
    }
    let mut encoder = encoder(Format::Parquet, &PSTN_CALLS, &layout);
    let mut out = Vec::new();
    encoder.begin(&mut out).unwrap();
    encoder.rows(&rows, &mut out).unwrap();
    assert!(ParquetRecordBatchReaderBuilder::try_new(Bytes::from(out)).is_err());
}

#[test]
fn an_unfinished_arrow_stream_lacks_its_end_mark() {
    const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
    let rows = decode(&PSTN_CALLS, &PSTN_ROWS);
    let mut encoder = encoder(Format::Arrow, &PSTN_CALLS, &everything(&PSTN_CALLS));
    let mut out = Vec::new();
    encoder.begin(&mut out).unwrap();
    encoder.rows(&rows, &mut out).unwrap();
    assert!(!out.ends_with(&END));
    let cut = &out[..out.len() - 1];
    assert!(StreamReader::try_new(cut, None).unwrap().any(|batch| batch.is_err()));
    encoder.finish(&mut out).unwrap();
    assert!(out.ends_with(&END));
}

#[test]
fn csv_quotes_what_needs_it_and_tells_null_from_nothing() {
    let rows = decode(&PSTN_CALLS, &PSTN_ROWS);
    let at = |name: &str| PSTN_CALLS.index_of(name).unwrap();
    let unknown = PSTN_CALLS.properties.len();
    let layout = [
        at("callId"),
        at("startDateTime"),
        at("duration"),
        at("charge"),
        at("callerNumber"),
        at("destinationName"),
        at("administrativeUnitInfos"),
        unknown,
    ];
    let out = export(Format::Csv, &PSTN_CALLS, &layout, &[rows.clone()]);
    let expected = r#"callId,startDateTime,duration,charge,callerNumber,destinationName,administrativeUnitInfos,dynamicProperties
"call ""1""",2019-11-01T01:48:48.7950838Z,7,0.00,"+49, 30","two
lines","[{""id"":""north""},{""id"":""south""}]","{""newThing"":{""a"":""b,\""c""}}"
"",1969-12-31T23:59:59.9999999Z,,,,,[],
,2019-11-01T01:48:49Z,,99999999999999999999999999999,,,"[{""id"":null},{}]",
"#;
    assert_eq!(String::from_utf8(out).unwrap(), expected);
    let alone = export(Format::Csv, &PSTN_CALLS, &[at("callId")], &[rows]);
    assert_eq!(String::from_utf8(alone).unwrap(), "callId\n\"call \"\"1\"\"\"\n\"\"\n\"\"\n");
}

#[test]
fn ndjson_has_unknown_properties_where_they_are_asked_for() {
    let rows = decode(&PSTN_CALLS, &PSTN_ROWS);
    let out = export(Format::Ndjson, &PSTN_CALLS, &everything(&PSTN_CALLS), &[rows.clone(), rows.clone()]);
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 6);
    assert!(text.ends_with("}\n") && text.contains(r#""charge":0.00,"#), "{text}");
    assert_eq!(lines[3]["newThing"]["a"], "b,\"c");
    assert_eq!(lines[4]["charge"], Json::Null);
    let out = export(Format::Ndjson, &PSTN_CALLS, &[PSTN_CALLS.id_index()], &[rows]);
    assert_eq!(String::from_utf8(out).unwrap(), "{\"id\":\"a\"}\n{\"id\":\"b\"}\n{\"id\":\"c\"}\n");
}

#[test]
fn an_export_without_rows_is_complete() {
    let layout = everything(&SMS);
    let empty = RowBuilder::new(&SMS).finish();
    for batches in [vec![], vec![empty]] {
        let header = read_csv(&export(Format::Csv, &SMS, &layout, &batches));
        assert_eq!((header.len(), header[0].len()), (1, layout.len()));
        assert!(export(Format::Ndjson, &SMS, &layout, &batches).is_empty());
        let arrow = read_arrow(&export(Format::Arrow, &SMS, &layout, &batches));
        assert_eq!((arrow.num_rows(), arrow.num_columns()), (0, layout.len()));
        let parquet = read_parquet(export(Format::Parquet, &SMS, &layout, &batches));
        assert_eq!((parquet.num_rows(), parquet.num_columns()), (0, layout.len()));
    }
}

proptest! {
    #[test]
    fn any_text_comes_back(texts in prop::collection::vec(any::<Option<String>>(), 1..20)) {
        let user = SMS.index_of("userDisplayName").unwrap();
        let mut builder = RowBuilder::new(&SMS);
        for (at, text) in texts.iter().enumerate() {
            let mut values = vec![None; SMS.properties.len()];
            values[SMS.id_index()] = Some(Value::Text(at.to_string().into()));
            values[SMS.time_index()] = Some(Value::Instant(Instant::ABSENT));
            values[user] = text.as_deref().map(|text| Value::Text(text.into()));
            builder.push(&mut values, None).unwrap();
        }
        let rows = [builder.finish()];
        let layout = [SMS.id_index(), user];

        let records = read_csv(&export(Format::Csv, &SMS, &layout, &rows));
        let read: Vec<&str> = records[1..].iter().map(|record| record[1].as_str()).collect();
        let expected: Vec<&str> = texts.iter().map(|text| text.as_deref().unwrap_or_default()).collect();
        prop_assert_eq!(read, expected);

        let lines = String::from_utf8(export(Format::Ndjson, &SMS, &layout, &rows)).unwrap();
        let lines = lines.split_terminator('\n').map(|line| serde_json::from_str::<Json>(line).unwrap());
        let read: Vec<Option<String>> =
            lines.map(|line| line["userDisplayName"].as_str().map(str::to_owned)).collect();
        prop_assert_eq!(&read, &texts);

        for batch in [
            read_arrow(&export(Format::Arrow, &SMS, &layout, &rows)),
            read_parquet(export(Format::Parquet, &SMS, &layout, &rows)),
        ] {
            let column = batch.column(1).as_string::<i32>();
            let read: Vec<Option<String>> = column.iter().map(|text| text.map(str::to_owned)).collect();
            prop_assert_eq!(&read, &texts);
        }
    }
}
