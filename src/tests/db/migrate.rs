//! Migrations: forward and back to the same shape, never over a newer store, with a way back, and whole however they are interrupted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use steading::Error;
use steading::clock::Clock;
use steading::db::migrate::{self, Direction, MigrateError, Which};
use steading::db::{Limits, StoreOptions, Stores};
use steading::id::TenantId;

use super::catalog::{dump_postgres, dump_sqlite, on_postgres, on_sqlite};
use crate::harness::engine::Engine;
use crate::harness::stores::{TestStores, Unopened, tenant_file};
use crate::on_both_engines;

pub(super) fn up(options: &StoreOptions) -> Vec<migrate::StoreReport> {
    migrate::run(options, Which::All, Direction::Up).unwrap()
}

/// The shape of both planes.
pub(super) fn dump(stores: &TestStores) -> Vec<String> {
    match &stores.database {
        Some(urls) => {
            let mut conn = PgConnection::establish(&urls.superuser).unwrap();
            ["control", "tenant"]
                .iter()
                .flat_map(|plane| dump_postgres(&mut conn, plane))
                .collect()
        }
        None => {
            let files = [
                stores.options.data_dir.join("control.db"),
                stores.file(stores.tenant),
            ];
            files
                .iter()
                .flat_map(|path| dump_sqlite(&mut open(path)))
                .collect()
        }
    }
}

fn open(path: &Path) -> SqliteConnection {
    SqliteConnection::establish(path.to_str().unwrap()).unwrap()
}

/// Adds a step that no binary knows yet to the company's store.
fn make_newer(stores: &TestStores) {
    let insert = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')";
    stores.behind(stores.tenant).batch_execute(insert).unwrap();
}

fn snapshots(options: &StoreOptions) -> Vec<PathBuf> {
    let entries = fs::read_dir(options.data_dir.join("backups"))
        .into_iter()
        .flatten()
        .flatten();
    // One that a kill left half written never got its name.
    let has_name = |path: &PathBuf| !path.file_name().unwrap().to_string_lossy().starts_with('.');
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).filter(has_name).collect();
    paths.sort();
    paths
}

on_both_engines! {
    fn forward_back_and_forward_is_the_same_shape(stores: TestStores) {
        let before = dump(&stores);
        assert!(before.len() > 50);
        loop {
            let reports = migrate::run(&stores.options, Which::All, Direction::Down).unwrap();
            if reports.iter().all(|report| report.applied.is_empty()) {
                break;
            }
        }
        assert_eq!(dump(&stores), [""; 0]);
        let reports = up(&stores.options);
        assert_eq!(reports.len(), 2);
        assert!(reports.iter().all(|report| report.pending.is_empty() && !report.applied.is_empty()));
        assert_eq!(dump(&stores), before);
    }

    fn each_step_back_can_be_taken_again(stores: TestStores) {
        let before = dump(&stores);
        let steps = migrate::status(&stores.options, Which::All).unwrap().iter().map(|r| r.applied.len()).max().unwrap();
        for deep in 1..=steps {
            for _ in 0..deep {
                migrate::run(&stores.options, Which::All, Direction::Down).unwrap();
            }
            up(&stores.options);
            assert_eq!(dump(&stores), before, "{deep} back");
        }
    }

    fn looking_changes_nothing(engine: Engine) {
        let unopened = Unopened::empty(engine);
        let reports = migrate::status(&unopened.options, Which::All).unwrap();
        assert!(reports.iter().all(|report| report.applied.is_empty() && report.pending.len() >= 3), "{reports:?}");
        match &unopened.database {
            None => assert_eq!(fs::read_dir(&unopened.options.data_dir).unwrap().count(), 0),
            Some(urls) => {
                let mut conn = PgConnection::establish(&urls.superuser).unwrap();
                let schemas = on_postgres(&mut conn, "SELECT nspname::text AS value FROM pg_namespace WHERE nspname IN ('control', 'tenant')");
                assert_eq!(schemas, [""; 0]);
            }
        }
        let first = up(&unopened.options);
        assert!(first.iter().all(|report| report.pending.is_empty()));
        assert_eq!(up(&unopened.options), first);
        assert_eq!(migrate::status(&unopened.options, Which::All).unwrap(), first);
    }

    fn a_newer_store_stops_everything_and_nothing_is_touched(stores: TestStores) {
        // The control plane would have a step to take, and comes first.
        migrate::run(&stores.options, Which::Control, Direction::Down).unwrap();
        make_newer(&stores);
        let before = dump(&stores);
        let snapshots_before = snapshots(&stores.options);
        for direction in [Direction::Up, Direction::Down] {
            let refused = migrate::run(&stores.options, Which::All, direction).unwrap_err();
            assert!(matches!(&refused, MigrateError::Newer { version, .. } if version == "29990101000000"), "{refused}");
        }
        assert!(matches!(migrate::status(&stores.options, Which::All), Err(MigrateError::Newer { .. })));
        assert_eq!(dump(&stores), before);
        assert_eq!(snapshots(&stores.options), snapshots_before);
    }

    fn a_plane_can_be_meant_alone(stores: TestStores) {
        migrate::run(&stores.options, Which::Tenant(stores.tenant), Direction::Down).unwrap();
        let control = migrate::status(&stores.options, Which::Control).unwrap();
        assert_eq!(control.len(), 1);
        assert!(control[0].store == "control" && control[0].pending.is_empty());
        let tenant = migrate::status(&stores.options, Which::Tenant(stores.tenant)).unwrap();
        assert_eq!(tenant.len(), 1);
        assert_eq!(tenant[0].pending.len(), 1);
    }
}

#[test]
fn a_snapshot_is_taken_before_a_file_changes() {
    let stores = TestStores::new(Engine::Sqlite);
    assert!(snapshots(&stores.options).is_empty());
    up(&stores.options);
    assert!(snapshots(&stores.options).is_empty(), "nothing was pending");
    stores
        .behind(stores.tenant)
        .batch_execute("INSERT INTO settings (name, value, updated_at) VALUES ('kept', '{}', '')")
        .unwrap();
    migrate::run(
        &stores.options,
        Which::Tenant(stores.tenant),
        Direction::Down,
    )
    .unwrap();
    let taken = snapshots(&stores.options);
    assert_eq!(taken.len(), 1, "{taken:?}");
    let mut copy = open(&taken[0]);
    assert_eq!(
        on_sqlite(
            &mut copy,
            "SELECT quick_check AS value FROM pragma_quick_check"
        ),
        ["ok"]
    );
    assert_eq!(
        on_sqlite(&mut copy, "SELECT name AS value FROM settings"),
        ["kept"]
    );
    // It is from before the change, with all its steps.
    let steps = on_sqlite(
        &mut copy,
        "SELECT version AS value FROM __diesel_schema_migrations",
    );
    assert_eq!(
        steps.len(),
        fs::read_dir(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/migrations/tenant/sqlite"
        ))
        .unwrap()
        .count()
    );
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(
        fs::metadata(&taken[0]).unwrap().permissions().mode() & 0o777,
        0o600
    );
    // Only the newest few are kept, and a copy that was interrupted is not one of them.
    fs::write(
        stores.options.data_dir.join(format!(
            "backups/.before-migration-{}-partial",
            stores.tenant
        )),
        "half",
    )
    .unwrap();
    for _ in 0..3 {
        up(&stores.options);
        migrate::run(
            &stores.options,
            Which::Tenant(stores.tenant),
            Direction::Down,
        )
        .unwrap();
    }
    let kept = snapshots(&stores.options);
    assert_eq!(kept.len(), 3, "{kept:?}");
    assert!(!kept.contains(&taken[0]));
    for path in kept {
        assert_eq!(
            on_sqlite(
                &mut open(&path),
                "SELECT quick_check AS value FROM pragma_quick_check"
            ),
            ["ok"]
        );
    }
}

#[tokio::test]
async fn one_broken_file_does_not_keep_the_others_out() {
    let stores = TestStores::new(Engine::Sqlite);
    let (broken, scope) = stores.another_tenant();
    drop(scope);
    stores.stores.shutdown().await;
    migrate::run(&stores.options, Which::All, Direction::Down).unwrap();
    let path = tenant_file(&stores.options.data_dir, broken);
    fs::write(&path, "this was a database").unwrap();
    let reports = up(&stores.options);
    assert_eq!(reports.len(), 3);
    for report in &reports {
        assert_eq!(
            report.failed.is_some(),
            report.store == broken.to_string(),
            "{report:?}"
        );
    }
    let opened = Stores::open(&stores.options).unwrap();
    opened.tenants.bar(broken);
    assert!(matches!(opened.tenants.scope(broken), Err(Error::Busy)));
    assert_eq!(opened.tenants.barred_tenants(), [broken]);
    opened
        .tenants
        .scope(stores.tenant)
        .unwrap()
        .read(|_| Ok(()))
        .await
        .unwrap();
    // Where it is the only company there is, the start fails.
    fs::remove_file(stores.file(stores.tenant)).unwrap();
    assert!(matches!(
        migrate::run(&stores.options, Which::All, Direction::Up),
        Err(MigrateError::Failed { .. })
    ));
}

#[test]
fn a_new_company_is_made_whole_or_not_at_all() {
    let stores = TestStores::new(Engine::Sqlite);
    let again = migrate::create_tenant_store(&stores.options, stores.tenant);
    assert!(
        matches!(again, Err(Error::Conflict { code: "exists", .. })),
        "{again:?}"
    );
    // The copy of a template has the shape the migrations make.
    let (other, _) = stores.another_tenant();
    let first = dump_sqlite(&mut open(&stores.file(stores.tenant)));
    assert_eq!(dump_sqlite(&mut open(&stores.file(other))), first);
    let report = migrate::status(&stores.options, Which::Tenant(other)).unwrap();
    assert!(report[0].pending.is_empty());
    // What an interrupted one left is removed at the next start; companies stay.
    let folder = stores.options.data_dir.join("tenants");
    let half = folder.join(format!(".{}.new", TenantId::new(stores.clock.now())));
    fs::write(&half, "half").unwrap();
    assert_eq!(up(&stores.options).len(), 3);
    let mut left: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    let mut expected = vec![format!("{}.db", stores.tenant), format!("{other}.db")];
    expected.sort();
    left.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    assert_eq!(left, expected);
}

#[test]
fn several_processes_may_migrate_one_database_at_once() {
    let unopened = Unopened::empty(Engine::Postgres);
    let options = &unopened.options;
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| migrate::run(options, Which::All, Direction::Up)))
            .collect();
        for one in all {
            let reports = one.join().unwrap().unwrap();
            assert!(
                reports.iter().all(|report| report.pending.is_empty()),
                "{reports:?}"
            );
        }
    });
    let stores = unopened.open(Limits::default());
    assert_eq!(dump(&stores), dump(&TestStores::new(Engine::Postgres)));
}

const FOLDER: &str = "STEADING_TEST_MIGRATE_FOLDER";

/// Run by the next test in a process of its own, to be killed: goes back and forth over a folder until then.
#[test]
#[ignore = "the other half of a test"]
fn migrates_until_killed() {
    let Some(folder) = crate::harness::told(FOLDER) else {
        return;
    };
    let options = at(Path::new(&folder));
    up(&options);
    println!("going");
    loop {
        migrate::run(&options, Which::All, Direction::Down).unwrap();
        migrate::run(&options, Which::All, Direction::Down).unwrap();
        up(&options);
    }
}

fn at(folder: &Path) -> StoreOptions {
    StoreOptions {
        data_dir: folder.to_owned(),
        database_url: None,
        owner_url: None,
        listen_url: None,
        statement_cache: true,
        pool: 1,
        clock: Clock::system(),
        after_commit: std::sync::Arc::new(|_, _| {}),
        told: steading::db::Told::default(),
    }
}

#[test]
fn a_killed_migration_is_taken_up_where_it_was() {
    let stores = TestStores::new(Engine::Sqlite);
    for _ in 0..4 {
        stores.another_tenant();
    }
    let before = dump(&stores);
    let files = migrate::status(&stores.options, Which::All).unwrap();
    let mut halfway = 0;
    for round in 0..60_u64 {
        if round >= 12 && halfway > 0 {
            break;
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "db::migrate::migrates_until_killed",
                "--exact",
                "--ignored",
                "--nocapture",
            ])
            .env(FOLDER, &stores.options.data_dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = crate::harness::lines::Lines::follow(child.stdout.take().unwrap());
        said.wait_for("a migrating child", |line| {
            line.contains("going").then_some(())
        });
        // Somewhere in its work; where does not matter, so the time may be what it will. A busy machine is given more of it.
        let patience = 1 + round / 12 * 8;
        std::thread::sleep(Duration::from_micros(round * 7_919 % 60_000 * patience));
        child.kill().unwrap();
        child.wait().unwrap();
        let found = migrate::status(&stores.options, Which::All).unwrap();
        halfway += usize::from(found.iter().any(|report| !report.pending.is_empty()));
        assert_eq!(up(&stores.options), files, "round {round}");
        assert_eq!(dump(&stores), before, "round {round}");
    }
    assert!(halfway > 0, "no kill met a migration");
    for path in snapshots(&stores.options) {
        assert_eq!(
            on_sqlite(
                &mut open(&path),
                "SELECT quick_check AS value FROM pragma_quick_check"
            ),
            ["ok"]
        );
    }
}
