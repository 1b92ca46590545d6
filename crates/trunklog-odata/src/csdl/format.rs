//! `$format` of a request for a document.

use percent_encoding::percent_decode_str;

/// The media type that `$format` of a raw query string asks for; the last one
/// counts. `json` and `xml` stand for theirs (OData URL Conventions 4.01,
/// section 5.1.8), everything else is one itself.
pub fn requested_format(query: &str) -> Option<String> {
    const SHORT: [(&str, &str); 2] = [("json", "application/json"), ("xml", "application/xml")];
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let value = query.rsplit('&').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let name = decode(name);
        name.strip_prefix('$').unwrap_or(&name).eq_ignore_ascii_case("format").then(|| decode(value))
    })?;
    let full = SHORT.into_iter().find(|(short, _)| short.eq_ignore_ascii_case(&value));
    Some(full.map_or(value, |(_, full)| full.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_found_however_it_is_written() {
        for query in
            ["$format=json", "%24format=JSON", "format=application/json", "a=b&$FORMAT=application%2Fjson"]
        {
            assert_eq!(requested_format(query).as_deref(), Some("application/json"), "{query}");
        }
        assert_eq!(requested_format("$format=json&$format=xml").as_deref(), Some("application/xml"));
        assert_eq!(requested_format("$format=a/b;c=d").as_deref(), Some("a/b;c=d"));
        for query in ["", "$format", "$formats=json", "x=$format"] {
            assert_eq!(requested_format(query), None, "{query}");
        }
    }
}
