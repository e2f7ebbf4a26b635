//! `steading version`.

use crate::harness::company::{owned, owner};
use crate::harness::engine::Engine;
use crate::harness::process::Home;

#[test]
fn json_says_what_was_built() {
    let version = Home::new(Engine::Sqlite)
        .run(&["version", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert!(version["rustc"].as_str().unwrap().starts_with("rustc "));
    assert_eq!(
        version["features"],
        serde_json::json!(["sqlite", "postgres"])
    );
    // Unknown where the source came without its history.
    for name in ["commit", "date"] {
        assert!(
            version[name].is_string() || version[name].is_null(),
            "{version}"
        );
    }
}

#[test]
fn the_notices_travel_in_the_binary() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/THIRD-PARTY-NOTICES");
    let home = owned(Engine::Sqlite);
    let printed = home.run(&["version", "--licences"]).expect_code(0);
    assert!(printed.stdout == std::fs::read_to_string(file).unwrap());
    let server = home.serve();
    let owner = owner(&server);
    let system = owner.get("/admin/system").expect(200).text();
    assert!(system.contains("href=\"/admin/about/licences\""));
    let page = owner.get("/admin/about/licences").expect(200).text();
    for name in ["actix-web 4", "carries SQLite", "pico"] {
        assert!(page.contains(name), "{name}");
    }
}
