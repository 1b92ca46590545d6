//! Graph as it is, or more than Graph.

/// How closely requests and answers follow Microsoft Graph.
///
/// The default profile accepts what clients really send and offers more than
/// Graph does; [`Profile::Strict`] answers as the real service answers.
///
/// ```
/// use trunklog_odata::{Profile, QueryOptions};
///
/// assert_eq!(QueryOptions::parse("$top=5", Profile::Default)?.top(), Some(5));
/// assert_eq!(QueryOptions::parse("$top=5", Profile::Strict)?.top(), None);
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Graph's contract plus tolerance for known client mistakes, without
    /// Graph's limits.
    #[default]
    Default,
    /// What the real service does, limits and refusals included.
    Strict,
}

impl Profile {
    /// True for [`Profile::Strict`].
    ///
    /// ```
    /// use trunklog_odata::Profile;
    ///
    /// assert!(Profile::Strict.is_strict() && !Profile::default().is_strict());
    /// ```
    pub fn is_strict(self) -> bool {
        self == Profile::Strict
    }
}
