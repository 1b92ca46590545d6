//! Where sessions are kept.

mod files;

use jiff::{SignedDuration, Timestamp};

use super::session::{Session, SessionId};
use crate::Result;

pub use self::files::SessionFiles;

/// Keeps sessions. When one ends is for [`People`](crate::People) to say.
///
/// All methods may touch the disk; [`get`](Sessions::get) costs microseconds.
pub trait Sessions: Send + Sync {
    /// Keeps a new session.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn add(&self, session: &Session) -> Result<()>;

    /// A session, if there is one of that name.
    fn get(&self, id: &SessionId) -> Option<Session>;

    /// Notes that a session was used then. One that has ended meanwhile stays
    /// ended.
    ///
    /// # Errors
    /// When that cannot be noted.
    fn touch(&self, id: &SessionId, now: Timestamp) -> Result<()>;

    /// Ends a session, and tells whether there was one.
    ///
    /// # Errors
    /// When it cannot be ended.
    fn end(&self, id: &SessionId) -> Result<bool>;

    /// All that are kept, those that have ended by themselves among them.
    ///
    /// # Errors
    /// When they cannot be read.
    fn list(&self) -> Result<Vec<Session>>;
}

/// When sessions end by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionEnds {
    /// After not being used for so long.
    pub idle: SignedDuration,
    /// After so long, however much they are used.
    pub lasting: SignedDuration,
}

impl Default for SessionEnds {
    /// An hour without use, a day in all (NIST SP 800-63B, section 2.2.3).
    fn default() -> SessionEnds {
        SessionEnds { idle: SignedDuration::from_hours(1), lasting: SignedDuration::from_hours(24) }
    }
}

impl SessionEnds {
    /// Whether a session has ended by itself.
    pub(super) fn are_over(self, session: &Session, now: Timestamp) -> bool {
        let idle = now.duration_since(session.last_seen);
        // A clock that was set back by more than that must not keep sessions alive.
        now >= session.ends || idle >= self.idle || now.duration_since(session.created) < -self.idle
    }
}
