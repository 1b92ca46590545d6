//! The document of a batch: what is read of it keeps all promises on which its
//! items are answered.

#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use trunklog_odata::batch::{Batch, MAX_ITEMS, Target};

fuzz_target!(|input: &[u8]| {
    let Ok(batch) = Batch::parse(input) else { return };
    let items = &batch.items;
    assert!((1..=MAX_ITEMS).contains(&items.len()));
    let ids: HashSet<String> = items.iter().map(|item| item.id.to_lowercase()).collect();
    assert_eq!(ids.len(), items.len(), "ids differ in more than letter case");

    let mut settled = vec![false; items.len()];
    for _ in items {
        for (at, item) in items.iter().enumerate() {
            assert!(!item.id.is_empty());
            settled[at] |= item.after.iter().all(|&before| settled[before]);
        }
    }
    assert!(!settled.contains(&false), "every item is answered some time");

    for item in items {
        let text = match &item.target {
            Target::Relative(rest) => {
                assert!(!rest.starts_with('/'));
                rest
            }
            Target::Absolute { host, path } => {
                assert!(path.starts_with('/') && !host.contains(['/', '?', '#']));
                path
            }
        };
        assert!(text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte)));
        // Reading a link again gives the same one.
        if let Target::Relative(rest) = &item.target {
            assert_eq!(Target::parse(&format!("/{rest}")), item.target);
        }
    }
});
