//! Keys for programs: shown once, kept as a hash, good for what they say and no longer than they live.

use serde_json::json;
use steading::identity::Role;

use super::House;
use crate::on_both_engines;

on_both_engines! {
    fn a_key_is_shown_once_and_kept_nowhere(engine: Engine) {
        let house = House::owned(engine);
        let ana = house.signed_in("ana@example.com");
        let empty = ana.get("/admin/api-keys").expect(200).text();
        assert!(empty.contains("Make the first key"));
        let fields = [("name", "Shop"), ("expires", "30"), ("scopes", "*:read"), ("scopes", "members:write")];
        let made = ana.submit_to("/admin/api-keys/new", "/admin/api-keys", &fields).expect(200).text();
        let at = made.find("value=\"st_").unwrap() + 7;
        let key = made[at..].split('"').next().unwrap().to_owned();
        assert_eq!(key.len(), 63, "{key}");
        let list = ana.get("/admin/api-keys").expect(200).text();
        assert!(list.contains(&key[..13]) && !list.contains(&key[..20]), "{list}");

        let program = house.visitor().with_key(&key);
        let me = program.get("/api/v1/me").expect(200).json();
        assert_eq!((me["kind"].as_str(), me["name"].as_str()), (Some("api_key"), Some("Shop")));
        assert_eq!(me["scopes"], json!(["*:read", "members:write"]));
        let keys = program.get("/api/v1/api-keys").expect(200).json();
        assert_eq!(keys["data"][0]["prefix"], key[..13]);
        assert!(!keys["data"][0]["last_used_at"].is_null());

        let secret = &key.as_bytes()[14..57];
        let stored = house.test.everything_stored();
        assert!(!stored.windows(secret.len()).any(|window| window == secret));
        let twice = ana.submit_to("/admin/api-keys/new", "/admin/api-keys", &fields).expect(422);
        assert!(twice.text().contains("a key of this name already"));
    }

    fn a_key_does_what_its_scopes_say_and_the_refusal_names_the_one_it_lacks(engine: Engine) {
        let house = House::owned(engine);
        let reader = house.visitor().with_key(&house.key("reader", &["members:read"]));
        let _ = reader.get("/api/v1/members").expect(200);
        let refused = reader.json("POST", "/api/v1/members", &json!({"email": "bo@example.com", "roles": ["viewer"]})).expect(403);
        assert_eq!(refused.json()["code"], "missing_right");
        assert!(refused.json()["detail"].as_str().unwrap().contains("members:write"));
        let _ = reader.get("/api/v1/api-keys").expect(403);
        // A key opens no page, a session no API.
        assert_eq!(reader.get("/admin/people").status, 303);
        assert_eq!(house.signed_in("ana@example.com").get("/api/v1/me").status, 401);
    }

    fn a_key_is_out_with_the_next_request_once_revoked_and_when_it_expires(engine: Engine) {
        let house = House::owned(engine);
        let boss = house.visitor().with_key(&house.key("boss", &["*"]));
        let expires_at = "2026-03-01T13:00:00Z";
        let made = boss.json("POST", "/api/v1/api-keys", &json!({"name": "short", "scopes": ["*:read"], "expires_at": expires_at}));
        let made = made.expect(201).json();
        let short = house.visitor().with_key(made["key"].as_str().unwrap());
        let _ = short.get("/api/v1/me").expect(200);
        house.later(3_600);
        let gone = short.get("/api/v1/me").expect(401);
        assert_eq!(gone.json()["code"], "unauthenticated");
        assert_eq!(gone.header("www-authenticate"), "Bearer");

        let made = boss.json("POST", "/api/v1/api-keys", &json!({"name": "shop", "scopes": ["*:read"]})).expect(201).json();
        let shop = house.visitor().with_key(made["key"].as_str().unwrap());
        let _ = shop.get("/api/v1/me").expect(200);
        let path = format!("/api/v1/api-keys/{}", made["id"].as_str().unwrap());
        let _ = boss.send("DELETE", &path, &[], &[]).expect(204);
        let _ = shop.get("/api/v1/me").expect(401);
        let _ = boss.send("DELETE", &path, &[], &[]).expect(204);
        assert_eq!(boss.get(&path).expect(200).json()["state"], "revoked");
        // Its name is free again.
        let _ = boss.json("POST", "/api/v1/api-keys", &json!({"name": "shop", "scopes": ["*:read"]})).expect(201);
    }

    fn nobody_gives_what_they_do_not_hold_and_nonsense_is_refused(engine: Engine) {
        let house = House::owned(engine);
        house.user("bo@example.com", Role::Admin);
        let boss = house.visitor().with_key(&house.key("boss", &["*"]));
        let admin = house.visitor().with_key(&house.key("admin", &["api_keys:write", "members:*"]));
        let beyond = admin.json("POST", "/api/v1/api-keys", &json!({"name": "x", "scopes": ["settings:write"]})).expect(403);
        assert!(beyond.json()["detail"].as_str().unwrap().contains("settings:write"));
        let _ = admin.json("POST", "/api/v1/api-keys", &json!({"name": "x", "scopes": ["*"]})).expect(403);
        for (body, pointer) in [
            (json!({"name": "x", "scopes": []}), "/scopes"),
            (json!({"name": "x", "scopes": ["moon:land"]}), "/scopes"),
            (json!({"name": "", "scopes": ["*"]}), "/name"),
            (json!({"name": "x", "scopes": ["*"], "expires_at": "2020-01-01T00:00:00Z"}), "/expires_at"),
            (json!({"name": "x", "scopes": ["*"], "colour": "red"}), "/colour"),
        ] {
            let reply = boss.json("POST", "/api/v1/api-keys", &body).expect(422);
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
        }
        for bad in ["", "x", "st_0000000000_", &format!("st_{}_{}", "0".repeat(10), "A".repeat(49))] {
            assert_eq!(house.visitor().with_key(bad).get("/api/v1/me").status, 401, "{bad}");
        }
        let ana = house.signed_in("bo@example.com");
        let page = ana.get("/admin/api-keys/new").expect(200).text();
        assert!(page.contains("value=\"members:write\"") && !page.contains("value=\"owners:write\""));
    }

    fn when_a_key_was_last_used_survives_a_stop(engine: Engine) {
        let house = House::owned(engine);
        let program = house.visitor().with_key(&house.key("shop", &["api_keys:read"]));
        house.later(5);
        let _ = program.get("/api/v1/me").expect(200);
        let shown = program.get("/api/v1/api-keys").expect(200).json();
        assert_eq!(shown["data"][0]["last_used_at"], "2026-03-01T12:00:05.000000Z");
    }
}
