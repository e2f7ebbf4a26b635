//! A whole instance to the other engine and back: every table with the same rows and the same hash.

use std::path::Path;

use steading::db::carry::{CarriedFile, Sum, unchanged};
use steading::db::migrate::{self, Direction, Which};
use steading::db::{ControlPlane, TenantPlane};
use steading::transfer::Trouble;
use steading::transfer::copy::{self, Files, LEFT_BEHIND};

use super::Instance;
use crate::harness::engine::{Engine, wait};
use crate::harness::stores::Unopened;

/// The sums of every file of a folder.
fn held(folder: &Path) -> Vec<Sum> {
    let files = Files::of(folder).unwrap();
    let mut control = CarriedFile::open(&files.control).unwrap();
    let tables = control.tables().unwrap();
    let names: Vec<&str> = tables
        .iter()
        .map(String::as_str)
        .filter(|name| !LEFT_BEHIND.contains(name))
        .collect();
    let mut sums = control.sums::<ControlPlane>(&names, &unchanged).unwrap();
    for (_, path) in &files.tenants {
        let mut file = CarriedFile::open(path).unwrap();
        let tables = file.tables().unwrap();
        let names: Vec<&str> = tables.iter().map(String::as_str).collect();
        sums.extend(file.sums::<TenantPlane>(&names, &unchanged).unwrap());
    }
    sums
}

#[test]
fn an_instance_moves_to_postgres_and_back() {
    wait(async {
        let here = Instance::busy(Engine::Sqlite).await;
        let before = held(&here.test.data_dir());
        let there = Unopened::empty(Engine::Postgres);
        migrate::run(&there.options, Which::All, Direction::Up).unwrap();
        let copied = copy::to_server(&here.test.data_dir(), &there.options, |_| {})
            .await
            .unwrap();
        assert_eq!(copied.companies, 1);
        assert!(copied.rows > 1_000, "{copied:?}");
        let twice = copy::to_server(&here.test.data_dir(), &there.options, |_| {}).await;
        assert!(matches!(twice, Err(Trouble::Refused(_))), "{twice:?}");

        let back = here.file("back");
        copy::to_folder(&there.options, &back, |_| {})
            .await
            .unwrap();
        // Each side's trail says that it was copied; all else is as it was.
        let (mut after, mut before) = (held(&back), before);
        let trail = |sums: &mut Vec<Sum>| {
            let place = sums
                .iter()
                .position(|sum| sum.table == "audit_events")
                .unwrap();
            sums.remove(place).rows
        };
        assert_eq!(trail(&mut after), trail(&mut before) + 2);
        assert_eq!(after, before);
        let twice = copy::to_folder(&there.options, &back, |_| {}).await;
        assert!(matches!(twice, Err(Trouble::Refused(_))), "{twice:?}");
    });
}
