//! Where keys come from, and which files are refused.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use steading::crypto::{CryptoError, KeySources, PlainSecret};
use tempfile::TempDir;

use super::{KEY_A, KEY_B};

fn sources(folder: &TempDir) -> KeySources {
    KeySources {
        credentials_directory: None,
        file: folder.path().join("keys"),
        ring: None,
    }
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_first_start_makes_a_private_file_and_a_second_reads_it() {
    let folder = TempDir::new().unwrap();
    let sources = sources(&folder);
    assert!(sources.load().unwrap().is_none());
    let made = sources.load_or_generate(false).unwrap();
    assert_eq!(mode(&sources.file), 0o600);
    let read = sources.load_or_generate(true).unwrap();
    assert_eq!(made.active_id(), read.active_id());
    let other = TempDir::new().unwrap();
    assert_ne!(
        self::sources(&other)
            .load_or_generate(false)
            .unwrap()
            .active_id(),
        made.active_id()
    );
}

#[test]
fn no_key_is_made_where_data_is_sealed() {
    let folder = TempDir::new().unwrap();
    let error = sources(&folder).load_or_generate(true).unwrap_err();
    assert!(matches!(error, CryptoError::NoKeys { .. }) && error.is_configuration());
    assert!(error.to_string().contains("keys.ring"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_others_can_read_is_refused() {
    let folder = TempDir::new().unwrap();
    let sources = sources(&folder);
    for bad in [0o644, 0o640, 0o604, 0o660, 0o700, 0o4600] {
        write(&sources.file, &format!("a:{KEY_A}"), bad);
        let error = sources.load().unwrap_err();
        assert!(
            matches!(error, CryptoError::UnsafeKeyFile { .. }),
            "{bad:o}"
        );
        assert!(
            error.to_string().contains("chmod") && error.is_configuration(),
            "{error}"
        );
    }
    for good in [0o600, 0o400] {
        fs::remove_file(&sources.file).unwrap();
        write(&sources.file, &format!("a:{KEY_A}"), good);
        assert!(sources.load().unwrap().is_some());
    }
}

#[test]
fn a_file_of_someone_else_is_refused() {
    let folder = TempDir::new().unwrap();
    let sources = sources(&folder);
    write(&sources.file, &format!("a:{KEY_A}"), 0o600);
    // Only root can give a file away; elsewhere there is nothing to try.
    if std::os::unix::fs::chown(&sources.file, Some(12_345), None).is_ok() {
        let error = sources.load().unwrap_err();
        assert!(
            error.to_string().contains("belongs to user 12345"),
            "{error}"
        );
    }
}

#[test]
fn what_is_no_file_of_keys_is_refused() {
    let folder = TempDir::new().unwrap();
    let sources = sources(&folder);
    fs::create_dir(&sources.file).unwrap();
    assert!(matches!(
        sources.load(),
        Err(CryptoError::UnsafeKeyFile { .. })
    ));
    fs::remove_dir(&sources.file).unwrap();
    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        &sources.file,
        rustix::fs::Mode::from_raw_mode(0o600),
    )
    .unwrap();
    assert!(
        matches!(sources.load(), Err(CryptoError::UnsafeKeyFile { .. })),
        "a pipe must not hang the start"
    );
    fs::remove_file(&sources.file).unwrap();
    write(&sources.file, &"#".repeat(70_000), 0o600);
    assert!(matches!(
        sources.load(),
        Err(CryptoError::UnsafeKeyFile { .. })
    ));
    write(&sources.file, "", 0o600);
    assert!(matches!(
        sources.load_or_generate(false),
        Err(CryptoError::EmptyRing { .. })
    ));
}

#[test]
fn keys_given_twice_are_refused() {
    let folder = TempDir::new().unwrap();
    let credentials = folder.path().join("credentials");
    fs::create_dir(&credentials).unwrap();
    let mut sources = sources(&folder);
    sources.credentials_directory = Some(credentials.clone());
    assert!(
        sources.load().unwrap().is_none(),
        "other credentials of the unit are none of ours"
    );

    // systemd shows its access list as a right of the group.
    write(&credentials.join("root.key"), &format!("a:{KEY_A}"), 0o440);
    assert!(sources.load().unwrap().is_some());
    sources.ring = Some(PlainSecret::from(format!("b:{KEY_B}")));
    assert!(matches!(
        sources.load(),
        Err(CryptoError::AmbiguousSources { .. })
    ));
    sources.credentials_directory = None;
    assert!(sources.load().unwrap().is_some());
    write(&sources.file, &format!("a:{KEY_A}"), 0o600);
    let error = sources.load_or_generate(true).unwrap_err();
    assert!(matches!(error, CryptoError::AmbiguousSources { .. }) && error.is_configuration());
    assert!(!error.to_string().contains(KEY_A) && !format!("{sources:?}").contains(KEY_B));
}
