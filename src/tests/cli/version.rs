//! `steading version`.

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
