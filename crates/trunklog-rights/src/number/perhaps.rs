//! Numbers that may be the same, and of which nobody can tell.

use std::ops::ControlFlow;

use super::{MANY, Stands, WHOLE, all_in, dialled, has_many_digits};

/// The longest country code.
const COUNTRY_CODE: usize = 3;

/// The longest prefix of a line outside, of a carrier, or of both.
const PREFIX: usize = 6;

/// How a text may have the number with these digits, where that cannot be said for sure:
/// without its country code, with a zero too many, after a prefix that nobody knows, or
/// among other digits. None where it does not, or where it surely has it. Most of the
/// form is hidden.
///
/// ```
/// use trunklog_rights::number::perhaps;
///
/// assert_eq!(perhaps("030 1234567", "49301234567").as_deref(), Some("0******567"));
/// assert_eq!(perhaps("030 1234568", "49301234567"), None);
/// assert_eq!(perhaps("+49 30 1234567", "49301234567"), None);
/// ```
pub fn perhaps(text: &str, digits: &str) -> Option<String> {
    if !has_many_digits(text) || digits.len() < MANY {
        return None;
    }
    let mut form = None;
    let mut look = |found: &str, has_country_code: bool, stands: Stands| {
        let may_be = if found == digits {
            stands == Stands::Beside
        } else {
            is_perhaps(found, has_country_code, digits)
        };
        if may_be {
            form = Some(hidden(found));
        }
        if may_be { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    if let Some(whole) = dialled(text) {
        if !whole.is_hidden() {
            let _ = look(whole.number(), whole.has_country_code(), Stands::Apart);
        }
        return form;
    }
    let _ = all_in(text, &mut |found| look(found.digits, found.has_country_code, found.stands));
    form
}

/// Whether two numbers that are written in different digits may be one.
fn is_perhaps(found: &str, has_country_code: bool, wanted: &str) -> bool {
    let [at_home, wanted_at_home] = [found, wanted].map(|digits| digits.trim_start_matches('0'));
    if at_home.len() < MANY || wanted_at_home.len() < MANY {
        return false;
    }
    let has_country_code = has_country_code && !found.starts_with('0');
    // One of them without the country code.
    let is_national = |national: &str, whole: &str| {
        let more = whole.len().checked_sub(national.len());
        more.is_some_and(|more| more <= COUNTRY_CODE) && whole.ends_with(national)
    };
    let is_wanted_at_home = !has_country_code || wanted.starts_with('0') || wanted.len() <= WHOLE;
    if (!has_country_code && is_national(at_home, wanted_at_home))
        || (is_wanted_at_home && is_national(wanted_at_home, at_home))
    {
        return true;
    }
    // A zero after the country code that is not dialled, or is, as in Italy.
    let differs_by_zero = |longer: &str, shorter: &str| {
        longer.len() == shorter.len() + 1
            && (1..=COUNTRY_CODE).any(|at| {
                longer.as_bytes().get(at) == Some(&b'0')
                    && shorter.get(..at) == longer.get(..at)
                    && shorter.get(at..) == longer.get(at + 1..)
            })
    };
    if differs_by_zero(found, wanted) || differs_by_zero(wanted, found) {
        return true;
    }
    let before = found.len().checked_sub(wanted.len());
    wanted.len() >= WHOLE
        && !has_country_code
        && before.is_some_and(|before| before <= PREFIX)
        && found.ends_with(wanted)
}

/// Digits with most of them hidden: zeros before it, and the last few of a long one, are
/// shown.
pub(crate) fn hidden(digits: &str) -> String {
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    let shown = digits.len().saturating_sub(MANY).min(3);
    let (hidden, end) = digits.split_at(digits.len() - shown);
    let zeros = zeros.min(hidden.len());
    format!("{}{}{end}", "0".repeat(zeros), "*".repeat(hidden.len() - zeros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_the_number_is_told() {
        let wanted = "49301234567";
        for text in [
            "030 1234567",
            "(030) 1234567",
            "301234567",
            "Desk 030 1234567",
            "+49 (030) 1234567",
            "+49030 1234567",
            "0 0049 30 1234567",
            "810 49 30 1234567",
            "9 011 49 30 1234567",
            "Desk +49 30 1234567-89",
        ] {
            assert!(perhaps(text, wanted).is_some(), "{text}");
        }
        // Asked for without its country code.
        assert!(perhaps("+49 30 1234567", "0301234567").is_some());
        assert!(perhaps("+39 06 1234567", "3961234567").is_some());
        for other in [
            "+49 30 1234568",
            "+33 301234567",
            "+1 493 012 3456 7",
            "1234567",
            "4711",
            "030 123456",
            "Desk +49 30 12345678",
            "149301234567890",
            "anonymous",
            "",
        ] {
            assert_eq!(perhaps(other, wanted), None, "{other}");
        }
        assert_eq!(perhaps("030 4711", "4711"), None);
    }

    #[test]
    fn zeros_and_an_end_are_shown() {
        for (digits, shown) in
            [("0301234567", "0******567"), ("4711", "****"), ("000", "000"), ("49301234567", "********567")]
        {
            assert_eq!(hidden(digits), shown);
        }
    }
}
