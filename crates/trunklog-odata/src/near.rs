//! The name that was probably meant.

/// Longer words are not misspelt names.
const MAX_CHARS: usize = 64;

/// A hint on a wrong name: the one that was meant, else all of them. `plural`
/// says what they are.
pub(crate) fn hint(word: &str, plural: &str, names: &[&str]) -> String {
    match nearest(word, names.iter().copied()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("the {plural} are {}", names.join(", ")),
    }
}

/// The name that differs least from `word`, letter case aside, and not by more
/// than a few letters.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = (1 + word.chars().count() / 5).min(3);
    closest(word, names, |distance, name| distance <= most && distance < name.len())
}

/// The name that differs least from `word`, letter case aside, of those for
/// which `is_near` takes the distance for small enough.
pub(crate) fn closest<'a>(
    word: &str,
    names: impl IntoIterator<Item = &'a str>,
    is_near: impl Fn(usize, &str) -> bool,
) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(MAX_CHARS + 1).map(|c| c.to_ascii_lowercase()).collect();
    if word.is_empty() || word.len() > MAX_CHARS {
        return None;
    }
    names
        .into_iter()
        .map(|name| (distance(&word, name), name))
        .filter(|(distance, name)| is_near(*distance, name))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be added, removed, replaced or swapped with their
/// neighbours to make one of the other. `word` is in lower case.
fn distance(word: &[char], name: &str) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=word.len()).collect();
    let mut last = None;
    for (at, letter) in name.chars().map(|c| c.to_ascii_lowercase()).enumerate() {
        let mut row = Vec::with_capacity(above.len());
        row.push(at + 1);
        for (place, other) in word.iter().enumerate() {
            let replaced = above[place] + usize::from(*other != letter);
            let mut least = replaced.min(above[place + 1] + 1).min(row[place] + 1);
            if place > 0 && last == Some(*other) && word[place - 1] == letter {
                least = least.min(before[place - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
        last = Some(letter);
    }
    above[word.len()]
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
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("fliter", "filter"), 1);
        assert_eq!(distance("fitler", "filter"), 1);
        assert_eq!(distance("ca", "abc"), 3);
    }
}
