//! What can be around rows.

/// What an object holds that is not a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// The rows of a page.
    Rows,
    /// The responses of a batch.
    Responses,
    /// The body of a response.
    Body,
}

/// How many values a level has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Any number, up to a closing bracket.
    Many,
    /// One, without a bracket around it.
    One,
    /// One, which was read.
    OneRead,
}
