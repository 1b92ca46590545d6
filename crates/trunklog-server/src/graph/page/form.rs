//! What a page shows, and what it is when it is made.

use trunklog_odata::Version;
use trunklog_odata::envelope::{JsonFormat, context_url};
use trunklog_records::Log;

use crate::coding::Content;

/// What is shown of a row, and how.
pub(in crate::graph) struct RowForm {
    /// The indices of the properties in their order; the one after the last
    /// property means the unknown ones.
    pub(in crate::graph) layout: Vec<usize>,
    /// Whether the client chose them.
    pub(in crate::graph) selected: bool,
    pub(in crate::graph) format: JsonFormat,
}

/// A page as it goes to the client.
#[derive(Default)]
pub(in crate::graph) struct Page {
    pub(in crate::graph) content: Content,
    pub(in crate::graph) rows: usize,
}

impl RowForm {
    /// The URL that says what the rows are.
    pub(super) fn context(&self, root: &str, version: Version, log: &Log) -> String {
        let names: Vec<&str> = self
            .layout
            .iter()
            .filter_map(|at| log.properties.get(*at))
            .map(|property| property.name)
            .collect();
        context_url(root, version, log.row_type, self.selected.then_some(names.as_slice()))
    }
}
