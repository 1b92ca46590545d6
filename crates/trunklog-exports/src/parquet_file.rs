//! A Parquet file, written from its start to its end.
//!
//! What is held in memory: the rows that were gathered last, the encoded part
//! of one row group, and the footer, which grows by some kilobytes a row group.

mod parallel;
mod settings;

use std::mem;
use std::sync::Arc;

use arrow::datatypes::DataType;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedFileWriter;
use trunklog_records::{Log, Rows};

use self::parallel::each_in_parallel;
use self::settings::GROUP_ROWS;
use crate::columns::Columns;
use crate::{Encoder, Error};

/// How many rows are gathered before they are encoded. Work is then handed to
/// threads so seldom that it costs nothing.
const GATHERED_ROWS: usize = GROUP_ROWS / 4;

pub(crate) struct ParquetEncoder {
    columns: Columns,
    gathered: Vec<Rows>,
    /// How many rows were gathered.
    rows: usize,
    /// None before the first rows, which decide how values are encoded.
    file: Option<File>,
}

/// A file on its way, and the row group in progress.
struct File {
    writer: SerializedFileWriter<Vec<u8>>,
    groups: ArrowRowGroupWriterFactory,
    /// The columns of the row group in progress; none while there is none.
    columns: Vec<Column>,
    /// The rows of the row group in progress.
    rows: usize,
}

/// A column of a row group. One of structures has several leaves.
struct Column {
    leaves: Vec<ArrowColumnWriter>,
}

impl ParquetEncoder {
    pub(crate) fn new(log: &'static Log, layout: &[usize]) -> ParquetEncoder {
        ParquetEncoder { columns: Columns::new(log, layout), gathered: Vec::new(), rows: 0, file: None }
    }

    /// Encodes the rows that were gathered.
    fn encode(&mut self) -> Result<&mut File, Error> {
        let gathered = mem::take(&mut self.gathered);
        self.rows = 0;
        let file = match &mut self.file {
            Some(file) => file,
            missing => missing.insert(File::begin(&self.columns, &gathered)?),
        };
        let mut parts = Vec::new();
        let mut room = GROUP_ROWS - file.rows;
        for mut rows in gathered {
            while rows.len() >= room {
                parts.push(rows.slice(0, room));
                file.write(&self.columns, &mem::take(&mut parts))?;
                file.end_group()?;
                rows = rows.slice(room, rows.len() - room);
                room = GROUP_ROWS;
            }
            room -= rows.len();
            parts.push(rows);
        }
        file.write(&self.columns, &parts)?;
        Ok(file)
    }
}

impl Encoder for ParquetEncoder {
    fn begin(&mut self, _: &mut Vec<u8>) -> Result<(), Error> {
        Ok(())
    }

    fn rows(&mut self, rows: &Rows, out: &mut Vec<u8>) -> Result<(), Error> {
        self.rows += rows.len();
        self.gathered.push(rows.clone());
        if self.rows < GATHERED_ROWS {
            return Ok(());
        }
        self.encode()?.hand_over(out)
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let file = self.encode()?;
        if file.rows > 0 {
            file.end_group()?;
        }
        file.writer.finish()?;
        file.hand_over(out)
    }
}

impl File {
    fn begin(columns: &Columns, first: &[Rows]) -> Result<File, Error> {
        let settings = settings::of(columns, first);
        let writer = ArrowWriter::try_new(Vec::new(), Arc::clone(columns.schema()), Some(settings))?;
        let (writer, groups) = writer.into_serialized_writer()?;
        Ok(File { writer, groups, columns: Vec::new(), rows: 0 })
    }

    /// Encodes rows into the row group in progress.
    fn write(&mut self, columns: &Columns, parts: &[Rows]) -> Result<(), Error> {
        let rows: usize = parts.iter().map(Rows::len).sum();
        if rows == 0 {
            return Ok(());
        }
        if self.rows == 0 {
            self.begin_group(columns)?;
        }
        self.rows += rows;
        each_in_parallel(self.columns.iter_mut().enumerate(), |(place, column)| {
            parts.iter().try_for_each(|rows| column.write(columns, rows, place))
        })
    }

    fn begin_group(&mut self, columns: &Columns) -> Result<(), Error> {
        let ordinal = self.writer.flushed_row_groups().len();
        let mut writers = self.groups.create_column_writers(ordinal)?.into_iter();
        let fields = columns.schema().fields();
        self.columns = fields
            .iter()
            .map(|field| Column { leaves: writers.by_ref().take(leaves(field.data_type())).collect() })
            .collect();
        Ok(())
    }

    fn end_group(&mut self) -> Result<(), Error> {
        let mut chunks: Vec<Vec<ArrowColumnChunk>> = self.columns.iter().map(|_| Vec::new()).collect();
        each_in_parallel(self.columns.drain(..).zip(&mut chunks), |(column, chunks)| -> Result<(), Error> {
            *chunks = column.close()?;
            Ok(())
        })?;
        let mut group = self.writer.next_row_group()?;
        for chunk in chunks.into_iter().flatten() {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    /// Moves what was written to `out`. The writer counts on its own where in
    /// the file it is.
    fn hand_over(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.writer.flush().map_err(ParquetError::from)?;
        out.append(self.writer.inner_mut());
        Ok(())
    }
}

impl Column {
    fn write(&mut self, columns: &Columns, rows: &Rows, place: usize) -> Result<(), Error> {
        let array = columns.column(rows, place)?;
        let leaves = compute_leaves(columns.schema().field(place), &array)?;
        for (writer, leaf) in self.leaves.iter_mut().zip(&leaves) {
            writer.write(leaf)?;
        }
        Ok(())
    }

    fn close(self) -> Result<Vec<ArrowColumnChunk>, Error> {
        Ok(self.leaves.into_iter().map(ArrowColumnWriter::close).collect::<Result<_, _>>()?)
    }
}

/// How many of the file's columns make one of that type.
fn leaves(data_type: &DataType) -> usize {
    match data_type {
        DataType::List(item) => leaves(item.data_type()),
        DataType::Struct(fields) => fields.iter().map(|field| leaves(field.data_type())).sum(),
        _ => 1,
    }
}
