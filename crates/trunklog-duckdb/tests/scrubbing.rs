//! What was erased is in no block of the file any more once that is scrubbed.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::Instant;
use trunklog_odata::expr::{Expr, Kind, Literal, Node};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{RowBuilder, Rows, TenantId, TimeRange, Value};
use trunklog_store::cube::{Mend, check_days};
use trunklog_store::{Engine, Erase, Erasure, Selection};
use trunklog_store_kit::cube_settings;

const TENANT: TenantId = TenantId::new(uuid::Uuid::from_u128(1));
const ROWS: u32 = 20_000;

/// Parts of what is stored of two persons, which nothing else has in it.
const NEEDLES: [&str; 4] = ["4930987654321", "zoe.needle@contoso.com", "Zoe Needle", "4944777666555"];

/// Calls of many users, one in hundred of which is one of two persons.
fn calls(first: u32) -> Rows {
    let log = &DIRECT_ROUTING_CALLS;
    let at = |name: &str| log.index_of(name).unwrap();
    let mut rows = RowBuilder::new(log);
    for number in first..first + ROWS {
        let mut values: Vec<Option<Value<'_>>> = vec![None; log.properties.len()];
        let time = Instant::from_unix_secs(1_700_000_000 + i64::from(number) * 60).unwrap();
        values[log.time_index()] = Some(Value::Instant(time));
        let mut set = |name: &str, text: String| values[at(name)] = Some(Value::Text(text.into()));
        let spread = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        set("id", format!("{spread:016x}-{number}"));
        set("callType", "ByotIn".to_owned());
        let (caller, user, name) = match number % 200 {
            17 => (format!("+{}", NEEDLES[0]), NEEDLES[1].to_owned(), NEEDLES[2].to_owned()),
            117 => (format!("+{}", NEEDLES[3]), "user@contoso.com".to_owned(), "A User".to_owned()),
            _ => {
                let (user, name) =
                    (format!("user{}@contoso.com", number % 300), format!("User {}", number % 300));
                (format!("+49{}", spread % 100_000_000_000), user, name)
            }
        };
        set("callerNumber", caller);
        set("userPrincipalName", user);
        set("userDisplayName", name);
        rows.push(&mut values, None).unwrap();
    }
    rows.finish()
}

fn of(property: &str, text: &str) -> Selection {
    let log = &DIRECT_ROUTING_CALLS;
    let property = Box::new(Expr::new(Kind::Text, Node::Property(log.index_of(property).unwrap())));
    let filter = Expr::new(Kind::Bool, Node::In(property, vec![Literal::Text(text.to_owned())]));
    Selection { filter: Some(filter), ..Selection::all(log, TimeRange::ALL) }
}

/// How often each needle is in the files of a folder.
fn found(folder: &Path) -> Vec<usize> {
    let mut bytes = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            bytes.extend(fs::read(path).unwrap());
        }
    }
    let count = |needle: &&str| bytes.windows(needle.len()).filter(|part| *part == needle.as_bytes()).count();
    NEEDLES.iter().map(count).collect()
}

#[test]
fn no_byte_of_what_was_erased_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { memory_mib: 256, threads: 2, cubes: cube_settings(), ..Options::default() };
    let file = folder.path().join("log.duckdb");
    let engine = DuckDbEngine::open(&file, options.clone()).unwrap();
    let store = engine.tenant(TENANT);
    for first in [0, ROWS] {
        store.append(&calls(first)).unwrap();
    }
    engine.tidy().unwrap();
    // Some columns are compressed, so that not every text stands there as it is.
    assert!(found(folder.path()).iter().any(|count| *count > 0), "the test looks for what was stored");

    let each = u64::from(2 * ROWS / 200);
    let rows = Erasure { selection: of("userPrincipalName", NEEDLES[1]), what: Erase::Rows };
    assert_eq!(store.erase(&rows).unwrap(), each);
    let caller = DIRECT_ROUTING_CALLS.index_of("callerNumber").unwrap();
    let number = of("callerNumber", &format!("+{}", NEEDLES[3]));
    let blank = Erasure { selection: number, what: Erase::Properties(vec![caller]) };
    assert_eq!(store.erase(&blank).unwrap(), each);
    engine.scrub().unwrap();
    assert_eq!(found(folder.path()), [0; 4], "in the file after it was scrubbed");

    let all = Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL);
    let left = u64::from(2 * ROWS) - each;
    for _ in 0..2 {
        assert_eq!(store.count(&all, None).unwrap(), left);
        engine.scrub().unwrap();
    }
    let mut different = 0;
    check_days(&*store, &DIRECT_ROUTING_CALLS, Mend::Nothing, &mut |day| {
        different += day.check.different();
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(different, 0, "sums that do not agree with the rows");
    drop((store, engine));
    assert_eq!(found(folder.path()), [0; 4], "after it was closed");
    let engine = DuckDbEngine::open(&file, options).unwrap();
    assert_eq!(engine.tenant(TENANT).count(&all, None).unwrap(), left);
}
