//! Query options: what stands behind the `?`.

use percent_encoding::percent_decode_str;

use crate::{Error, Profile, Result};

/// The query options that OData defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SystemOption {
    /// `$apply`.
    Apply,
    /// `$compute`.
    Compute,
    /// `$count`.
    Count,
    /// `$deltatoken`.
    DeltaToken,
    /// `$expand`.
    Expand,
    /// `$filter`.
    Filter,
    /// `$format`.
    Format,
    /// `$index`.
    Index,
    /// `$levels`.
    Levels,
    /// `$orderby`.
    OrderBy,
    /// `$search`.
    Search,
    /// `$select`.
    Select,
    /// `$skip`.
    Skip,
    /// `$skiptoken`.
    SkipToken,
    /// `$top`.
    Top,
}

const SYSTEM_OPTIONS: [(&str, SystemOption); 15] = [
    ("apply", SystemOption::Apply),
    ("compute", SystemOption::Compute),
    ("count", SystemOption::Count),
    ("deltatoken", SystemOption::DeltaToken),
    ("expand", SystemOption::Expand),
    ("filter", SystemOption::Filter),
    ("format", SystemOption::Format),
    ("index", SystemOption::Index),
    ("levels", SystemOption::Levels),
    ("orderby", SystemOption::OrderBy),
    ("search", SystemOption::Search),
    ("select", SystemOption::Select),
    ("skip", SystemOption::Skip),
    ("skiptoken", SystemOption::SkipToken),
    ("top", SystemOption::Top),
];

/// The options of one request, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryOptions {
    skip: Option<u64>,
    skip_token: Option<String>,
    aliases: Vec<(String, String)>,
}

impl QueryOptions {
    /// Reads a raw query string, without its `?`.
    ///
    /// Option names are taken with and without `$`, percent-encoded or not, in
    /// any letter case (OData 4.01 Protocol, section 11.2.1). Names that OData
    /// does not define are left to others, as it demands.
    ///
    /// # Errors
    /// 400 for a wrong value, an option given twice, and, unless `profile` is
    /// strict, for options that are not served: Graph ignores those, and
    /// people take the unfiltered answer for a filtered one.
    pub fn parse(query: &str, profile: Profile) -> Result<QueryOptions> {
        let mut options = QueryOptions::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name)?;
            if name.starts_with('@') {
                options.aliases.push((name, decode(value)?));
                continue;
            }
            match system_option(&name) {
                Some(SystemOption::Skip) => set(&mut options.skip, "$skip", skip(&decode(value)?)?)?,
                Some(SystemOption::SkipToken) => set(&mut options.skip_token, "$skiptoken", decode(value)?)?,
                _ if profile.is_strict() => {}
                Some(_) => return Err(not_served(&name)),
                None if name.starts_with('$') => {
                    return Err(Error::bad_request(format!(
                        "The query parameter '{name}' is not supported."
                    )));
                }
                None => {}
            }
        }
        Ok(options)
    }

    /// `$skip`: how many rows to pass over.
    pub fn skip(&self) -> Option<u64> {
        self.skip
    }

    /// `$skiptoken`, opaque here.
    pub fn skip_token(&self) -> Option<&str> {
        self.skip_token.as_deref()
    }

    /// The value of a parameter alias; `name` includes its `@`.
    pub fn alias(&self, name: &str) -> Option<String> {
        self.aliases.iter().find(|(alias, _)| alias == name).map(|(_, value)| value.clone())
    }
}

fn system_option(name: &str) -> Option<SystemOption> {
    let bare = name.strip_prefix('$').unwrap_or(name);
    SYSTEM_OPTIONS.iter().find(|(option, _)| option.eq_ignore_ascii_case(bare)).map(|(_, option)| *option)
}

fn set<T>(slot: &mut Option<T>, name: &str, value: T) -> Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(Error::bad_request(format!(
            "Query option '{name}' was specified more than once, but it must be specified at most once."
        ))),
    }
}

fn skip(value: &str) -> Result<u64> {
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    value.parse().ok().filter(|_| digits).ok_or_else(|| {
        Error::bad_request(format!(
            "Invalid value '{value}' for $skip query option found. \
             The $skip query option requires a non-negative integer value."
        ))
    })
}

fn not_served(name: &str) -> Error {
    Error::bad_request(format!("The query option '{name}' is not supported on this function."))
        .hint("leave it out and choose rows by fromDateTime, toDateTime and $skip; in strict mode it is ignored, as on Graph")
}

fn decode(text: &str) -> Result<String> {
    // Form encoding is common in query strings, so a plus is a space here.
    let text = text.replace('+', " ");
    percent_decode_str(&text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Error::bad_request("The query string is not UTF-8 after percent-decoding."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(query: &str) -> Result<QueryOptions> {
        QueryOptions::parse(query, Profile::Default)
    }

    #[test]
    fn skip_is_read_in_every_spelling() {
        for query in ["$skip=1000", "%24skip=1000", "skip=1000", "$SKIP=1000", "a=b&&$skip=1000&"] {
            assert_eq!(parse(query).unwrap().skip(), Some(1000), "{query}");
        }
    }

    #[test]
    fn wrong_values_are_refused() {
        for query in
            ["$skip=-1", "$skip=abc", "$skip=", "$skip=+1", "$skip=1&skip=2", "$skip=99999999999999999999"]
        {
            assert!(parse(query).is_err(), "{query}");
        }
    }

    #[test]
    fn options_that_are_not_served_are_never_silent_unless_strict() {
        for query in ["$filter=userId eq 'x'", "%24top=5", "$orderby=id", "$nonsense=1", "filter=1"] {
            assert!(parse(query).is_err(), "{query}");
            assert_eq!(QueryOptions::parse(query, Profile::Strict), Ok(QueryOptions::default()));
        }
        assert_eq!(parse("api-version=1.0"), Ok(QueryOptions::default()));
    }

    #[test]
    fn aliases_are_kept() {
        let options = parse("@a=2019-11-01&@b=2019-12-01T00%3A00%3A00Z").unwrap();
        assert_eq!(options.alias("@b").as_deref(), Some("2019-12-01T00:00:00Z"));
    }

    proptest! {
        #[test]
        fn never_panics(query in "[$&=%@+a-z0-9]{0,40}") {
            let _ = parse(&query);
        }
    }
}
