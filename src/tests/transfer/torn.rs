//! A restore or a first start that breaks off leaves what was there, or what comes, or a refusal; never an empty instance over
//! somebody's files.

use std::path::Path;
use std::process::Command;

use crate::harness::company::make_owner;
use crate::harness::engine::Engine;
use crate::harness::mounts::killed_at;
use crate::harness::process::{Done, Home};

/// Puts a copy of a folder in the place of another.
fn put(from: &Path, to: &Path) {
    if to.exists() {
        std::fs::remove_dir_all(to).unwrap();
    }
    let copied = Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.unwrap().success());
}

#[test]
fn a_restore_killed_at_any_moment_is_done_or_not() {
    let home = Home::new(Engine::Sqlite);
    let target = home.path().join("backups");
    let home = home.env("STEADING_BACKUP__TARGET", target.to_str().unwrap());
    make_owner(&home, "ana@example.com");
    let made = home
        .run(&["backup", "create", "--json"])
        .expect_code(0)
        .json();
    let name = made["name"].as_str().unwrap();
    make_owner(&home, "ben@example.com");
    let (seed, backups) = (home.path().join("seed"), home.path().join("backups-seed"));
    put(&home.data(), &seed);
    put(&target, &backups);

    let (mut undone, mut done) = (0, 0);
    for calls in ["rename,renameat,renameat2", "unlinkat,rmdir", "link,linkat"] {
        for number in 1.. {
            put(&seed, &home.data());
            put(&backups, &target);
            let command = killed_at(&home, calls, number, &["restore", name, "--yes"]);
            let ended = Done::of(command).code;
            let at = format!("{calls} {number}");
            let people = home.run(&["user", "list"]);
            assert_eq!(people.code, 0, "{at}: {people:?}");
            assert!(
                people.stdout.contains("ana@example.com"),
                "{at}: {people:?}"
            );
            match people.stdout.contains("ben@example.com") {
                true => undone += 1,
                false => {
                    done += 1;
                    // What was there is a backup that holds.
                    let kept = format!("before-restore-of-{name}");
                    let held = home.run(&["backup", "verify", &kept]);
                    assert_eq!(held.code, 0, "{at}: {held:?}");
                }
            }
            for left in [".restoring", ".restored"] {
                assert!(!home.data().join(left).exists(), "{at}: {left} is left");
            }
            if ended == 0 {
                break;
            }
        }
    }
    assert!(undone > 2 && done > 5, "{undone} undone, {done} done");
}

#[test]
fn companies_without_their_control_plane_are_not_begun_anew() {
    let home = Home::new(Engine::Sqlite);
    let target = home.path().join("backups");
    let home = home.env("STEADING_BACKUP__TARGET", target.to_str().unwrap());
    make_owner(&home, "ana@example.com");
    let _ = home.run(&["backup", "create"]).expect_code(0);
    let control = home.data().join("control.db");
    std::fs::rename(&control, home.path().join("control.db")).unwrap();
    for command in [
        &["user", "list"][..],
        &["migrate", "up"],
        &["demo", "load"],
        &["serve"],
    ] {
        let refused = home.run(command).expect_code(78);
        assert!(
            refused.stderr.contains("steading restore"),
            "{command:?}: {}",
            refused.stderr
        );
        assert!(!control.exists(), "{command:?} made a control plane");
    }
    let _ = home.run(&["restore", "latest", "--yes"]).expect_code(0);
    let people = home.run(&["user", "list"]).expect_code(0).stdout;
    assert!(people.contains("ana@example.com"), "{people}");
}

#[test]
fn a_first_start_from_a_file_that_was_killed_is_begun_anew() {
    let home = Home::new(Engine::Sqlite);
    make_owner(&home, "ana@example.com");
    let _ = home
        .run(&["tenant", "export", "default", "acme.steading"])
        .expect_code(0);
    let file = home.path().join("acme.steading").display().to_string();
    let other = Home::new(Engine::Sqlite);
    let begun = other.data().join(".beginning");
    for number in 1.. {
        // SQLite and the program take files away as they work, the mark among the last.
        let command = killed_at(&other, "unlink", number, &["serve", "--from", &file]);
        let server = other.start_command(command);
        crate::harness::eventually("it ended or serves", || {
            (server.stderr.ended()
                || server
                    .client()
                    .try_get("/readyz")
                    .is_some_and(|reply| reply.status == 200))
            .then_some(())
        });
        let is_killed = server.stderr.ended();
        drop(server);
        if begun.exists() {
            let refused = other.run(&["user", "list"]).expect_code(78);
            assert!(refused.stderr.contains("--from"), "{}", refused.stderr);
        }
        if !is_killed || number > 3 && !begun.exists() {
            break;
        }
        assert!(number < 40, "never killed before the end");
        if begun.exists() {
            break;
        }
    }
    let server = other.start_command(other.command(["serve", "--from", &file]));
    server.wait_until_ready();
    drop(server);
    assert!(!begun.exists());
    let people = other.run(&["user", "list"]).expect_code(0).stdout;
    assert!(people.contains("ana@example.com"), "{people}");
}
