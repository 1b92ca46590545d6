//! What sources are called, and what is expected of them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use trunklog_records::{Log, TenantId};

/// The longest name of a source of a kind. It is part of the names of states.
pub const MOST_NAME: usize = 40;

/// A source: its kind and, within that, its name. Written `folder/sbc1`.
///
/// ```
/// use trunklog_ledger::SourceName;
///
/// let source: SourceName = "folder/sbc1".parse()?;
/// assert_eq!((source.kind(), source.name()), ("folder", "sbc1"));
/// assert!("folder/../x".parse::<SourceName>().is_err());
/// # Ok::<(), trunklog_ledger::SourceNameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceName {
    kind: String,
    name: String,
}

/// The text is no name of a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a name of a source has 1 to {MOST_NAME} letters, digits, '-', '_' and '.'")]
pub struct SourceNameError;

/// A source that the operator has set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedSource {
    /// What it is called.
    pub source: SourceName,
    /// Whose rows it brings.
    pub tenant: TenantId,
    /// The logs whose rows it brings; empty where that is told by what comes.
    pub logs: Vec<&'static Log>,
    /// How often something comes from it; None where nobody says so.
    pub every: Option<Duration>,
}

impl SourceName {
    /// The name of a source of a kind.
    ///
    /// # Errors
    /// When one of both is empty, too long, or has other characters than letters,
    /// digits, `-`, `_` and `.`.
    pub fn new(kind: &str, name: &str) -> Result<SourceName, SourceNameError> {
        if is_name(kind) && is_name(name) {
            Ok(SourceName { kind: kind.to_owned(), name: name.to_owned() })
        } else {
            Err(SourceNameError)
        }
    }

    /// Rows that somebody imports by hand.
    pub fn import() -> SourceName {
        SourceName { kind: "import".to_owned(), name: "files".to_owned() }
    }

    /// What kind of source it is.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its name within the kind.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn is_name(text: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=MOST_NAME).contains(&text.len())
        && text.bytes().all(is_fit)
        && !text.bytes().all(|byte| byte == b'.')
}

impl FromStr for SourceName {
    type Err = SourceNameError;

    fn from_str(text: &str) -> Result<SourceName, SourceNameError> {
        let (kind, name) = text.split_once('/').ok_or(SourceNameError)?;
        SourceName::new(kind, name)
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parts_of_paths_and_no_more() {
        for text in ["folder/a", "pull/contoso-1_b.c", "import/files"] {
            assert_eq!(text.parse::<SourceName>().unwrap().to_string(), text);
        }
        let long = format!("folder/{}", "x".repeat(MOST_NAME + 1));
        for text in
            ["", "folder", "folder/", "/a", "folder/a/b", "folder/..", "folder/ä", "folder/a b", &long]
        {
            assert_eq!(text.parse::<SourceName>(), Err(SourceNameError), "{text}");
        }
        assert_eq!(SourceName::import().to_string(), "import/files");
    }
}
