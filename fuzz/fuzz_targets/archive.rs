//! Zip archives: whatever they claim, what comes out is bounded, and reading it twice
//! gives the same.

#![no_main]

use std::io::{Cursor, Read};

use libfuzzer_sys::fuzz_target;
use trunklog_sources::archive::{Archive, is_archive};
use trunklog_sources::input::Input;

/// What may come out of any archive, and how many times its size.
const ALWAYS: usize = 16 * 1024 * 1024;
const RATIO: usize = 200;

fuzz_target!(|input: &[u8]| {
    let _ = is_archive(input);
    let Ok(mut stream) = Input::new("input", Cursor::new(input.to_vec())) else { return };
    let Ok(archive) = Archive::open(&mut stream) else { return };
    let once = contents(&archive);
    assert_eq!(once.len(), archive.len());
    let all: usize = once.iter().flatten().map(|(_, len)| len).sum();
    // What is gzip in an archive, or UTF-16, is unpacked further.
    assert!(all <= ALWAYS.max(RATIO * input.len()) * 1_100);
});

/// The name and the length of each file; None for one that cannot be read.
fn contents(archive: &Archive) -> Vec<Option<(String, usize)>> {
    let read = |opened: Result<Input, _>| {
        let mut input = opened.ok()?;
        let name = input.name().to_owned();
        let (mut len, mut buffer) = (0, [0; 4_096]);
        loop {
            match input.read(&mut buffer) {
                Ok(0) => return Some((name, len)),
                // A small part of a bomb is enough here.
                Ok(_) if len > 1024 * 1024 => return Some((name, len)),
                Ok(read) => len += read,
                Err(_) => return None,
            }
        }
    };
    archive.inputs().map(read).collect()
}
