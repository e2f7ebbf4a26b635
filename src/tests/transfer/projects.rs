//! A company's projects go with it: under the ids its programmes name them by, whatever the company is called where it comes in.

use diesel::sql_types::Text;
use diesel::{Connection, RunQueryDsl, SqliteConnection};
use serde_json::{Value, json};

use crate::harness::engine::Engine;
use crate::harness::process::Home;

/// What a company has of projects, as it tells it itself: the projects without their times, and each programme with its project.
fn told(home: &Home, slug: &str, key: &str) -> (Vec<Value>, Vec<(Value, Value)>) {
    let server = home.serve();
    let client = server.client().with_key(key);
    let list = |path: &str| {
        let reply = client.get(&format!("/t/{slug}/api/v1{path}")).expect(200);
        reply.json()["data"].as_array().unwrap().clone()
    };
    let mut projects = list("/projects");
    for project in &mut projects {
        let members = project.as_object_mut().unwrap();
        members.remove("created_at");
        members.remove("updated_at");
    }
    let programs = list("/programs?sort=name");
    let programs = programs
        .iter()
        .map(|program| (program["id"].clone(), program["project_id"].clone()))
        .collect();
    (projects, programs)
}

fn many(engine: Engine) -> Home {
    Home::new(engine).env("STEADING_TENANCY", "multi")
}

/// A key of a company, limited to a project where one is named; its secret, and the id of that project.
fn key(home: &Home, slug: &str, name: &str, project: &[&str]) -> (String, Value) {
    let made = [
        "key", "create", "--name", name, "--scopes", "*", "--tenant", slug, "--json",
    ];
    let made = home.run(&[&made, project].concat()).expect_code(0).json();
    let secret = made["key"].as_str().unwrap().to_owned();
    (secret, made["project_id"].clone())
}

fn project(home: &Home, company: &str, slug: &str, name: &str) {
    home.run(&[
        "tenant", "project", "create", slug, "--name", name, "--tenant", company,
    ])
    .expect_code(0);
}

fn there_and_under_another_name(from: Engine, into: Engine) {
    let home = many(from);
    home.run(&["tenant", "create", "acme"]).expect_code(0);
    for (slug, name) in [("spring", "Spring"), ("autumn", "Autumn \u{1f342} & more")] {
        project(&home, "acme", slug, name);
    }
    let (whole, _) = key(&home, "acme", "whole", &[]);
    let (limited, spring) = key(&home, "acme", "limited", &["--project", "spring"]);
    {
        let server = home.serve();
        let make = |key: &str, name: &str| {
            let new = json!({ "name": name, "commission": { "type": "percent", "rate": "10" }, "destination_url": "https://shop.example/" });
            let client = server.client().with_key(key);
            client
                .json("POST", "/t/acme/api/v1/programs", &new)
                .expect(201);
        };
        make(&whole, "In none");
        make(&limited, "May");
    }
    let archive = ["tenant", "project", "archive", "autumn", "--tenant", "acme"];
    home.run(&[&archive[..], &["--yes"]].concat())
        .expect_code(0);
    let (projects, programs) = told(&home, "acme", &whole);
    assert_eq!(projects.len(), 2, "{projects:?}");
    assert_eq!(programs.len(), 2, "{programs:?}");
    assert!(programs.iter().any(|(_, project)| *project == spring));
    assert!(projects.iter().any(|one| one["state"] == "archived"));

    home.run(&["tenant", "export", "acme", "acme.steading"])
        .expect_code(0);
    let file = home.path().join("acme.steading");
    let file = file.to_str().unwrap();
    let other = many(into);
    other
        .run(&["tenant", "import", file, "--as", "birch", "--yes"])
        .expect_code(0);
    // Keys stay behind; one that is made here is limited by the same id and sees the same programme.
    let keys = other.run(&["key", "list", "--tenant", "birch", "--json"]);
    assert_eq!(keys.expect_code(0).json(), json!([]));
    let (whole, _) = key(&other, "birch", "whole", &[]);
    let (limited, same) = key(&other, "birch", "limited", &["--project", "spring"]);
    assert_eq!(same, spring);
    assert_eq!(
        told(&other, "birch", &whole),
        (projects.clone(), programs.clone())
    );
    let server = other.serve();
    let seen = server.client().with_key(&limited);
    let seen = seen.get("/t/birch/api/v1/programs").expect(200).json();
    assert_eq!(seen["data"].as_array().unwrap().len(), 1, "{seen}");
    assert_eq!(seen["data"][0]["project_id"], spring);
    drop(server);

    // The file may come in twice: each company has projects of its own.
    other
        .run(&["tenant", "import", file, "--as", "cedar", "--yes"])
        .expect_code(0);
    let (whole, _) = key(&other, "cedar", "whole", &[]);
    assert_eq!(told(&other, "cedar", &whole), (projects, programs));
}

#[test]
fn projects_go_from_files_to_postgres() {
    there_and_under_another_name(Engine::Sqlite, Engine::Postgres);
}

#[test]
fn projects_go_from_postgres_to_files() {
    there_and_under_another_name(Engine::Postgres, Engine::Sqlite);
}

#[test]
fn projects_go_from_files_to_files() {
    there_and_under_another_name(Engine::Sqlite, Engine::Sqlite);
}

#[test]
fn projects_go_from_postgres_to_postgres() {
    there_and_under_another_name(Engine::Postgres, Engine::Postgres);
}

crate::on_both_engines! {
    fn a_company_with_projects_of_its_own_is_not_empty(engine: Engine) {
        let from = many(Engine::Sqlite);
        from.run(&["tenant", "create", "acme"]).expect_code(0);
        project(&from, "acme", "spring", "Spring");
        from.run(&["tenant", "export", "acme", "acme.steading"]).expect_code(0);
        let file = from.path().join("acme.steading");
        let into = many(engine);
        into.run(&["tenant", "create", "birch"]).expect_code(0);
        project(&into, "birch", "spring", "Ours");
        let list = ["tenant", "project", "list", "--tenant", "birch", "--json"];
        let before = into.run(&list).expect_code(0).json();
        let refused = into.run(&["tenant", "import", file.to_str().unwrap(), "--as", "birch", "--yes"]);
        assert_ne!(refused.code, 0);
        assert!(refused.stderr.contains("not empty, so nothing was changed"), "{}", refused.stderr);
        assert_eq!(into.run(&list).expect_code(0).json(), before);
    }

    fn projects_that_could_not_be_made_here_are_refused_before_a_row_is_written(engine: Engine) {
        let from = many(Engine::Sqlite);
        from.run(&["tenant", "create", "acme"]).expect_code(0);
        project(&from, "acme", "spring", "Spring");
        project(&from, "acme", "autumn", "Autumn");
        from.run(&["tenant", "export", "acme", "acme.steading"]).expect_code(0);
        let whole = from.path().join("acme.steading");
        let into = many(engine);
        into.run(&["tenant", "create", "birch"]).expect_code(0);
        let file = into.path().join("changed.steading");
        for (was, is, said) in [
            ("\"slug\":\"spring\"", "\"slug\":\"Spring!\"", "small letters"),
            ("\"slug\":\"spring\"", "\"slug\":\"autumn\"", "autumn is in it twice"),
            ("\"name\":\"Spring\"", "\"name\":\"\"", "Give it a name"),
            ("\"name\":\"Spring\",\"state\":\"active\"", "\"name\":\"Spring\",\"state\":\"odd\"", "neither active nor archived"),
        ] {
            std::fs::copy(&whole, &file).unwrap();
            let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
            let change = diesel::sql_query("UPDATE _export SET value = replace(value, ?, ?) WHERE name = 'company' AND value LIKE '%' || ? || '%'");
            let changed = change.bind::<Text, _>(was).bind::<Text, _>(is).bind::<Text, _>(was).execute(&mut conn).unwrap();
            assert_eq!(changed, 1, "{was}");
            drop(conn);
            for slug in ["birch", "cedar"] {
                let refused = into.run(&["tenant", "import", file.to_str().unwrap(), "--as", slug, "--yes"]).expect_code(65);
                assert!(refused.stderr.contains(said), "{is}: {}", refused.stderr);
            }
        }
        // Nothing of all that stayed.
        std::fs::copy(&whole, &file).unwrap();
        for slug in ["birch", "cedar"] {
            into.run(&["tenant", "import", file.to_str().unwrap(), "--as", slug, "--yes"]).expect_code(0);
        }
    }
}
