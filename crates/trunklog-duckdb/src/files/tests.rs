use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

/// A database in a folder and a link to it in another.
fn linked() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    let (here, there) = (root.join("here"), root.join("there"));
    for made in [&here, &there] {
        fs::create_dir(made).unwrap();
    }
    let (link, target) = (here.join("log.duckdb"), there.join("other.db"));
    fs::write(&target, "rows").unwrap();
    symlink(&target, &link).unwrap();
    (folder, link, target)
}

#[test]
fn a_link_leads_to_the_files() {
    let (_folder, link, target) = linked();
    assert_eq!(resolve(&link).unwrap(), target);
    assert_eq!(resolve(&target).unwrap(), target);
    let missing = target.with_file_name("missing.db");
    assert_eq!(resolve(&missing).unwrap(), missing);
    fs::remove_file(&target).unwrap();
    let error = resolve(&link).unwrap_err();
    assert!(error.kind() == ErrorKind::Moved && error.to_string().contains("mount its disk"), "{error}");
    assert!(exists(&link).is_err() && repair(&link).is_err());
}

#[test]
fn a_log_beside_a_link_is_not_passed_over() {
    let (_folder, link, target) = linked();
    let (beside, right) = (Files::of(&link).log, Files::of(&target).log);
    fs::write(&beside, "").unwrap();
    resolve(&link).unwrap();
    fs::write(&beside, "commits").unwrap();
    assert!(resolve(&link).unwrap_err().to_string().contains("move it to"));
    fs::write(&right, "commits").unwrap();
    assert!(resolve(&link).unwrap_err().to_string().contains("is there, too"));
    // It may be the same.
    fs::remove_file(&beside).unwrap();
    symlink(&right, &beside).unwrap();
    resolve(&link).unwrap();
}
