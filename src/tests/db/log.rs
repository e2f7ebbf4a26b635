//! SQLite's write-ahead log stays short, the writer alone sees to that, and every connection has the settings durability stands on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use steading::Result;
use steading::db::{Conn, TenantConn};

use super::samples::{count, put, sampled};
use crate::harness::engine::Engine;
use crate::harness::stores::Gate;

/// A setting of the connection a closure runs on.
fn setting(c: &mut TenantConn, name: &str) -> Result<String> {
    let Conn::Sqlite(conn) = c.db() else {
        panic!("not a SQLite connection")
    };
    let pragma = format!("PRAGMA {name}");
    let value = if name == "journal_mode" {
        diesel::dsl::sql::<Text>(&pragma).get_result::<String>(conn)?
    } else {
        diesel::dsl::sql::<BigInt>(&pragma)
            .get_result::<i64>(conn)?
            .to_string()
    };
    Ok(value)
}

const SAME: [(&str, &str); 8] = [
    ("journal_mode", "wal"),
    ("synchronous", "2"),
    ("foreign_keys", "1"),
    ("trusted_schema", "0"),
    ("cell_size_check", "1"),
    ("mmap_size", "0"),
    ("busy_timeout", "5000"),
    ("wal_autocheckpoint", "0"),
];

#[tokio::test]
async fn every_connection_has_its_settings() {
    let stores = sampled(Engine::Sqlite);
    for (name, value) in SAME {
        assert_eq!(
            stores.scope.read(move |c| setting(c, name)).await.unwrap(),
            value,
            "{name}"
        );
        assert_eq!(
            stores.scope.write(move |c| setting(c, name)).await.unwrap(),
            value,
            "{name}"
        );
    }
    assert_eq!(
        stores
            .scope
            .read(|c| setting(c, "query_only"))
            .await
            .unwrap(),
        "1"
    );
    assert_eq!(
        stores
            .scope
            .write(|c| setting(c, "query_only"))
            .await
            .unwrap(),
        "0"
    );
}

/// Writes rows one by one from many tasks while readers come and go, and says how long the log was at its longest.
async fn longest_log(inserts: u64) -> u64 {
    const TASKS: u64 = 128;
    let stores = sampled(Engine::Sqlite);
    let health = stores.stores.tenants.health();
    let log = stores.file(stores.tenant).with_extension("db-wal");
    let over = Arc::new(AtomicBool::new(false));
    let longest = Arc::new(AtomicU64::new(0));
    let watcher = std::thread::spawn({
        let (over, longest) = (Arc::clone(&over), Arc::clone(&longest));
        move || {
            while !over.load(Ordering::Acquire) {
                let size = std::fs::metadata(&log).map_or(0, |meta| meta.len());
                longest.fetch_max(size, Ordering::AcqRel);
                std::thread::yield_now();
            }
        }
    });
    // One reader stays in its snapshot while the first tenth is written; others come and go all the time.
    let gate = Gate::default();
    let (scope, at_gate) = (stores.scope.clone(), gate.clone());
    let pinned = tokio::spawn(async move {
        scope
            .read(move |c| {
                setting(c, "schema_version")?;
                at_gate.pass();
                Ok(())
            })
            .await
    });
    gate.reached().await;
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let (scope, over) = (stores.scope.clone(), Arc::clone(&over));
            tokio::spawn(async move {
                while !over.load(Ordering::Acquire) {
                    let some = scope.read(|c| {
                        use super::samples::samples;
                        Ok(samples::table
                            .select(samples::name)
                            .limit(200)
                            .load::<String>(c.db())?)
                    });
                    some.await.unwrap();
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    let written = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> = (0..TASKS)
        .map(|task| {
            let (scope, written, gate) = (stores.scope.clone(), Arc::clone(&written), gate.clone());
            tokio::spawn(async move {
                for number in 0..inserts / TASKS {
                    let name = format!("{task:03} {number:06}");
                    scope.write(move |c| put(c, &name)).await.unwrap();
                    if written.fetch_add(1, Ordering::AcqRel) == inserts / 10 {
                        gate.open();
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    over.store(true, Ordering::Release);
    for reader in readers {
        reader.await.unwrap();
    }
    pinned.await.unwrap().unwrap();
    watcher.join().unwrap();
    let inserts = inserts / TASKS * TASKS;
    assert_eq!(count(&stores.scope).await, i64::try_from(inserts).unwrap());
    assert!(health.checkpoints() > 0 && health.commits() >= inserts && health.poisoned() == 0);
    let longest = longest.load(Ordering::Acquire);
    println!(
        "{inserts} inserts in {} commits, {} checkpoints, longest log {} KiB",
        health.batches(),
        health.checkpoints(),
        longest >> 10
    );
    longest
}

#[tokio::test]
async fn the_log_stays_short_under_single_inserts() {
    assert!(longest_log(25_000).await < 64 << 20);
}

#[tokio::test]
#[ignore = "takes a minute: run it by name"]
async fn the_log_stays_short_under_two_hundred_thousand_single_inserts() {
    assert!(longest_log(200_000).await < 64 << 20);
}
