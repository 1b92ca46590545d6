//! The files in an archive, one after the other.

use std::io;

use super::{Intake, Meter, START};
use crate::archive::Archive;
use crate::input::{Input, InputError};
use crate::pipeline::source::Resumption;

/// Why nothing of a document of Office is read: times and long numbers in it are what
/// some program made of them.
const DOCUMENT: &str = "a workbook of Excel or another document of Office: import the export itself, as zip or CSV, \
                        or Graph's answers, saved as JSON";

impl Intake<'_> {
    /// Reads all files of an archive. One that was stopped is read again from its
    /// start by those who go on.
    pub(super) fn read_archive(
        &mut self,
        input: &mut Input,
        resumption: Option<&Resumption>,
        meter: &mut Meter,
        is_stopped: &dyn Fn() -> bool,
    ) {
        let archive = match Archive::open(input) {
            Ok(archive) => archive,
            Err(reason) => {
                self.failed.push(InputError::Unreadable { name: input.name().to_owned(), reason });
                return;
            }
        };
        if archive.is_document() {
            let reason = io::Error::new(io::ErrorKind::InvalidData, DOCUMENT);
            self.failed.push(InputError::Unreadable { name: input.name().to_owned(), reason });
            return;
        }
        if archive.is_empty() {
            self.summary.empty_inputs.add(input.name());
        }
        let (missing, failed) = (self.summary.missing_pages_total, self.failed.len());
        for file in archive.inputs() {
            if self.must_stop(is_stopped) {
                return;
            }
            match file {
                Ok(file) => self.read_file(file, meter, is_stopped),
                Err(error) => self.failed.push(error),
            }
        }
        if let Some(resumption) =
            resumption.filter(|_| !self.summary.interrupted && self.failed.len() == failed)
        {
            self.note_end(resumption, self.summary.missing_pages_total == missing);
        }
    }

    /// Reads a file of an archive. It has no position of its own.
    fn read_file(&mut self, mut file: Input, meter: &mut Meter, is_stopped: &dyn Fn() -> bool) {
        let name = file.name().to_owned();
        let is_cut = !file.look(START);
        let Some(format) = self.recognise(&file, is_cut) else { return };
        let mut session = self.take_session(format);
        match session.open(file, None) {
            Ok(mut reader) => self.follow(reader.as_mut(), &name, None, meter, is_stopped),
            Err(reason) => self.failed.push(InputError::Unreadable { name, reason }),
        }
        self.sessions.push((format, session));
    }
}
