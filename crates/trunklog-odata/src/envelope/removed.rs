//! What is no longer in a collection whose changes are followed.

use crate::json;

/// Appends an object that stands for a row which is no longer there: its id,
/// and why, `changed` or `deleted`.
///
/// The form is that of OData 4.01 (JSON Format, section 15.3), which Graph sends
/// to clients of 4.0, too. The rows are no entities, so there is no `@odata.id`:
/// what tells them apart is their `id`, a property.
///
/// ```
/// use trunklog_odata::envelope::write_removed;
///
/// let mut out = Vec::new();
/// write_removed("a", "deleted", &mut out);
/// assert_eq!(out, br#"{"@removed":{"reason":"deleted"},"id":"a"}"#);
/// ```
pub fn write_removed(id: &str, reason: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"@removed\":{\"reason\":");
    json::write_string(reason, out);
    out.extend_from_slice(b"},\"id\":");
    json::write_string(id, out);
    out.push(b'}');
}
