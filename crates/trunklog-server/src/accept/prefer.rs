//! How large a client would like its pages, and whether it wants to follow what
//! changes. Source: RFC 7240 for the header, OData 4.01 Protocol, sections 8.2.8.5
//! and 8.2.8.8, for the preferences.

use http::{HeaderMap, HeaderName};

use super::list;

/// Names the preferences that an answer follows.
pub(crate) const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Where clients say it.
pub(crate) const PREFER: HeaderName = HeaderName::from_static("prefer");

const PAGE_SIZE: [&str; 2] = ["odata.maxpagesize", "maxpagesize"];

const TRACK_CHANGES: [&str; 2] = ["odata.track-changes", "track-changes"];

/// The most rows that the client wants in a page; of several wishes the first
/// counts. None when it did not say so, or not in whole numbers above zero.
pub(crate) fn max_page_size(headers: &HeaderMap) -> Option<u32> {
    preferences(headers)
        .find(|(name, _)| PAGE_SIZE.contains(&name.as_str()))
        .and_then(|(_, value)| page_size(&value))
}

/// Whether the client wants a link to what changes after its walk. The
/// preference has no value.
pub(crate) fn tracks_changes(headers: &HeaderMap) -> bool {
    preferences(headers).any(|(name, value)| TRACK_CHANGES.contains(&name.as_str()) && value.is_empty())
}

/// The preferences with their values.
fn preferences(headers: &HeaderMap) -> impl Iterator<Item = (String, String)> {
    headers
        .get_all(PREFER)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| list::items(value, ','))
        .filter_map(|preference| list::items(preference, ';').next())
        .map(list::parameter)
}

/// A page size as clients write it.
pub(crate) fn page_size(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let size = text.parse::<u64>().ok().filter(|size| is_number && *size > 0)?;
    Some(u32::try_from(size).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (PREFER, HeaderValue::from_static(value))).collect()
    }

    fn size(values: &[&'static str]) -> Option<u32> {
        max_page_size(&headers(values))
    }

    #[test]
    fn changes_are_wanted_by_either_name() {
        for values in [
            &["odata.track-changes"][..],
            &["Track-Changes"],
            &["return=minimal, odata.track-changes, odata.maxpagesize=5"],
            &["respond-async", "odata.track-changes;foo=bar"],
            &["track-changes=\"\""],
        ] {
            assert!(tracks_changes(&headers(values)), "{values:?}");
        }
        for values in [
            &["track"][..],
            &[],
            &["odata.track-changes=false"],
            &["x;track-changes"],
            &["x=\"track-changes\""],
        ] {
            assert!(!tracks_changes(&headers(values)), "{values:?}");
        }
    }

    #[test]
    fn the_preference_is_found_among_others() {
        for values in [
            &["odata.maxpagesize=50"][..],
            &["MaxPageSize=50"],
            &["odata.maxpagesize=\"50\""],
            &["respond-async, wait=\"1,2\"; x=y , odata.maxpagesize = 50;foo=bar"],
            &["return=minimal", "odata.maxpagesize=50, odata.maxpagesize=60"],
        ] {
            assert_eq!(size(values), Some(50), "{values:?}");
        }
        assert_eq!(size(&["maxpagesize=9999999999"]), Some(u32::MAX));
    }

    #[test]
    fn what_is_no_size_is_no_wish() {
        for values in [
            &["return=minimal"][..],
            &[],
            &["odata.maxpagesize"],
            &["odata.maxpagesize=0"],
            &["odata.maxpagesize=-1"],
            &["odata.maxpagesize=+5"],
            &["odata.maxpagesize=x"],
            &["foo;odata.maxpagesize=5"],
        ] {
            assert_eq!(size(values), None, "{values:?}");
        }
    }
}
