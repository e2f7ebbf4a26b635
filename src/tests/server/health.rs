//! Alive and ready are two questions.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use crate::harness::company::{OWNER, PASSWORD, owned};
use crate::harness::engine::Engine;
use crate::harness::eventually;
use crate::harness::postgres::PgUrls;

/// Cuts a database off from everybody, or lets them in again.
pub fn let_in(urls: &PgUrls, open: bool) {
    let (server, name) = urls.superuser.rsplit_once('/').unwrap();
    let mut superuser = PgConnection::establish(&format!("{server}/postgres")).unwrap();
    superuser
        .batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {open}"))
        .unwrap();
    if !open {
        superuser
            .batch_execute(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ))
            .unwrap();
    }
}

#[test]
fn the_root_leads_to_the_dashboard_and_the_icon_is_found() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let client = server.client();
    let root = client.get("/");
    assert_eq!((root.status, root.location()), (303, "/admin"));
    let icon = client.get("/favicon.ico");
    let found = client.get(icon.location()).expect(200);
    assert_eq!(found.header("content-type"), "image/svg+xml");
}

#[test]
fn without_its_database_it_is_alive_but_not_ready_and_comes_back() {
    let home = owned(Engine::Postgres);
    let server = home.serve();
    let client = server.client();
    let urls = home.database.clone().unwrap();
    let_in(&urls, false);

    eventually("not ready", || {
        let reply = client.get("/readyz");
        assert!([200, 503].contains(&reply.status), "{}", reply.text());
        (reply.status == 503).then_some(())
    });
    assert_eq!(client.get("/healthz").status, 200);
    let form = client.get("/login").expect(200);
    assert!(form.text().contains("<form"));
    let turned_away = client.submit("/login", &[("email", OWNER), ("password", PASSWORD)]);
    assert_eq!(turned_away.status, 503, "{}", turned_away.text());
    assert!(
        turned_away
            .text()
            .contains(turned_away.header("x-request-id"))
    );

    let_in(&urls, true);
    eventually("ready again", || {
        (client.get("/readyz").status == 200).then_some(())
    });
    let entered = client.submit("/login", &[("email", OWNER), ("password", PASSWORD)]);
    assert_eq!(entered.location(), "/admin");
    assert_eq!(server.terminate(), 0);
}
