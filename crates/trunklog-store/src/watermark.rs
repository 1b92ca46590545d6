//! The numbers of commits.

/// The sequence number of a commit. Rows up to it were stored when it was
/// read.
///
/// The first commit has a number above 0, and none has one above `i64::MAX`:
/// engines may keep them as signed numbers.
///
/// ```
/// use trunklog_store::Watermark;
///
/// let (before_the_first, first) = (Watermark(0), Watermark(1));
/// assert!(before_the_first < first);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Watermark(pub u64);
