//! Rows as an Arrow IPC stream.

use arrow::compute::concat_batches;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use trunklog_records::{Log, RowBuilder, Rows};

use super::misunderstood;

/// Writes rows.
pub(crate) fn encode(rows: &Rows) -> trunklog_store::Result<Vec<u8>> {
    let write = || -> Result<Vec<u8>, ArrowError> {
        let mut writer = StreamWriter::try_new(Vec::new(), rows.batch().schema_ref())?;
        writer.write(rows.batch())?;
        writer.into_inner()
    };
    write().map_err(|error| misunderstood("a batch of rows").caused_by(error))
}

/// Reads rows of a log.
pub(crate) fn decode(log: &'static Log, bytes: &[u8]) -> trunklog_store::Result<Rows> {
    let read = || -> Result<_, ArrowError> {
        let reader = StreamReader::try_new(bytes, None)?;
        let schema = reader.schema();
        let batches = reader.collect::<Result<Vec<_>, _>>()?;
        concat_batches(&schema, &batches)
    };
    if bytes.is_empty() {
        return Ok(RowBuilder::new(log).finish());
    }
    let batch = read().map_err(|error| misunderstood("a batch of rows").caused_by(error))?;
    Rows::new(log, batch).map_err(|error| misunderstood("a batch of rows").caused_by(error))
}
