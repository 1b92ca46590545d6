//! How large a client would like its pages. Source: RFC 7240 for the header,
//! OData 4.01 Protocol, section 8.2.8.5, for the preference.

use http::{HeaderMap, HeaderName};

use super::list;

/// Names the preferences that an answer follows.
pub(in crate::graph) const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Where clients say it.
pub(in crate::graph) const PREFER: HeaderName = HeaderName::from_static("prefer");

const NAMES: [&str; 2] = ["odata.maxpagesize", "maxpagesize"];

/// The most rows that the client wants in a page; of several wishes the first
/// counts. None when it did not say so, or not in whole numbers above zero.
pub(in crate::graph) fn max_page_size(headers: &HeaderMap) -> Option<u32> {
    headers
        .get_all(PREFER)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| list::items(value, ','))
        .filter_map(|preference| list::items(preference, ';').next())
        .map(list::parameter)
        .find(|(name, _)| NAMES.contains(&name.as_str()))
        .and_then(|(_, value)| page_size(&value))
}

/// A page size as clients write it.
pub(in crate::graph) fn page_size(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let size = text.parse::<u64>().ok().filter(|size| is_number && *size > 0)?;
    Some(u32::try_from(size).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn size(values: &[&'static str]) -> Option<u32> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(PREFER, HeaderValue::from_static(value));
        }
        max_page_size(&headers)
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
