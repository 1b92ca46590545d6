//! Rows as JSON, in both directions, driven by the log's table.

mod decode;
mod encode;
mod minify;

pub use decode::{Claim, RowDecoder};
pub use encode::{BoundRows, RowEncoder};

#[cfg(test)]
mod tests;
