//! `$format` of a request for a document.

use crate::{Result, options};

/// The media type that `$format` of a raw query string asks for. `json` and
/// `xml` mean theirs (OData URL Conventions 4.01, section 5.1.8),
/// everything else is one itself.
///
/// # Errors
/// 400 if it is empty, given twice, lost or garbled: who asked for another form
/// must not get the usual one without a word.
///
/// ```
/// use trunklog_odata::csdl::requested_format;
///
/// assert_eq!(requested_format("$format=json")?.as_deref(), Some("application/json"));
/// assert_eq!(requested_format("$top=5")?, None);
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
pub fn requested_format(query: &str) -> Result<Option<String>> {
    const SHORT: [(&str, &str); 2] = [("json", "application/json"), ("xml", "application/xml")];
    let full = |value: String| {
        let full = SHORT.into_iter().find(|(short, _)| short.eq_ignore_ascii_case(&value));
        full.map_or(value, |(_, full)| full.to_owned())
    };
    Ok(options::format(query)?.map(full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_found_however_it_is_written() {
        for query in
            ["$format=json", "%24format=JSON", "format=application/json", "a=b&$FORMAT=application%2Fjson"]
        {
            assert_eq!(requested_format(query).unwrap().as_deref(), Some("application/json"), "{query}");
        }
        assert_eq!(requested_format("$format=a/b;c=d").unwrap().as_deref(), Some("a/b;c=d"));
        for query in ["", "formats=json", "x=$format", "$top=5&fliter=x&$nonsense=1", "@format=json"] {
            assert_eq!(requested_format(query), Ok(None), "{query}");
        }
    }

    #[test]
    fn a_format_that_was_lost_or_garbled_is_refused() {
        for query in [
            "$format",
            "$format=",
            "$format=json&$format=xml",
            "format=json&$format=json",
            "=json",
            "%2524format=json",
            "?$format=json",
            "$fromat=json",
            "$formats=json",
            "format%3Djson",
            "x=1?$format=json",
            "@$format=json",
        ] {
            assert!(requested_format(query).is_err(), "{query}");
        }
    }
}
