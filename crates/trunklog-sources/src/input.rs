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
mod untrusted;

pub use discover::{InputList, discover};
pub use error::InputError;
pub use path::InputPath;
pub use stream::Input;

pub(crate) use raw::{RawBytes, RawReader};
pub(crate) use untrusted::{open_untrusted, read_untrusted};

#[cfg(test)]
mod tests;
