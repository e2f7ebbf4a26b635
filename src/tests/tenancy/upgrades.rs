//! A company whose file cannot be used keeps its own doors shut and nobody else's, and everybody who looks is told why.

use serde_json::Value;

use super::{create, multi};
use crate::harness::engine::Engine;
use crate::harness::process::Home;

fn shown(home: &Home, slug: &str) -> Value {
    home.run(&["tenant", "show", slug, "--json"])
        .expect_code(0)
        .json()
}

#[test]
fn a_broken_file_is_told_of_until_it_is_whole_again() {
    let home = multi(Engine::Sqlite);
    for slug in ["acme", "birch"] {
        create(&home, slug);
    }
    let file = home.data().join("tenants").join(format!(
        "{}.db",
        shown(&home, "acme")["id"].as_str().unwrap()
    ));
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, "this was a database").unwrap();
    {
        let server = home.serve();
        let client = server.client();
        assert_eq!(client.get("/t/acme/r/nothing").status, 503);
        assert_eq!(client.get("/t/birch/r/nothing").status, 404);
        let why = shown(&home, "acme")["upgrade_failed"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(why.contains("could not be migrated"), "{why}");
        assert!(shown(&home, "birch")["upgrade_failed"].is_null());
        assert_eq!(server.terminate(), 0);
    }
    std::fs::write(&file, whole).unwrap();
    let server = home.serve();
    assert_eq!(server.client().get("/t/acme/r/nothing").status, 404);
    assert!(shown(&home, "acme")["upgrade_failed"].is_null());
    assert_eq!(server.terminate(), 0);
}
