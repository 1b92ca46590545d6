//! Query options: what comes after the `?`.

mod garbled;

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use self::garbled::Garbled;
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

impl SystemOption {
    /// Whether it says how far a walk has come. A walk whose next link loses it
    /// starts anew.
    pub(crate) fn is_of_walk(self) -> bool {
        matches!(self, SystemOption::Skip | SystemOption::SkipToken)
    }
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

/// An option of our own, without a `$` as such options have to be (OData URL
/// Conventions 4.01, section 5.2).
const BOM: &str = "bom";

/// The options of one request, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryOptions {
    filter: Option<String>,
    order_by: Option<String>,
    select: Option<String>,
    format: Option<String>,
    top: Option<u64>,
    skip: Option<u64>,
    skip_token: Option<String>,
    count: Option<bool>,
    bom: Option<bool>,
    aliases: Vec<(String, String)>,
}

impl QueryOptions {
    /// Reads a raw query string, without its `?`.
    ///
    /// Option names are taken with and without `$`, percent-encoded or not, in
    /// any letter case (OData 4.01 Protocol, section 11.2.1). Names that OData
    /// does not define are left to others, as it demands, unless they look like
    /// names that were lost or garbled on their way.
    ///
    /// # Errors
    /// 400 for a wrong value, an option given twice, options that are not
    /// served and names that were lost or garbled. When `profile` is strict,
    /// all but `$skip` and `$skiptoken` are ignored without being read, as
    /// Graph does; people there take the unfiltered answer for a filtered one.
    /// What is left of those two is a 400 all the same, or a walk would start
    /// anew and never end.
    pub fn parse(query: &str, profile: Profile) -> Result<QueryOptions> {
        let mut options = QueryOptions::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name)?;
            if name.starts_with('@') {
                options.aliases.push((name, decode(value)?));
                continue;
            }
            let is_strict = profile.is_strict();
            if let Some((_, option)) = system_option(&name) {
                if option.is_of_walk() || !is_strict {
                    options.read(option, &name, decode(value)?)?;
                }
                continue;
            }
            match Garbled::find(pair, &name) {
                Some(garbled) if garbled.is_of_walk || !is_strict => return Err(garbled.error),
                _ if is_strict => {}
                _ if name.starts_with('$') => return Err(unknown(&name).hint(SERVED)),
                _ if name.eq_ignore_ascii_case(BOM) => {
                    set(&mut options.bom, BOM, boolean(BOM, &decode(value)?)?)?;
                }
                _ => {}
            }
        }
        Ok(options)
    }

    fn read(&mut self, option: SystemOption, name: &str, value: String) -> Result<()> {
        match option {
            SystemOption::Filter => set(&mut self.filter, "$filter", given("$filter", value)?),
            SystemOption::OrderBy => set(&mut self.order_by, "$orderby", given("$orderby", value)?),
            SystemOption::Select => set(&mut self.select, "$select", given("$select", value)?),
            SystemOption::Format => set(&mut self.format, "$format", given("$format", value)?),
            SystemOption::Top => set(&mut self.top, "$top", whole_number("$top", &value)?),
            SystemOption::Skip => set(&mut self.skip, "$skip", whole_number("$skip", &value)?),
            SystemOption::SkipToken => set(&mut self.skip_token, "$skiptoken", value),
            SystemOption::Count => set(&mut self.count, "$count", boolean("$count", &value)?),
            SystemOption::Apply
            | SystemOption::Compute
            | SystemOption::DeltaToken
            | SystemOption::Expand
            | SystemOption::Index
            | SystemOption::Levels
            | SystemOption::Search => Err(not_served(name)),
        }
    }

    /// `$filter`, to be read by [`filter::parse`](crate::filter::parse).
    pub fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    /// `$orderby`, to be read by [`filter::order_by`](crate::filter::order_by).
    pub fn order_by(&self) -> Option<&str> {
        self.order_by.as_deref()
    }

    /// `$select`, to be read by [`filter::select`](crate::filter::select).
    pub fn select(&self) -> Option<&str> {
        self.select.as_deref()
    }

    /// `$format`: a media type or the short name of one.
    pub fn format(&self) -> Option<&str> {
        self.format.as_deref()
    }

    /// `$top`: the most rows that are wanted.
    pub fn top(&self) -> Option<u64> {
        self.top
    }

    /// `$count`: whether the number of all rows is wanted.
    pub fn count(&self) -> bool {
        self.count == Some(true)
    }

    /// `bom`, which is ours: whether CSV begins with a byte-order mark.
    pub fn bom(&self) -> Option<bool> {
        self.bom
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

/// The option of that name, and its name without `$` as OData writes it.
fn system_option(name: &str) -> Option<(&'static str, SystemOption)> {
    let bare = name.strip_prefix('$').unwrap_or(name);
    SYSTEM_OPTIONS.into_iter().find(|(option, _)| option.eq_ignore_ascii_case(bare))
}

fn set<T>(slot: &mut Option<T>, name: &str, value: T) -> Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(Error::bad_request(format!(
            "Query option '{name}' was specified more than once, but it must be specified at most once."
        ))),
    }
}

/// The text of an option, which must not be empty.
fn given(name: &str, value: String) -> Result<String> {
    if value.trim().is_empty() {
        return Err(Error::bad_request(format!("The value for OData query '{name}' cannot be empty."))
            .hint(format!("give {name} a value or leave it out")));
    }
    Ok(value)
}

fn whole_number(name: &str, value: &str) -> Result<u64> {
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    value.parse().ok().filter(|_| digits).ok_or_else(|| {
        Error::bad_request(format!(
            "Invalid value '{value}' for {name} query option found. \
             The {name} query option requires a non-negative integer value."
        ))
    })
}

fn boolean(name: &str, value: &str) -> Result<bool> {
    if value.eq_ignore_ascii_case("true") {
        Ok(true)
    } else if value.eq_ignore_ascii_case("false") {
        Ok(false)
    } else {
        Err(Error::bad_request(format!("Invalid value '{value}' for {name} query option found."))
            .hint(format!("{name} is true or false")))
    }
}

fn unknown(name: &str) -> Error {
    Error::bad_request(format!("The query parameter '{name}' is not supported."))
}

/// What a client can do about an option that is not served.
const SERVED: &str = "the options are $filter, $orderby, $select, $top, $skip, $skiptoken, $count and $format; \
    in strict mode others are ignored, as on Graph";

fn not_served(name: &str) -> Error {
    Error::bad_request(format!("The query option '{name}' is not supported on this function.")).hint(SERVED)
}

fn decode(text: &str) -> Result<String> {
    percent_decode_str(&spaced(text))
        .decode_utf8()
        .map(Cow::into_owned)
        .map_err(|_| Error::bad_request("The query string is not UTF-8 after percent-decoding."))
}

/// The text with a space for each plus that means one.
///
/// Forms encode a space as `+` and a plus as `%2B`. By RFC 3986 a space is
/// `%20` and a plus stays. Telephone numbers begin with a plus, and a filter
/// that has a space there finds nothing and says nothing. So two pluses stay:
/// all where there is a `%20`, which no form writes, and one between a quote
/// and a digit, where no text has a space.
fn spaced(text: &str) -> Cow<'_, str> {
    if text.contains("%20") || !text.contains('+') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let begins_number = |at: usize| {
        at.checked_sub(1).is_some_and(|before| bytes[before] == b'\'')
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
    };
    let read = |(at, c): (usize, char)| if c == '+' && !begins_number(at) { ' ' } else { c };
    Cow::Owned(text.char_indices().map(read).collect())
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
    fn every_option_is_read_with_and_without_its_dollar() {
        let plain = parse(
            "$filter=userId eq 'x'&$orderby=id desc&$select=id,userId&$top=5&$skip=10&$skiptoken=t&$count=true\
             &$format=json",
        )
        .unwrap();
        assert_eq!(plain.filter(), Some("userId eq 'x'"));
        assert_eq!(plain.order_by(), Some("id desc"));
        assert_eq!(plain.select(), Some("id,userId"));
        assert_eq!((plain.top(), plain.skip(), plain.skip_token()), (Some(5), Some(10), Some("t")));
        assert_eq!((plain.count(), plain.format()), (true, Some("json")));
        for query in [
            "filter=userId eq 'x'&orderby=id desc&select=id,userId&top=5&skip=10&skiptoken=t&count=true&format=json",
            "%24filter=userId%20eq%20%27x%27&%24orderby=id+desc&%24select=id%2CuserId&%24top=5&%24skip=10\
             &%24skiptoken=t&%24count=True&%24format=json",
            "$FILTER=userId+eq+'x'&$OrderBy=id%20desc&$Select=id,userId&$Top=5&$Skip=10&$SkipToken=t&$Count=TRUE\
             &$Format=json",
        ] {
            assert_eq!(parse(query).as_ref(), Ok(&plain), "{query}");
        }
    }

    #[test]
    fn a_filter_may_hold_what_separates_options_when_it_is_encoded() {
        let options = parse("$filter=contains(userId,'a%26b%3Dc%2Bd')&$top=1").unwrap();
        assert_eq!(options.filter(), Some("contains(userId,'a&b=c+d')"));
        assert_eq!(options.top(), Some(1));
    }

    #[test]
    fn a_plus_is_a_space_unless_it_cannot_be_one() {
        for (query, filter) in [
            ("$filter=userId+eq+'x'", "userId eq 'x'"),
            ("$filter=startswith(callerNumber,'+49')", "startswith(callerNumber,'+49')"),
            ("$filter=callerNumber+in+('+4930','+4940')", "callerNumber in ('+4930','+4940')"),
            ("$filter=callerNumber%20eq%20'+49'", "callerNumber eq '+49'"),
            ("$filter=callerNumber%20eq%20%27+49%27", "callerNumber eq '+49'"),
            ("$filter=contains(callerNumber,%27+49%27)", "contains(callerNumber,' 49')"),
            ("$filter=callerNumber+eq+%27%2B49%27", "callerNumber eq '+49'"),
            ("$filter=userDisplayName+eq+'a+1'", "userDisplayName eq 'a 1'"),
            ("$filter='é'+eq+'+é'", "'é' eq ' é'"),
        ] {
            assert_eq!(parse(query).unwrap().filter(), Some(filter), "{query}");
        }
    }

    #[test]
    fn wrong_or_empty_values_are_refused() {
        for query in [
            "$top=-1",
            "$top=",
            "$count=1",
            "$count=",
            "$filter=",
            "$filter",
            "filter=%20",
            "$orderby=+",
            "$select=",
            "$format=",
            "$filter=a&filter=b",
            "$count=true&count=true",
        ] {
            assert!(parse(query).is_err(), "{query}");
            assert_eq!(QueryOptions::parse(query, Profile::Strict), Ok(QueryOptions::default()), "{query}");
        }
        assert!(!parse("$count=false").unwrap().count());
    }

    #[test]
    fn options_that_are_not_served_are_never_silent_unless_strict() {
        for query in [
            "$search=x",
            "%24expand=sessions",
            "$apply=x",
            "compute=x",
            "$deltatoken=1",
            "$levels=1",
            "$nonsense=1",
        ] {
            let hint = parse(query).unwrap_err().hint_text().unwrap().to_owned();
            assert!(hint.contains("$filter, $orderby, $select"), "{query}");
            assert_eq!(QueryOptions::parse(query, Profile::Strict), Ok(QueryOptions::default()));
        }
        let strict = QueryOptions::parse("$filter=a&$skip=5&$top=1&$skiptoken=t", Profile::Strict).unwrap();
        assert_eq!((strict.filter(), strict.top()), (None, None));
        assert_eq!((strict.skip(), strict.skip_token()), (Some(5), Some("t")));
        assert_eq!(parse("api-version=1.0"), Ok(QueryOptions::default()));
    }

    #[test]
    fn a_byte_order_mark_is_asked_for_by_an_option_of_ours() {
        for (query, bom) in [("bom=true", Some(true)), ("BOM=False", Some(false)), ("x=bom", None)] {
            assert_eq!(parse(query).unwrap().bom(), bom, "{query}");
        }
        for query in ["bom", "bom=1", "bom=true&bom=true"] {
            assert!(parse(query).is_err(), "{query}");
            assert_eq!(QueryOptions::parse(query, Profile::Strict), Ok(QueryOptions::default()), "{query}");
        }
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
