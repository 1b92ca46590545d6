//! Options whose names were lost or changed on their way.
//!
//! A shell takes `$filter` in double quotes for one of its variables and
//! leaves `?=…`; HTML writes `&` as `&amp;`; a tool encodes what is encoded
//! already. OData has a service pass over names that it does not know. Then who
//! asked for few rows gets all of them and takes them for the few, and a next
//! link gives the first page again, without end. So such names are faults.
//!
//! Names that are anybody's must pass all the same. Where the two cannot be told
//! apart, a walk without end counts more than a name that cannot be used, and
//! the name of somebody's own option more than a rare misspelling.

mod marks;
mod walk;

use std::cmp::Ordering;

use self::marks::{is_blank, unmarked};
use super::known::{BOM, KnownOption, SYSTEM_OPTIONS, SystemOption, unknown};
use crate::{Error, near};

/// An option whose name did not arrive as it was meant.
pub(super) struct GarbledOption {
    /// What the client is told.
    pub(super) error: Error,
    /// Whether it may be what says how far a walk has come.
    pub(super) is_of_walk: bool,
    /// Whether it may be what says in which form the answer is wanted.
    pub(super) is_of_format: bool,
}

impl GarbledOption {
    /// What became of an option whose decoded `name` is not known; None when it
    /// looks like one that was meant so. `pair` is all of it as it was sent.
    pub(super) fn find(pair: &str, name: &str) -> Option<GarbledOption> {
        let is_alias = name.starts_with('@') && !name.contains('$') && !is_nameless(name);
        let found =
            if is_alias { GarbledOption::hidden(pair, name) } else { GarbledOption::recognised(pair, name) };
        GarbledOption::or_of_walk(found, walk::is_told_in(pair))
    }

    /// What is unseen in the value of an option that is `known`.
    pub(super) fn in_value(known: KnownOption, value: &str) -> Option<GarbledOption> {
        if known.is_of_walk() {
            return None;
        }
        // Of the other values, none that can be read has room for an option.
        let found = if known.is_format() { GarbledOption::within(value) } else { None };
        GarbledOption::or_of_walk(found, walk::is_in_value(value))
    }

    fn recognised(pair: &str, name: &str) -> Option<GarbledOption> {
        let value = pair.split_once('=').map(|(_, value)| value);
        let (bare, mark) = unmarked(name);
        if is_nameless(&bare) {
            return value.map(GarbledOption::nameless);
        }
        if let (Some(mark), Some(known)) = (mark, KnownOption::named(&bare)) {
            return Some(GarbledOption::of(known, unknown(name).hint(mark.hint(known))));
        }
        if let Some(hidden) = GarbledOption::hidden(pair, name) {
            return Some(hidden);
        }
        if is_expression(&bare, value) || (value.is_none() && walk::is_value(&bare)) {
            return Some(GarbledOption::nameless(&bare));
        }
        let known = nearest(&bare, name.contains('$'), value)?;
        Some(GarbledOption::of(known, unknown(name).hint(format!("did you mean '{known}'?"))))
    }

    /// An option that was joined to what is before it.
    fn hidden(pair: &str, name: &str) -> Option<GarbledOption> {
        GarbledOption::within(pair).or_else(|| GarbledOption::joined(name))
    }

    /// By a second `?` or the like, with its `$` still there.
    fn within(text: &str) -> Option<GarbledOption> {
        let plain = text.to_ascii_lowercase().replace("%2524", "$").replace("%24", "$").replace("%27", "'");
        let known = walk::unquoted(&plain)
            .split('$')
            .skip(1)
            .filter_map(|rest| KnownOption::named(rest.split_once('=')?.0))
            .max_by_key(|known| known.is_of_walk())?;
        let error = Error::bad_request("A query option is inside another one.");
        let hint = format!("separate {known} from what is before it by a plain &");
        Some(GarbledOption::of(known, error.hint(hint)))
    }

    /// By encoding all of the query string, so that what looks like a name is
    /// more.
    fn joined(name: &str) -> Option<GarbledOption> {
        let plain = walk::plain(name);
        if !plain.contains(['=', '&', '?']) {
            return None;
        }
        let meant = |part: &str| {
            let name = part.split('=').next().unwrap_or_default();
            let bare = unmarked(name).0;
            KnownOption::named(&bare).or_else(|| nearest(&bare, name.contains('$'), None))
        };
        let known = plain.split(['&', '?']).filter_map(meant).max_by_key(|known| known.is_of_walk())?;
        let error = Error::bad_request("A query option is encoded together with what is around it.");
        let hint = format!(
            "write {known} with a plain = after it and a plain & before it: only names and values are encoded, \
             and next links are sent as they came"
        );
        Some(GarbledOption::of(known, error.hint(hint)))
    }

    /// What is left of an option without its name.
    fn nameless(value: &str) -> GarbledOption {
        let error = Error::bad_request("The query string has a value without the name of its option.").hint(
            "a shell replaces $filter and the like within double quotes by nothing: put the URL or the option \
             into single quotes, or write %24filter; send next links as they came",
        );
        GarbledOption { error, is_of_walk: walk::is_left_in(value), is_of_format: true }
    }

    fn of(known: KnownOption, error: Error) -> GarbledOption {
        GarbledOption { error, is_of_walk: known.is_of_walk(), is_of_format: known.is_format() }
    }

    fn or_of_walk(found: Option<GarbledOption>, is_of_walk: bool) -> Option<GarbledOption> {
        match found {
            Some(garbled) => Some(GarbledOption { is_of_walk: is_of_walk || garbled.is_of_walk, ..garbled }),
            None => is_of_walk.then(|| {
                let error = Error::bad_request("The query string holds what is left of $skip or $skiptoken.");
                let hint = "send next links as they came, in single quotes on a command line; \
                    the names of other options cannot hold skip";
                GarbledOption { error: error.hint(hint), is_of_walk, is_of_format: false }
            }),
        }
    }
}

/// Whether nothing but signs is left of a name. `_` is one: scripts put the time
/// there, so that no cache answers them.
fn is_nameless(bare: &str) -> bool {
    bare.chars().all(|c| c.is_ascii_punctuation()) && bare != "_"
}

/// Whether it is not a name but what one writes into `$filter`, `$orderby` or
/// `$select`. Names may have brackets and commas.
fn is_expression(bare: &str, value: Option<&str>) -> bool {
    bare.contains(|c: char| {
        c.is_whitespace() || matches!(c, '\'' | '"') || (value.is_none() && matches!(c, '(' | ')' | ','))
    })
}

/// The option that was probably meant. Names that start with `$` can be nothing
/// but options of OData; others may be anybody's, so that they must be nearer.
fn nearest(bare: &str, is_marked: bool, value: Option<&str>) -> Option<KnownOption> {
    /// Also words that others use.
    const COMMON: [SystemOption; 3] = [SystemOption::Apply, SystemOption::Index, SystemOption::Levels];
    let is_filler = |c: char| c.is_ascii_punctuation() || is_blank(c);
    let word: String = bare.to_ascii_lowercase().chars().filter(|c| !is_filler(*c)).collect();
    let letters = word.chars().count();
    let is_near = |distance: usize, name: &str| {
        if is_marked {
            distance <= 1 + name.len() / 6 && 2 * distance < letters
        } else {
            distance == 0 || (distance == 1 && letters >= 4 && is_misspelling(&word, name))
        }
    };
    // A name so short may be a word, but hardly one that is true or false.
    let is_bom = |distance: usize, name: &str| {
        let is_truth =
            || value.is_some_and(|value| ["true", "false"].iter().any(|t| value.eq_ignore_ascii_case(t)));
        distance == 0 || (distance == 1 && letters >= name.len() && is_slip(&word, name) && is_truth())
    };
    let names = SYSTEM_OPTIONS.into_iter().filter(|(_, option)| is_marked || !COMMON.contains(option));
    near::closest(&word, names.map(|(name, _)| name), is_near)
        // What is left of a name that was cut off.
        .or_else(|| (is_marked && letters >= 2 && "skiptoken".starts_with(&word)).then_some("skip"))
        // What many other services call it.
        .or_else(|| (word == "order").then_some("orderby"))
        .or_else(|| near::closest(&word, [BOM], is_bom))
        .and_then(KnownOption::named)
}

/// Whether `word`, which differs from `name` by one letter, is hardly a word
/// itself, as `skin`, `county` and `computer` are.
fn is_misspelling(word: &str, name: &str) -> bool {
    const EVERYDAY: [&str; 4] = ["count", "format", "skip", "top"];
    let is_derived = word.strip_prefix(name).is_some_and(|end| end != "s");
    is_slip(word, name) || !(is_derived || EVERYDAY.contains(&name))
}

/// Whether `word`, which differs from `name` by one letter, lacks one, has one
/// twice, or two that are swapped.
fn is_slip(word: &str, name: &str) -> bool {
    let (word, name) = (word.as_bytes(), name.as_bytes());
    let sorted = |letters: &[u8]| {
        let mut letters = letters.to_vec();
        letters.sort_unstable();
        letters
    };
    let without = |at: usize| [&word[..at], &word[at + 1..]].concat();
    match word.len().cmp(&name.len()) {
        Ordering::Less => true,
        Ordering::Equal => sorted(word) == sorted(name),
        Ordering::Greater => (1..word.len()).any(|at| word[at] == word[at - 1] && without(at) == name),
    }
}

#[cfg(test)]
mod tests;
