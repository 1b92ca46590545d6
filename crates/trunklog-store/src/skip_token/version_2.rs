//! Tokens of version 2 named properties by their places. They are still read,
//! since a walk lasts as long as its client likes.

use crate::fingerprint::Fingerprint;
use crate::selection::Selection;

/// The layout's number.
pub(super) const VERSION: u8 = 2;

/// A number that differs between walks.
pub(super) fn walk(selection: &Selection) -> u64 {
    const PLAIN: &str = "expressions are plain data, and the hash takes any bytes";
    let mut hash = Fingerprint::new();
    hash.bytes(selection.log.name.as_bytes());
    hash.bytes(&selection.range.from().ticks().to_be_bytes());
    hash.bytes(&selection.range.end().ticks().to_be_bytes());
    // The one is an object in JSON and the other an array, so neither can be
    // taken for the other.
    if let Some(filter) = &selection.filter {
        serde_json::to_writer(&mut hash, filter).expect(PLAIN);
    }
    if !selection.order.is_empty() {
        serde_json::to_writer(&mut hash, &selection.order).expect(PLAIN);
    }
    hash.value()
}
