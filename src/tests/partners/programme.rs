//! Programmes, partners, enrolments and links: made, changed, decided about, archived, each with its event of the trail.

use serde_json::{Value, json};

use super::{Shop, eur, id_of};
use crate::on_both_engines;

on_both_engines! {
    async fn a_programme_lives_and_is_archived(engine: Engine) {
        let shop = Shop::open(engine).await;
        let body = json!({ "name": " Ambassadors ", "commission": { "type": "percent", "rate": "12.5" }, "destination_url": "https://Shop.example" });
        let made = shop.post("/programs", body).await;
        assert_eq!(made.header("etag"), "\"1\"");
        let program = made.expect(201);
        let id = id_of(&program);
        for (field, value) in [
            ("name", json!("Ambassadors")),
            ("state", json!("active")),
            ("commission", json!({ "type": "percent", "rate": "12.5" })),
            ("currency", json!("EUR")),
            ("attribution_window_days", json!(30)),
            ("holding_days", json!(30)),
            ("auto_approve", json!(true)),
            ("destination_url", json!("https://shop.example/")),
            ("created_at", json!("2026-03-01T12:00:00.000000Z")),
        ] {
            assert_eq!(program[field], value, "{field}");
        }
        let fixed = json!({ "commission": { "type": "fixed", "value": { "amount": 500, "currency": "JPY" } } });
        let changed = shop.patch(&format!("/programs/{id}"), fixed).await.expect(200);
        assert_eq!((&changed["currency"], &changed["version"]), (&json!("JPY"), &json!(2)));
        let archived = shop.delete(&format!("/programs/{id}")).await.expect(200);
        assert_eq!(archived["state"], "archived");
        assert_eq!(shop.delete(&format!("/programs/{id}")).await.expect(200)["version"], 3, "archived once");
        assert_eq!(shop.patch(&format!("/programs/{id}"), json!({ "name": "B" })).await.problem(409), "wrong_state");

        let trail = shop.get(&format!("/audit?target={id}")).await.expect(200);
        let mut actions: Vec<&str> = trail["data"].as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
        actions.sort_unstable();
        assert_eq!(actions, ["program.archived", "program.created", "program.updated"]);
    }

    async fn a_change_made_from_an_old_version_is_refused(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        for path in [format!("/programs/{}", stage.program), format!("/partners/{}", stage.partner)] {
            let read = shop.get(&path).await;
            let tag = read.header("etag").to_owned();
            let change = |name: &str, tag: &str| Shop::request("PATCH", &path, Some(&json!({ "name": name }))).insert_header(("if-match", tag));
            assert_eq!(shop.send(change("One", &tag)).await.status, 200, "{path}");
            let late = shop.send(change("Two", &tag)).await;
            assert_eq!(late.problem(412), "stale", "{path}");
            assert_eq!(shop.get(&path).await.expect(200)["name"], "One");
            let same = Shop::request("GET", &path, None).insert_header(("if-none-match", "\"2\""));
            assert_eq!(shop.send(same).await.status, 304);
        }
    }

    async fn partners_are_decided_about(engine: Engine) {
        let shop = Shop::open(engine).await;
        let body = json!({ "name": "Ana", "email": " ANA@Example.com", "state": "applied" });
        let partner = shop.post("/partners", body).await.expect(201);
        assert_eq!((&partner["state"], &partner["email"]), (&json!("applied"), &json!("ana@example.com")));
        let path = format!("/partners/{}", id_of(&partner));
        for (verb, answer) in [
            ("suspend", Err("wrong_state")),
            ("decline", Ok("declined")),
            ("reinstate", Err("wrong_state")),
            ("approve", Ok("approved")),
            ("approve", Ok("approved")),
            ("suspend", Ok("suspended")),
            ("approve", Err("wrong_state")),
            ("reinstate", Ok("approved")),
            ("archive", Ok("archived")),
            ("approve", Err("wrong_state")),
        ] {
            let reply = shop.act(&format!("{path}/{verb}")).await;
            match answer {
                Ok(state) => assert_eq!(reply.expect(200)["state"], state, "{verb}"),
                Err(code) => assert_eq!(reply.problem(409), code, "{verb}"),
            }
        }
        let twin = shop.post("/partners", json!({ "name": "Other", "email": "ana@example.com" })).await;
        assert_eq!(twin.pointers(), ["/email"]);
    }

    async fn payee_details_are_sealed_and_shown_as_a_hint(engine: Engine) {
        let shop = Shop::open(engine).await;
        let account = "GB82WEST12345698765432";
        let payee = json!({ "method": "bank", "holder": "Ana Pop", "account": "GB82 WEST 1234 5698 7654 32", "bank_code": "WESTGB2L" });
        let made = shop.post("/partners", json!({ "name": "Ana", "email": "ana@example.com", "payee": payee })).await.expect(201);
        assert_eq!(made["payee_hint"], "Bank ····5432");
        let path = format!("/partners/{}", id_of(&made));
        let changed = shop.patch(&path, json!({ "payee": { "method": "paypal", "email": "ana.pop.1987@example.com" } })).await.expect(200);
        assert_eq!(changed["payee_hint"], "PayPal ····1987");
        let trail = shop.get("/audit?product=partners").await;
        for text in [made.to_string(), changed.to_string(), shop.get(&path).await.body, trail.body] {
            assert!(!text.contains(account) && !text.contains("WESTGB2L") && !text.contains("ana.pop.1987"), "{text}");
        }
        let stored = shop.house.everything_stored();
        assert!(!stored.windows(account.len()).any(|window| window == account.as_bytes()));
        assert_eq!(shop.patch(&path, json!({ "payee": null })).await.expect(200)["payee_hint"], Value::Null);
    }

    async fn a_partner_takes_part_once_and_may_come_back(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let body = json!({ "partner_id": stage.partner, "program_id": stage.program, "commission": { "type": "fixed", "value": eur(500) } });
        assert_eq!(shop.post("/enrolments", body.clone()).await.problem(409), "already_enrolled");
        let path = format!("/enrolments/{}", stage.enrolment);
        assert_eq!(shop.delete(&path).await.expect(200)["state"], "ended");
        assert_eq!(shop.post("/links", json!({ "enrolment_id": stage.enrolment })).await.problem(409), "wrong_state");
        let again = shop.post("/enrolments", body).await.expect(201);
        assert_eq!((&again["id"], &again["state"], &again["version"]), (&json!(stage.enrolment), &json!("active"), &json!(3)));
        let back = shop.patch(&path, json!({ "commission": null })).await.expect(200);
        assert_eq!(back["commission"], Value::Null);
    }

    async fn links_have_keys_of_their_own(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let drawn = shop.post("/links", json!({ "partner_id": stage.partner, "program_id": stage.program, "label": "Blog" })).await.expect(201);
        assert_eq!(drawn["key"].as_str().unwrap().len(), 8);
        assert_eq!(drawn["url"], format!("http://127.0.0.1:8080/r/{}", drawn["key"].as_str().unwrap()));
        for key in ["kettle", "ab", "identify", "a b", "ä"] {
            assert_eq!(shop.post("/links", json!({ "enrolment_id": stage.enrolment, "key": key })).await.pointers(), ["/key"], "{key}");
        }
        shop.delete(&format!("/links/{}", stage.link)).await.expect(200);
        let taken = shop.post("/links", json!({ "enrolment_id": stage.enrolment, "key": "kettle" })).await;
        assert_eq!(taken.pointers(), ["/key"], "a key is never given out again");
    }
}
