//! Sessions as private files, one each.
//!
//! Several processes may share the directory: a session that one ends is gone for
//! the others with their next look.

use std::fs::{self, File};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use trunklog_bounded::BoundedMap;

use super::Sessions;
use crate::people::session::{Session, SessionId};
use crate::private_file::{self, Sight};
use crate::{Error, ErrorKind, Result};

const DIRECTORY_NAME: &str = "sessions";
const LOCK_NAME: &str = ".lock";
const SUFFIX: &str = ".json";
const MAX_BYTES: u64 = 64 * 1024;
/// How many are known without reading them again.
const MOST_KNOWN: NonZeroUsize = NonZeroUsize::new(1024).expect("1024 is not zero");

/// Sessions in `sessions/`.
pub struct SessionFiles {
    directory: PathBuf,
    lock_path: PathBuf,
    known: BoundedMap<SessionId, (Sight, Session)>,
}

impl SessionFiles {
    /// Those below that directory, which is made if needed.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the directory cannot be used.
    pub fn open(dir: &Path) -> Result<SessionFiles> {
        let directory = dir.join(DIRECTORY_NAME);
        private_file::create_directory(&directory).map_err(Error::file(&directory, "made"))?;
        let lock_path = directory.join(LOCK_NAME);
        Ok(SessionFiles { directory, lock_path, known: BoundedMap::new(MOST_KNOWN) })
    }

    fn path(&self, id: &SessionId) -> PathBuf {
        // An id is hexadecimal, so it never leads out of the directory.
        self.directory.join(format!("{id}{SUFFIX}"))
    }

    fn write(&self, session: &Session) -> Result<()> {
        let path = self.path(&session.id);
        let content = serde_json::to_vec(session).map_err(|error| {
            Error::because(ErrorKind::Invalid, "a session cannot be written as JSON", error)
        })?;
        private_file::replace(&path, &content).map_err(Error::file(&path, "written"))
    }

    /// Keeps who changes or ends sessions apart.
    fn lock(&self) -> Result<File> {
        private_file::lock(&self.lock_path).map_err(Error::file(&self.lock_path, "locked"))
    }

    fn read(&self, id: &SessionId) -> Option<(Sight, Session)> {
        let (stamp, content) = match private_file::read(&self.path(id), MAX_BYTES) {
            Ok(found) => found?,
            Err(error) => {
                tracing::error!(session = ?id, %error, "a session cannot be read and counts as ended");
                return None;
            }
        };
        match serde_json::from_slice::<Session>(&content) {
            Ok(session) if session.id == *id => Some((Sight::Present(stamp), session)),
            _ => {
                tracing::error!(session = ?id, "the file of a session is damaged, the session counts as ended");
                None
            }
        }
    }
}

impl Sessions for SessionFiles {
    fn add(&self, session: &Session) -> Result<()> {
        self.write(session)
    }

    fn get(&self, id: &SessionId) -> Option<Session> {
        let sight = private_file::look(&self.path(id));
        if let Some((seen, session)) = self.known.get(id)
            && seen == sight
        {
            return Some(session);
        }
        let (seen, session) = self.read(id)?;
        self.known.insert(id.clone(), (seen, session.clone()));
        Some(session)
    }

    fn touch(&self, id: &SessionId, now: Timestamp) -> Result<()> {
        let _held = self.lock()?;
        let Some((_, mut session)) = self.read(id) else { return Ok(()) };
        if session.last_seen >= now {
            return Ok(());
        }
        session.last_seen = now;
        self.write(&session)
    }

    fn end(&self, id: &SessionId) -> Result<bool> {
        let _held = self.lock()?;
        let path = self.path(id);
        let was_there = private_file::look(&path) != Sight::Missing;
        private_file::remove(&path).map_err(Error::file(&path, "removed"))?;
        Ok(was_there)
    }

    fn list(&self) -> Result<Vec<Session>> {
        let mut all = Vec::new();
        let entries = fs::read_dir(&self.directory).map_err(Error::file(&self.directory, "read"))?;
        for entry in entries {
            let name = entry.map_err(Error::file(&self.directory, "read"))?.file_name();
            let id: Option<SessionId> =
                name.to_str().and_then(|name| name.strip_suffix(SUFFIX)).and_then(|id| id.parse().ok());
            if let Some(session) = id.and_then(|id| self.get(&id)) {
                all.push(session);
            }
        }
        all.sort_by(|one, other| other.last_seen.cmp(&one.last_seen).then_with(|| one.id.cmp(&other.id)));
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::people::session::{Person, PersonSource, SessionToken};
    use crate::test_support::FakeClock;

    fn session(now: Timestamp) -> Session {
        Session {
            id: SessionToken::generate().unwrap().id(),
            person: Person {
                id: "person".to_owned(),
                name: "Anna".to_owned(),
                source: PersonSource::Provider {
                    provider: "entra".to_owned(),
                    values: vec!["Readers".to_owned()],
                },
            },
            created: now,
            last_seen: now,
            vouched: now,
            ends: now,
            address: Some("192.0.2.1".parse().unwrap()),
        }
    }

    #[test]
    fn a_session_is_kept_in_a_private_file_until_it_ends() {
        let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
        let files = SessionFiles::open(dir.path()).unwrap();
        let session = session(clock.now());
        files.add(&session).unwrap();
        assert_eq!(files.get(&session.id), Some(session.clone()));
        let mode = fs::metadata(files.path(&session.id)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        // Another process, or the next one.
        let other = SessionFiles::open(dir.path()).unwrap();
        assert_eq!(other.list().unwrap(), [session.clone()]);
        assert!(other.end(&session.id).unwrap());
        assert_eq!(files.get(&session.id), None);
        assert!(!files.end(&session.id).unwrap());
    }

    #[test]
    fn a_session_that_has_ended_is_not_brought_back_by_its_use() {
        let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
        let files = SessionFiles::open(dir.path()).unwrap();
        let session = session(clock.now());
        files.add(&session).unwrap();
        clock.advance(jiff::SignedDuration::from_secs(90));
        files.touch(&session.id, clock.now()).unwrap();
        assert_eq!(files.get(&session.id).unwrap().last_seen, clock.now());
        files.touch(&session.id, session.created).unwrap();
        assert_eq!(files.get(&session.id).unwrap().last_seen, clock.now());
        files.end(&session.id).unwrap();
        files.touch(&session.id, clock.now()).unwrap();
        assert_eq!((files.get(&session.id), files.list().unwrap().len()), (None, 0));
    }

    #[test]
    fn a_file_that_is_no_session_is_none() {
        let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
        let files = SessionFiles::open(dir.path()).unwrap();
        let (one, other) = (session(clock.now()), session(clock.now()));
        files.add(&one).unwrap();
        // One under another's name, or cut off, or of another program.
        fs::copy(files.path(&one.id), files.path(&other.id)).unwrap();
        assert_eq!(files.get(&other.id), None);
        fs::write(files.path(&one.id), "{\"id\"").unwrap();
        assert_eq!(files.get(&one.id), None);
        fs::write(files.directory.join("notes.txt"), "").unwrap();
        assert!(files.list().unwrap().is_empty());
    }
}
