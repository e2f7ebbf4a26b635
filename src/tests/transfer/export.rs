//! What an export holds, and that it is one moment however much is written meanwhile.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use steading::actor::Actor;
use steading::transfer::{self, Trouble};

use super::{Instance, PASSPHRASE, without_trail};
use crate::harness::engine::{Engine, wait};
use crate::on_both_engines;

fn has(file: &std::path::Path, needle: &str) -> bool {
    let bytes = std::fs::read(file).unwrap();
    bytes
        .windows(needle.len())
        .any(|part| part == needle.as_bytes())
}

/// Leaves `from`, comes into `through`, leaves it, comes back to the first kind: the same rows each time.
async fn round_trip(from: Engine, through: Engine) {
    let first = Instance::busy(from).await;
    let file = first.file("first.steading");
    let left = first.export(&file, Some(PASSPHRASE)).await;
    assert!(left.rows > 1_000, "{left:?}");
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );

    let second = Instance::empty(through).await;
    let came = second.import(&file, Some(PASSPHRASE)).await;
    assert!(came.done);
    assert_eq!(came.tables, left.tables);
    let again = second.file("second.steading");
    let left_again = second.export(&again, Some(PASSPHRASE)).await;
    assert_eq!(left_again.tables, left.tables);

    let third = Instance::empty(from).await;
    let back = third.import(&again, Some(PASSPHRASE)).await;
    assert_eq!(back.tables, left.tables);
    // The password of the mail server opens under the third company's own key.
    assert_eq!(super::mail_password(&third).await, super::SECRET);
}

#[test]
fn files_to_files() {
    wait(round_trip(Engine::Sqlite, Engine::Sqlite));
}

#[test]
fn files_to_postgres_and_back() {
    wait(round_trip(Engine::Sqlite, Engine::Postgres));
}

#[test]
fn postgres_to_files_and_back() {
    wait(round_trip(Engine::Postgres, Engine::Sqlite));
}

on_both_engines! {
    async fn secrets_stay_behind_unless_a_passphrase_takes_them(engine: Engine) {
        let instance = Instance::busy(engine).await;
        let bare = instance.file("bare.steading");
        let left = instance.export(&bare, None).await;
        assert!(!left.secrets);
        for secret in ["enc:v1:", "$argon2id$", super::SECRET] {
            assert!(!has(&bare, secret), "{secret}");
        }
        assert!(has(&bare, "ana@example.com"));

        let full = instance.file("full.steading");
        let left = instance.export(&full, Some(PASSPHRASE)).await;
        assert!(left.secrets);
        assert!(has(&full, "enc:v1:"));
        for secret in ["$argon2id$", super::SECRET, PASSPHRASE] {
            assert!(!has(&full, secret), "{secret}");
        }
    }

    async fn an_export_is_one_moment_while_others_write(engine: Engine) {
        let instance = Instance::busy(engine).await;
        let before = instance.export(&instance.file("before.steading"), None).await;
        let done = Arc::new(AtomicBool::new(false));
        let (app, scope, over) = (
            instance.test.app.clone(),
            instance.test.scope.clone(),
            Arc::clone(&done),
        );
        // Each write adds one event and one setting: a file with more of one than of the other saw half a write.
        let writer = tokio::spawn(async move {
            let mut slowest = std::time::Duration::ZERO;
            let mut count = 0_u32;
            while !over.load(Ordering::Relaxed) {
                let began = std::time::Instant::now();
                let name = format!("note-{count}");
                scope
                    .write(move |c| {
                        steading::audit::record(c, &Actor::shell(), steading::audit::Event::new("note.made"))?;
                        super::note(c, &name, "{}")
                    })
                    .await
                    .unwrap();
                slowest = slowest.max(began.elapsed());
                count += 1;
            }
            drop(app);
            (count, slowest)
        });
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let file = instance.file("meanwhile.steading");
        let left = instance.export(&file, None).await;
        done.store(true, Ordering::Relaxed);
        let (count, slowest) = writer.await.unwrap();
        println!("{engine:?}: {count} writes meanwhile, the slowest took {slowest:?}");
        assert!(count > 5, "{count}");
        let rows = |exported: &transfer::Exported, table: &str| {
            exported.tables.iter().find(|sum| sum.table == table).unwrap().rows
        };
        let settings = rows(&left, "settings") - rows(&before, "settings");
        // One event more: the first export's own.
        let events = rows(&left, "audit_events") - rows(&before, "audit_events") - 1;
        assert_eq!(settings, events);
        let except = |sums: &[steading::db::carry::Sum]| {
            let mut sums = without_trail(sums);
            sums.retain(|sum| sum.table != "settings");
            sums
        };
        assert_eq!(except(&left.tables), except(&before.tables));
    }
}

#[test]
fn a_target_that_cannot_be_written_is_told() {
    wait(async {
        let instance = Instance::empty(Engine::Sqlite).await;
        let tenant = instance.test.scope.tenant();
        for target in [instance.file("no/such/folder/file"), instance.file("")] {
            let refused =
                transfer::export(&instance.test.app, &Actor::shell(), tenant, &target, None).await;
            assert!(
                matches!(refused, Err(Trouble::CannotWrite(_))),
                "{refused:?}"
            );
        }
    });
}
