//! Telling whether a write-ahead log belongs to the database beside it. DuckDB
//! makes the changes of any log whose frame is right, and destroys a database
//! with those of another one, or of another state of it.

use std::path::Path;

use trunklog_store::{Error, ErrorKind};

use super::header::Header;
use super::log::Contents;
use super::wording::RESTORE;

/// What a log belongs to that is not of the database beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stranger {
    /// Another database.
    Other,
    /// This one, but an older state of it.
    Older,
    /// A newer one.
    Newer,
}

/// What a log belongs to, if not to the database; `latest` is the number of the
/// checkpoint that it may follow at most. None where it tells nothing, as in
/// files of older versions.
pub(super) fn of(log: &Contents, header: &Header, latest: u64) -> Option<Stranger> {
    let right = header.name()?;
    // A start that is none is told as damage.
    if log.bytes == 0 || log.fault.is_some_and(|fault| fault.at == 0) {
        return None;
    }
    let Some(name) = log.name.filter(|name| name.database == right.database) else {
        return Some(Stranger::Other);
    };
    // What ends in the newest checkpoint was not deleted yet.
    let is_done =
        name.iteration.checked_add(1) == Some(right.iteration) && log.checkpoint == Some(header.root);
    if name.iteration > latest {
        Some(Stranger::Newer)
    } else if name.iteration < right.iteration && !is_done {
        Some(Stranger::Older)
    } else {
        None
    }
}

impl Stranger {
    /// Whose it is, for people.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Stranger::Other => "another database",
            Stranger::Older => "an older state of the database",
            Stranger::Newer => "a newer state of the database",
        }
    }

    pub(super) fn refuse(self, log: &Path, database: &Path) -> Error {
        let (log, database, whose) = (log.display(), database.display(), self.describe());
        Error::new(
            ErrorKind::Corrupt,
            format!(
                "{log} belongs to {whose} and not to {database} beside it, whose rows it would destroy. Put the \
                 database there that belongs to it, or {RESTORE} into an empty folder; to go on with this database \
                 alone, run trunklog check --repair, which puts the log aside"
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::log::{Fault, FaultKind, Name};
    use super::*;

    const DATABASE: [u8; 16] = [7; 16];

    #[test]
    fn a_log_belongs_to_its_database_and_checkpoint() {
        let header = Header { iteration: 5, end: 0, root: 77, database: Some(DATABASE) };
        let named = |database, iteration| Contents {
            bytes: 600,
            name: Some(Name { database, iteration }),
            ..Contents::default()
        };
        let ours = |iteration| named(DATABASE, iteration);
        let whose = |log: &Contents| of(log, &header, 5);
        assert_eq!(whose(&ours(5)), None);
        assert_eq!(whose(&ours(4)), Some(Stranger::Older));
        assert_eq!(whose(&ours(6)), Some(Stranger::Newer));
        assert_eq!(whose(&named([8; 16], 5)), Some(Stranger::Other));
        assert_eq!(whose(&Contents { name: None, ..ours(5) }), Some(Stranger::Other));
        // After a checkpoint its log goes last.
        assert_eq!(whose(&Contents { checkpoint: Some(77), ..ours(4) }), None);
        assert_eq!(whose(&Contents { checkpoint: Some(76), ..ours(4) }), Some(Stranger::Older));
        assert_eq!(whose(&Contents { checkpoint: Some(77), ..ours(3) }), Some(Stranger::Older));
        assert_eq!(whose(&Contents { checkpoint: Some(77), ..ours(5) }), None);
        // Commits during a checkpoint go to the log of the next.
        assert_eq!(of(&ours(6), &header, 6), None);
        // No log, none with a start, and none that could tell.
        assert_eq!(whose(&Contents::default()), None);
        let fault = Some(Fault { kind: FaultKind::Start, at: 0, commits: 0 });
        assert_eq!(whose(&Contents { name: None, fault, ..ours(5) }), None);
        let older = Header { database: None, ..header };
        assert_eq!(of(&named([8; 16], 4), &older, 5), None);
    }
}
