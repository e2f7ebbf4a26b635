//! The walk is worth something because it finds what it looks for: with a leak planted in an instance of its own, it says so.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use steading::routes;

use super::companies::{OTHER, OWN, furnished, home, signed_in};
use super::walk::Walk;
use crate::harness::company::OWNER;
use crate::harness::engine::Engine;
use crate::harness::process::Home;

/// The routes that read by the API: enough to see a leak, and quick.
fn walked(walk: &mut Walk<'_>) -> Vec<String> {
    for route in routes::all()
        .iter()
        .filter(|route| route.method == "GET" && route.path.starts_with("/api/v1/"))
    {
        walk.visit(route);
    }
    std::mem::take(&mut walk.wrong)
}

/// The id of a company, as its file is named.
fn id_of(home: &Home, slug: &str) -> String {
    let shown = home
        .run(&["tenant", "show", slug, "--json"])
        .expect_code(0)
        .json();
    shown["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_policy_too_many_is_seen() {
    for fault in [
        "CREATE POLICY planted ON tenant.partners TO steading_app USING (true)",
        "DROP POLICY partners_own ON tenant.partners; CREATE POLICY planted ON tenant.partners USING (true)",
        "ALTER TABLE tenant.partners DISABLE ROW LEVEL SECURITY",
    ] {
        let home = home(Engine::Postgres);
        let server = home.serve();
        let (own, other) = furnished(&home, &server);
        let mut walk = Walk::between(&own, &other);
        assert_eq!(walked(&mut walk), [""; 0]);
        let mut behind =
            PgConnection::establish(&home.database.as_ref().unwrap().superuser).unwrap();
        behind.batch_execute(fault).unwrap();
        let seen = walked(&mut walk).join("\n");
        assert!(
            seen.contains("GET /api/v1/partners : tells of the other company"),
            "{fault}: {seen}"
        );
        assert!(
            seen.contains("GET /api/v1/partners/{id} : answers 200"),
            "{fault}: {seen}"
        );
    }
}

#[test]
fn a_neighbours_file_is_seen() {
    let home = home(Engine::Sqlite);
    let server = home.serve();
    let (own, other) = furnished(&home, &server);
    let (ours, theirs) = (id_of(&home, OWN), id_of(&home, OTHER));
    assert_eq!(server.terminate(), 0);
    let file = |id: &str| home.data().join(format!("tenants/{id}.db"));
    std::fs::copy(file(&theirs), file(&ours)).unwrap();
    let server = home.serve();
    // Still the same keys; only what stands behind them is another's.
    drop(signed_in(&server, OWNER));
    let mut walk = Walk::between(&own, &other);
    let seen = walked(&mut walk).join("\n");
    assert!(
        seen.contains("GET /api/v1/partners : tells of the other company"),
        "{seen}"
    );
    assert!(
        seen.contains("GET /api/v1/links/{id} : answers 200"),
        "{seen}"
    );
}
