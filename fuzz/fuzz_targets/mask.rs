//! Masks: of a text only digits change, and only once; JSON stays JSON.
//!
//! The input is a text that may hold a number, and the members of a JSON object
//! that a log does not know.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value as Json};
use trunklog_odata::{Instant, Version};
use trunklog_records::json::RowEncoder;
use trunklog_records::masking::{Mask, masked};
use trunklog_records::schema::PSTN_BLOCKED_USERS;
use trunklog_records::{RowBuilder, Value};

const DIGITS: u8 = 3;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let seen = masked(text, DIGITS);
    assert!(seen.len() <= text.len());
    assert_eq!(masked(&seen, DIGITS), seen, "masked again");
    if seen != text {
        assert!(seen.matches('*').count() > text.matches('*').count() || text.contains('%'));
    }

    let log = &PSTN_BLOCKED_USERS;
    let mut values = vec![None; log.properties.len()];
    values[log.time_index()] = Some(Value::Instant(Instant::ABSENT));
    let mut rows = RowBuilder::new(log);
    rows.push(&mut values, Some(text)).expect("the row has a time");
    let rows = Mask::hiding(DIGITS).rows(rows.finish());
    if !text.trim().is_empty() && serde_json::from_str::<Map<String, Json>>(&format!("{{{text}}}")).is_ok() {
        let mut json = Vec::new();
        RowEncoder::new(log, Version::Beta).encode(&rows, &mut json);
        serde_json::from_slice::<Json>(&json).expect("masked JSON is JSON");
    }
});
