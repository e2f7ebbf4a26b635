//! Backups: made beside a running server, verified, pruned; one company back while another writes, everything back in a folder
//! that lost it, and never under other keys.

use std::path::PathBuf;

use crate::harness::engine::Engine;
use crate::harness::process::{Done, Home};
use crate::harness::rows::Behind;
use crate::on_both_engines;

fn fine(done: Done) -> serde_json::Value {
    assert_eq!(done.code, 0, "{}", done.stderr);
    serde_json::from_str(&done.stdout).unwrap_or_default()
}

fn owner(home: &Home, email: &str) -> Done {
    home.run_with_input(
        &[
            "user",
            "create",
            email,
            "--role",
            "owner",
            "--password-stdin",
            "--tenant",
            "default",
        ],
        "four wandering copper kettles\n",
    )
}

fn folder_of(made: &serde_json::Value) -> PathBuf {
    PathBuf::from(made["folder"].as_str().unwrap())
}

on_both_engines! {
    fn a_backup_is_made_verified_and_brings_everything_back(engine: Engine) {
        let home = Home::new(engine);
        assert_eq!(owner(&home, "ana@example.com").code, 0);
        let server = home.serve();
        let made = fine(home.run(&["backup", "create", "--json"]));
        let name = made["name"].as_str().unwrap();
        fine(home.run(&["backup", "verify", name]));
        // Everything, while a server runs on the same files: later. On PostgreSQL the operator answers for that.
        if engine == Engine::Sqlite {
            assert_eq!(home.run(&["restore", name, "--yes"]).code, 75);
        }
        drop(server);
        let before = Behind::of(&home).rows();
        assert_eq!(owner(&home, "ben@example.com").code, 0);
        assert_ne!(Behind::of(&home).rows(), before);

        let previewed = fine(home.run(&["restore", name, "--dry-run", "--json"]));
        assert_eq!(previewed["done"], false);
        // Other keys are refused before anything is touched.
        let keys = home.data().join("keys");
        let aside = home.path().join("keys");
        std::fs::rename(&keys, &aside).unwrap();
        assert_eq!(home.run(&["restore", name, "--yes"]).code, 78);
        std::fs::rename(&aside, &keys).unwrap();

        let restored = fine(home.run(&["restore", name, "--yes", "--json"]));
        assert_eq!(restored["done"], true);
        let mut after = Behind::of(&home).rows();
        // Making the backup is in the trail, after what the backup holds.
        let trail = before["control.audit_events"] - after["control.audit_events"];
        // As many after as before: so is the restore.
        assert_eq!(trail, 0);
        after.insert("control.audit_events".to_owned(), before["control.audit_events"]);
        // A server's sign of life at its end is not a row of the backup.
        assert_eq!(after, before);
        assert_eq!(home.run(&["user", "list", "--json"]).code, 0);

        // One byte another, and it no longer holds.
        let file = folder_of(&made).join("control.db");
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(home.run(&["backup", "verify", name]).code, 65);
        assert_eq!(home.run(&["restore", name, "--yes"]).code, 65);
    }

    fn one_company_goes_back_while_another_goes_on(engine: Engine) {
        let home = Home::new(engine).env("STEADING_TENANCY", "multi");
        for slug in ["acme", "bravo"] {
            let made = home.run_with_input(
                &["tenant", "create", slug, "--owner-email", &format!("ana@{slug}.example"), "--password-stdin", "--json"],
                "four wandering copper kettles\n",
            );
            assert_eq!(made.code, 0, "{}", made.stderr);
        }
        let server = home.serve();
        let made = fine(home.run(&["backup", "create", "--json"]));
        let name = made["name"].as_str().unwrap();
        let sums = |slug: &str| {
            let told = fine(home.run(&["tenant", "export", slug, &format!("{slug}.steading"), "--json"]));
            let mut tables = told["tables"].as_array().unwrap().clone();
            tables.retain(|table| table["table"] != "audit_events");
            tables
        };
        let acme = sums("acme");
        fine(home.run(&["demo", "load", "--tenant", "acme"]));
        let bravo = sums("bravo");
        assert_ne!(sums("acme"), acme);
        let restored = fine(home.run(&["restore", name, "--tenant", "acme", "--yes", "--json"]));
        assert_eq!(restored["done"], true);
        assert_eq!(sums("acme"), acme);
        assert_eq!(sums("bravo"), bravo);
        // It is in the company's own trail and in the one that goes on.
        let seen = fine(home.run(&["audit", "list", "--tenant", "acme", "--action", "company.restored", "--json"]));
        assert!(seen.to_string().contains(restored["kept"].as_str().unwrap()), "{seen}");
        drop(server);
    }
}

#[test]
fn the_oldest_go() {
    let home = Home::new(Engine::Sqlite);
    assert_eq!(owner(&home, "ana@example.com").code, 0);
    for _ in 0..3 {
        fine(home.run(&["backup", "create", "--json"]));
    }
    let would = fine(home.run(&["backup", "prune", "--keep", "1", "--dry-run", "--json"]));
    assert_eq!(would.as_array().unwrap().len(), 2);
    fine(home.run(&["backup", "prune", "--keep", "1", "--json"]));
    let left = fine(home.run(&["backup", "list", "--json"]));
    assert_eq!(left.as_array().unwrap().len(), 1);
    fine(home.run(&["backup", "verify", "latest"]));
}

#[test]
fn every_table_of_the_tenant_plane_travels_or_is_left_behind_on_purpose() {
    let schema = include_str!("../../db/schema/tenant.rs");
    let list = schema
        .split("allow_tables_to_appear_in_same_query!(")
        .nth(1)
        .unwrap();
    let list = list.split(')').next().unwrap();
    let mut known: Vec<&str> = list
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    let mut listed: Vec<&str> = steading::slices::SLICES
        .iter()
        .flat_map(|slice| slice.tables)
        .copied()
        .collect();
    known.sort_unstable();
    listed.sort_unstable();
    assert_eq!(known, listed);
    // A column that says it is sealed is in a list of what is sealed anew.
    let sealed: Vec<&str> = steading::partners::SEALED
        .iter()
        .chain(steading::mailing::SEALED)
        .map(|one| one.column)
        .collect();
    for line in schema
        .lines()
        .map(str::trim)
        .filter(|line| line.contains("sealed"))
    {
        let column = line.split(' ').next().unwrap();
        assert!(sealed.contains(&column), "{column}");
    }
}
