//! The numbers of commits.

/// The sequence number of a commit. Rows up to it were stored when it was
/// read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Watermark(pub u64);
