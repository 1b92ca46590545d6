//! Whose the server's own folders within a watched folder are.
//!
//! Others may write into the watched folder. Who may write into `working/`, or could have
//! made it, has the server read, move and delete what it should not.

use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

use uuid::Uuid;

const GROUP_WRITES: u32 = 0o020;
const GROUP_ENTERS: u32 = 0o010;
const OTHERS_WRITE: u32 = 0o002;
const RIGHTS: u32 = 0o777;
const OURS_ALONE: u32 = 0o700;

/// What is known of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// It is ours, and nobody else writes there.
    Ours,
    /// The disk or share does not tell.
    Untold,
}

/// With which rights a folder is made within another: its group may write there, too, where
/// it may in the other one.
pub(super) fn rights_within(parent: &Metadata) -> u32 {
    0o755 | (parent.mode() & GROUP_WRITES)
}

/// Whose a folder within a watched folder is.
///
/// # Errors
/// When it is another user's, or others may write there.
pub(super) fn owner_of(folder: &Path, found: &Metadata) -> io::Result<Owner> {
    let watched = folder.parent().unwrap_or(folder);
    let around = fs::metadata(watched)?;
    let ours = rustix::process::geteuid().as_raw();
    match fault(found.uid(), found.mode(), around.mode(), ours) {
        None => Ok(Owner::Ours),
        Some(what) if tells_owners(watched, ours) => Err(io::Error::other(what)),
        Some(_) => Ok(Owner::Untold),
    }
}

/// What is wrong with the owner or the rights of a folder; `around` are the rights of the
/// one that it is in.
fn fault(owner: u32, rights: u32, around: u32, ours: u32) -> Option<&'static str> {
    const ROOT: u32 = 0;
    if owner != ours && ours == ROOT {
        return Some("it belongs to another user: run this as that user, if it is the server's");
    }
    if owner != ours && owner != ROOT {
        return Some(
            "it belongs to another user where a folder of the server's own should be: remove it, or give it to \
             the user of the server",
        );
    }
    if rights & OTHERS_WRITE != 0 {
        return Some("everybody may write into it: take that right away (chmod o-w)");
    }
    // Who cannot enter the folder around it does not get there.
    if rights & GROUP_WRITES != 0 && around & GROUP_WRITES == 0 && around & GROUP_ENTERS != 0 {
        return Some(
            "its group may write into it, and may not into the watched folder: take that right away (chmod g-w)",
        );
    }
    None
}

/// Whether a folder that we make there is ours and has the rights that it is made with. On
/// many shares it is not: then nothing can be said of others either.
fn tells_owners(watched: &Path, ours: u32) -> bool {
    let trial = watched.join(format!(".{}.trunklog", Uuid::new_v4()));
    let made = DirBuilder::new().mode(OURS_ALONE).create(&trial);
    let found = made.and_then(|()| fs::symlink_metadata(&trial));
    // There is nothing in it.
    let _ = fs::remove_dir(&trial);
    // Where nothing can be made, no file can be claimed either.
    found.map_or(true, |found| found.uid() == ours && found.mode() & RIGHTS == OURS_ALONE)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, chown};

    use super::*;

    #[test]
    fn what_others_may_write_into_is_told() {
        let told = |owner, rights, around| fault(owner, rights, around, 1000).is_some();
        assert!(!told(1000, 0o40755, 0o40755) && !told(1000, 0o40700, 0o41777) && !told(0, 0o40755, 0o40755));
        let root = fault(1000, 0o40755, 0o40755, 0).unwrap();
        assert!(root.contains("run this as that user"), "{root}");
        assert!(told(1001, 0o40755, 0o40755) && told(1001, 0o40700, 0o40700), "it is another user's");
        assert!(told(1000, 0o40777, 0o40777) && told(1000, 0o40757, 0o40700), "everybody writes");
        assert!(told(1000, 0o42775, 0o42755), "the group writes, and not around it");
        assert!(!told(1000, 0o42775, 0o42775) && !told(1000, 0o40775, 0o40700));
    }

    #[test]
    fn a_folder_of_others_is_not_ours() {
        let watched = tempfile::tempdir().unwrap();
        let folder = watched.path().join("working");
        fs::create_dir(&folder).unwrap();
        let set =
            |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        let owner = || owner_of(&folder, &fs::symlink_metadata(&folder).unwrap());
        set(&folder, 0o755);
        assert_eq!(owner().unwrap(), Owner::Ours);
        set(&folder, 0o777);
        assert!(owner().unwrap_err().to_string().contains("chmod o-w"));
        set(&folder, 0o775);
        set(watched.path(), 0o755);
        assert!(owner().unwrap_err().to_string().contains("chmod g-w"));
        set(watched.path(), 0o775);
        assert_eq!(owner().unwrap(), Owner::Ours);
        assert_eq!(rights_within(&fs::metadata(watched.path()).unwrap()), 0o775);
        // Only the superuser gives folders away.
        if rustix::process::geteuid().is_root() {
            chown(&folder, Some(65_534), None).unwrap();
            assert!(owner().unwrap_err().to_string().contains("another user"));
        }
        assert_eq!(fs::read_dir(watched.path()).unwrap().count(), 1, "nothing is left of the trial");
    }
}
