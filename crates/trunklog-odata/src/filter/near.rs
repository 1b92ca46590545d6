//! The name that was probably meant.

/// Longer words are no misspelt names.
const MAX_CHARS: usize = 64;

/// A hint on a wrong name: the one that was meant, else all of them. `plural`
/// says what they are.
pub(super) fn hint(word: &str, plural: &str, names: &[&str]) -> String {
    match nearest(word, names.iter().copied()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("the {plural} are {}", names.join(", ")),
    }
}

/// The name that differs least from `word`, letter case aside, and not by more
/// than a few letters.
pub(super) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(MAX_CHARS + 1).map(|c| c.to_ascii_lowercase()).collect();
    if word.is_empty() || word.len() > MAX_CHARS {
        return None;
    }
    let most = (1 + word.len() / 5).min(3);
    names
        .into_iter()
        .map(|name| (distance(&word, name), name))
        .filter(|(distance, name)| *distance <= most && *distance < name.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be added, removed or replaced to make one of the
/// other.
fn distance(word: &[char], name: &str) -> usize {
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for (above, letter) in name.chars().map(|c| c.to_ascii_lowercase()).enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (at, other) in word.iter().enumerate() {
            let replaced = diagonal + usize::from(*other != letter);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(row[at] + 1).min(diagonal + 1);
        }
    }
    row[word.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant_and_nothing_far_fetched() {
        let names = ["id", "userId", "userPrincipalName", "startDateTime", "duration"];
        for (word, near) in [
            ("userid", Some("userId")),
            ("userIdd", Some("userId")),
            ("startDatetim", Some("startDateTime")),
            ("durration", Some("duration")),
            ("userPricnipalName", Some("userPrincipalName")),
            ("ix", Some("id")),
            ("x", None),
            ("foo", None),
            ("callerNumber", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, names), near, "{word}");
        }
    }

    #[test]
    fn counts_letters() {
        let distance = |word: &str, name| distance(&word.chars().collect::<Vec<_>>(), name);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "ABC"), 0);
    }
}
