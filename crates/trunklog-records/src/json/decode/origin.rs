//! Whose rows a decoder reads.

/// Where the rows of a decoder come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowOrigin {
    /// A file, which may hold anything.
    File,
    /// A store, which had read them before.
    Store,
}
