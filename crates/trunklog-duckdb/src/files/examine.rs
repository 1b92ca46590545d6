//! Whether a store's files hold all that was acknowledged.

use std::path::Path;

use trunklog_store::{Error, ErrorKind, Result};

use super::judgement::{Inventory, Mend, Verdict, left_over, without_database};
use super::log::FaultKind;
use super::wording::unreadable;
use super::{Files, mend, resolve};
use crate::options::Access;

/// What is known of a store that is about to be opened.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Examination {
    /// The commits in its write-ahead log.
    pub(crate) commits: u64,
    /// Whether its write-ahead log names the checkpoint that it follows.
    pub(crate) names_checkpoint: bool,
}

/// Examines the files of a store that is about to be opened. For writing, what
/// can be mended without losing a commit is mended.
pub(crate) fn examine(database: &Path, access: Access) -> Result<Examination> {
    let files = Files::of(database);
    let Some(found) = Inventory::look(&files)? else {
        return match access {
            Access::Write => Ok(Examination::default()),
            Access::Read | Access::Reopen => {
                Err(Error::new(ErrorKind::Moved, format!("there is no store {}", database.display())))
            }
        };
    };
    found.is_all_there(&files)?;
    found.warn_of_what_is_unknown(&files);
    for (path, contents, verdict) in found.logs(&files) {
        match verdict {
            Verdict::Whole => {}
            // DuckDB passes over it, and the writer will cut it off.
            Verdict::Mend(Mend::Cut { rest: FaultKind::Unfinished, .. }) if access == Access::Read => {}
            Verdict::Mend(mend) if access == Access::Read => {
                let what = mend.describe(path, contents);
                return Err(Error::new(
                    ErrorKind::Corrupt,
                    format!("{what}; it is mended when the store is next opened for writing"),
                ));
            }
            Verdict::Mend(mend) => mend::apply(path, contents, mend)?,
            Verdict::Lost(loss) => return Err(loss.refuse(path)),
            Verdict::Stranger(stranger) => return Err(stranger.refuse(path, &files.database)),
        }
    }
    Ok(Examination { commits: found.log.commits, names_checkpoint: found.header.database.is_some() })
}

/// Whether there is a store. An error where only a part of one is there.
pub fn exists(database: &Path) -> Result<bool> {
    let database = &resolve(database)?;
    if database.try_exists().map_err(|error| unreadable(database, error))? {
        return Ok(true);
    }
    left_over(&Files::of(database)).map_or(Ok(false), |left| Err(without_database(database, left)))
}
