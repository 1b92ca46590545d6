//! Query options: what comes after the `?`.

mod garbled;
mod known;

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use self::garbled::GarbledOption;
use self::known::{BOM, KnownOption, SystemOption, unknown};
use crate::{Error, Profile, Result};

/// The options of one request, decoded.
///
/// ```
/// use trunklog_odata::{Profile, QueryOptions};
///
/// let options = QueryOptions::parse("$top=5&$filter=duration%20gt%2060", Profile::Default)?;
/// assert_eq!((options.top(), options.filter()), (Some(5), Some("duration gt 60")));
/// assert_eq!(options.skip(), None);
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
///
/// The others are read in the same way:
///
/// ```
/// use trunklog_odata::{Profile, QueryOptions};
///
/// let query = "$orderby=id%20desc&$select=id&$count=true&$format=csv&bom=true&$skip=9&$skiptoken=t";
/// let options = QueryOptions::parse(query, Profile::Default)?;
/// assert_eq!((options.order_by(), options.select()), (Some("id desc"), Some("id")));
/// assert_eq!((options.count(), options.format(), options.bom()), (true, Some("csv"), Some(true)));
/// assert_eq!((options.skip(), options.skip_token()), (Some(9), Some("t")));
/// assert_eq!(options.delta_token(), None);
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryOptions {
    filter: Option<String>,
    order_by: Option<String>,
    select: Option<String>,
    format: Option<String>,
    top: Option<u64>,
    skip: Option<u64>,
    skip_token: Option<String>,
    delta_token: Option<String>,
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
    /// names that were lost or garbled on their way, or hold `skip`.
    ///
    /// # Errors
    /// 400 for a wrong value, an option given twice, options that are not
    /// served and names that were lost or garbled. When `profile` is strict,
    /// all but `$skip`, `$skiptoken` and `$deltatoken` are ignored without being
    /// read, as Graph does; people there take the unfiltered answer for a
    /// filtered one. What is left of those three is a 400 all the same, or a walk
    /// would start again and never end.
    ///
    /// ```
    /// use trunklog_odata::{Profile, QueryOptions};
    ///
    /// assert!(QueryOptions::parse("$top=many", Profile::Default).is_err());
    /// assert_eq!(QueryOptions::parse("$top=5", Profile::Strict)?.top(), None);
    /// # Ok::<(), trunklog_odata::Error>(())
    /// ```
    pub fn parse(query: &str, profile: Profile) -> Result<QueryOptions> {
        let mut options = QueryOptions::default();
        let is_strict = profile.is_strict();
        let admit = |garbled: Option<GarbledOption>| match garbled {
            Some(garbled) if garbled.is_of_walk || !is_strict => Err(garbled.error),
            _ => Ok(()),
        };
        for pair in pairs(query) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name)?;
            if let Some(known) = KnownOption::named(&name) {
                admit(GarbledOption::in_value(known, value))?;
                if known.is_of_walk() || !is_strict {
                    options.read(known, &name, decode(value)?)?;
                }
                continue;
            }
            admit(GarbledOption::find(pair, &name))?;
            if name.starts_with('@') {
                options.aliases.push((name, decode(value)?));
            } else if name.starts_with('$') && !is_strict {
                return Err(unknown(&name).hint(SERVED));
            }
        }
        Ok(options)
    }

    fn read(&mut self, known: KnownOption, name: &str, value: String) -> Result<()> {
        let option = match known {
            KnownOption::System(_, option) => option,
            KnownOption::Bom => return set(&mut self.bom, BOM, boolean(BOM, &value)?),
        };
        match option {
            SystemOption::Filter => set(&mut self.filter, "$filter", given("$filter", value)?),
            SystemOption::OrderBy => set(&mut self.order_by, "$orderby", given("$orderby", value)?),
            SystemOption::Select => set(&mut self.select, "$select", given("$select", value)?),
            SystemOption::Format => set(&mut self.format, "$format", given("$format", value)?),
            SystemOption::Top => set(&mut self.top, "$top", whole_number("$top", &value)?),
            SystemOption::Skip => set(&mut self.skip, "$skip", whole_number("$skip", &value)?),
            SystemOption::SkipToken => set(&mut self.skip_token, "$skiptoken", value),
            SystemOption::DeltaToken => set(&mut self.delta_token, "$deltatoken", value),
            SystemOption::Count => set(&mut self.count, "$count", boolean("$count", &value)?),
            SystemOption::Apply
            | SystemOption::Compute
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

    /// `bom`, which is ours: whether CSV starts with a byte-order mark.
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

    /// `$deltatoken`, opaque here.
    pub fn delta_token(&self) -> Option<&str> {
        self.delta_token.as_deref()
    }

    /// The value of a parameter alias; `name` includes its `@`.
    ///
    /// ```
    /// use trunklog_odata::{Profile, QueryOptions};
    ///
    /// let options = QueryOptions::parse("@to=2026-12-01", Profile::Default)?;
    /// assert_eq!(options.alias("@to").as_deref(), Some("2026-12-01"));
    /// # Ok::<(), trunklog_odata::Error>(())
    /// ```
    pub fn alias(&self, name: &str) -> Option<String> {
        self.aliases.iter().find(|(alias, _)| alias == name).map(|(_, value)| value.clone())
    }
}

/// `$format` of a request for something that has no rows. Other options mean
/// nothing there and are ignored, but not what may be left of this one.
///
/// # Errors
/// 400 if it is empty, given twice, lost or garbled.
pub(crate) fn format(query: &str) -> Result<Option<String>> {
    let mut format = None;
    for pair in pairs(query) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name)?;
        match KnownOption::named(&name) {
            Some(known) if known.is_format() => {
                set(&mut format, "$format", given("$format", decode(value)?)?)?;
            }
            Some(_) => {}
            None => {
                if let Some(garbled) = GarbledOption::find(pair, &name).filter(|garbled| garbled.is_of_format)
                {
                    return Err(garbled.error);
                }
            }
        }
    }
    Ok(format)
}

fn pairs(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|pair| !pair.is_empty())
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
    // `parse` alone would take a leading plus, too.
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

/// What a client can do about an option that is not served.
const SERVED: &str = "the options are $filter, $orderby, $select, $top, $skip, $skiptoken, $deltatoken, $count and \
    $format; in strict mode others are ignored, as on Graph";

fn not_served(name: &str) -> Error {
    Error::bad_request(format!("The query option '{name}' is not supported on this function.")).hint(SERVED)
}

/// The names and values of a raw query string, decoded as those of
/// [`QueryOptions`] are, for who has options of another kind. A plus is read as
/// there: a space, except where no form would write one.
///
/// # Errors
/// 400 for what is not UTF-8 after percent-decoding.
///
/// ```
/// use trunklog_odata::query_pairs;
///
/// let pairs = query_pairs("zone=Europe%2FBerlin&%24filter=duration+gt+60&top")?;
/// let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
/// assert_eq!(pairs, [("zone", "Europe/Berlin"), ("$filter", "duration gt 60"), ("top", "")]);
/// assert!(query_pairs("a=%ff").is_err());
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
pub fn query_pairs(query: &str) -> Result<Vec<(String, String)>> {
    let split = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok::<_, Error>((decode(name)?, decode(value)?))
    };
    let decoded: Result<_> = pairs(query).map(split).collect();
    decoded.map_err(|error: Error| error.hint("encode it once, as UTF-8"))
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
/// `%20` and a plus stays. Telephone numbers start with a plus, and a filter
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
mod tests;
