//! What stays of a file of rejected records when some leave it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What stays of a file: a new one that takes its place.
pub(super) struct Rest {
    path: PathBuf,
    out: BufWriter<File>,
    is_empty: bool,
}

impl Rest {
    /// An empty one. What a crash left of an earlier one goes.
    pub(super) fn beside(file: &Path) -> io::Result<Rest> {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".rest");
        let path = file.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        Ok(Rest { out: BufWriter::new(options.open(&path)?), path, is_empty: true })
    }

    /// Keeps a line as it is.
    pub(super) fn keep(&mut self, text: &[u8]) -> io::Result<()> {
        self.is_empty = false;
        self.out.write_all(text)
    }

    /// Keeps a line with another reason.
    pub(super) fn keep_with(&mut self, text: &[u8], reason: &str) -> io::Result<()> {
        let Ok(serde_json::Value::Object(mut line)) = serde_json::from_slice(text) else {
            return self.keep(text);
        };
        line.insert("reason".to_owned(), serde_json::Value::String(reason.to_owned()));
        let mut out = serde_json::Value::Object(line).to_string();
        out.push('\n');
        self.keep(out.as_bytes())
    }

    /// Takes the place of the file, or removes it where nothing stays.
    pub(super) fn replace(mut self, file: &Path) -> io::Result<()> {
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        if self.is_empty {
            fs::remove_file(&self.path)?;
            return fs::remove_file(file);
        }
        fs::rename(&self.path, file)
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        // After a failure the file is as it was. Elsewhere it is gone already.
        let _ = fs::remove_file(&self.path);
    }
}
