//! People and keys from the shell, with and without a server beside it.

use crate::harness::engine::Engine;
use crate::harness::process::Home;
use crate::on_both_engines;

use super::{OTHER, PASSWORD, is_in, login};

on_both_engines! {
    fn people_and_keys_can_be_made_before_a_server_ever_ran(engine: Engine) {
        let home = Home::new(engine);
        let made = home.run_with_input(&["user", "create", "Ada@Example.com", "--role", "owner", "--password-stdin", "--json"], PASSWORD);
        assert_eq!(made.code, 0, "{}", made.stderr);
        assert_eq!(json(&made.stdout)["email"], "ada@example.com");
        let twice = home.run_with_input(&["user", "create", "ada@example.com", "--role", "owner", "--password-stdin"], PASSWORD);
        assert_eq!(twice.code, 1, "{}", twice.stderr);
        let weak = home.run_with_input(&["user", "create", "bo@example.com", "--role", "viewer", "--password-stdin"], "hunter2");
        assert_eq!(weak.code, 65, "{}", weak.stderr);
        let key = home.run(&["key", "create", "--name", "shop", "--scopes", "*:read,members:write", "--json"]);
        let key = json(&key.stdout);
        assert!(key["key"].as_str().unwrap().starts_with(key["prefix"].as_str().unwrap()));
        assert_eq!(home.run(&["key", "create", "--name", "shop", "--scopes", "*"]).code, 1);
        assert_eq!(home.run(&["user", "invite", "ada@example.com", "--role", "viewer"]).code, 1);
        assert_eq!(home.run(&["key", "create", "--name", "other", "--scopes", "moon:land"]).code, 65);
        let owned = home.run(&["setup-url"]);
        assert_eq!(owned.code, 1, "{}", owned.stderr);
        let tenants = json(&home.run(&["tenant", "list", "--json"]).stdout);
        assert_eq!(tenants[0]["slug"], "default");
        assert_eq!(json(&home.run(&["tenant", "show", "--json"]).stdout)["id"], tenants[0]["id"]);
        assert_eq!(home.run(&["tenant", "show", "nowhere"]).code, 1);

        let server = home.serve();
        let visitor = server.client();
        let _ = login(&visitor, "ada@example.com", PASSWORD).expect(303);
        let program = server.client().with_key(key["key"].as_str().unwrap());
        assert_eq!(program.get("/api/v1/me").expect(200).json()["name"], "shop");
    }

    fn commands_beside_a_server_take_effect_in_it(engine: Engine) {
        let home = Home::new(engine);
        let server = home.serve();
        let first = server.setup_path();
        let again = home.run(&["setup-url", "--json"]);
        let url = json(&again.stdout)["url"].as_str().unwrap().to_owned();
        let _ = server.client().get(&first).expect(403);
        let _ = server.client().get(&url[url.find("/setup").unwrap()..]).expect(200);

        let made = home.run_with_input(&["user", "create", "ada@example.com", "--role", "owner", "--password-stdin"], PASSWORD);
        assert_eq!(made.code, 0, "{}", made.stderr);
        crate::harness::eventually("the server knows its owner", || (server.client().get("/setup").status == 410).then_some(()));
        let ada = server.client();
        let _ = login(&ada, "ada@example.com", PASSWORD).expect(303);

        let key = home.run(&["key", "create", "--name", "shop", "--scopes", "*"]);
        let program = server.client().with_key(key.stdout.trim());
        let _ = program.get("/api/v1/me").expect(200);
        assert_eq!(home.run(&["key", "revoke", "shop"]).code, 0);
        crate::harness::eventually("the key is out", || (program.get("/api/v1/me").status == 401).then_some(()));
        assert_eq!(home.run(&["key", "revoke", "shop"]).code, 1);
        let keys = json(&home.run(&["key", "list", "--json"]).stdout);
        assert_eq!(keys[0]["state"], "revoked");

        let reset = home.run_with_input(&["user", "reset-password", "ada@example.com", "--password-stdin"], OTHER);
        assert_eq!(reset.code, 0, "{}", reset.stderr);
        crate::harness::eventually("the session is over", || (!is_in(&ada)).then_some(()));
        let _ = login(&ada, "ada@example.com", OTHER).expect(303);
        let link = home.run(&["user", "reset-password", "ada@example.com"]);
        assert!(link.stdout.contains("/reset?token="), "{}", link.stderr);
        assert_eq!(home.run(&["user", "reset-password", "nobody@example.com"]).code, 1);

        let last = home.run(&["user", "disable", "ada@example.com"]);
        assert_eq!(last.code, 1, "{}", last.stderr);
        assert!(last.stderr.contains("last owner"), "{}", last.stderr);
        let users = json(&home.run(&["user", "list", "--json"]).stdout);
        assert_eq!(users[0]["state"], "active");
    }
}

#[test]
fn no_password_is_ever_an_argument() {
    let home = Home::new(Engine::Sqlite);
    for command in [["user", "create"], ["user", "reset-password"]] {
        let help = home.run(&[command[0], command[1], "--help"]).stdout;
        assert!(
            help.contains("--password-stdin") && !help.contains("--password <"),
            "{help}"
        );
    }
    let asked = home.run(&["user", "create", "ada@example.com", "--role", "owner"]);
    assert_eq!(asked.code, 2, "{}", asked.stderr);
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}
