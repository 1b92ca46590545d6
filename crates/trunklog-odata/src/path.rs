//! From a URL path to the resource it names.
//!
//! ```text
//! /v1.0/communications/callRecords/getDirectRoutingCalls(fromDateTime=…,toDateTime=…)
//!  └ version                        └ function call
//! ```
//!
//! The version is split off first and alone, because a service checks the
//! token before it looks at the rest of the path. A path is split at slashes
//! before it is percent-decoded, once, as RFC 3986 section 2.4 demands.
//!
//! How the segment after `callRecords` is read explains Graph's odd 404s:
//! what does not match a function is taken for the id of a call record, and no
//! record has such an id.

use percent_encoding::percent_decode_str;

use crate::call::FunctionCall;
use crate::{Error, ErrorKind, Profile, Result};

/// A version of the API; the first segment of every path.
///
/// ```
/// use trunklog_odata::Version;
///
/// assert_eq!(Version::V1.segment(), "v1.0");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// `v1.0`.
    V1,
    /// `beta`.
    Beta,
}

impl Version {
    /// As URLs and contexts have it.
    pub fn segment(self) -> &'static str {
        match self {
            Version::V1 => "v1.0",
            Version::Beta => "beta",
        }
    }

    /// Splits the version off a path and gives the rest without its leading
    /// slash. Letter case is ignored, as in all names of a path.
    ///
    /// # Errors
    /// 400 `Invalid version: …`, Graph's answer to any other first segment.
    ///
    /// ```
    /// use trunklog_odata::Version;
    ///
    /// assert_eq!(Version::split("/beta/$metadata")?, (Version::Beta, "$metadata"));
    /// assert!(Version::split("/v2.0/x").is_err());
    /// # Ok::<(), trunklog_odata::Error>(())
    /// ```
    pub fn split(path: &str) -> Result<(Version, &str)> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let version = [Version::V1, Version::Beta]
            .into_iter()
            .find(|version| first.eq_ignore_ascii_case(version.segment()));
        match version {
            Some(version) => Ok((version, rest)),
            None => Err(Error::new(ErrorKind::InvalidVersion, format!("Invalid version: {first}."))
                .hint("paths start with /v1.0 or /beta")),
        }
    }
}

/// Where the functions hang in the service.
///
/// ```
/// use trunklog_odata::path::CALL_RECORDS;
///
/// assert_eq!(CALL_RECORDS.join("/"), "communications/callRecords");
/// ```
pub const CALL_RECORDS: [&str; 2] = ["communications", "callRecords"];

/// Reads the path after the version as a function call on
/// `communications/callRecords`.
///
/// # Errors
/// 404 when the path is well formed but names no function, 400 when a segment
/// cannot be read or is unknown.
///
/// ```
/// use trunklog_odata::{Profile, path};
///
/// let call = path::function_call("communications/callRecords/getSmsLog()", Profile::Default)?;
/// assert_eq!(call.name, "getSmsLog");
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
pub fn function_call(rest: &str, profile: Profile) -> Result<FunctionCall> {
    let mut segments = rest.split('/').filter(|segment| !segment.is_empty());
    for expected in CALL_RECORDS {
        let segment = segments.next().ok_or_else(not_a_resource)?;
        if !decode(segment)?.eq_ignore_ascii_case(expected) {
            return Err(unknown_segment(&decode(segment)?));
        }
    }
    let raw = segments.next().ok_or_else(|| {
        Error::not_found().hint("call records cannot be listed here; call one of the log functions, such as getDirectRoutingCalls")
    })?;
    let call = FunctionCall::parse(raw, &decode(raw)?, profile)?;
    match segments.next() {
        None => Ok(call),
        Some(segment) => Err(unknown_segment(&decode(segment)?)),
    }
}

fn not_a_resource() -> Error {
    Error::not_found().hint("the functions are below communications/callRecords")
}

fn unknown_segment(segment: &str) -> Error {
    Error::bad_request(format!("Resource not found for the segment '{segment}'."))
}

fn decode(segment: &str) -> Result<String> {
    percent_decode_str(segment)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Error::path_syntax().hint("the path is not UTF-8 after percent-decoding"))
}
