//! Zip archives that are written as a stream, and the admin centre's table in one.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use trunklog_records::{Log, Rows};
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use super::csv::ReportCsv;
use crate::{Encoder, Error};

/// How the file of parameters is called.
const PARAMETERS: &str = "parameters.json";

/// An archive that is being written. What it has written is to be taken from it.
pub(super) struct Archive {
    /// None at its end.
    zip: Option<ZipWriter<StreamWriter<Written>>>,
    written: Written,
}

/// Bytes that wait to be taken.
#[derive(Debug, Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

/// How large a file in an archive may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// Less than 4 GiB. All programs read it.
    Usual,
    /// Any.
    Large,
}

impl Archive {
    pub(super) fn new() -> Archive {
        let written = Written::default();
        Archive { zip: Some(ZipWriter::new_stream(written.clone())), written }
    }

    /// Starts a file. What is written then belongs to it.
    pub(super) fn start(&mut self, name: &str, size: Size) -> Result<(), Error> {
        let options = SimpleFileOptions::default().large_file(size == Size::Large);
        match &mut self.zip {
            Some(zip) => zip.start_file(name, options).map_err(io::Error::from)?,
            None => return Err(ended()),
        }
        Ok(())
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.zip {
            Some(zip) => zip.write_all(bytes)?,
            None => return Err(ended()),
        }
        Ok(())
    }

    /// Writes the directory.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        let zip = self.zip.take().ok_or_else(ended)?;
        zip.finish().map_err(io::Error::from)?;
        Ok(())
    }

    /// Appends what was written since it was taken last.
    pub(super) fn take(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.written.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn ended() -> Error {
    Error::Archive(io::Error::other("its end was written before"))
}

/// Writes the table of a log into an archive, beside the parameters.
pub(super) struct PackedCsv {
    table: ReportCsv,
    name: String,
    parameters: Vec<u8>,
    archive: Archive,
    buffer: Vec<u8>,
}

impl PackedCsv {
    pub(super) fn new(log: &'static Log, name: String, parameters: Vec<u8>) -> PackedCsv {
        PackedCsv {
            table: ReportCsv::new(log),
            name,
            parameters,
            archive: Archive::new(),
            buffer: Vec::new(),
        }
    }

    /// Packs what the table wrote.
    fn pack(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.archive.write(&self.buffer)?;
        self.buffer.clear();
        self.archive.take(out);
        Ok(())
    }
}

impl Encoder for PackedCsv {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.archive.start(PARAMETERS, Size::Usual)?;
        self.archive.write(&self.parameters)?;
        self.archive.start(&self.name, Size::Large)?;
        self.table.begin(&mut self.buffer)?;
        self.pack(out)
    }

    fn rows(&mut self, rows: &Rows, out: &mut Vec<u8>) -> Result<(), Error> {
        self.table.rows(rows, &mut self.buffer)?;
        self.pack(out)
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.table.finish(&mut self.buffer)?;
        self.pack(out)?;
        self.archive.finish()?;
        self.archive.take(out);
        Ok(())
    }
}
