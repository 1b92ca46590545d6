//! What is asked of Graph.

use std::sync::Arc;

use http::request::Parts;
use trunklog_odata::Version;

use crate::answer::RequestIds;
use crate::app::App;

/// A request to one version of the API.
#[derive(Clone, Copy)]
pub(super) struct ApiRequest<'a> {
    pub(super) app: &'a Arc<App>,
    pub(super) parts: &'a Parts,
    pub(super) ids: &'a RequestIds,
    pub(super) version: Version,
    /// The path after the version, without a leading slash.
    pub(super) rest: &'a str,
    /// The public address, without a slash at its end.
    pub(super) root: &'a str,
}

/// Marks a request as an item of a batch. The answers to all items are held at
/// once, so that none has a page larger than usual.
#[derive(Debug, Clone, Copy)]
pub(super) struct InBatch;

/// What a path after the version names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    ServiceDocument,
    Metadata,
    Batch,
    /// A function, or nothing at all.
    Function,
}

impl Resource {
    pub(super) fn of(rest: &str) -> Resource {
        const NAMED: [(&str, Resource); 3] =
            [("", Resource::ServiceDocument), ("$metadata", Resource::Metadata), ("$batch", Resource::Batch)];
        let name = rest.trim_end_matches('/').replace("%24", "$");
        NAMED
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(&name))
            .map_or(Resource::Function, |(_, resource)| resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_named_in_any_case_and_with_a_slash_at_the_end() {
        for (rest, resource) in [
            ("", Resource::ServiceDocument),
            ("/", Resource::ServiceDocument),
            ("$metadata", Resource::Metadata),
            ("%24Metadata/", Resource::Metadata),
            ("$BATCH", Resource::Batch),
            ("communications/callRecords", Resource::Function),
            ("$batches", Resource::Function),
        ] {
            assert_eq!(Resource::of(rest), resource, "{rest}");
        }
    }
}
