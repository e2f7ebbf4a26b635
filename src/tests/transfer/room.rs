//! A full disk, where a backup, an export or a restore wants to write: it is said which, and nothing half is kept.

use std::path::Path;

use crate::harness::company::make_owner;
use crate::harness::engine::Engine;
use crate::harness::mounts::on_a_small_disk;
use crate::harness::process::Home;
use crate::on_both_engines;

const TARGET: &str = "STEADING_BACKUP__TARGET";

/// With its backups outside the data folder.
fn home(engine: Engine) -> Home {
    let home = Home::new(engine);
    let target = home.path().join("backups").display().to_string();
    let home = home.env(TARGET, &target);
    make_owner(&home, "ana@example.com");
    home
}

fn names(folder: &Path) -> Vec<String> {
    let mut all: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    all.sort();
    all
}

fn bytes(folder: &Path) -> u64 {
    let size = |entry: std::fs::DirEntry| match entry.path().is_dir() {
        true => bytes(&entry.path()),
        false => entry.metadata().unwrap().len(),
    };
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| size(entry.unwrap()))
        .sum()
}

on_both_engines! {
    fn a_backup_to_a_full_disk_fails_and_keeps_nothing(engine: Engine) {
        let home = home(engine);
        let (target, kept) = (home.path().join("backups"), home.path().join("kept"));
        let made = on_a_small_disk(&home, &target, 128 << 10, &kept, &["backup", "create"]).expect_code(73);
        assert!(made.stderr.contains("no space"), "{}", made.stderr);
        assert!(names(&kept).is_empty(), "{:?}", names(&kept));
    }

    fn an_export_to_a_full_disk_fails_and_keeps_nothing(engine: Engine) {
        let home = home(engine);
        let (folder, kept) = (home.path().join("out"), home.path().join("kept"));
        let file = folder.join("acme.steading").display().to_string();
        let left = on_a_small_disk(&home, &folder, 128 << 10, &kept, &["tenant", "export", "default", &file]).expect_code(73);
        assert!(left.stderr.contains("no space"), "{}", left.stderr);
        assert!(names(&kept).is_empty(), "{:?}", names(&kept));
    }
}

#[test]
fn a_scheduled_backup_on_a_full_disk_leaves_the_last_good_one() {
    let home = home(Engine::Sqlite)
        .env("STEADING_BACKUP__SCHEDULE", "hourly")
        .env("STEADING_BACKUP__KEEP", "1");
    let (target, kept) = (home.path().join("backups"), home.path().join("kept"));
    let good = home
        .run(&["backup", "create", "--json"])
        .expect_code(0)
        .json();
    let name = good["name"].as_str().unwrap();
    // As if it were of yesterday.
    let manifest = target.join(name).join("manifest.json");
    let mut old: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&manifest).unwrap()).unwrap();
    old["made_at"] = "2026-01-01T00:00:00.000000Z".into();
    std::fs::write(&manifest, old.to_string()).unwrap();
    let size = bytes(&target) + (128 << 10);
    let ran = on_a_small_disk(&home, &target, size, &kept, &["jobs", "run"]);
    assert!(ran.stdout.contains("no space"), "{ran:?}");
    assert_eq!(names(&kept), [name], "{ran:?}");
    let told = home.run(&["doctor"]);
    assert!(
        told.stdout.contains("no space") || told.stderr.contains("no space"),
        "{told:?}"
    );
}

#[test]
fn a_restore_without_room_changes_nothing() {
    let home = home(Engine::Sqlite);
    let (target, kept) = (home.path().join("backups"), home.path().join("kept"));
    let made = home
        .run(&["backup", "create", "--json"])
        .expect_code(0)
        .json();
    let name = made["name"].as_str().unwrap();
    make_owner(&home, "ben@example.com");
    let before = names(&home.data());
    let restore = ["restore", name, "--yes"];

    // Where what is there is to be kept.
    let size = bytes(&target) + (256 << 10);
    let refused = on_a_small_disk(&home, &target, size, &kept, &restore).expect_code(73);
    let named = format!("no space for this in {}:", target.display());
    assert!(refused.stderr.contains(&named), "{}", refused.stderr);
    assert_eq!(names(&kept), [name]);
    assert_eq!(names(&home.data()), before);
    let people = home.run(&["user", "list"]).expect_code(0).stdout;
    assert!(people.contains("ben@example.com"), "{people}");

    // Where the instance is.
    let data = home.data();
    let size = bytes(&data) + (256 << 10);
    let kept = home.path().join("kept-data");
    let refused = on_a_small_disk(&home, &data, size, &kept, &restore).expect_code(73);
    let named = format!("no space for this in {}:", data.display());
    assert!(refused.stderr.contains(&named), "{}", refused.stderr);
    assert_eq!(names(&kept), before);
    assert_eq!(names(&target), [name]);

    // With room on both it goes, from one disk to the other.
    let _ = on_a_small_disk(
        &home,
        &target,
        64 << 20,
        &home.path().join("roomy"),
        &restore,
    )
    .expect_code(0);
    let people = home.run(&["user", "list"]).expect_code(0).stdout;
    assert!(!people.contains("ben@example.com"), "{people}");
    assert_eq!(
        names(&home.path().join("roomy")),
        [name.to_owned(), format!("before-restore-of-{name}")]
    );
}
