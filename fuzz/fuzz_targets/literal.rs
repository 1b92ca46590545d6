//! Timestamps: what is read, printed and read again is the same instant.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklog_odata::{Instant, date_time_offset};

fuzz_target!(|input: &[u8]| {
    if let Ok(ticks) = <[u8; 8]>::try_from(input)
        && let Ok(instant) = Instant::from_ticks(i64::from_le_bytes(ticks))
    {
        print_and_read(instant);
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    let parsed = Instant::parse(text);
    if let Ok(instant) = parsed {
        print_and_read(instant);
    }
    match (date_time_offset(text, 0, text), parsed) {
        (Ok(literal), Ok(parsed)) => assert_eq!(literal, parsed),
        (Err(error), Ok(_)) => panic!("{text:?} is an instant but no literal: {}", error.message()),
        (Ok(literal), Err(_)) => print_and_read(literal),
        // The error names the text it is about, and no more than that.
        (Err(error), Err(_)) => assert!(error.message().len() <= 300 + 2 * text.len()),
    }
});

fn print_and_read(instant: Instant) {
    let text = instant.to_string();
    assert_eq!(Instant::parse(&text), Ok(instant));
    assert_eq!(date_time_offset(&text, 0, &text).ok(), Some(instant));
    let mut written = Vec::new();
    instant.write(&mut written);
    assert_eq!(written, text.as_bytes());
}
