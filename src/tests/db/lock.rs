//! One process at a time works in a data folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use steading::db::lock::{DataLock, LockError};

#[test]
fn a_second_holder_is_told_who_is_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = DataLock::take(folder.path()).unwrap();
    first.sign().unwrap();
    // Another open of the file is as foreign to the kernel as another process.
    let refused = DataLock::take(folder.path()).unwrap_err();
    assert!(matches!(refused, LockError::Held { .. }), "{refused:?}");
    let said = refused.to_string();
    assert!(
        said.contains(&format!("process {}", std::process::id())),
        "{said}"
    );
    assert!(
        said.contains(&folder.path().display().to_string()),
        "{said}"
    );
    drop(first);
    DataLock::take(folder.path()).unwrap();
}

#[test]
fn taking_it_writes_nothing_before_it_is_signed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    fs::write(&path, "process 1\n").unwrap();
    let mut lock = DataLock::take(folder.path()).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "process 1\n");
    lock.sign().unwrap();
    let signed = fs::read_to_string(&path).unwrap();
    assert_eq!(signed, format!("process {}\n", std::process::id()));
}

#[test]
fn the_lock_file_is_its_owners_alone_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    drop(DataLock::take(folder.path()).unwrap());
    let meta = fs::metadata(folder.path().join("lock")).unwrap();
    assert_eq!(meta.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_folder_that_cannot_be_written_is_another_matter() {
    let folder = tempfile::tempdir().unwrap();
    let missing = DataLock::take(&folder.path().join("nowhere")).unwrap_err();
    assert!(matches!(missing, LockError::Unusable { .. }), "{missing:?}");
}
