//! What an answer says of the preferences that it follows.

use http::header::VARY;
use http::{HeaderMap, HeaderValue};
use trunklog_exports::Format;

use crate::graph::accept::{PREFER, PREFERENCE_APPLIED};

/// The preferences in a header that an answer follows.
#[derive(Debug, Clone, Copy)]
pub(super) struct AppliedPreferences {
    pub(super) page_rows: Option<u32>,
    pub(super) changes: bool,
}

impl AppliedPreferences {
    /// Says so, if there are any.
    pub(super) fn add_to(self, headers: &mut HeaderMap) {
        let rows = self.page_rows.map(|rows| format!("odata.maxpagesize={rows}"));
        let changes = self.changes.then(|| "odata.track-changes".to_owned());
        let all: Vec<String> = rows.into_iter().chain(changes).collect();
        if let (false, Ok(all)) = (all.is_empty(), HeaderValue::try_from(all.join(", "))) {
            headers.insert(PREFERENCE_APPLIED, all);
        }
    }

    /// The same for an export: in the only format that follows any.
    pub(super) fn add_to_export(self, format: Format, headers: &mut HeaderMap) {
        if format == Format::Ndjson {
            self.add_to(headers);
            headers.append(VARY, HeaderValue::from_name(PREFER));
        }
    }
}
