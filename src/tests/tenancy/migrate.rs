//! The steps of the stores, by hand: which stores each flag means, what a look leaves alone, what forcing does.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use serde_json::Value;

use super::{bytes, create, multi};
use crate::harness::engine::Engine;
use crate::harness::process::Home;
use crate::on_both_engines;

/// Runs `steading migrate …`.
fn migrate(home: &Home, words: &[&str], code: i32) -> crate::harness::process::Done {
    home.run(&[&["migrate"], words].concat()).expect_code(code)
}

/// The stores that a look is about, each under its company's slug where it is one's.
fn stores(home: &Home, words: &[&str]) -> Vec<String> {
    let told = migrate(home, &[words, &["--json"]].concat(), 0).json();
    let name = |one: &Value| {
        one["tenant"]
            .as_str()
            .or(one["store"].as_str())
            .unwrap()
            .to_owned()
    };
    let mut names: Vec<String> = told.as_array().unwrap().iter().map(name).collect();
    names.sort();
    names
}

/// The steps in place of the store that these flags mean.
fn applied(home: &Home, flags: &[&str]) -> Vec<String> {
    let told = migrate(home, &[&["status", "--json"], flags].concat(), 0).json();
    let steps = told[0]["applied"].as_array().unwrap();
    steps
        .iter()
        .map(|step| step.as_str().unwrap().to_owned())
        .collect()
}

/// The flag for a company's store, alone where it is one.
fn one(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Sqlite => &["--tenant", "acme"],
        Engine::Postgres => &["--all-tenants"],
    }
}

on_both_engines! {
    fn each_flag_means_its_stores(engine: Engine) {
        let home = multi(engine);
        create(&home, "acme");
        create(&home, "birch");
        let companies: &[&str] = match engine {
            Engine::Sqlite => &["acme", "birch", "default"],
            Engine::Postgres => &["tenant"],
        };
        let mut all = [companies, &["control"]].concat();
        all.sort_unstable();
        for verb in ["status", "version", "check", "up"] {
            assert_eq!(stores(&home, &[verb]), all, "{verb}");
            assert_eq!(stores(&home, &[verb, "--all-tenants"]), companies, "{verb}");
            assert_eq!(stores(&home, &[verb, "--control-only"]), ["control"], "{verb}");
        }
        let _ = migrate(&home, &["status", "--control-only", "--all-tenants"], 2);
        if engine == Engine::Postgres {
            for words in [&["status"][..], &["version"], &["check"], &["up"], &["down", "--yes"], &["force", "none", "--yes"]] {
                let refused = migrate(&home, &[words, &["--tenant", "acme"]].concat(), 2);
                assert!(refused.stderr.contains("share one schema") && refused.stderr.contains("--all-tenants"), "{refused:?}");
            }
            return;
        }
        for verb in ["status", "version", "check", "up"] {
            assert_eq!(stores(&home, &[verb, "--tenant", "acme"]), ["acme"], "{verb}");
        }
        let id = home.run(&["tenant", "show", "acme", "--json"]).expect_code(0).json()["id"].as_str().unwrap().to_owned();
        assert_eq!(stores(&home, &["status", "--tenant", &id]), ["acme"]);
        let nobody = migrate(&home, &["status", "--tenant", "nobody"], 1);
        assert!(nobody.stderr.contains("there is no company nobody") && nobody.stderr.contains("tenant list"), "{nobody:?}");
        let table = migrate(&home, &["status"], 0).stdout;
        assert!(table.contains("COMPANY") && table.contains("acme") && !table.contains("FAILED"), "{table}");
    }

    fn a_store_goes_back_and_forward_alone_and_looking_touches_nothing(engine: Engine) {
        let home = multi(engine);
        create(&home, "acme");
        create(&home, "birch");
        let steps = applied(&home, one(engine));
        let before = bytes(home.path());
        let newest = steps.last().unwrap();
        for words in [
            &["status"][..], &["version"], &["check"], &["up", "--dry-run"], &["down", "--dry-run"],
            &["down", "--dry-run", "--control-only"], &["force", newest, "--all-tenants", "--dry-run"], &["force", "none", "--control-only", "--dry-run"],
        ] {
            let _ = migrate(&home, words, 0);
            let names = |all: &[(std::path::PathBuf, Vec<u8>)]| all.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
            let after = bytes(home.path());
            assert_eq!(names(&after), names(&before), "{words:?}");
            assert!(after == before, "{words:?} changed a file");
        }
        let told = migrate(&home, &[&["down", "--dry-run"], one(engine)].concat(), 0).stdout;
        assert!(told.contains(newest) && told.contains("taken back"), "{told}");
        assert!(migrate(&home, &[&["down"], one(engine)].concat(), 2).stderr.contains("pass --yes"));

        let _ = migrate(&home, &[&["down", "--yes"], one(engine)].concat(), 0);
        assert_eq!(applied(&home, one(engine)), steps[..steps.len() - 1]);
        let waits = migrate(&home, &["check"], 1);
        assert!(waits.stderr.contains("1 step waits") && waits.stderr.contains("migrate up"), "{waits:?}");
        let _ = migrate(&home, &["check", "--control-only"], 0);
        if engine == Engine::Sqlite {
            let _ = migrate(&home, &["check", "--tenant", "birch"], 0);
        }
        let would = migrate(&home, &["up", "--dry-run"], 0).stdout;
        assert!(would.contains(newest) && would.lines().count() == 2, "{would}");
        let _ = migrate(&home, &[&["up"], one(engine)].concat(), 0);
        assert_eq!(applied(&home, one(engine)), steps);
        let _ = migrate(&home, &["check"], 0);
    }

    fn forcing_marks_a_store_runs_nothing_and_is_in_the_trail(engine: Engine) {
        let home = multi(engine);
        create(&home, "acme");
        let steps = applied(&home, one(engine));
        let (newest, older) = (steps[steps.len() - 1].as_str(), steps[steps.len() - 2].as_str());
        let flags = one(engine);
        assert!(migrate(&home, &["force", older, "--yes"], 2).stderr.contains("say which stores"));
        assert!(migrate(&home, &[&["force", older], flags].concat(), 2).stderr.contains("pass --yes"));
        let unknown = migrate(&home, &[&["force", "12", "--yes"], flags].concat(), 65);
        assert!(unknown.stderr.contains("has no step 12") && unknown.stderr.contains(newest), "{unknown:?}");
        assert_eq!(applied(&home, flags), steps);

        let forced = migrate(&home, &[&["force", older, "--yes", "--json"], flags].concat(), 0).json();
        assert_eq!(forced[0]["after"].as_array().unwrap().len(), steps.len() - 1);
        let _ = migrate(&home, &["check"], 1);
        // What the step makes is still there, so running it again fails: nothing was run backwards.
        let failed = migrate(&home, &[&["up"], flags].concat(), 1);
        assert!(failed.stderr.contains("could not be migrated"), "{failed:?}");
        let back = migrate(&home, &[&["force", newest, "--yes"], flags].concat(), 0);
        assert!(back.stdout.contains(older) && back.stdout.contains(newest), "{back:?}");
        let _ = migrate(&home, &["check"], 0);
        let same = migrate(&home, &[&["force", newest, "--yes"], flags].concat(), 0);
        assert!(same.stderr.contains("Nothing was different"), "{same:?}");

        let events = actions(&home);
        assert_eq!(events.iter().filter(|action| *action == "store.forced").count(), 2, "{events:?}");
        let _ = home.run(&["tenant", "show", "acme"]).expect_code(0);
    }
}

on_both_engines! {
    fn a_step_that_nobody_knows_is_forced_out_of_the_list(engine: Engine) {
        let home = multi(engine);
        create(&home, "acme");
        let flags = one(engine);
        let steps = applied(&home, flags);
        let newest = steps.last().unwrap();
        let insert = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000001')";
        for (flags, plane) in [(flags, "tenant"), (&["--control-only"], "control")] {
            let newest = match plane {
                "control" => applied(&home, flags).pop().unwrap(),
                _ => newest.clone(),
            };
            match &home.database {
                None => {
                    let id = home.run(&["migrate", "status", "--json"]).expect_code(0).json();
                    let store = id.as_array().unwrap().iter().find(|store| store["tenant"] == "acme").unwrap()["store"].as_str().unwrap().to_owned();
                    let path = match plane {
                        "control" => home.data().join("control.db"),
                        _ => home.data().join(format!("tenants/{store}.db")),
                    };
                    SqliteConnection::establish(path.to_str().unwrap()).unwrap().batch_execute(insert).unwrap();
                }
                Some(urls) => {
                    let insert = insert.replace("INTO ", &format!("INTO {plane}."));
                    PgConnection::establish(&urls.superuser).unwrap().batch_execute(&insert).unwrap();
                }
            }
            for verb in ["status", "check", "up"] {
                assert!(migrate(&home, &[verb], 78).stderr.contains("newer"));
            }
            let would = migrate(&home, &[&["force", &newest, "--dry-run"], flags].concat(), 0);
            assert!(would.stdout.contains("99990101000001"), "{would:?}");
            let _ = migrate(&home, &["check"], 78);
            let _ = migrate(&home, &[&["force", &newest, "--yes"], flags].concat(), 0);
            let _ = migrate(&home, &["check"], 0);
        }
    }
}

/// What the trail of the control plane tells of, the oldest first.
fn actions(home: &Home) -> Vec<String> {
    use diesel::{RunQueryDsl, sql_query};
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        action: String,
    }
    let asked = "SELECT action FROM audit_events ORDER BY id";
    let rows: Vec<Row> = match &home.database {
        None => {
            let path = home.data().join("control.db");
            let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            sql_query(asked).load(&mut conn).unwrap()
        }
        Some(urls) => {
            let mut conn = PgConnection::establish(&urls.superuser).unwrap();
            sql_query(asked.replace("audit_events", "control.audit_events"))
                .load(&mut conn)
                .unwrap()
        }
    };
    rows.into_iter().map(|row| row.action).collect()
}

#[test]
fn one_companys_failure_is_marked_and_the_rest_go_on() {
    let home = multi(Engine::Sqlite);
    for slug in ["acme", "birch"] {
        create(&home, slug);
    }
    let steps = applied(&home, &["--tenant", "acme"]);
    let (newest, older) = (&steps[steps.len() - 1], &steps[steps.len() - 2]);
    let _ = migrate(&home, &["force", older, "--tenant", "acme", "--yes"], 0);
    let _ = migrate(&home, &["down", "--tenant", "birch", "--yes"], 0);
    let failed = migrate(&home, &["up"], 1);
    assert!(failed.stderr.contains("1 of 4 stores failed"), "{failed:?}");
    assert!(
        failed.stdout.contains("FAILED") && failed.stdout.contains("acme"),
        "{failed:?}"
    );
    assert_eq!(applied(&home, &["--tenant", "birch"]), steps);
    let mark = |slug: &str| {
        let told = migrate(&home, &["status", "--tenant", slug, "--json"], 0).json();
        told[0]["failed"].as_str().map(ToOwned::to_owned)
    };
    assert!(mark("acme").unwrap().contains("could not be migrated"));
    assert_eq!(mark("birch"), None);
    assert!(migrate(&home, &["version"], 0).stdout.contains("FAILED"));
    let _ = migrate(&home, &["check"], 1);
    // Another company's upgrade says nothing of this one.
    let _ = migrate(&home, &["up", "--tenant", "birch"], 0);
    assert!(mark("acme").is_some());
    let _ = migrate(&home, &["force", newest, "--tenant", "acme", "--yes"], 0);
    assert_eq!(mark("acme"), None);
    let _ = migrate(&home, &["check"], 0);
    let events = actions(&home);
    for action in [
        "tenant.upgrade_failed",
        "tenant.upgrade_mended",
        "store.forced",
    ] {
        assert!(
            events.iter().any(|one| one == action),
            "{action}: {events:?}"
        );
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_others_are_shown() {
    let home = multi(Engine::Sqlite);
    create(&home, "acme");
    let id = home
        .run(&["tenant", "show", "acme", "--json"])
        .expect_code(0)
        .json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    std::fs::write(
        home.data().join("tenants").join(format!("{id}.db")),
        "this was a database",
    )
    .unwrap();
    let shown = migrate(&home, &["status"], 0).stdout;
    assert!(
        shown.contains("default") && shown.contains("FAILED") && shown.contains(&id),
        "{shown}"
    );
    let _ = migrate(&home, &["check"], 1);
    // Where the registry waits itself, a company is found by its id.
    let _ = migrate(&home, &["down", "--control-only", "--yes"], 0);
    let waits = migrate(&home, &["status", "--tenant", "acme"], 1);
    assert!(waits.stderr.contains("--control-only first"), "{waits:?}");
}
