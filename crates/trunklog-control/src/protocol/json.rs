//! Bodies that are JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use trunklog_store::Result;

use super::misunderstood;

/// A body that is JSON. The error says what it was to be.
pub(super) fn to_json<T: Serialize + ?Sized>(value: &T, what: &str) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| misunderstood(what).caused_by(error))
}

/// Reads it.
pub(super) fn from_json<T: DeserializeOwned>(body: &[u8], what: &str) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| misunderstood(what).caused_by(error))
}
