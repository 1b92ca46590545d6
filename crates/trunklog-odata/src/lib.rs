//! The OData side of the Graph contract: types, literals, URLs, query options,
//! envelopes and the error body.
//!
//! This crate turns text into typed values and typed values into text. It must
//! not know how rows are stored or how bytes travel: no I/O, no HTTP types, no
//! async runtime, no clock.
//!
//! The grammar follows what `Microsoft.OData.Core` accepts, because Graph's
//! gateway is built on it and its error texts are visible to clients.

pub mod batch;
pub mod csdl;
pub mod edm;
pub mod envelope;
pub mod error;
pub mod expr;
pub mod filter;
pub mod json;
pub mod path;

mod call;
mod instant;
mod literal;
mod near;
mod options;
mod profile;
mod quoted;

pub use call::{Argument, FunctionCall, Spelling};
pub use error::{Error, ErrorKind, Result};
pub use instant::{Instant, InstantError};
pub use literal::date_time_offset;
pub use options::{QueryOptions, SystemOption};
pub use path::Version;
pub use profile::Profile;
