use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::*;

#[test]
fn a_replaced_file_is_private_and_leaves_no_draft() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret.json");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();

    replace(&path, b"new").unwrap();

    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_failed_write_keeps_the_old_content() {
    let directory = tempfile::tempdir().unwrap();
    // A directory cannot be replaced by a file, so the rename fails.
    let path = directory.path().join("taken");
    fs::create_dir(&path).unwrap();

    assert!(replace(&path, b"new").is_err());
    assert!(path.is_dir());
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_replacement_of_equal_length_is_seen() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    assert_eq!(look(&path), Sight::Missing);
    replace(&path, b"one").unwrap();
    let first = look(&path);
    assert_eq!(look(&path), first);
    replace(&path, b"two").unwrap();
    assert_ne!(look(&path), first);
}

#[test]
fn a_directory_settles_after_a_change() {
    let directory = tempfile::tempdir().unwrap();
    replace(&directory.path().join("file"), b"one").unwrap();
    let sight = look(directory.path());
    while !sight.is_settled() {
        assert_eq!(look(directory.path()), sight);
        thread::sleep(Duration::from_millis(20));
    }
    replace(&directory.path().join("other"), b"two").unwrap();
    assert_ne!(look(directory.path()), sight);
    assert!(look(&directory.path().join("none")).is_settled());
}

#[test]
fn reading_is_bounded() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    assert!(read(&path, 4).unwrap().is_none());
    replace(&path, b"four").unwrap();
    assert_eq!(read(&path, 4).unwrap().unwrap().1, b"four");
    assert_eq!(read(&path, 3).unwrap_err().kind(), ErrorKind::InvalidData);
}

#[test]
fn the_lock_waits_for_its_holder() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(".lock");
    let held = lock(&path).unwrap();
    let (sender, receiver) = mpsc::channel();
    let waiting = {
        let path = path.clone();
        thread::spawn(move || {
            let _held = lock(&path).unwrap();
            sender.send(()).unwrap();
        })
    };
    assert!(receiver.recv_timeout(Duration::from_millis(100)).is_err());
    drop(held);
    receiver.recv_timeout(Duration::from_secs(20)).unwrap();
    waiting.join().unwrap();
}
