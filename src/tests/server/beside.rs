//! Commands work beside a running server, through its socket, with effect at once; without a server they take the lock themselves.

use crate::harness::company::{OWNER, PASSWORD, api_key, owned, owner};
use crate::harness::engine::Engine;

const OTHER: &str = "bogdan@example.com";
const OTHER_PASSWORD: &str = "a second sentence, long too";

crate::on_both_engines! {
    fn keys_and_people_made_beside_the_server_count_at_once(engine: Engine) {
        let home = owned(engine);
        let server = home.serve();

        let key = api_key(&home, "shop", "*");
        assert!(key.starts_with("st_"), "{key}");
        let client = server.client().with_key(&key);
        client.get("/api/v1/me").expect(200);
        let listed = home.run(&["key", "list", "--json"]).expect_code(0);
        assert!(listed.stdout.contains("shop") && !listed.stdout.contains(&key), "{}", listed.stdout);
        let twice = home.run(&["key", "create", "--name", "shop", "--scopes", "*", "--json"]).expect_code(1);
        assert!(twice.stdout.is_empty() && twice.stderr.contains("already"), "{twice:?}");
        let unknown = home.run(&["key", "create", "--name", "x", "--scopes", "partners:raed", "--json"]);
        assert!([2, 65].contains(&unknown.code) && unknown.stderr.contains("partners:raed"), "{unknown:?}");
        let _ = home.run(&["key", "revoke", "shop", "--yes"]).expect_code(0);
        client.get("/api/v1/me").expect(401);

        let made = home
            .run_with_input(&["user", "create", OTHER, "--role", "owner", "--password-stdin"], OTHER_PASSWORD)
            .expect_code(0);
        assert!(!made.stdout.contains(OTHER_PASSWORD) && !made.stderr.contains(OTHER_PASSWORD));
        let person = server.client();
        assert_eq!(
            person.submit("/login", &[("email", OTHER), ("password", OTHER_PASSWORD)]).location(),
            "/admin"
        );

        let owner = owner(&server);
        owner.get("/admin").expect(200);
        let _ = home
            .run_with_input(&["user", "reset-password", OWNER, "--password-stdin"], "a third sentence, longer")
            .expect_code(0);
        let after = owner.get("/admin");
        assert!(after.location().starts_with("/login"), "the old session still opens the door");
        let again = server.client();
        assert_eq!(again.submit("/login", &[("email", OWNER), ("password", PASSWORD)]).status, 422);
        assert_eq!(
            again.submit("/login", &[("email", OWNER), ("password", "a third sentence, longer")]).location(),
            "/admin"
        );
        assert_eq!(server.terminate(), 0);
    }

    fn without_a_server_commands_do_it_themselves(engine: Engine) {
        let home = owned(engine);
        let key = api_key(&home, "early", "*");
        let server = home.serve();
        server.client().with_key(&key).get("/api/v1/me").expect(200);
        assert_eq!(server.terminate(), 0);
        let _ = home.run(&["key", "revoke", "early", "--yes"]).expect_code(0);
        let server = home.serve();
        server.client().with_key(&key).get("/api/v1/me").expect(401);
    }
}

#[test]
fn a_lock_without_a_socket_is_told_to_try_later() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    std::fs::remove_file(home.data().join("control.sock")).unwrap();
    let refused = home.run(&["key", "list", "--json"]).expect_code(75);
    assert!(refused.stdout.is_empty(), "{refused:?}");
    drop(server);
}
