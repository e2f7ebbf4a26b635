//! A power cut, replayed: only what was synced is certain, any part of the rest may be lost. Every acknowledged write is there.
//!
//! The writer works under strace. Its log is replayed: at each acknowledgement the files are rebuilt as a disk could have left
//! them (the synced bytes alone, and with a random half of the unsynced writes) and opened. A control run that syncs like
//! SQLite's NORMAL must lose something, or the test could not see a loss at all.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use steading::clock::{Clock, Timestamp};
use steading::db::migrate::{self, Direction, Which};
use steading::db::{StoreOptions, Stores};
use steading::id::TenantId;

use super::replay::{Disk, Step, steps};
use crate::harness::told;

const FOLDER: &str = "STEADING_TEST_POWER_FOLDER";
const MODE: &str = "STEADING_TEST_POWER_MODE";
/// Writers at once, and writes of each.
const WRITERS: usize = 8;
const WRITES: usize = 40;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Verdict {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    #[expect(dead_code, reason = "only asked to open the file")]
    user_version: i64,
}

fn options(folder: &Path) -> StoreOptions {
    StoreOptions {
        data_dir: folder.to_owned(),
        database_url: None,
        owner_url: None,
        listen_url: None,
        statement_cache: true,
        pool: 4,
        clock: Clock::system(),
        after_commit: Arc::new(|_, _| {}),
        told: steading::db::Told::default(),
    }
}

/// The process that is traced. Runs only when a test below starts it.
#[test]
#[ignore = "started under strace by the tests beside it"]
fn child() {
    let folder = PathBuf::from(told(FOLDER).unwrap());
    match told(MODE).unwrap().as_str() {
        "writer" => crate::harness::engine::wait(through_the_writer(&folder)),
        _ => as_normal_would(&folder),
    }
}

async fn through_the_writer(folder: &Path) {
    let stores = Stores::open(&options(folder)).unwrap();
    let tenant = tenant_of(folder);
    let mut tasks = Vec::new();
    for writer in 0..WRITERS {
        let scope = stores.tenants.scope(tenant).unwrap();
        tasks.push(async move {
            for n in 0..WRITES {
                let name = format!("w{writer}-{n}");
                let row = name.clone();
                scope
                    .write(move |c| {
                        diesel::sql_query("INSERT INTO settings (name, value, updated_at) VALUES ($1, 'x', 'now')")
                            .bind::<Text, _>(&row)
                            .execute(c.db())?;
                        Ok(())
                    })
                    .await
                    .unwrap();
                acknowledge(&name);
            }
        });
    }
    futures_util::future::join_all(tasks).await;
    stores.shutdown().await;
}

/// The same writes with SQLite's NORMAL, where a commit does not wait for the disk.
fn as_normal_would(folder: &Path) {
    let path = tenant_path(folder);
    let mut c = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    c.batch_execute("PRAGMA journal_mode = WAL").unwrap();
    c.batch_execute("PRAGMA synchronous = NORMAL").unwrap();
    for n in 0..WRITES {
        let name = format!("n-{n}");
        diesel::sql_query("INSERT INTO settings (name, value, updated_at) VALUES ($1, 'x', 'now')")
            .bind::<Text, _>(&name)
            .execute(&mut c)
            .unwrap();
        acknowledge(&name);
    }
}

/// One system call that strace sees, after the write it speaks of.
fn acknowledge(name: &str) {
    let mut out = std::fs::OpenOptions::new()
        .append(true)
        .open("/dev/null")
        .unwrap();
    out.write_all(format!("ack {name}\n").as_bytes()).unwrap();
}

fn tenant_path(folder: &Path) -> PathBuf {
    std::fs::read_dir(folder.join("tenants"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ext| ext == "db"))
        .unwrap()
}

fn tenant_of(folder: &Path) -> TenantId {
    tenant_path(folder)
        .file_stem()
        .unwrap()
        .to_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// Prepares a store, runs the child under strace, replays its log: how many images were opened, and what each had lost.
fn cut(mode: &str) -> (usize, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let now = Timestamp::from_micros(1_767_225_600_000_000);
    let tenant = TenantId::new(now);
    migrate::run(&options(folder.path()), Which::All, Direction::Up).unwrap();
    migrate::create_tenant_store(&options(folder.path()), tenant).unwrap();
    let store = tenant_path(folder.path());
    {
        // Settles the file, so that what is on disk now is the image the replay begins with.
        let mut c = SqliteConnection::establish(store.to_str().unwrap()).unwrap();
        let _: Version = diesel::sql_query("PRAGMA user_version")
            .get_result(&mut c)
            .unwrap();
    }
    let mut disk = Disk::new(&[("db", std::fs::read(&store).unwrap())]);

    let log = folder.path().join("strace.log");
    let traced = Command::new("strace")
        .args(["-f", "-y", "-xx", "-s", "70000", "-o"])
        .arg(&log)
        .args([
            "-e",
            "trace=pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat",
            "--",
        ])
        .arg(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "crash::power::child"])
        .env(FOLDER, folder.path())
        .env(MODE, mode)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("strace is needed: apt-get install strace");
    assert!(traced.success());

    let name = store.file_name().unwrap().to_str().unwrap().to_owned();
    let mut acknowledged: Vec<String> = Vec::new();
    let mut images = 0;
    let mut lost = Vec::new();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    for step in steps(&std::fs::read_to_string(&log).unwrap(), &name) {
        let look = match step {
            Step::Acknowledge(what) => {
                acknowledged.push(what);
                true
            }
            Step::Change(change) => disk.apply(change),
        };
        if !look || acknowledged.is_empty() {
            continue;
        }
        for image in [disk.synced_only(), disk.with_half(&mut seed)] {
            images += 1;
            if let Err(what) = check(&image, &acknowledged) {
                lost.push(what);
            }
        }
    }
    assert!(
        acknowledged.len() >= WRITES,
        "the log shows {} acknowledgements",
        acknowledged.len()
    );
    (images, lost)
}

/// Opens an image as the next start would, and looks for everything acknowledged.
fn check(image: &BTreeMap<&'static str, Vec<u8>>, acknowledged: &[String]) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.db");
    for (part, bytes) in image {
        let target = if *part == "db" {
            path.clone()
        } else {
            folder.path().join("image.db-wal")
        };
        std::fs::write(target, bytes).unwrap();
    }
    let mut c = SqliteConnection::establish(path.to_str().unwrap()).map_err(|e| e.to_string())?;
    let verdict: Verdict = diesel::sql_query("PRAGMA quick_check")
        .get_result(&mut c)
        .map_err(|e| e.to_string())?;
    if verdict.quick_check != "ok" {
        return Err(format!("corrupt: {}", verdict.quick_check));
    }
    let there: Vec<Name> = diesel::sql_query("SELECT name FROM settings")
        .load(&mut c)
        .map_err(|e| e.to_string())?;
    let there: std::collections::HashSet<String> = there.into_iter().map(|row| row.name).collect();
    match acknowledged.iter().find(|name| !there.contains(*name)) {
        Some(name) => Err(format!("{name} was acknowledged and is gone")),
        None => Ok(()),
    }
}

#[test]
fn what_was_acknowledged_survives_a_power_cut() {
    let (images, lost) = cut("writer");
    assert!(images > WRITES, "only {images} images were looked at");
    assert!(
        lost.is_empty(),
        "{} of {images} images lost something, first: {}",
        lost.len(),
        lost[0]
    );
    println!("{images} images of a power cut: nothing acknowledged was lost");
}

#[test]
fn the_replay_sees_the_loss_that_normal_allows() {
    let (images, lost) = cut("normal");
    assert!(
        !lost.is_empty(),
        "none of {images} images lost anything: the replay is blind"
    );
    println!("control: {} of {images} images lost something", lost.len());
}
