//! A whole instance to the other engine and back.

use crate::harness::engine::Engine;
use crate::harness::process::Home;

#[test]
fn an_instance_moves_to_postgres_and_back() {
    let home = Home::new(Engine::Sqlite);
    assert_eq!(home.run(&["demo", "load"]).code, 0);
    let made = home.run_with_input(
        &[
            "user",
            "create",
            "ana@example.com",
            "--role",
            "owner",
            "--password-stdin",
        ],
        "four wandering copper kettles\n",
    );
    assert_eq!(made.code, 0, "{}", made.stderr);

    let there = Home::new(Engine::Postgres);
    let urls = there.database.clone().unwrap();
    let copied = home.run(&["db", "copy", "--to", &urls.owner, "--json"]);
    assert_eq!(copied.code, 0, "{}", copied.stderr);
    let told: serde_json::Value = serde_json::from_str(&copied.stdout).unwrap();
    assert!(told["rows"].as_u64().unwrap() > 1_000, "{told}");
    let twice = home.run(&["db", "copy", "--to", &urls.owner]);
    assert_eq!(twice.code, 1, "{}", twice.stderr);

    // The same keys open it there.
    std::fs::create_dir_all(there.data()).unwrap();
    std::fs::copy(home.data().join("keys"), there.data().join("keys")).unwrap();
    let export = |home: &Home| {
        let left = home.run(&["tenant", "export", "default", "it.steading", "--json"]);
        assert_eq!(left.code, 0, "{}", left.stderr);
        let told: serde_json::Value = serde_json::from_str(&left.stdout).unwrap();
        let mut tables = told["tables"].as_array().unwrap().clone();
        tables.retain(|table| table["table"] != "audit_events");
        tables
    };
    assert_eq!(export(&there), export(&home));

    let back = Home::new(Engine::Sqlite);
    let copied = there.run(&["db", "copy", "--to", back.data().to_str().unwrap()]);
    assert_eq!(copied.code, 0, "{}", copied.stderr);
    assert_eq!(export(&back), export(&home));
}
