//! Logs on the socket.

use serde::{Deserialize, Serialize};
use trunklog_records::Log;
use trunklog_store::{Error, ErrorKind, Result, schema_fingerprint};

use super::misunderstood;

/// A log, and which properties the sender knows of it.
///
/// Expressions and lists of columns name properties by their indices, which
/// mean others in another version of the log. So a request that is about a log
/// is refused unless both ends have the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LogRef {
    name: String,
    schema: u64,
}

impl LogRef {
    pub(crate) fn of(log: &'static Log) -> LogRef {
        LogRef { name: log.name.to_owned(), schema: schema_fingerprint(log) }
    }

    /// The log, when it is the sender's.
    pub(crate) fn into_log(self) -> Result<&'static Log> {
        let log = Log::by_name(&self.name).ok_or_else(|| misunderstood("the name of a log"))?;
        if schema_fingerprint(log) != self.schema {
            let text = format!(
                "the running server has another version of {} than this command: restart the server",
                log.name
            );
            return Err(Error::new(ErrorKind::Other, text));
        }
        Ok(log)
    }
}
