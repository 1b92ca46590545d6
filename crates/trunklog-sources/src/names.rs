//! Files that are named to people.

use std::fmt;

use trunklog_errors::shown;

/// How many are named.
const NAMED: usize = 10;

/// Files of one kind: how many there are, and the names of the first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameList {
    first: Vec<String>,
    total: u64,
}

impl NameList {
    /// Adds a file.
    pub fn add(&mut self, name: impl Into<String>) {
        self.total += 1;
        if self.first.len() < NAMED {
            self.first.push(name.into());
        }
    }

    /// How many files there are.
    pub fn total(&self) -> u64 {
        self.total
    }
}

impl fmt::Display for NameList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.first.iter().enumerate() {
            write!(f, "{}{}", if at == 0 { "" } else { ", " }, shown(name))?;
        }
        let named = u64::try_from(self.first.len()).unwrap_or(u64::MAX);
        match self.total - named {
            0 => Ok(()),
            others => write!(f, " and {others} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_are_named() {
        let mut names = NameList::default();
        assert_eq!((names.total(), names.to_string().as_str()), (0, ""));
        for number in 1..=10 {
            names.add(format!("{number}"));
        }
        assert_eq!(names.to_string(), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10");
        names.add("x");
        names.add("y");
        assert_eq!((names.total(), names.to_string().ends_with(", 10 and 2 more")), (12, true));
        let mut names = NameList::default();
        names.add("a\n\u{202e}b");
        assert_eq!(names.to_string(), r"a\n\u{202e}b");
    }
}
