//! SQLite: each file is opened once, at most so many are open, and what is closed has its log folded in.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use steading::Error;
use steading::db::{Limits, Scope};
use steading::id::TenantId;

use super::samples::{another, count, names, put, sampled, sampled_within};
use crate::harness::engine::Engine;
use crate::harness::stores::{Gate, TestStores, until};

/// How many descriptors this process has on each file of a folder.
fn descriptors(folder: &Path) -> BTreeMap<String, usize> {
    let mut open = BTreeMap::new();
    for entry in std::fs::read_dir("/proc/self/fd").unwrap().flatten() {
        if let Ok(path) = std::fs::read_link(entry.path())
            && path.starts_with(folder)
        {
            *open
                .entry(path.file_name().unwrap().to_str().unwrap().to_owned())
                .or_default() += 1;
        }
    }
    open
}

fn tenants_folder(stores: &TestStores) -> std::path::PathBuf {
    stores.options.data_dir.join("tenants")
}

/// Stores that keep few files open, with so many companies.
fn crowded(open_files: usize, companies: usize) -> (TestStores, Vec<(TenantId, Scope)>) {
    let limits = Limits {
        open_files,
        patience: Duration::from_secs(30),
        ..Limits::default()
    };
    let stores = sampled_within(Engine::Sqlite, limits);
    let scopes = (0..companies).map(|_| another(&stores)).collect();
    (stores, scopes)
}

/// Looks at the process from outside while `work` runs; what it saw last is seen once more at the end.
async fn watched<T>(look: impl Fn() + Send + 'static, work: impl Future<Output = T>) -> T {
    let over = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&over);
    let watcher = std::thread::spawn(move || {
        while !seen.load(Ordering::Acquire) {
            look();
        }
        look();
    });
    let result = work.await;
    over.store(true, Ordering::Release);
    watcher.join().unwrap();
    result
}

#[tokio::test]
async fn open_files_and_descriptors_stay_within_their_bound() {
    let (stores, scopes) = crowded(4, 20);
    let folder = tenants_folder(&stores);
    let tenants = stores.stores.tenants.clone();
    let look = move || {
        assert!(tenants.open_files() <= 4);
        let open: usize = descriptors(&folder).values().sum();
        // A writer and four readers, each with the file and its log, and the index of the log; one more while it is opened.
        assert!(open <= 4 * 12, "{open} descriptors");
    };
    watched(look, async {
        let work: Vec<_> = (0..400)
            .map(|number| {
                let scope = scopes[number % scopes.len()].1.clone();
                tokio::spawn(async move {
                    scope
                        .write(move |c| put(c, &number.to_string()))
                        .await
                        .unwrap();
                    assert!(count(&scope).await >= 1);
                })
            })
            .collect();
        for task in work {
            task.await.unwrap();
        }
    })
    .await;
    for (_, scope) in &scopes {
        assert_eq!(count(scope).await, 20);
    }
}

/// Closes every file; a writer may still be on its way to rest.
async fn all_closed(stores: &TestStores) {
    until("every file is closed", || {
        stores.stores.tenants.close_all();
        stores.stores.tenants.open_files() == 0
    })
    .await;
}

#[tokio::test]
async fn a_file_is_opened_once_however_many_ask() {
    let stores = sampled(Engine::Sqlite);
    all_closed(&stores).await;
    let work: Vec<_> = (0..100)
        .map(|number| {
            let scope = stores.stores.tenants.scope(stores.tenant).unwrap();
            tokio::spawn(async move { scope.write(move |c| put(c, &number.to_string())).await })
        })
        .collect();
    for task in work {
        task.await.unwrap().unwrap();
    }
    assert_eq!(stores.stores.tenants.open_files(), 1);
    let open = descriptors(&tenants_folder(&stores));
    assert_eq!(open[&format!("{}.db", stores.tenant)], 1, "{open:?}");
}

#[tokio::test]
async fn a_file_never_has_two_writers() {
    let (stores, scopes) = crowded(2, 5);
    let folder = tenants_folder(&stores);
    let look = move || {
        for (name, open) in descriptors(&folder) {
            // Nobody reads here, so every open file is a writer's.
            assert!(
                !name.ends_with(".db") || open <= 1,
                "{name} is open {open} times"
            );
        }
    };
    watched(look, async {
        let work: Vec<_> = (0..300)
            .map(|number| {
                let scope = scopes[number % scopes.len()].1.clone();
                tokio::spawn(async move {
                    scope
                        .write(move |c| put(c, &number.to_string()))
                        .await
                        .unwrap()
                })
            })
            .collect();
        for task in work {
            task.await.unwrap();
        }
    })
    .await;
    for (_, scope) in &scopes {
        assert_eq!(count(scope).await, 60);
    }
}

#[tokio::test]
async fn a_scope_that_is_kept_holds_nothing_open() {
    let (stores, scopes) = crowded(1, 3);
    for round in 0..3 {
        for (_, scope) in &scopes {
            scope
                .write(move |c| put(c, &round.to_string()))
                .await
                .unwrap();
            assert_eq!(stores.stores.tenants.open_files(), 1);
        }
    }
    assert_eq!(names(&scopes[0].1).await, ["0", "1", "2"]);
}

#[tokio::test]
async fn a_file_in_use_is_not_closed_for_another() {
    let limits = Limits {
        open_files: 1,
        patience: Duration::from_millis(50),
        ..Limits::default()
    };
    let stores = sampled_within(Engine::Sqlite, limits);
    let (_, other) = another(&stores);
    let gate = Gate::default();
    let (scope, at_gate) = (stores.scope.clone(), gate.clone());
    let reading = tokio::spawn(async move {
        scope
            .read(move |_| {
                at_gate.pass();
                Ok(())
            })
            .await
    });
    gate.reached().await;
    let refused = other.write(|c| put(c, "a")).await;
    assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    gate.open();
    reading.await.unwrap().unwrap();
    other.write(|c| put(c, "a")).await.unwrap();
}

#[tokio::test]
async fn closing_folds_the_log_into_the_file() {
    let stores = sampled(Engine::Sqlite);
    stores.scope.write(|c| put(c, "a")).await.unwrap();
    assert_eq!(count(&stores.scope).await, 1);
    let file = stores.file(stores.tenant);
    let log = file.with_extension("db-wal");
    assert!(log.is_file());
    all_closed(&stores).await;
    // The last connection may be given back by another thread a moment later.
    until("the log is folded", || !log.is_file()).await;
    assert!(descriptors(&tenants_folder(&stores)).is_empty());
    assert_eq!(names(&stores.scope).await, ["a"]);
}

#[tokio::test]
async fn a_stop_lets_the_queue_finish_and_takes_nothing_more() {
    let stores = sampled(Engine::Sqlite);
    let health = stores.stores.tenants.health();
    let gate = Gate::default();
    let at_gate = gate.clone();
    let scope = stores.scope.clone();
    let held = tokio::spawn(async move {
        scope
            .write(move |c| {
                at_gate.pass();
                put(c, "held")
            })
            .await
    });
    gate.reached().await;
    let scope = stores.scope.clone();
    let queued = tokio::spawn(async move { scope.write(|c| put(c, "queued")).await });
    until("the queue", || health.waiting() == 2).await;
    let all = stores.stores.clone();
    let stopping = tokio::spawn(async move { all.shutdown().await });
    // Whoever comes once the doors are shut is sent away.
    until("shut doors", || stores.stores.tenants.open_files() == 0).await;
    let refused = stores.scope.write(|c| put(c, "late")).await;
    assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    gate.open();
    held.await.unwrap().unwrap();
    queued.await.unwrap().unwrap();
    stopping.await.unwrap();
    assert!(descriptors(&stores.options.data_dir).is_empty());
    for name in [
        "control.db-wal".to_owned(),
        format!("tenants/{}.db-wal", stores.tenant),
    ] {
        assert!(!stores.options.data_dir.join(&name).exists(), "{name}");
    }
    let refused = stores.scope.read(|_| Ok(())).await;
    assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    assert!(stores.stores.control.write(|_| Ok(())).await.is_err());
    assert_eq!(
        super::samples::number(
            &mut stores.behind(stores.tenant),
            "SELECT count(*) AS value FROM samples"
        ),
        2
    );
}

#[tokio::test]
async fn a_missing_file_is_said_at_the_door() {
    let stores = TestStores::new(Engine::Sqlite);
    let stranger = TenantId::new(stores.clock.now());
    assert!(matches!(
        stores.stores.tenants.scope(stranger),
        Err(Error::Busy)
    ));
    assert!(!stores.file(stranger).exists());
}

#[tokio::test]
async fn a_file_that_was_moved_away_is_not_made_anew() {
    let limits = Limits {
        patience: Duration::from_millis(200),
        ..Limits::default()
    };
    let stores = sampled_within(Engine::Sqlite, limits);
    stores.scope.write(|c| put(c, "a")).await.unwrap();
    all_closed(&stores).await;
    let (file, away) = (
        stores.file(stores.tenant),
        stores.options.data_dir.join("away.db"),
    );
    std::fs::rename(&file, &away).unwrap();
    assert!(stores.scope.write(|c| put(c, "b")).await.is_err());
    assert!(stores.scope.read(|_| Ok(())).await.is_err());
    assert!(!file.exists());
    std::fs::rename(&away, &file).unwrap();
    stores.scope.write(|c| put(c, "b")).await.unwrap();
    assert_eq!(names(&stores.scope).await, ["a", "b"]);
}

#[tokio::test]
async fn figures_of_the_disk_are_real() {
    let stores = TestStores::new(Engine::Sqlite);
    let disk = stores.stores.disk_use().await.unwrap();
    assert!(
        disk.control_bytes > 4_096 && disk.tenants_bytes > 4_096,
        "{disk:?}"
    );
    assert!(
        disk.free_bytes.unwrap() <= disk.total_bytes.unwrap(),
        "{disk:?}"
    );
    assert!(stores.stores.tenants.size_bytes(stores.tenant).unwrap() <= disk.tenants_bytes);
    let server = TestStores::new(Engine::Postgres);
    let disk = server.stores.disk_use().await.unwrap();
    assert!(
        disk.control_bytes > 4_096 && disk.tenants_bytes > 4_096,
        "{disk:?}"
    );
}
