//! Secrets of a file are asked for or left behind on purpose, and a copy is not made without a company that is missing.

use steading::db::migrate::{self, Direction, Which};
use steading::transfer::Trouble;
use steading::transfer::copy;

use super::{Instance, PASSPHRASE};
use crate::harness::company::make_owner;
use crate::harness::engine::{Engine, wait};
use crate::harness::process::Home;
use crate::harness::stores::Unopened;

#[test]
fn secrets_stay_behind_only_where_that_is_said() {
    let home = Home::new(Engine::Sqlite);
    let _ = home.run(&["demo", "load"]).expect_code(0);
    let file = home.path().join("acme.steading").display().to_string();
    let left = home.run_with_input(
        &[
            "tenant",
            "export",
            "default",
            &file,
            "--with-secrets",
            "--passphrase-stdin",
        ],
        &format!("{PASSPHRASE}\n"),
    );
    let _ = left.expect_code(0);

    let other = Home::new(Engine::Sqlite);
    for command in [
        &["tenant", "import", &file][..],
        &["tenant", "import", &file, "--yes"],
        &["serve", "--from", &file],
    ] {
        let refused = other.run(command).expect_code(2);
        assert!(
            refused.stderr.contains("--without-secrets")
                && refused.stderr.contains("--passphrase-stdin"),
            "{}",
            refused.stderr
        );
        assert!(!other.data().join("control.db").exists(), "{command:?}");
    }
    let came = other
        .run(&["tenant", "import", &file, "--without-secrets", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(came["secrets"], false);

    let third = Home::new(Engine::Sqlite);
    make_owner(&third, "ana@example.com");
    // A look changes nothing, so it asks for nothing.
    let _ = third
        .run(&["tenant", "import", &file, "--dry-run"])
        .expect_code(0);
    let came = third.run_with_input(
        &["tenant", "import", &file, "--passphrase-stdin", "--json"],
        &format!("{PASSPHRASE}\n"),
    );
    assert_eq!(came.expect_code(0).json()["secrets"], true);
}

#[test]
fn numbers_that_another_company_has_are_named_where_they_stay_behind() {
    let home = Home::new(Engine::Sqlite).env("STEADING_TENANCY", "multi");
    let _ = home
        .run(&["tenant", "create", "acme", "--stripe-customer-id", "cus_1"])
        .expect_code(0);
    let _ = home
        .run(&["tenant", "export", "acme", "acme.steading"])
        .expect_code(0);
    let came = home
        .run(&["tenant", "import", "acme.steading", "--as", "acme-two"])
        .expect_code(0);
    assert!(
        came.stderr.contains("stripe_customer_id"),
        "{}",
        came.stderr
    );
}

#[test]
fn a_copy_without_a_companys_file_is_refused() {
    wait(async {
        let here = Instance::busy(Engine::Sqlite).await;
        let file = here
            .test
            .app
            .tenants
            .file(here.test.scope.tenant())
            .unwrap();
        std::fs::rename(&file, file.with_extension("aside")).unwrap();
        let there = Unopened::empty(Engine::Postgres);
        migrate::run(&there.options, Which::All, Direction::Up).unwrap();
        let refused = copy::to_server(&here.test.data_dir(), &there.options, |_| {}).await;
        assert!(
            matches!(&refused, Err(Trouble::Refused(why)) if why.contains("default (")),
            "{refused:?}"
        );
    });
}
