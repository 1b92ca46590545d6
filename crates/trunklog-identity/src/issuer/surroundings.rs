//! What people copy along with a value.

/// Quotes as programs and word processors write them.
const QUOTES: [(char, char); 7] =
    [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’'), ('„', '“'), ('«', '»')];

/// Says that `text` has something around it that is hardly a part of it; `what`
/// is what it should be.
///
/// It follows from the text alone, so that someone who guesses a secret does not
/// learn whether it is right without what is around it. Nothing of it is
/// repeated.
pub(super) fn remark(what: &str, text: &str) -> Option<String> {
    let bare = text.trim_matches(is_blank);
    if bare.len() != text.len() {
        return Some(format!("The {what} was sent with blanks or line breaks around it, send it without."));
    }
    let quoted = QUOTES.iter().any(|&(open, close)| {
        bare.strip_prefix(open).is_some_and(|inner| inner.ends_with(close) && inner.len() > close.len_utf8())
    });
    quoted.then(|| format!("The {what} was sent in quotes, send it without."))
}

/// Says that one of `values` holds other parameters, or a scope or the like a
/// `=`, as it does where what separates parameters was lost. It follows from the
/// text alone, too.
pub(super) fn unseparated<'v>(
    mut values: impl Iterator<Item = &'v str>,
    mut plain: impl Iterator<Item = &'v str>,
) -> Option<String> {
    const PARAMETERS: [&str; 5] = ["client_id=", "client_secret", "grant_type=", "resource=", "scope="];
    let is_joined = values.any(|value| PARAMETERS.iter().any(|parameter| value.contains(parameter)))
        || plain.any(|value| value.contains('='));
    is_joined.then(|| "One parameter holds others: separate parameters by &.".to_owned())
}

/// Blanks, line breaks, and what is not seen either: control characters, the
/// byte-order mark and spaces without a width.
fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_within_others_are_seen() {
        let none = || std::iter::empty();
        for text in ["a;client_secret=b", "client_credentialsclient_secret", "a\ngrant_type=b", "x scope=y"] {
            assert!(unseparated([text].into_iter(), none()).is_some(), "{text}");
        }
        for text in ["c2VjcmV0==", "scope", "", "a=b"] {
            assert_eq!(unseparated([text].into_iter(), none()), None, "{text}");
        }
        assert!(unseparated(none(), ["a=b"].into_iter()).is_some());
    }

    #[test]
    fn blanks_and_quotes_are_seen_and_not_repeated() {
        for text in
            [" secret", "secret\n", "secret\r\n", "\u{feff}secret", "secret\u{a0}", "\t", "\"secret\" "]
        {
            let remark = remark("client secret", text).unwrap();
            assert!(remark.contains("blanks") && !remark.contains("secret\""), "{remark}");
        }
        for text in ["\"secret\"", "'secret'", "“secret”", "«secret»"] {
            let remark = remark("client secret", text).unwrap();
            assert!(remark.contains("quotes") && !remark.contains(text), "{remark}");
        }
        for text in ["secret", "sec ret", "se\"cret", "'secret", "secret\"", "\"", "\"\"", ""] {
            assert_eq!(remark("client secret", text), None, "{text}");
        }
    }
}
