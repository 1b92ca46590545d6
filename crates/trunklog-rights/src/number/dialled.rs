//! A text that is one number, as it would be dialled.

use std::iter::once;

use super::{FEWEST, MOST, TRUNK_ZERO, WHOLE, decoded, is_between, plain};

/// What is dialled to leave a country, the longest first, and how many digits have to
/// follow: Australia's, North America's, Japan's, and the one that the ITU recommends.
/// After `011` and `010`, fewer can be a number of Turin, Delhi or Leeds.
const EXIT_PREFIXES: [(&str, usize); 4] = [("0011", WHOLE), ("011", WHOLE), ("010", WHOLE), ("00", 1)];

/// Country codes after which `(0)` is dialled, with what comes before them.
const KEEP_ZERO: [&str; 5] = ["39", "0039", "01139", "001139", "01039"];

/// Those of them that versions before knew.
const KEPT_ZERO_BEFORE: [&str; 3] = ["39", "0039", "01139"];

/// A number as it would be dialled.
pub(super) struct Dialled {
    /// Digits, and `*` for those that are hidden.
    signs: String,
    has_plus: bool,
    /// What versions before made of its `(0)`; nothing where it has none.
    before: Vec<String>,
}

impl Dialled {
    pub(super) fn is_hidden(&self) -> bool {
        self.signs.contains('*')
    }

    /// From the country code on where there is one.
    pub(super) fn number(&self) -> &str {
        from_country_code(&self.signs, self.has_plus)
    }

    /// Whether it is written with a `+` or with what is dialled to leave a country.
    pub(super) fn has_country_code(&self) -> bool {
        self.has_plus || self.number().len() < self.signs.len()
    }

    /// As versions before compared it, where that is another number. Whoever was erased by
    /// them stays out.
    pub(super) fn known_before(&self) -> impl Iterator<Item = &str> {
        let number = self.number();
        once(without_00(&self.signs, self.has_plus))
            .chain(self.before.iter().map(String::as_str))
            .filter(move |before| *before != number && (FEWEST..=MOST).contains(&before.len()))
    }
}

/// The number that a text is, if it is one.
pub(super) fn dialled(text: &str) -> Option<Dialled> {
    let text = decoded(text);
    let text = plain(&text);
    let mut rest = text.trim();
    if let Some((_, inside)) = rest.split_once('<') {
        rest = inside.split('>').next().unwrap_or(inside).trim();
    }
    // Parameters, and the host of an address.
    rest = rest.split([';', '?']).next().unwrap_or(rest);
    for scheme in ["tel:", "sip:", "sips:", "callto:"] {
        if rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) {
            rest = &rest[scheme.len()..];
            break;
        }
    }
    rest = rest.split('@').next().unwrap_or(rest).trim();
    let plus = rest.strip_prefix('+');
    let (rest, has_plus) = (plus.unwrap_or(rest), plus.is_some());
    let signs = signs_of(rest, drops_zero)?;
    let before = if rest.contains(TRUNK_ZERO) { earlier(rest, has_plus) } else { Vec::new() };
    let dialled = Dialled { signs, has_plus, before };
    (FEWEST..=MOST).contains(&dialled.number().len()).then_some(dialled)
}

/// What is left of dialled digits from the country code on, where they have one.
pub(super) fn from_country_code(dialled: &str, has_plus: bool) -> &str {
    let after = EXIT_PREFIXES.iter().find_map(|(prefix, fewest)| {
        let rest = dialled.strip_prefix(prefix)?;
        // No country code starts with 0, so after `+` it can be nothing else.
        (has_plus || rest.len() >= *fewest).then_some(rest)
    });
    after.unwrap_or(dialled)
}

/// Whether `(0)` after these digits is the trunk prefix that nobody dials from abroad.
pub(super) fn drops_zero(before: &str) -> bool {
    !before.is_empty() && !KEEP_ZERO.contains(&before)
}

/// Digits and `*`, without each `(0)` that is dropped after the signs before it. None where
/// there is anything else.
fn signs_of(mut rest: &str, drops_zero: impl Fn(&str) -> bool) -> Option<String> {
    let mut signs = String::with_capacity(rest.len());
    while let Some(sign) = rest.chars().next() {
        if rest.starts_with(TRUNK_ZERO) && drops_zero(&signs) {
            rest = &rest[TRUNK_ZERO.len()..];
            continue;
        }
        match sign {
            '0'..='9' | '*' => signs.push(sign),
            sign if is_between(sign) => {}
            _ => return None,
        }
        rest = &rest[sign.len_utf8()..];
    }
    Some(signs)
}

/// The numbers that versions before made of one with `(0)` in it.
fn earlier(rest: &str, has_plus: bool) -> Vec<String> {
    // The first ones dropped it where a country code was sure, once, and in Italy as well.
    let is_international = has_plus || rest.starts_with("00");
    let once_less = if is_international { rest.replacen(TRUNK_ZERO, "", 1) } else { rest.to_owned() };
    let first = signs_of(&once_less, |_| false);
    let first = first.map(|signs| without_00(&signs, has_plus).to_owned());
    // The next ones knew fewer ways to dial Italy.
    let next = signs_of(rest, |before| !before.is_empty() && !KEPT_ZERO_BEFORE.contains(&before));
    let next = next.map(|signs| from_country_code(&signs, has_plus).to_owned());
    first.into_iter().chain(next).collect()
}

/// What is left of dialled digits as versions saw it that knew only `00`.
fn without_00(signs: &str, has_plus: bool) -> &str {
    let after = if has_plus { None } else { signs.strip_prefix("00") };
    after.unwrap_or(signs)
}
