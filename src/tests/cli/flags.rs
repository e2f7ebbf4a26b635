//! The flags a script passes to every command.

use crate::harness::company::owned;
use crate::on_both_engines;

on_both_engines! {
    fn a_script_is_never_asked_and_always_told(engine: Engine) {
        let home = owned(engine);
        let make = ["key", "create", "--name", "shop", "--scopes", "*:read", "--no-input"];
        let would = home.run(&[&make[..], &["--dry-run", "--json"]].concat());
        assert_eq!(would.code, 78, "{would:?}");
        home.run(&["key", "create", "--name", "first", "--scopes", "*"]).expect_code(0);
        let would = home.run(&[&make[..], &["--dry-run", "--json"]].concat()).expect_code(0).json();
        assert_eq!(would["scopes"][0], "*:read");
        assert_eq!(home.run(&["key", "list", "--json"]).json().as_array().unwrap().len(), 1);
        home.run(&make).expect_code(0);
        home.run(&make).expect_code(1);
        home.run(&[&make[..], &["--dry-run"]].concat()).expect_code(1);
        home.run(&["key", "create", "--name", "x", "--scopes", "moon:land", "--dry-run"]).expect_code(65);

        let unsaid = home.run(&["key", "revoke", "shop", "--no-input"]).expect_code(2);
        assert!(unsaid.stderr.contains("--yes"), "{}", unsaid.stderr);
        let gone = home.run(&["key", "revoke", "shop", "--no-input", "--yes", "--json"]).expect_code(0).json();
        assert_eq!((&gone["name"], &gone["state"]), (&"shop".into(), &"revoked".into()));
        home.run(&["key", "revoke", "first"]).expect_code(0);

        home.run(&["user", "invite", "bo@example.com", "--role", "viewer", "--no-input"]).expect_code(0);
        home.run(&["user", "invite", "bo@example.com", "--role", "viewer"]).expect_code(1);
        home.run(&["user", "disable", "bo@example.com", "--no-input"]).expect_code(2);
        let out = home.run(&["user", "disable", "bo@example.com", "--yes", "--json"]).expect_code(0).json();
        assert_eq!((&out["email"], &out["state"]), (&"bo@example.com".into(), &"disabled".into()));
        let back = home.run(&["user", "enable", "bo@example.com", "--no-input", "--json"]).expect_code(0).json();
        assert_eq!(back["email"], "bo@example.com");

        home.run(&["jobs", "run", "--no-input"]).expect_code(0);
        home.run(&["mail", "test", "--to", "bo@example.com", "--no-input"]).expect_code(0);
        home.run(&["setup-url", "--no-input"]).expect_code(1);
        let unknown = home.run(&["jobs", "cancel", "job_01h455vb4pex5vsknk084sn02q", "--no-input"]).expect_code(1);
        assert!(unknown.stderr.contains("job_01h455vb4pex5vsknk084sn02q"), "{}", unknown.stderr);

        let trail = home.run(&["audit", "export", "--json"]).expect_code(0).json();
        let keys = trail.as_array().unwrap().iter().filter(|event| event["action"] == "api_key.created");
        assert_eq!(keys.count(), 2);
        assert_eq!(home.run(&["openapi", "--json"]).expect_code(0).json()["openapi"], "3.1.0");
    }
}
