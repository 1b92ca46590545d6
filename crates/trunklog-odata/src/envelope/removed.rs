//! What is no longer in a collection whose changes are followed.

use crate::{Instant, json};

/// Appends an object that stands for a row which is no longer there: what tells
/// it apart, its id and, where rows show it, its time with that property's name;
/// and why it is gone, `changed` or `deleted`.
///
/// The form is that of OData 4.01 (JSON Format, section 15.3), which Graph sends
/// to clients of 4.0, too. The rows are no entities, so there is no `@odata.id`.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_odata::envelope::write_removed;
///
/// let time = Instant::from_date(2026, 11, 1).unwrap();
/// let mut out = Vec::new();
/// write_removed("a", Some(("sentDateTime", time)), "deleted", &mut out);
/// let json = br#"{"@removed":{"reason":"deleted"},"id":"a","sentDateTime":"2026-11-01T00:00:00Z"}"#;
/// assert_eq!(out, json);
/// ```
pub fn write_removed(id: &str, time: Option<(&str, Instant)>, reason: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"@removed\":{\"reason\":");
    json::write_string(reason, out);
    out.extend_from_slice(b"},\"id\":");
    json::write_string(id, out);
    if let Some((name, time)) = time {
        out.push(b',');
        json::write_string(name, out);
        out.extend_from_slice(b":\"");
        time.write(out);
        out.push(b'"');
    }
    out.push(b'}');
}
