//! How much is held.

/// The largest record, in bytes. Graph's rows have less than one thousand.
pub const MAX_RECORD: usize = 1024 * 1024;

/// The largest response of a batch whose body is a text, in bytes. A page of
/// Graph's has 1,000 rows, which take more than one MiB as base64.
pub const MAX_BODY: usize = 4 * MAX_RECORD;

/// The deepest nesting inside a record.
pub const MAX_DEPTH: u32 = 128;
