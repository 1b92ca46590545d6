//! How many records a file should have, as its marker says it: many programs write that
//! into it.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;

use trunklog_errors::is_plain;

use crate::input::{InputError, InputPath};

/// The longest text of a marker that may be a number, in bytes.
const LONGEST: u64 = 64;

/// What a marker that is no number is told with.
const UNKNOWN: &str = "how many records there should be is not known";

/// The number of records that a marker has; None where it is empty or not there. It is
/// read as files are: with or without a byte-order mark, in UTF-8 or UTF-16, with any
/// blanks and ends of lines around the number.
///
/// The error says why nothing is known by it.
pub(super) fn expected(marker: &Path) -> Result<Option<u64>, String> {
    match fs::symlink_metadata(marker) {
        Ok(found) if found.is_file() => {}
        // To open a pipe would wait for its writer, and a link may lead anywhere.
        Ok(_) => {
            return Err(format!("its marker is a link, a folder or a device, which is not read: {UNKNOWN}"));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("its marker cannot be read: {error}; {UNKNOWN}")),
    }
    let text = match read(marker) {
        Ok(text) => text,
        Err(InputError::Unreadable { reason, .. }) => {
            return Err(format!("its marker cannot be read: {reason}; {UNKNOWN}"));
        }
        Err(error) => return Err(format!("its marker cannot be read: {error}; {UNKNOWN}")),
    };
    let number = text.trim_matches(|sign: char| sign.is_whitespace() || !is_plain(sign));
    if number.is_empty() {
        return Ok(None);
    }
    let is_whole = number.bytes().all(|byte| byte.is_ascii_digit());
    let expected = number.parse().ok().filter(|_| is_whole);
    expected.map(Some).ok_or_else(|| {
        format!("its marker has something else than a number of records, such as 1250: {UNKNOWN}")
    })
}

/// The start of a marker's text, a little longer than any number.
fn read(marker: &Path) -> Result<String, InputError> {
    let path = InputPath::Untrusted(marker.to_owned());
    let mut bytes = Vec::new();
    let read = path.open()?.take(LONGEST + 1).read_to_end(&mut bytes);
    match read {
        Ok(_) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(reason) => Err(path.unreadable(reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn a_number_is_read_however_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let marker = folder.path().join("a.FIN");
        assert_eq!(expected(&marker), Ok(None), "it is not there");
        for bytes in [
            b"1250".to_vec(),
            b"1250\r\n".to_vec(),
            b"\r\n  1250 \t\r\n\r\n".to_vec(),
            "\u{feff}1250\r\n".as_bytes().to_vec(),
            wide("\u{feff}1250\r\n", u16::to_le_bytes),
            wide("\u{feff}1250\r\n", u16::to_be_bytes),
            wide("1250\r\n", u16::to_le_bytes),
            wide("1250", u16::to_be_bytes),
            // As DOS ends a file, and as some pad it.
            b"1250\r\n\x1a".to_vec(),
            b"1250\0\0".to_vec(),
        ] {
            fs::write(&marker, &bytes).unwrap();
            assert_eq!(expected(&marker), Ok(Some(1_250)), "{bytes:?}");
        }
        for nothing in [&b""[..], b"\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xef\xbb\xbf\r\n"] {
            fs::write(&marker, nothing).unwrap();
            assert_eq!(expected(&marker), Ok(None), "{nothing:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let marker = folder.path().join("a.FIN");
        let long = "1".repeat(70);
        for text in ["done", "1250 records", "1,250", "-3", "+3", "12 50", "99999999999999999999", &long] {
            fs::write(&marker, text).unwrap();
            let told = expected(&marker).unwrap_err();
            assert!(told.contains("something else than a number") && !told.contains(text), "{told}");
        }
        fs::remove_file(&marker).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &marker).unwrap();
        assert!(expected(&marker).unwrap_err().contains("is not read"));
        // Where it was put there after somebody looked.
        assert!(read(&marker).unwrap_err().to_string().contains("is not read"));
    }
}
