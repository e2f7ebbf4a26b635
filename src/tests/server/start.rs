//! A start needs nothing, keeps to itself, and says where things are.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use crate::harness::engine::Engine;
use crate::harness::process::Home;

/// What whoever migrates a PostgreSQL database holds: "steading" as a number.
const MIGRATION_LOCK: i64 = 0x7374_6561_6469_6e67;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_empty_folder_and_no_configuration_become_an_instance() {
    let home = Home::new(Engine::Sqlite)
        .without_env("STEADING_DATA_DIR")
        .without_env("STEADING_SERVER__LISTEN");
    // The port alone is given, so that tests can run side by side.
    let address = home.url("").replace("http://", "");
    let server = home.start_command(home.command(["serve", "--listen", &address]));
    server.wait_until_ready();

    let setup = server.setup_path();
    let banner: Vec<String> = server
        .stderr
        .text()
        .lines()
        .take(15)
        .map(ToOwned::to_owned)
        .collect();
    let banner = banner.join("\n");
    let folder = home.data().canonicalize().unwrap();
    for fact in [
        env!("CARGO_PKG_VERSION"),
        &home.url("/admin"),
        &home.url("/api/docs"),
        folder.to_str().unwrap(),
        "sqlite",
        "single",
        &home.url(&setup),
    ] {
        assert!(banner.contains(fact), "{fact} is missing:\n{banner}");
    }

    assert_eq!(mode(&home.data()), 0o700);
    for private in ["keys", "lock", "control.sock"] {
        assert_eq!(mode(&home.data().join(private)), 0o600, "{private}");
    }
    assert!(home.data().join("control.db").is_file());
    assert_eq!(server.client().get("/healthz").status, 200);
    assert_eq!(server.terminate(), 0);
    assert!(!home.data().join("control.sock").exists());
    let stores: Vec<_> = std::fs::read_dir(home.data().join("tenants"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        stores.len() == 1 && stores[0].starts_with("tnt_"),
        "{stores:?}"
    );
}

#[test]
fn a_folder_that_others_could_read_is_closed() {
    let home = Home::new(Engine::Sqlite);
    std::fs::create_dir(home.data()).unwrap();
    std::fs::set_permissions(home.data(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let server = home.serve();
    assert_eq!(mode(&home.data()), 0o700);
    drop(server);
}

#[test]
fn it_listens_on_loopback_alone() {
    let home = Home::new(Engine::Sqlite);
    let _server = home.serve();
    let port: u16 = home.url("").rsplit(':').next().unwrap().parse().unwrap();
    let listening: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| {
            table
                .lines()
                .skip(1)
                .map(ToOwned::to_owned)
                .collect::<Vec<_>>()
        })
        .filter_map(|row| {
            let words: Vec<&str> = row.split_whitespace().collect();
            let (address, at) = words.get(1)?.split_once(':')?;
            let is_ours = u16::from_str_radix(at, 16) == Ok(port) && words.get(3) == Some(&"0A");
            is_ours.then(|| address.to_owned())
        })
        .collect();
    // 127.0.0.1 as the kernel writes it.
    assert_eq!(listening, ["0100007F"]);
}

#[test]
fn a_second_process_on_the_same_folder_is_told_to_try_later() {
    let home = Home::new(Engine::Sqlite);
    let server = home.serve();
    let second = home.run(&["serve"]).expect_code(75);
    let folder = home.data().canonicalize().unwrap();
    assert!(
        second.stderr.contains(folder.to_str().unwrap())
            || second.stderr.contains(home.data().to_str().unwrap()),
        "{}",
        second.stderr
    );
    assert_eq!(server.client().get("/readyz").status, 200);
    assert_eq!(server.terminate(), 0);
    drop(home.serve());
}

#[test]
fn a_lock_left_by_a_killed_process_does_not_keep_the_next_out() {
    let home = Home::new(Engine::Sqlite);
    home.serve().kill();
    assert!(home.data().join("control.sock").exists());
    let server = home.serve();
    assert_eq!(server.terminate(), 0);
}

#[test]
fn while_starting_the_port_answers_that_it_is_not_ready() {
    let home = Home::new(Engine::Postgres);
    let urls = home.database.clone().unwrap();
    let mut holder = PgConnection::establish(&urls.superuser).unwrap();
    holder
        .batch_execute(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))
        .unwrap();

    let server = home.start();
    let client = server.client();
    crate::harness::eventually("the port answers", || {
        client
            .try_get("/healthz")
            .filter(|reply| reply.status == 200)
    });
    let ready = client.get("/readyz").expect(503);
    assert!(ready.text().contains("starting"), "{}", ready.text());
    let page = client.get("/admin").expect(503);
    assert!(!page.header("retry-after").is_empty());
    assert!(page.text().contains(page.header("x-request-id")));
    let api = client.get("/api/v1/me").expect(503);
    assert_eq!(api.header("content-type"), "application/problem+json");
    assert_eq!(api.json()["code"], "busy");
    assert!(!api.header("retry-after").is_empty());

    holder
        .batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})"))
        .unwrap();
    server.wait_until_ready();
    assert_eq!(server.terminate(), 0);
}

#[test]
fn it_can_be_stopped_while_starting() {
    let home = Home::new(Engine::Postgres);
    let urls = home.database.clone().unwrap();
    let mut holder = PgConnection::establish(&urls.superuser).unwrap();
    holder
        .batch_execute(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))
        .unwrap();
    let server = home.start();
    let client = server.client();
    crate::harness::eventually("the port answers", || client.try_get("/healthz"));
    assert_eq!(server.terminate(), 0);
}

#[test]
fn an_address_in_use_is_named() {
    let home = Home::new(Engine::Sqlite);
    let taken = std::net::TcpListener::bind(home.url("").replace("http://", "")).unwrap();
    let failed = home.run(&["serve"]).expect_code(1);
    let address = taken.local_addr().unwrap().to_string();
    assert!(failed.stderr.contains(&address), "{}", failed.stderr);
}

#[test]
fn a_data_folder_that_cannot_be_made_is_named() {
    let home = Home::new(Engine::Sqlite);
    std::fs::write(home.data(), "a file stands in the way").unwrap();
    let failed = home.run(&["serve"]).expect_code(73);
    assert!(
        failed.stderr.contains(home.data().to_str().unwrap()),
        "{}",
        failed.stderr
    );
}

#[test]
fn a_database_out_of_reach_is_told_from_a_wrong_setting() {
    let home = Home::new(Engine::Sqlite).env(
        "STEADING_DATABASE__URL",
        "postgres://nobody:secret-of-nobody@127.0.0.1:1/nothing",
    );
    let failed = home.run(&["serve"]).expect_code(69);
    assert!(
        !failed.stderr.contains("secret-of-nobody"),
        "{}",
        failed.stderr
    );
}
