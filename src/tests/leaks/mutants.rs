//! The walk is worth something because it finds what it looks for: with a leak planted in an instance of its own, it says so.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use steading::routes;
use steading::web::route::Route;

use super::companies::{OTHER, OWN, furnished, home, signed_in};
use super::front::{Front, Memory};
use super::memory::{Asked, PROBES, Probe, rates_are_apart, slow};
use super::named::choosing;
use super::walk::{Walk, opened};
use crate::harness::company::OWNER;
use crate::harness::engine::Engine;
use crate::harness::process::{Home, Server};

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

/// A policy of a company's own rows, as the migrations make it.
const OWN_ROWS: &str = "NULLIF(current_setting('app.tenant_id', true), '')::uuid";

#[test]
fn a_policy_too_many_or_dropped_and_a_setting_skipped_are_seen() {
    let home = home(Engine::Postgres);
    let server = home.serve();
    let (own, other) = furnished(&home, &server);
    let mut walk = Walk::between(&own, &other);
    assert_eq!(walked(&mut walk), [""; 0]);
    let mut behind = PgConnection::establish(&home.database.as_ref().unwrap().superuser).unwrap();
    let own_again = format!(
        "CREATE POLICY partners_own ON tenant.partners TO steading_app USING (tenant_id = {OWN_ROWS}) WITH CHECK (tenant_id = {OWN_ROWS})"
    );
    let told = [
        "GET /api/v1/partners : tells of the other company",
        "GET /api/v1/partners/{id} : answers 200",
    ];
    let missed = ["GET /api/v1/partners/{id} : does not even find the company's own record"];
    for (fault, taken_back, told) in [
        (
            "CREATE POLICY planted ON tenant.partners TO steading_app USING (true)",
            "DROP POLICY planted ON tenant.partners".to_owned(),
            &told[..],
        ),
        (
            "DROP POLICY partners_own ON tenant.partners; CREATE POLICY planted ON tenant.partners USING (true)",
            format!("DROP POLICY planted ON tenant.partners; {own_again}"),
            &told[..],
        ),
        (
            "ALTER TABLE tenant.partners DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE tenant.partners ENABLE ROW LEVEL SECURITY".to_owned(),
            &told[..],
        ),
        (
            "DROP POLICY partners_own ON tenant.partners",
            own_again.clone(),
            &missed[..],
        ),
        (
            "ALTER POLICY partners_own ON tenant.partners USING (tenant_id = NULLIF(current_setting('app.skipped', true), '')::uuid)",
            format!("ALTER POLICY partners_own ON tenant.partners USING (tenant_id = {OWN_ROWS})"),
            &missed[..],
        ),
    ] {
        behind.batch_execute(fault).unwrap();
        let seen = walked(&mut walk).join("\n");
        for told in told {
            assert!(seen.contains(told), "{fault}: {seen}");
        }
        behind.batch_execute(&taken_back).unwrap();
    }
    assert_eq!(walked(&mut walk), [""; 0], "a fault was not taken back");
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

#[test]
fn a_key_that_changes_hands_is_seen() {
    let home = home(Engine::Sqlite);
    let server = home.serve();
    let (own, other) = furnished(&home, &server);
    let reads = |route: &Route| route.method == "GET" && route.path.starts_with("/api/v1/");
    assert_eq!(opened(&own, &other, reads).0, [""; 0]);
    assert_eq!(server.terminate(), 0);
    let control = home.data().join("control.db");
    let mut behind = SqliteConnection::establish(control.to_str().unwrap()).unwrap();
    let given = format!(
        "UPDATE api_keys SET tenant_id = (SELECT id FROM tenants WHERE slug = '{OTHER}') WHERE name = 'acorn key'"
    );
    behind.batch_execute(&given).unwrap();
    drop(behind);
    let _server = home.serve();
    let seen = opened(&own, &other, reads).0.join("\n");
    assert!(seen.contains("GET /api/v1/partners: 200 401"), "{seen}");
}

#[test]
fn a_header_that_is_believed_is_seen() {
    // What a proxy says is believed from wherever it may stand, and here everybody may be one.
    let home = home(Engine::Sqlite)
        .env("STEADING_SERVER__BASE_DOMAIN", "hosts.example")
        .env("STEADING_SERVER__TRUSTED_PROXIES", "127.0.0.0/8");
    let server = home.serve();
    let (own, other) = furnished(&home, &server);
    let seen = choosing(&own, &other);
    assert!(
        seen.iter().any(|one| one.starts_with("x-forwarded-host: ")),
        "{seen:?}"
    );
}

#[test]
fn memory_that_is_not_kept_for_each_company_is_seen() {
    let home = home(Engine::Sqlite);
    let server = home.serve();
    let (own, other) = furnished(&home, &server);
    let is_apart = |server: &Server<'_>, memory: Memory, probe: Probe| {
        let front = Front::before(server, memory);
        let (own, other) = (own.at(&front.base), other.at(&front.base));
        probe(&Asked {
            home: &home,
            base: &front.base,
            own: &own,
            other: &other,
        })
    };
    for (memory, probe) in PROBES {
        assert!(!is_apart(&server, memory, probe), "{memory:?}");
    }
}

#[test]
fn a_rate_that_companies_share_is_seen() {
    let home = home(Engine::Sqlite);
    let server = home.serve();
    let (own, other) = furnished(&home, &server);
    assert_eq!(server.terminate(), 0);
    let home = slow(home);
    let server = home.serve();
    let front = Front::before(&server, Memory::Rates);
    let (own, other) = (own.at(&front.base), other.at(&front.base));
    assert!(!rates_are_apart(&Asked {
        home: &home,
        base: &front.base,
        own: &own,
        other: &other,
    }));
}
