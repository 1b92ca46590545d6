//! Files of rejected records: whatever is in one, its records are counted once each,
//! and where a read ends changes nothing.

#![no_main]

use std::io::{self, Read};

use libfuzzer_sys::fuzz_target;
use trunklog_sources::rejected::RejectedContents;

fuzz_target!(|input: &[u8]| {
    let contents = RejectedContents::read(input).expect("memory has no read errors");
    assert!(contents.replayable <= contents.records);
    assert!(contents.records <= input.split(|byte| *byte == b'\n').count() as u64);
    assert_eq!(contents.reasons.values().sum::<u64>(), contents.records);
    assert_eq!(contents.sources.values().sum::<u64>(), contents.records);
    let trickled = RejectedContents::read(Trickle(input)).expect("memory has no read errors");
    assert_eq!(trickled, contents);
});

/// A reader that gives one to seven bytes at a time.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = (self.0.len() % 7 + 1).min(self.0.len()).min(out.len());
        let (now, later) = self.0.split_at(len);
        out[..len].copy_from_slice(now);
        self.0 = later;
        Ok(len)
    }
}
