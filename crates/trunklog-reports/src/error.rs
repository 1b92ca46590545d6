//! Why a report could not be made.

/// Why a report could not be made.
///
/// ```
/// use trunklog_reports::ReportError;
///
/// let error = ReportError::asked("bucket", "there is no such bucket", "take hour or day");
/// assert_eq!(error.to_string(), "bucket: there is no such bucket");
/// assert!(matches!(error, ReportError::Asked { parameter: "bucket", .. }));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Something that was asked for makes no sense, or cannot be had of this report.
    #[error("{parameter}: {problem}")]
    Asked {
        /// What it was called where it was asked for.
        parameter: &'static str,
        /// What is wrong.
        problem: String,
        /// What is right.
        hint: String,
    },
    /// There is no such call.
    #[error("there is no call of that time and id")]
    NoSuchCall,
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] trunklog_store::Error),
}

impl ReportError {
    /// Something that was asked for makes no sense.
    pub fn asked(
        parameter: &'static str,
        problem: impl Into<String>,
        hint: impl Into<String>,
    ) -> ReportError {
        ReportError::Asked { parameter, problem: problem.into(), hint: hint.into() }
    }
}

/// The words, for a hint: `a, b or c`.
pub(crate) fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_listed() {
        assert_eq!(one_of(["a"]), "a");
        assert_eq!(one_of(["a", "b", "c"]), "a, b or c");
        assert_eq!(one_of([]), "");
    }
}
