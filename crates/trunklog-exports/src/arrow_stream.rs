//! A stream of Arrow's inter-process format.
//!
//! Source: the Arrow columnar format, "IPC Streaming Format".

use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use trunklog_records::{Log, Rows};

use crate::columns::Columns;
use crate::{Encoder, Error};

pub(crate) struct ArrowEncoder {
    columns: Columns,
    /// Writes the schema as it comes into being.
    writer: Option<StreamWriter<Vec<u8>>>,
}

impl ArrowEncoder {
    pub(crate) fn new(log: &'static Log, layout: &[usize]) -> ArrowEncoder {
        ArrowEncoder { columns: Columns::new(log, layout), writer: None }
    }

    /// Lets `write` use the writer, and moves what it wrote to `out`.
    fn write(
        &mut self,
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut StreamWriter<Vec<u8>>) -> Result<(), ArrowError>,
    ) -> Result<(), Error> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            missing => missing.insert(StreamWriter::try_new(Vec::new(), self.columns.schema())?),
        };
        write(writer)?;
        out.append(writer.get_mut());
        Ok(())
    }
}

impl Encoder for ArrowEncoder {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.write(out, |_| Ok(()))
    }

    fn rows(&mut self, rows: &Rows, out: &mut Vec<u8>) -> Result<(), Error> {
        if rows.is_empty() {
            return Ok(());
        }
        let batch = self.columns.batch(rows)?;
        self.write(out, |writer| writer.write(&batch))
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.write(out, StreamWriter::finish)
    }
}
