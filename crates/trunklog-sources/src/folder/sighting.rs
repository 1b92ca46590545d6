//! Looking for something in the files that a watched folder keeps.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::place::{check_own, is_there, reported};
use super::retention;
use super::settings::FolderSettings;
use crate::archive::{self, Archive};
use crate::input::{Input, InputError, InputPath};

/// How much of a file is looked at to see whether it is an archive.
const START: u64 = 64;

/// How much text is looked at at once, in bytes.
const PART: u64 = 1024 * 1024;

/// How much of a part is looked at once more with the next, where nothing in it ends
/// what was written before.
const AGAIN: usize = 4 * 1024;

/// What no name and no number goes on after.
const ENDS: &[u8] = b"\n\r\t,;\"";

/// Where something is among the files that a watched folder keeps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sighting {
    /// The names of the files in `done/` that have it.
    pub done: Vec<String>,
    /// How many files in `failed/` have it.
    pub failed: u64,
    /// How many of those that are just being read have it.
    pub working: u64,
    /// How many files of all cannot be read to their end, so that nobody can tell.
    pub unreadable: u64,
}

/// What was found of one file.
enum Found {
    Nothing,
    It,
    /// It cannot be read to its end.
    Unreadable,
}

impl FolderSettings {
    /// Looks into all files that were taken from the folder and are still there, packed
    /// ones too. `is_in` says whether a part of a text, or a name, has what is looked
    /// for; parts start and end where no name or number goes on, or overlap.
    ///
    /// # Errors
    /// When the folder cannot be looked at.
    pub fn look_for(&self, is_in: &dyn Fn(&[u8]) -> bool) -> io::Result<Sighting> {
        // What is not there could be a share that is away.
        fs::metadata(&self.path)?;
        let mut sighting = Sighting::default();
        let marker = self.marker.as_deref();
        each(&self.done(), marker, is_in, &mut |name, found| match (found, name) {
            (Found::It, Some(name)) => sighting.done.push(name),
            (Found::It | Found::Unreadable, _) => sighting.unreadable += 1,
            (Found::Nothing, _) => {}
        })?;
        let mut count = |folder: &Path| -> io::Result<u64> {
            let mut files = 0;
            each(folder, marker, is_in, &mut |_, found| match found {
                Found::It => files += 1,
                Found::Unreadable => sighting.unreadable += 1,
                Found::Nothing => {}
            })?;
            Ok(files)
        };
        let (failed, working) = (count(&self.failed())?, count(&self.working())?);
        sighting.done.sort_unstable();
        Ok(Sighting { failed, working, ..sighting })
    }

    /// Deletes the files in `done/` that were found, with their markers and reports.
    /// Their content stays known, so that the same is not read again.
    ///
    /// # Errors
    /// When one cannot be deleted. What was deleted before is gone.
    pub fn delete_done(&self, found: &Sighting) -> io::Result<()> {
        check_own(&self.done())?;
        for name in &found.done {
            retention::delete(&self.done(), name, self.marker.as_deref())?;
        }
        Ok(())
    }
}

/// Tells of each file in a folder, which need not be there, what is found of it. One
/// whose name is not UTF-8 has none.
fn each(
    folder: &Path,
    marker: Option<&str>,
    is_in: &dyn Fn(&[u8]) -> bool,
    tell: &mut dyn FnMut(Option<String>, Found),
) -> io::Result<()> {
    check_own(folder)?;
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        match entry.file_type() {
            Ok(kind) if kind.is_file() => {}
            Ok(_) => continue,
            // It was moved meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        }
        let name = entry.file_name().into_string().ok();
        let file = name
            .as_deref()
            .and_then(|name| reported(name).or_else(|| marker.and_then(|marker| name.strip_suffix(marker))));
        if let Some(file) = file
            && is_there(&folder.join(file))?
        {
            // It goes with its file, whose name it has.
            continue;
        }
        let is_named = name.as_ref().is_some_and(|name| is_in(name.as_bytes()));
        let found = if is_named { Found::It } else { look_into(&entry.path(), is_in) };
        tell(name, found);
    }
    Ok(())
}

fn look_into(path: &Path, is_in: &dyn Fn(&[u8]) -> bool) -> Found {
    match has(path, is_in) {
        Ok(true) => Found::It,
        Ok(false) => Found::Nothing,
        // It was moved meanwhile.
        Err(error) if error.kind() == ErrorKind::NotFound => Found::Nothing,
        Err(_) => Found::Unreadable,
    }
}

/// Whether a file has it, or one of those that are packed into it.
fn has(path: &Path, is_in: &dyn Fn(&[u8]) -> bool) -> io::Result<bool> {
    let mut input = InputPath::Untrusted(path.to_owned()).open().map_err(reason)?;
    // What keeps it from looking is told when all of it is read.
    input.look(START);
    if !archive::is_archive(input.head()) {
        return text_has(input, is_in);
    }
    let archive = Archive::open(&mut input)?;
    let mut has_archive = false;
    for file in archive.all_inputs() {
        let mut file: Input = file.map_err(reason)?;
        if is_in(file.name().as_bytes()) {
            return Ok(true);
        }
        file.look(START);
        if archive::is_archive(file.head()) {
            has_archive = true;
        } else if text_has(file, is_in)? {
            return Ok(true);
        }
    }
    if has_archive {
        // Nothing of it is stored, and nobody can tell what is in it.
        return Err(io::Error::other("an archive within an archive is not looked into"));
    }
    Ok(false)
}

fn text_has(mut text: impl Read, is_in: &dyn Fn(&[u8]) -> bool) -> io::Result<bool> {
    let mut part = Vec::new();
    loop {
        if text.by_ref().take(PART).read_to_end(&mut part)? == 0 {
            return Ok(is_in(&part));
        }
        let end = part.iter().rposition(|byte| ENDS.contains(byte)).map_or(0, |at| at + 1);
        let looked_at = if end > 0 { end } else { part.len() };
        if is_in(&part[..looked_at]) {
            return Ok(true);
        }
        part.drain(..if end > 0 { end } else { part.len().saturating_sub(AGAIN) });
    }
}

fn reason(error: InputError) -> io::Error {
    match error {
        InputError::Unreadable { reason, .. } => reason,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};
    use std::time::Duration;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;
    use crate::folder::Patterns;

    const WORD: &str = "ada@contoso.com";

    fn is_in(bytes: &[u8]) -> bool {
        bytes.windows(WORD.len()).any(|part| part == WORD.as_bytes())
    }

    fn watched() -> (TempDir, FolderSettings) {
        let folder = tempfile::tempdir().unwrap();
        let settings = FolderSettings {
            source: "folder/a".parse().unwrap(),
            path: folder.path().to_owned(),
            tenant: "7e570000-0000-4000-8000-000000000001".parse().unwrap(),
            log: None,
            patterns: Patterns::default(),
            poll: Duration::from_secs(10),
            quiet: Duration::ZERO,
            marker: Some(".FIN".to_owned()),
            done_kept: None,
            every: None,
        };
        (folder, settings)
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn zip(name: &str, text: &str) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn files_are_found_however_they_are_packed() {
        let (folder, settings) = watched();
        assert_eq!(settings.look_for(&is_in).unwrap(), Sighting::default());
        let put = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        let wide: Vec<u8> = format!("\u{feff}{WORD}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        put("done/plain.csv", format!("a,{WORD},b").as_bytes());
        put("done/packed.csv.gz", &gzip(&format!("{}\n{WORD}\n", "x,".repeat(600_000))));
        put("done/packed.zip", &zip("calls.csv", WORD));
        put("done/wide.csv", &wide);
        put(&format!("done/{WORD}.csv"), b"nothing");
        put("done/hidden.zip", &zip(".calls.csv", WORD));
        put("done/other.csv", b"ben@contoso.com");
        // Nobody knows what is in the inner one.
        let inner = zip("calls.csv", WORD);
        let mut outer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        outer.start_file("inner.zip", zip::write::SimpleFileOptions::default()).unwrap();
        outer.write_all(&inner).unwrap();
        put("done/outer.zip", &outer.finish().unwrap().into_inner());
        // Reports and markers of no file.
        put("done/gone.csv.report.json", WORD.as_bytes());
        put("done/gone.csv.FIN", WORD.as_bytes());
        put("done/other.csv.report.json", WORD.as_bytes());
        put("done/cut.csv.gz", &gzip("ben@contoso.com")[..12]);
        put("failed/a.csv", WORD.as_bytes());
        put("working/a.csv", WORD.as_bytes());
        put("new.csv", WORD.as_bytes());
        for beside in ["plain.csv.FIN", "plain.csv.report.json", "plain.csv.report.txt"] {
            put(&format!("done/{beside}"), b"1");
        }
        let found = settings.look_for(&is_in).unwrap();
        let named = format!("{WORD}.csv");
        assert_eq!(
            found,
            Sighting {
                done: [
                    named.as_str(),
                    "gone.csv.FIN",
                    "gone.csv.report.json",
                    "hidden.zip",
                    "packed.csv.gz",
                    "packed.zip",
                    "plain.csv",
                    "wide.csv",
                ]
                .map(str::to_owned)
                .to_vec(),
                failed: 1,
                working: 1,
                unreadable: 2,
            }
        );
        settings.delete_done(&found).unwrap();
        let mut left: Vec<String> = fs::read_dir(settings.done())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["cut.csv.gz", "other.csv", "other.csv.report.json", "outer.zip"]);
        assert!(settings.look_for(&is_in).unwrap().done.is_empty());
        assert!(folder.path().join("new.csv").exists());
    }

    /// Or files anywhere would be looked into, and deleted.
    #[test]
    fn a_link_in_the_place_of_a_folder_is_not_followed() {
        let (folder, settings) = watched();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("store"), WORD).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("done")).unwrap();
        assert!(settings.look_for(&is_in).unwrap_err().to_string().contains("a link"));
        let found = Sighting { done: vec!["store".to_owned()], ..Sighting::default() };
        settings.delete_done(&found).unwrap_err();
        assert!(elsewhere.path().join("store").exists());
    }

    #[test]
    fn a_folder_that_is_away_is_told() {
        let (folder, settings) = watched();
        drop(folder);
        assert_eq!(settings.look_for(&is_in).unwrap_err().kind(), ErrorKind::NotFound);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        /// Wherever parts of a text end, what is in it is found, and nothing else is.
        #[test]
        fn nothing_hides_at_the_end_of_a_part(
            before in 0_usize..2_200_000,
            end in "[,x]",
            is_there in any::<bool>(),
        ) {
            let word = if is_there { WORD } else { "adb@contoso.com" };
            let text = format!("{}{end}{word}{end}{}", "y".repeat(before), "z,".repeat(100));
            prop_assert_eq!(text_has(Cursor::new(text), &is_in).unwrap(), is_there);
        }
    }
}
