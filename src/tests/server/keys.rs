//! Keys that do not fit and stores that are too new stop the start before anything is written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::harness::company::owned;
use crate::harness::engine::Engine;
use crate::harness::process::Home;
use crate::harness::rows::Behind;

/// Every file below a folder with what it holds, but for what SQLite keeps beside a file only while somebody reads it.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            all.extend(contents(&path));
        } else if !name.ends_with("-shm") && !name.ends_with("-wal") {
            let held = std::fs::read(&path).unwrap();
            all.insert(path, held);
        }
    }
    all
}

/// An instance that has been up once and was stopped.
fn settled(engine: Engine) -> Home {
    let home = owned(engine);
    assert_eq!(home.serve().terminate(), 0);
    home
}

/// Starts that must fail with a configuration's exit code and change nothing; what they said.
#[track_caller]
fn refused(home: &Home) -> String {
    let (files, rows) = (contents(&home.data()), Behind::of(home).rows());
    let failed = home.run(&["serve"]).expect_code(78);
    assert!(files == contents(&home.data()), "something was written");
    assert_eq!(rows, Behind::of(home).rows());
    failed.stderr
}

crate::on_both_engines! {
    fn keys_of_another_instance_are_refused(engine: Engine) {
        let home = settled(engine);
        let other = Home::new(Engine::Sqlite);
        assert_eq!(other.serve().terminate(), 0);
        std::fs::copy(other.data().join("keys"), home.data().join("keys")).unwrap();
        let said = refused(&home);
        assert!(said.contains("key"), "{said}");
    }

    fn missing_keys_are_not_made_anew_over_sealed_data(engine: Engine) {
        let home = settled(engine);
        let keys = home.data().join("keys");
        let held = std::fs::read(&keys).unwrap();
        std::fs::remove_file(&keys).unwrap();
        let said = refused(&home);
        assert!(said.contains("key"), "{said}");
        assert!(!keys.exists());
        std::fs::write(&keys, held).unwrap();
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(home.serve().terminate(), 0);
    }

    fn a_store_of_a_newer_program_is_refused(engine: Engine) {
        for plane in ["control", "tenant"] {
            let home = settled(engine);
            let changed = Behind::of(&home).execute(
                plane,
                "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')",
            );
            assert_eq!(changed, 1, "{plane}");
            let said = refused(&home);
            assert!(said.contains("29990101000000") && said.contains("newer"), "{plane}: {said}");
        }
    }
}
