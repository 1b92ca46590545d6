//! Named streams of bytes, ready to be cut into records.

mod counting;
mod discover;
mod error;
mod gzip;
mod path;
mod peek;
mod raw;
mod stream;
mod text;

pub use discover::{InputList, discover};
pub use error::InputError;
pub use path::InputPath;
pub use stream::Input;

pub(crate) use raw::{RawBytes, RawReader};

#[cfg(test)]
mod tests;
