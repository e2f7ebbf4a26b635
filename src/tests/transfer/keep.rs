//! Which backups stay, which one is meant, and what one damaged file keeps from coming back.

use std::path::{Path, PathBuf};

use steading::jobs;

use crate::harness::company::make_owner;
use crate::harness::engine::{Engine, wait};
use crate::harness::mounts::killed_at;
use crate::harness::process::{Done, Home};
use crate::identity::House;
use crate::on_both_engines;

fn made(home: &Home, code: i32) -> String {
    let made = home
        .run(&["backup", "create", "--json"])
        .expect_code(code)
        .json();
    made["name"].as_str().unwrap().to_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let mut all: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    all.sort();
    all
}

/// An instance of many with these companies, and the files they are in.
fn many<const N: usize>(engine: Engine, slugs: [&str; N]) -> (Home, [PathBuf; N]) {
    let home = Home::new(engine).env("STEADING_TENANCY", "multi");
    let files = slugs.map(|slug| {
        let made = home
            .run(&["tenant", "create", slug, "--json"])
            .expect_code(0)
            .json();
        home.data()
            .join(format!("tenants/{}.db", made["id"].as_str().unwrap()))
    });
    (home, files)
}

/// Changes one byte in the midst of a file.
fn damage(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, &bytes).unwrap();
}

#[test]
fn the_last_backup_that_holds_a_company_stays() {
    let (home, [acme, brick]) = many(Engine::Sqlite, ["acme", "brick"]);
    let target = home.data().join("backups");
    let oldest = made(&home, 0);
    let whole = made(&home, 0);
    let aside = |file: &Path| std::fs::rename(file, file.with_extension("aside")).unwrap();
    aside(&acme);
    let _one = made(&home, 1);
    // A company that is in none of the whole ones, and soon in none of those that are made.
    let cedar = home
        .run(&["tenant", "create", "cedar", "--json"])
        .expect_code(0)
        .json();
    let cedar = home
        .data()
        .join(format!("tenants/{}.db", cedar["id"].as_str().unwrap()));
    let with_cedar = made(&home, 1);
    aside(&cedar);
    aside(&brick);
    let _other = made(&home, 1);
    let newest = made(&home, 1);

    let gone = home
        .run(&["backup", "prune", "--keep", "1", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(gone.as_array().unwrap().len(), 3, "{gone}");
    let mut left = names(&target);
    left.retain(|name| name.starts_with("backup-"));
    let mut wanted = [whole.clone(), with_cedar, newest];
    wanted.sort();
    assert_eq!(left, wanted, "{oldest} and the others go");
    std::fs::rename(acme.with_extension("aside"), &acme).unwrap();
    let _ = home
        .run(&["restore", &whole, "--tenant", "acme", "--yes"])
        .expect_code(0);
}

#[test]
fn a_backup_that_is_not_whole_is_made_again_once_the_company_can_be_read() {
    let house = House::of_many(
        Engine::Sqlite,
        &[
            ("STEADING_BACKUP__SCHEDULE", "weekly"),
            ("STEADING_BACKUP__KEEP", "1"),
        ],
    );
    house.company("acme", "ana@example.com");
    let data = house.app().config.data_dir.clone();
    let backups = || {
        let all = steading::transfer::backup::list(&house.app().config.backup.target).unwrap();
        all.into_iter()
            .map(|one| one.manifest.missing.len())
            .collect::<Vec<_>>()
    };
    let pass = |seconds: u64| {
        house.later(seconds);
        let ran = wait(jobs::run_due(house.app(), None)).unwrap();
        assert!(ran.iter().any(|job| job.kind == "backup.run"), "{ran:?}");
    };
    let (there, aside) = (data.join("tenants"), data.join("aside"));
    std::fs::rename(&there, &aside).unwrap();
    std::fs::create_dir(&there).unwrap();
    pass(0);
    let lacking = backups();
    assert_eq!(lacking.len(), 1);
    assert!(lacking[0] > 0, "{lacking:?}");
    // Nothing would come of another one yet.
    pass(600);
    assert_eq!(backups(), lacking);
    assert_eq!(names(&house.app().config.backup.target).len(), 1);
    std::fs::remove_dir(&there).unwrap();
    std::fs::rename(&aside, &there).unwrap();
    pass(600);
    assert_eq!(backups(), [0, lacking[0]]);
    pass(600);
    assert_eq!(backups().len(), 2);
}

on_both_engines! {
    fn a_damaged_company_does_not_keep_another_from_coming_back(engine: Engine) {
        let (home, [acme, _]) = many(engine, ["acme", "brick"]);
        let name = made(&home, 0);
        let backup = home.data().join("backups").join(&name);
        damage(&backup.join("tenants").join(acme.file_name().unwrap()));
        let restore = |slug: &str| home.run(&["restore", &name, "--tenant", slug, "--yes"]);
        let _ = restore("brick").expect_code(0);
        let _ = restore("acme").expect_code(65);
        let _ = home.run(&["restore", &name, "--yes"]).expect_code(65);
    }

    fn latest_is_no_copy_from_before_a_restore_and_that_one_brings_everything_back(engine: Engine) {
        let home = Home::new(engine);
        make_owner(&home, "ana@example.com");
        let name = made(&home, 0);
        make_owner(&home, "ben@example.com");
        let people = || home.run(&["user", "list"]).expect_code(0).stdout;
        let _ = home.run(&["restore", "latest", "--tenant", "default", "--yes"]).expect_code(0);
        let restored = |name: &str| {
            let done: Done = home.run(&["restore", name, "--yes", "--json"]);
            done.expect_code(0).json()
        };
        let first = restored("latest");
        assert_eq!(first["backup"], name.as_str());
        assert!(!people().contains("ben@"), "{}", people());
        assert_eq!(restored("latest")["backup"], name.as_str());

        let kept = PathBuf::from(first["kept"].as_str().unwrap());
        let kept = kept.file_name().unwrap().to_str().unwrap();
        let _ = home.run(&["backup", "verify", kept]).expect_code(0);
        assert_eq!(restored(kept)["backup"], kept);
        assert!(people().contains("ben@"), "{}", people());
    }
}

#[test]
fn what_a_killed_backup_left_is_swept_by_the_next() {
    let home = Home::new(Engine::Sqlite);
    make_owner(&home, "ana@example.com");
    let target = home.data().join("backups");
    let hidden = || {
        let mut all = names(&target);
        all.retain(|name| name.starts_with('.'));
        all
    };
    let command = killed_at(&home, "chmod,fchmodat", 1, &["backup", "create"]);
    assert_ne!(Done::of(command).code, 0);
    assert_eq!(hidden().len(), 1, "{:?}", hidden());
    let _ = made(&home, 0);
    assert!(hidden().is_empty(), "{:?}", hidden());
}
