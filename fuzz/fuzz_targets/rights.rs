//! Who was erased, what is held and closed, as files and states have it, and numbers
//! however they are written.
//!
//! The input is a file, a number or a name. Each of its lines may also be a state: its
//! name, a tab, and its value.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklog_records::TenantId;
use trunklog_rights::{ErasedList, Hold, ListedEntry, Person, closed, entries, holds, number};
use trunklog_store::Engine;
use trunklog_store_kit::MemoryEngine;

/// More digits nobody dials.
const MOST_DIGITS: usize = 24;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(listed) = ErasedList::parse(text) {
        let json =
            |entry: &ListedEntry| serde_json::to_string(entry).expect("an entry can be written") + "\n";
        let lines: String = listed.iter().map(json).collect();
        assert_eq!(ErasedList::parse(&lines), Ok(listed));
    }
    if let Some(digits) = number::digits(text) {
        assert!(digits.len() <= MOST_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(!number::may_be(text, &digits), "nothing of it is hidden");
    }
    for person in [Person::user(text), Person::number(text)].into_iter().flatten() {
        assert_eq!(person.known_by(), 1);
        let _ = person.to_string();
    }
    let tenant: TenantId = "7e570000-0000-4000-8000-000000000001".parse().expect("it is a tenant");
    let engine = MemoryEngine::new();
    for (name, value) in text.lines().filter_map(|line| line.split_once('\t')) {
        // One may be too long, or come twice.
        let _ = engine.exchange_state(name, None, Some(value));
        if let Ok(hold) = serde_json::from_str::<Hold>(value) {
            let _ = hold.check();
        }
    }
    entries(&engine).expect("what is no entry is none");
    closed::all_closed(&engine).expect("what is nothing of ours is left out");
    // What cannot be read holds all the same.
    let _ = holds(&engine, tenant);
});
