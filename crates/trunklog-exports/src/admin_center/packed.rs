//! Zip archives that are written as a stream, and the admin centre's table in one.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use trunklog_odata::Instant;
use trunklog_records::{Log, Rows};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{DateTime, ZipWriter};

use super::csv::ReportCsv;
use crate::{Encoder, Error};

/// How the file of parameters is called.
const PARAMETERS: &str = "parameters.json";

/// An archive that is being written. What it has written is to be taken from it.
pub(super) struct Archive {
    /// None at its end.
    zip: Option<ZipWriter<StreamWriter<Written>>>,
    written: Written,
    /// When its files were made.
    made: DateTime,
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
    /// An archive whose files were made then. Without a time, they would be of 1980.
    pub(super) fn new(made: Instant) -> Archive {
        let written = Written::default();
        Archive { zip: Some(ZipWriter::new_stream(written.clone())), written, made: date_time(made) }
    }

    /// Starts a file. What is written then belongs to it.
    pub(super) fn start(&mut self, name: &str, size: Size) -> Result<(), Error> {
        let options = SimpleFileOptions::default().large_file(size == Size::Large);
        let options = options.last_modified_time(self.made);
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

/// A time as archives have it: without a zone, so in UTC as in the names of tables, to
/// two seconds, and from 1980 on.
fn date_time(time: Instant) -> DateTime {
    let text = time.to_string();
    // `2031-03-28T08:00:00Z`
    let year = text.get(..4).and_then(|digits| digits.parse::<u16>().ok()).unwrap_or_default();
    let part =
        |at: usize| text.get(at..at + 2).and_then(|digits| digits.parse::<u8>().ok()).unwrap_or_default();
    DateTime::from_date_and_time(year, part(5), part(8), part(11), part(14), part(17)).unwrap_or_default()
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
    /// The archive of a table of that name, which was made then.
    pub(super) fn new(log: &'static Log, name: String, parameters: Vec<u8>, made: Instant) -> PackedCsv {
        PackedCsv {
            table: ReportCsv::new(log),
            name,
            parameters,
            archive: Archive::new(made),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_archives() {
        for (time, told) in [
            ("2031-03-28T08:09:10.1234567Z", "2031-03-28 08:09:10"),
            ("2031-12-31T23:59:59.9999999Z", "2031-12-31 23:59:58"),
            ("1980-01-01T00:00:00Z", "1980-01-01 00:00:00"),
            ("1979-12-31T23:59:59Z", "1980-01-01 00:00:00"),
            ("2108-01-01T00:00:00Z", "1980-01-01 00:00:00"),
        ] {
            assert_eq!(date_time(Instant::parse(time).unwrap()).to_string(), told, "{time}");
        }
    }
}
