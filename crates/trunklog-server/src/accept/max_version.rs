//! Which versions of OData a client understands. Source: OData 4.01 Protocol,
//! section 8.2.7.

use http::{HeaderMap, HeaderName};
use trunklog_odata::{Error, Profile};

/// Names the newest version that a client understands.
pub(crate) const MAX_VERSION: HeaderName = HeaderName::from_static("odata-maxversion");

/// The newest version that matters to us which a client understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MaxVersion {
    /// 4.0, the version of all answers but one.
    V4,
    /// 4.01, which has metadata in JSON.
    V401,
    /// What the client did not say. By the standard it understands everything;
    /// but clients of 4.0 are many, and few of them say so.
    Unsaid,
}

/// What a client understands.
///
/// # Errors
/// 400 when it is older than 4.0, unless the profile is strict: what Graph does
/// then is not known.
pub(crate) fn max_version(headers: &HeaderMap, profile: Profile) -> Result<MaxVersion, Error> {
    let text = headers.get(MAX_VERSION).and_then(|value| value.to_str().ok());
    match text.and_then(version) {
        Some((0..=3, _)) if !profile.is_strict() => {
            Err(Error::bad_request("The OData-MaxVersion header names a version that is not supported.")
                .hint("answers are in OData 4.0: name 4.0 or 4.01, or leave the header out"))
        }
        Some((0..=3, _) | (4, 0)) => Ok(MaxVersion::V4),
        Some(_) => Ok(MaxVersion::V401),
        None => Ok(MaxVersion::Unsaid),
    }
}

/// Reads `4.01`, and `3.0;NetFx` as older clients write it.
fn version(text: &str) -> Option<(u32, u32)> {
    let number = text.split(';').next()?.trim();
    let (major, minor) = number.split_once('.').unwrap_or((number, "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(text: &'static str, profile: Profile) -> Option<MaxVersion> {
        let headers = HeaderMap::from_iter([(MAX_VERSION, HeaderValue::from_static(text))]);
        max_version(&headers, profile).ok()
    }

    #[test]
    fn versions_are_told_apart() {
        for (text, expected) in [
            ("4.0", Some(MaxVersion::V4)),
            ("4.00", Some(MaxVersion::V4)),
            (" 4 ", Some(MaxVersion::V4)),
            ("4.0;NetFx", Some(MaxVersion::V4)),
            ("4.01", Some(MaxVersion::V401)),
            ("5.0", Some(MaxVersion::V401)),
            ("", Some(MaxVersion::Unsaid)),
            ("newest", Some(MaxVersion::Unsaid)),
            ("3.0", None),
            ("3.0;NetFx", None),
            ("1.0", None),
        ] {
            assert_eq!(of(text, Profile::Default), expected, "{text}");
            assert_eq!(of(text, Profile::Strict), expected.or(Some(MaxVersion::V4)), "{text}");
        }
        assert_eq!(max_version(&HeaderMap::new(), Profile::Default), Ok(MaxVersion::Unsaid));
    }
}
