//! GUIDs as requests and tokens write them.

use uuid::Uuid;

/// A GUID in its usual form with hyphens, in any case.
pub(crate) fn guid(text: &str) -> Option<Uuid> {
    const HYPHENATED: usize = 36;
    if text.len() == HYPHENATED { Uuid::try_parse(text).ok() } else { None }
}
