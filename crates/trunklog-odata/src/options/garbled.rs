//! Options whose names were lost or changed on their way.
//!
//! A shell takes `$filter` in double quotes for a variable of its own and
//! leaves `?=…`; HTML writes `&` as `&amp;`; a tool encodes what is encoded
//! already. OData has a service pass over names that it does not know. Then who
//! asked for few rows gets all of them and takes them for the few, and a next
//! link gives the first page again, without end. So such names are faults.

use percent_encoding::percent_decode_str;

use super::{SYSTEM_OPTIONS, SystemOption, decode, system_option, unknown};
use crate::{Error, near};

/// A name has no more marks than this; each round takes all of one kind off.
const MAX_ROUNDS: usize = 16;

/// Skip tokens are longer, and values that people write hardly ever one word of
/// that length.
const TOKEN_BYTES: usize = 32;

/// An option whose name did not arrive as it was meant.
pub(super) struct Garbled {
    /// What the client is told.
    pub(super) error: Error,
    /// Whether it seems to be what says how far a walk has come.
    pub(super) is_of_walk: bool,
}

impl Garbled {
    /// What became of an option, if its decoded `name` is no option of OData's
    /// and no alias; None when it looks like one that was meant so. `pair` is
    /// all of the option as it was sent.
    pub(super) fn find(pair: &str, name: &str) -> Option<Garbled> {
        let value = pair.split_once('=').map(|(_, value)| value);
        let (bare, mark) = unmarked(name);
        if bare.is_empty() {
            return value.map(|value| nameless(&decode(value).unwrap_or_default()));
        }
        if let (Some(mark), Some((meant, option))) = (mark, system_option(&bare)) {
            return Some(Garbled::of(option, unknown(name).hint(mark.hint(meant))));
        }
        if let Some((meant, option)) = within(pair) {
            let error = Error::bad_request("A query option stands within another one.");
            return Some(Garbled::of(
                option,
                error.hint(format!("separate ${meant} from what is before it by a plain &")),
            ));
        }
        if is_expression(&bare) || (value.is_none() && is_value(&bare)) {
            return Some(nameless(&bare));
        }
        let (meant, option) = nearest(&bare, name.contains('$'))?;
        Some(Garbled::of(option, unknown(name).hint(format!("did you mean '${meant}'?"))))
    }

    fn of(option: SystemOption, error: Error) -> Garbled {
        Garbled { error, is_of_walk: option.is_of_walk() }
    }
}

/// What is left of an option without its name.
fn nameless(value: &str) -> Garbled {
    let error = Error::bad_request("The query string has a value without the name of its option.").hint(
        "a shell replaces $filter and the like within double quotes by nothing: put the URL or the option into \
         single quotes, or write %24filter; send next links as they came",
    );
    Garbled { error, is_of_walk: is_place(value) }
}

/// What does not belong to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Ampersand,
    Blank,
    Doubled,
    Encoded,
    Escape,
    LookAlike,
    Question,
}

/// What may come before a name, each with what it means there; a single `$`
/// belongs there.
const STARTS: [(&str, Mark); 11] = [
    ("$", Mark::Doubled),
    ("?", Mark::Question),
    ("&", Mark::Ampersand),
    ("amp;", Mark::Ampersand),
    ("dollar;", Mark::Ampersand),
    ("\\", Mark::Escape),
    ("`", Mark::Escape),
    ("'", Mark::Escape),
    ("\"", Mark::Escape),
    ("\u{ff04}", Mark::LookAlike),
    ("\u{fe69}", Mark::LookAlike),
];

impl Mark {
    /// What to do about it before the option `meant`.
    fn hint(self, meant: &str) -> String {
        let what = match self {
            Mark::Ampersand => "the & before it is escaped, as &amp; or %26: send & itself",
            Mark::Blank => "leave the blanks around the name out",
            Mark::Doubled => "one $ is enough",
            Mark::Encoded => "it is percent-encoded twice: encode it once, and send next links as they came",
            Mark::Escape => "leave out the marks for a shell, such as \\ and quotes",
            Mark::LookAlike => "its $ is another character that looks alike: write $ itself, or %24",
            Mark::Question => "options begin after one ? and are separated by &",
        };
        format!("write ${meant}: {what}")
    }
}

/// A name without its `$` and all that does not belong to it, and the first of
/// what does not.
fn unmarked(name: &str) -> (String, Option<Mark>) {
    let mut rest = name.to_owned();
    let mut first = None;
    for _ in 0..MAX_ROUNDS {
        let Some((next, mark)) = peeled(&rest) else { break };
        first = first.or(mark);
        rest = next;
    }
    (rest, first)
}

/// A name without one kind of mark.
fn peeled(name: &str) -> Option<(String, Option<Mark>)> {
    let plain = name.trim_matches(is_blank);
    if plain.len() < name.len() {
        return Some((plain.to_owned(), Some(Mark::Blank)));
    }
    for (start, mark) in STARTS {
        let plain = name.trim_start_matches(start);
        if plain.len() < name.len() {
            let is_usual = start == "$" && plain.len() + 1 == name.len();
            return Some((plain.to_owned(), (!is_usual).then_some(mark)));
        }
    }
    let plain = name.trim_end_matches(['"', '\'', '`']);
    if plain.len() < name.len() {
        return Some((plain.to_owned(), Some(Mark::Escape)));
    }
    let plain = percent_decode_str(name).decode_utf8().ok()?;
    (plain != name).then(|| (plain.into_owned(), Some(Mark::Encoded)))
}

/// White space, and what nobody sees either: marks of byte order, of joining
/// and of where words may break.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// An option that was joined to the one before, as by a second `?`.
fn within(pair: &str) -> Option<(&'static str, SystemOption)> {
    let plain = pair.to_ascii_lowercase().replace("%2524", "$").replace("%24", "$");
    plain
        .split('$')
        .skip(1)
        .filter_map(|rest| system_option(rest.split_once('=')?.0))
        .max_by_key(|(_, option)| option.is_of_walk())
}

/// Whether it is no name but what one writes into `$filter`, `$orderby` or
/// `$select`.
fn is_expression(bare: &str) -> bool {
    bare.contains(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '(' | ')' | ','))
}

/// Whether it is what one writes into `$top`, `$skip`, `$count` or
/// `$skiptoken`.
fn is_value(bare: &str) -> bool {
    is_place(bare) || bare.eq_ignore_ascii_case("true") || bare.eq_ignore_ascii_case("false")
}

/// Whether it may say how far a walk has come: a number, or a token.
fn is_place(value: &str) -> bool {
    let value = value.trim_matches(is_blank);
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    is_number || (value.len() >= TOKEN_BYTES && value.bytes().all(is_of_token))
}

/// The option that was probably meant. Names that begin with `$` can be nothing
/// but options of OData; others may be anybody's, so that they must be nearer.
fn nearest(bare: &str, is_marked: bool) -> Option<(&'static str, SystemOption)> {
    /// The longest name of an option has 10 letters.
    const MAX_CHARS: usize = 16;
    let word: Vec<char> = bare.chars().take(MAX_CHARS + 1).map(|c| c.to_ascii_lowercase()).collect();
    if word.len() > MAX_CHARS || (word.len() < 4 && !is_marked) {
        return None;
    }
    let is_common =
        |option| matches!(option, SystemOption::Apply | SystemOption::Index | SystemOption::Levels);
    SYSTEM_OPTIONS
        .into_iter()
        .filter(|(_, option)| is_marked || !is_common(*option))
        .map(|(name, option)| (near::distance(&word, name), name, option))
        .filter(|(distance, name, _)| *distance <= 1 + name.len() / 6 && 2 * distance < word.len())
        .min_by_key(|(distance, ..)| *distance)
        .map(|(_, name, option)| (name, option))
}

#[cfg(test)]
mod tests {
    use crate::{Profile, QueryOptions};

    /// The hint on the fault of a query, in a profile.
    fn hint(query: &str, profile: Profile) -> Option<String> {
        QueryOptions::parse(query, profile)
            .err()
            .map(|error| error.hint_text().unwrap_or_default().to_owned())
    }

    #[test]
    fn what_a_shell_or_a_tool_makes_of_a_name_is_refused() {
        for (query, told) in [
            ("=successfulCall%20eq%20false&$count=true", "single quotes"),
            ("$count=true&=successfulCall%20eq%20false", "single quotes"),
            ("=", "single quotes"),
            ("$=x", "single quotes"),
            ("?=x", "single quotes"),
            // What curl makes of --data-urlencode "$filter=…".
            ("successfulCall%20eq%20false", "single quotes"),
            ("startswith(callerNumber,%27%2B49%27)", "single quotes"),
            ("userId%20eq%20'a=b'", "single quotes"),
            ("id%2Cduration", "single quotes"),
            ("true", "single quotes"),
            ("?$filter=x", "write $filter: options begin after one ?"),
            ("$top=5&?filter=x", "options begin after one ?"),
            ("%20$filter=x", "write $filter: leave the blanks"),
            ("+$filter=x", "leave the blanks"),
            ("filter%20=x", "leave the blanks"),
            ("$%20top=x", "write $top: leave the blanks"),
            ("%0A$orderby=id", "write $orderby: leave the blanks"),
            ("%C2%A0$filter=x", "leave the blanks"),
            ("%E2%80%8B$filter=x", "leave the blanks"),
            ("%EF%BB%BFfilter=x", "leave the blanks"),
            ("amp;$filter=x", "send & itself"),
            ("$top=1&amp;$filter=x", "send & itself"),
            ("amp;filter=x", "send & itself"),
            ("%26$filter=x", "send & itself"),
            ("&dollar;filter=x", "send & itself"),
            ("%2524filter=x", "percent-encoded twice"),
            ("%252524filter=x", "percent-encoded twice"),
            ("%2520filter=x", "percent-encoded twice"),
            ("$$filter=x", "one $ is enough"),
            ("%24$filter=x", "one $ is enough"),
            ("%EF%BC%84filter=x", "looks alike"),
            ("%EF%B9%A9filter=x", "looks alike"),
            ("\\$filter=x", "marks for a shell"),
            ("%60$filter=x", "marks for a shell"),
            ("'$filter'=x", "marks for a shell"),
            ("%22filter%22=x", "marks for a shell"),
            ("amp;%20?%2524$filter=x", "send & itself"),
            ("api-version=1?$filter=x", "separate $filter"),
            ("api-version=1;%24filter=x", "separate $filter"),
            ("api-version?$top=1", "separate $top"),
            ("fliter=x", "did you mean '$filter'?"),
            ("$fitler=x", "did you mean '$filter'?"),
            ("$filtre=x", "did you mean '$filter'?"),
            ("FILTERS=x", "did you mean '$filter'?"),
            ("order_by=id", "did you mean '$orderby'?"),
            ("order=id", "did you mean '$orderby'?"),
            ("$order-by=id", "did you mean '$orderby'?"),
            ("select[]=id", "did you mean '$select'?"),
            ("$tpo=5", "did you mean '$top'?"),
            ("coutn=true", "did you mean '$count'?"),
            ("serach=x", "did you mean '$search'?"),
            ("$levles=1", "did you mean '$levels'?"),
            ("%20fliter=x", "did you mean '$filter'?"),
        ] {
            let hint = hint(query, Profile::Default).unwrap_or_default();
            assert!(hint.contains(told), "{query}: {hint}");
            assert_eq!(QueryOptions::parse(query, Profile::Strict), Ok(QueryOptions::default()), "{query}");
        }
    }

    #[test]
    fn what_is_left_of_a_next_link_never_starts_the_walk_anew() {
        const TOKEN: &str = "AVCrZm9vYmFyAAAAAAAAAAcAAAAAAAAD6A-_Zm9vYmFy";
        for query in [
            "=1000".to_owned(),
            "=%201000".to_owned(),
            "1000".to_owned(),
            "$=1000".to_owned(),
            "??=1000".to_owned(),
            TOKEN.to_owned(),
            format!("=1000&={TOKEN}"),
            format!("={TOKEN}&$top=5"),
            format!("$skip=1000&={TOKEN}"),
            format!("%2524skip=1000&%2524skiptoken={TOKEN}"),
            format!("%252524skiptoken={TOKEN}"),
            format!("amp;$skiptoken={TOKEN}"),
            format!("$$skip=1000&$$skiptoken={TOKEN}"),
            "%20$skip=1000".to_owned(),
            "?$skip=1000".to_owned(),
            "\\$skip=1000".to_owned(),
            "x=1?$skip=1000".to_owned(),
            "x=1;%24skip=1000".to_owned(),
            "x=$filter=1$skip=1000".to_owned(),
            "$skp=1000".to_owned(),
            "skpi=1000".to_owned(),
            "skip_token=abc".to_owned(),
        ] {
            for profile in [Profile::Default, Profile::Strict] {
                let hint = hint(&query, profile).unwrap_or_default();
                assert!(!hint.is_empty(), "{query} ({profile:?})");
            }
        }
    }

    #[test]
    fn names_that_are_nobodys_are_passed_over() {
        for query in [
            "api-version=1.0",
            "x=1&y",
            "from=2019-11-01&to=2019-12-01",
            "_=1699999999999",
            "country=DE&account=7&level=2&step=1&type=a&mode=b&form=c",
            "maxpagesize=5",
            "sessionId",
            "redirect=https%3A%2F%2Fx.example%2F%3F%24filter%3Dy",
            "price=$5",
            "%20x=1",
            "&&",
            "%20",
            "?",
        ] {
            for profile in [Profile::Default, Profile::Strict] {
                assert_eq!(hint(query, profile), None, "{query} ({profile:?})");
            }
        }
    }

    #[test]
    fn no_fault_repeats_what_is_perhaps_a_number() {
        for query in ["='%2B4930123456'", "callerNumber%20eq%20'%2B4930123456'", "x='%2B4930123456'?$top=1"] {
            let error = QueryOptions::parse(query, Profile::Default).unwrap_err().to_string();
            assert!(!error.contains("4930123456"), "{error}");
        }
    }

    #[test]
    fn many_marks_do_not_take_long() {
        for mark in ["$", "?", "%25", "amp;", "$?", "%20$"] {
            let _ = hint(&format!("{}=x", mark.repeat(2_000)), Profile::Default);
        }
    }
}
