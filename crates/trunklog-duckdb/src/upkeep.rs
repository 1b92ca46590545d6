//! What nobody asked for and everybody needs: rows in order, segments of a good
//! size, nothing kept for longer than it is of use.

pub(crate) mod prune;
pub(crate) mod scrub;
pub(crate) mod segments;
pub(crate) mod tidy;
pub(crate) mod verify;
