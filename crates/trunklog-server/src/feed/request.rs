//! What is asked of the feed.

use std::sync::Arc;

use http::request::Parts;
use percent_encoding::percent_decode_str;
use trunklog_identity::Principal;
use trunklog_odata::{Error, ErrorKind};

use super::sets::{Set, sets};
use crate::answer::RequestIds;
use crate::app::App;

/// A request of somebody who signed in.
#[derive(Clone, Copy)]
pub(super) struct FeedRequest<'a> {
    pub(super) app: &'a Arc<App>,
    pub(super) parts: &'a Parts,
    pub(super) ids: &'a RequestIds,
    /// The public address of the feed, without a slash at its end.
    pub(super) root: &'a str,
    pub(super) principal: &'a Principal,
}

/// What a path names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Resource {
    ServiceDocument,
    Metadata,
    /// The entities of a set.
    Entities(&'static Set),
    /// How many there are.
    Count(&'static Set),
}

impl Resource {
    /// Doubled slashes and one at the end change nothing.
    ///
    /// # Errors
    /// 404 for what there is not.
    pub(super) fn of(path: &str) -> Result<Resource, Error> {
        let segments: Vec<String> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.get(1..).unwrap_or_default() {
            [] => Ok(Resource::ServiceDocument),
            ["$metadata"] => Ok(Resource::Metadata),
            [name] => set_of(name).map(Resource::Entities),
            [name, "$count"] => set_of(name).map(Resource::Count),
            [name, ..] => {
                set_of(name)?;
                Err(not_found().hint("a set has no paths below it but $count"))
            }
        }
    }
}

fn set_of(name: &str) -> Result<&'static Set, Error> {
    let (bare, key) = name.split_once('(').map_or((name, None), |(bare, key)| (bare, Some(key)));
    let Some(set) = sets().iter().find(|set| set.name == bare) else {
        let names: Vec<&str> = sets().iter().map(|set| set.name).collect();
        return Err(not_found().hint(format!("the sets are {}", names.join(", "))));
    };
    if key.is_some() {
        let hint = "entities are not read by their key: filter for it, such as $filter=id eq '…'";
        return Err(not_found().hint(hint));
    }
    Ok(set)
}

fn not_found() -> Error {
    Error::new(ErrorKind::NotFound, "Resource not found.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_what_there_is() {
        let of = |path| match Resource::of(path) {
            Ok(Resource::ServiceDocument) => "service".to_owned(),
            Ok(Resource::Metadata) => "metadata".to_owned(),
            Ok(Resource::Entities(set)) => set.name.to_owned(),
            Ok(Resource::Count(set)) => format!("count of {}", set.name),
            Err(error) => error.kind().status().to_string(),
        };
        for (path, expected) in [
            ("/odata", "service"),
            ("/odata/", "service"),
            ("/odata/$metadata", "metadata"),
            ("/odata/%24metadata/", "metadata"),
            ("/odata/calls", "calls"),
            ("//odata//users/", "users"),
            ("/odata/calls/$count", "count of calls"),
            ("/odata/calls/count", "404"),
            ("/odata/Calls", "404"),
            ("/odata/calls('a')", "404"),
            ("/odata/callRecords", "404"),
            ("/odata/%ff", "404"),
        ] {
            assert_eq!(of(path), expected, "{path}");
        }
    }
}
