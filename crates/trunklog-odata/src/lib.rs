//! The OData side of the Graph contract: types, literals, URLs, query options,
//! envelopes and the error body.
//!
//! This crate turns text into typed values and typed values into text. It must
//! not know how rows are stored or how bytes travel: no I/O, no HTTP types, no
//! async runtime, no clock.
//!
//! The grammar follows what `Microsoft.OData.Core` accepts, because Graph's
//! gateway is built on it and its error texts are visible to clients.
//!
//! ```
//! use trunklog_odata::{Profile, QueryOptions, Version, path};
//!
//! let (version, rest) = Version::split(
//!     "/beta/communications/callRecords/getSmsLog(fromDateTime=2026-11-01,toDateTime=2026-12-01)",
//! )?;
//! let call = path::function_call(rest, Profile::Default)?;
//! let (from, to) = call.range(|_| None, Profile::Default)?;
//! let options = QueryOptions::parse("$top=5", Profile::Default)?;
//! assert_eq!((version, call.name.as_str(), options.top()), (Version::Beta, "getSmsLog", Some(5)));
//! assert!(from < to);
//! # Ok::<(), trunklog_odata::Error>(())
//! ```

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

pub use call::{FunctionCall, Spelling};
pub use error::{Error, ErrorKind, Result};
pub use instant::{Instant, InstantError};
pub use literal::date_time_offset;
pub use options::{QueryOptions, query_pairs};
pub use path::Version;
pub use profile::Profile;
