//! `serve --from`: a file becomes an instance of its own.

use crate::harness::company;
use crate::harness::company::make_owner;
use crate::harness::engine::Engine;
use crate::harness::process::Home;

#[test]
fn an_export_opens_as_an_instance_of_its_own() {
    let home = Home::new(Engine::Sqlite);
    assert_eq!(home.run(&["demo", "load"]).code, 0);
    make_owner(&home, "ana@example.com");
    // Beside a running server, with a name that is meant from where the caller stands.
    let server = home.serve();
    let left = home.run(&["tenant", "export", "default", "acme.steading", "--json"]);
    assert_eq!(left.code, 0, "{}", left.stderr);
    let told: serde_json::Value = serde_json::from_str(&left.stdout).unwrap();
    assert!(home.path().join("acme.steading").is_file());
    drop(server);

    let other = Home::new(Engine::Sqlite);
    let file = home.path().join("acme.steading");
    let file = file.to_str().unwrap();
    let server = other.start_command(other.command(["serve", "--from", file]));
    server.wait_until_ready();
    // Nobody has a password here, so whoever reads the banner makes it theirs.
    assert!(server.setup_path().contains("token="));
    drop(server);
    let again = other.run(&["tenant", "export", "default", "again.steading", "--json"]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    let again: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(told["tables"], again["tables"]);

    let refused = other.run(&["serve", "--from", file]);
    assert_eq!(refused.code, 73, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("an instance already"),
        "{}",
        refused.stderr
    );

    let third = Home::new(Engine::Sqlite);
    let junk = third.path().join("junk");
    std::fs::write(&junk, "junk").unwrap();
    let refused = third.run(&["serve", "--from", junk.to_str().unwrap()]);
    assert_eq!(refused.code, 65, "{}", refused.stderr);
    assert!(!third.data().exists());
}

#[test]
fn an_owner_downloads_the_company_and_nobody_without_the_right_does() {
    let home = company::owned(Engine::Sqlite);
    let server = home.serve();
    let stranger = server.client().get("/admin/system/export");
    assert_ne!(stranger.status, 200);
    let owner = company::owner(&server);
    let file = owner.get("/admin/system/export").expect(200);
    assert!(file.body.starts_with(b"SQLite format 3\0"));
    let path = home.path().join("downloaded.steading");
    std::fs::write(&path, &file.body).unwrap();
    let elsewhere = Home::new(Engine::Sqlite);
    let told = elsewhere.run(&[
        "tenant",
        "import",
        path.to_str().unwrap(),
        "--yes",
        "--json",
    ]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    // Nothing of it stays beside the stores.
    let left: Vec<_> = std::fs::read_dir(home.data().join("tenants"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().contains("download"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
