//! Why an import did not do all that it was asked.

use std::error::Error;
use std::fmt;

use super::summary::Summary;
use crate::input::InputError;

/// An import that came to an end too early or left something out. What its
/// summary counts is stored.
#[derive(Debug)]
pub struct ImportError {
    /// What went wrong.
    pub failure: ImportFailure,
    /// What was done all the same.
    pub summary: Box<Summary>,
}

/// What can go wrong in an import. Records that are not rows do not count: they
/// are rejected, and the import goes on.
#[derive(Debug, thiserror::Error)]
pub enum ImportFailure {
    /// The store failed, and the import ended there.
    #[error("the store failed: {0}")]
    Store(trunklog_store::Error),
    /// Inputs could not be read to their end; all others were imported.
    #[error("{}", describe(.0))]
    Inputs(Vec<InputError>),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure.fmt(f)
    }
}

impl Error for ImportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.failure {
            // The failure's own text is part of this one's.
            ImportFailure::Store(error) => error.source(),
            ImportFailure::Inputs(_) => None,
        }
    }
}

fn describe(failed: &[InputError]) -> String {
    match failed {
        [] => "inputs could not be read".to_owned(),
        [only] => only.to_string(),
        [first, others @ ..] => format!("{first} (and {} more)", others.len()),
    }
}
