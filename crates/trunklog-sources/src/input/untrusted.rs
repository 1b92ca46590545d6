//! Opening what others put where it is.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

/// Opens a file to read it, and nothing else that has its name, whatever was there when
/// somebody looked: a link is not followed, and nobody waits for the writer of a pipe.
///
/// # Errors
/// When it is no file, or cannot be opened.
pub(crate) fn open_untrusted(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if is_link(&error) => return Err(no_file()),
        Err(error) => return Err(error),
    };
    if file.metadata()?.is_file() { Ok(file) } else { Err(no_file()) }
}

/// All bytes of such a file, of which there are at most so many.
///
/// # Errors
/// When it is no file, cannot be read, or is larger.
pub(crate) fn read_untrusted(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_untrusted(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len <= most) {
        return Ok(bytes);
    }
    Err(io::Error::other(format!("it has more than {most} bytes")))
}

/// Whether it could not be opened since it is a link. Some systems say that there are too
/// many, others that one is.
fn is_link(error: &io::Error) -> bool {
    use rustix::io::Errno;
    [Errno::LOOP, Errno::MLINK].into_iter().any(|link| error.raw_os_error() == Some(link.raw_os_error()))
}

fn no_file() -> io::Error {
    io::Error::other("it is a link, a folder or a device, which is not read")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use rustix::fs::{CWD, Mode, mkfifoat};

    use super::*;

    #[test]
    fn only_files_are_opened_and_nobody_waits() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "content").unwrap();
        symlink(path("file"), path("link")).unwrap();
        symlink("/nonexistent", path("nowhere")).unwrap();
        symlink("/dev/zero", path("device")).unwrap();
        fs::create_dir(path("folder")).unwrap();
        mkfifoat(CWD, path("pipe"), Mode::RUSR | Mode::WUSR).unwrap();
        let _socket = UnixListener::bind(path("socket")).unwrap();
        assert_eq!(read_untrusted(&path("file"), 7).unwrap(), b"content");
        assert!(read_untrusted(&path("file"), 6).unwrap_err().to_string().contains("more than 6"));
        for name in ["link", "nowhere", "device", "folder", "pipe"] {
            let error = open_untrusted(&path(name)).unwrap_err().to_string();
            assert!(error.contains("which is not read"), "{name}: {error}");
        }
        open_untrusted(&path("socket")).unwrap_err();
        assert_eq!(open_untrusted(&path("missing")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
