//! Which files are taken, by their names.

use std::str::FromStr;

/// Names with `*` for any text and `?` for any character; several are separated by
/// `;`. Letter case does not matter.
///
/// ```
/// use trunklog_sources::folder::Patterns;
///
/// let patterns: Patterns = "*.csv; cdr-????.txt".parse()?;
/// assert!(patterns.fit("Calls.CSV") && patterns.fit("cdr-0001.txt"));
/// assert!(!patterns.fit("calls.csv.bak"));
/// # Ok::<(), trunklog_sources::folder::PatternsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patterns(Vec<Vec<char>>);

/// The text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no pattern of names: write names with * for any text and ? for any character, several with ; \
     between, such as *.csv;*.zip, without a folder"
)]
pub struct PatternsError(String);

/// What names end with while programs still write or fetch a file.
const UNFINISHED: [&str; 7] = [".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp"];

impl Patterns {
    /// Whether a file of that name is taken. Names of hidden files, and those that
    /// programs give to what is not finished, are not.
    pub fn fit(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let is_unfinished = name.starts_with(['.', '~']) || UNFINISHED.iter().any(|end| name.ends_with(end));
        let name: Vec<char> = name.chars().collect();
        !is_unfinished && self.0.iter().any(|pattern| is_fit(pattern, &name))
    }
}

impl Default for Patterns {
    /// All names.
    fn default() -> Patterns {
        Patterns(vec![vec!['*']])
    }
}

impl FromStr for Patterns {
    type Err = PatternsError;

    fn from_str(text: &str) -> Result<Patterns, PatternsError> {
        let patterns: Vec<Vec<char>> =
            text.split(';').map(|part| part.trim().to_lowercase().chars().collect()).collect();
        let is_bad =
            |pattern: &Vec<char>| pattern.is_empty() || pattern.contains(&'/') || pattern.contains(&'\0');
        if patterns.iter().any(is_bad) {
            return Err(PatternsError(text.to_owned()));
        }
        Ok(Patterns(patterns))
    }
}

/// Goes back to the last `*` only, so it takes no longer than both lengths
/// multiplied.
fn is_fit(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut to) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while to < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, to));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == name[to] => {
                at += 1;
                to += 1;
            }
            _ => {
                let Some((star_at, star_to)) = star else { return false };
                star = Some((star_at, star_to + 1));
                at = star_at + 1;
                to = star_to + 1;
            }
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(pattern: &[char], name: &[char]) -> bool {
        match pattern.split_first() {
            None => name.is_empty(),
            Some(('*', rest)) => (0..=name.len()).any(|at| plain(rest, &name[at..])),
            Some((letter, rest)) => name
                .split_first()
                .is_some_and(|(first, others)| (*letter == '?' || letter == first) && plain(rest, others)),
        }
    }

    proptest! {
        /// As the plainest way to compare them has it.
        #[test]
        fn names_fit_as_they_should(pattern in "[ab*?]{0,7}", name in "[abc]{0,9}") {
            let [pattern, name] = [pattern, name].map(|text| text.chars().collect::<Vec<_>>());
            prop_assert_eq!(is_fit(&pattern, &name), plain(&pattern, &name));
        }
    }

    #[test]
    fn what_is_not_finished_is_left_alone() {
        let all = Patterns::default();
        for name in ["a.csv", "A", "a.tmp.csv", "ä.json"] {
            assert!(all.fit(name), "{name}");
        }
        for name in [".a.csv", "~a.csv", "a.csv.TMP", "a.csv.filepart", "a.part"] {
            assert!(!all.fit(name), "{name}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in ["", ";", "*.csv;", "in/*.csv"] {
            assert!(text.parse::<Patterns>().unwrap_err().to_string().contains("*.csv;*.zip"), "{text}");
        }
    }
}
