//! A backup that fails is told, once; one that is without a company names it and is whole for the others.

use std::path::PathBuf;

use steading::mailing::{self, Filter};
use steading::server::doctor;
use steading::slice::Level;
use steading::{audit, jobs};

use crate::harness::engine::{Engine, wait};
use crate::harness::process::Home;
use crate::identity::House;
use crate::on_both_engines;

const HOURLY: (&str, &str) = ("STEADING_BACKUP__SCHEDULE", "hourly");
const HOUR: u64 = 3_600;

/// Who was written to about a backup.
fn told(house: &House) -> Vec<String> {
    let all = house
        .app()
        .control
        .read(|c| mailing::page(c, &Filter::default(), None, 100));
    let mut all = wait(all).unwrap();
    all.retain(|mail| mail.kind == "backup_failed");
    all.into_iter().map(|mail| mail.to).collect()
}

/// What the trail says of the schedule, the newest first.
fn trail(house: &House) -> Vec<String> {
    let all = house
        .app()
        .control
        .read(|c| audit::history_of(c, &"backup.schedule"));
    wait(all)
        .unwrap()
        .into_iter()
        .map(|event| event.action)
        .collect()
}

/// Lets time pass and does what is due.
fn pass(house: &House, seconds: u64) {
    house.later(seconds);
    let ran = wait(jobs::run_due(house.app(), None)).unwrap();
    assert!(ran.iter().any(|job| job.kind == "backup.run"), "{ran:?}");
}

/// Puts a file where backups go, so that none can be made.
fn in_the_way(house: &House) -> PathBuf {
    let target = house.app().config.backup.target.clone();
    std::fs::write(&target, "in the way").unwrap();
    target
}

on_both_engines! {
    fn operators_hear_of_a_backup_that_fails_and_once_a_day(engine: Engine) {
        let house = House::of_many(engine, &[HOURLY]);
        house.operator("op@example.com");
        house.company("acme", "ana@example.com");
        let target = in_the_way(&house);
        let doctor = || {
            let lines = wait(doctor::inside(house.app())).unwrap();
            let line = lines.into_iter().find(|line| line.name == "backup.schedule").unwrap();
            (line.level, line.finding)
        };
        assert_eq!(doctor().0, Level::Good);
        pass(&house, 0);
        assert_eq!(told(&house), ["op@example.com"]);
        let (level, finding) = doctor();
        assert_eq!(level, Level::Bad, "{finding}");
        let at = house.app().clock.now().to_string();
        assert!(finding.starts_with("The last one failed. ") && finding.contains(&at), "{finding} {at}");
        let page = house.operating("op@example.com").get("/operator").text();
        assert!(page.contains("The scheduled backup failed."), "{page}");
        pass(&house, 3 * HOUR);
        assert_eq!(told(&house).len(), 1, "told twice in a day");
        pass(&house, 22 * HOUR);
        assert_eq!(told(&house).len(), 2);

        std::fs::remove_file(target).unwrap();
        pass(&house, 3 * HOUR);
        assert_eq!(trail(&house), ["backup.mended", "backup.failed", "backup.failed"]);
        let page = house.operating("op@example.com").get("/operator").text();
        assert!(!page.contains("The scheduled backup failed"), "{page}");
        assert_eq!(doctor().0, Level::Good);
        pass(&house, HOUR);
        assert_eq!(trail(&house).len(), 3, "nothing new to tell");
        assert_eq!(told(&house).len(), 2);
    }

    fn an_owner_hears_of_it_where_one_company_is_served(engine: Engine) {
        let house = House::with(engine, &[HOURLY]);
        house.user("ana@example.com", steading::identity::Role::Owner);
        house.user("vic@example.com", steading::identity::Role::Viewer);
        let target = in_the_way(&house);
        pass(&house, 0);
        assert_eq!(told(&house), ["ana@example.com"]);
        let finding = || house.signed_in("ana@example.com").get("/admin/system").expect(200).text();
        assert!(finding().contains("The last one failed."), "{}", finding());
        std::fs::remove_file(&target).unwrap();
        pass(&house, 3 * HOUR);
        assert!(!finding().contains("The last one failed."));
        // Failing anew after a success is told at once.
        std::fs::rename(&target, target.with_extension("aside")).unwrap();
        std::fs::write(&target, "in the way").unwrap();
        pass(&house, 3 * HOUR);
        assert_eq!(told(&house).len(), 2);
    }
}

#[test]
fn one_company_without_a_store_does_not_keep_the_others_from_theirs() {
    let home = Home::new(Engine::Sqlite).env("STEADING_TENANCY", "multi");
    let create = |slug: &str| {
        let made = home
            .run(&["tenant", "create", slug, "--json"])
            .expect_code(0)
            .json();
        home.data()
            .join(format!("tenants/{}.db", made["id"].as_str().unwrap()))
    };
    let [gone, broken, _whole] = ["acme", "brick", "cedar"].map(create);
    std::fs::remove_file(&gone).unwrap();
    std::fs::write(&broken, "no database at all, and no header of one either").unwrap();

    let made = home.run(&["backup", "create", "--json"]).expect_code(1);
    assert!(
        made.stderr.contains("is not whole. Not in it: "),
        "{}",
        made.stderr
    );
    let manifest = made.json();
    let mut missing: Vec<&str> = manifest["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["slug"].as_str().unwrap())
        .collect();
    missing.sort_unstable();
    assert_eq!(missing, ["acme", "brick"]);
    // The control plane, `default` and `cedar`.
    assert_eq!(manifest["files"].as_array().unwrap().len(), 3, "{manifest}");
    let looked = home.run(&["backup", "verify", "latest"]).expect_code(1);
    assert!(
        looked.stderr.contains("acme (") && looked.stderr.contains("holds what it says"),
        "{}",
        looked.stderr
    );
    let one = home
        .run(&["restore", "latest", "--tenant", "acme", "--yes"])
        .expect_code(65);
    assert!(
        one.stderr
            .contains("could not be read when the backup was made"),
        "{}",
        one.stderr
    );

    let restored = home
        .run(&["restore", "latest", "--yes", "--json"])
        .expect_code(0)
        .json();
    assert!(
        restored["without"].as_str().unwrap().contains("brick ("),
        "{restored}"
    );
    assert!(
        broken.is_file() && !gone.exists(),
        "what the backup is without stays as it was"
    );
    let _ = home
        .run(&[
            "tenant",
            "export",
            "cedar",
            home.path().join("cedar.steading").to_str().unwrap(),
        ])
        .expect_code(0);
    // Who asks for one company alone gets it or nothing.
    assert_ne!(home.run(&["backup", "create", "--tenant", "acme"]).code, 0);
}
