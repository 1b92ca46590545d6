//! Slow hashes of secrets and passwords: argon2id, in memory that is used again.

mod memories;
mod memory;
mod secret;

pub(crate) use self::memories::Memories;
pub use self::memories::checks_at_once;
pub use self::secret::PlainSecret;
pub(crate) use self::secret::{SecretHash, matches};
