//! Changes happen once and on what was seen: idempotency keys, external ids, versions.

use serde_json::{Value, json};

use super::shop::{Bad, CUSTOMER, JSON, SALE, furnished, problem, sale, with};

crate::on_both_engines! {
    fn the_same_key_and_body_give_the_first_answer_again(engine: Engine) {
        furnished(engine, |shop| {
            let headers = [JSON[0], ("idempotency-key", "order-4711")];
            let body = sale("sale-2").to_string();
            let send = |path: &str, body: &str| shop.client.send("POST", path, &headers, body.as_bytes());
            let first = send("/api/v1/events", &body).expect(201);
            let rows = shop.rows();
            let second = send("/api/v1/events", &body);
            assert_eq!(second.status, 201, "{}", second.text());
            assert_eq!(first.text(), second.text());
            assert_eq!(second.header("idempotent-replayed"), "true");
            assert_eq!(rows, shop.rows());

            let other = send("/api/v1/events", &sale("sale-3").to_string());
            assert_eq!(problem(&other, "another body")["status"], 422);
            let elsewhere = send("/api/v1/partners", &json!({ "name": "B", "email": "b@example.com" }).to_string());
            assert_eq!(problem(&elsewhere, "another path")["status"], 422);
            assert_eq!(rows, shop.rows());
            for key in ["", &"x".repeat(256), "ă"] {
                let headers = [JSON[0], ("idempotency-key", key)];
                let Some(reply) = shop.client.try_send("POST", "/api/v1/events", &headers, sale("sale-4").to_string().as_bytes()) else { continue };
                assert_eq!(problem(&reply, "a key that is none")["status"], 422);
            }
            assert_eq!(rows, shop.rows());
        });
    }

    fn a_refused_request_leaves_its_key_free(engine: Engine) {
        furnished(engine, |shop| {
            let headers = [JSON[0], ("idempotency-key", "order-1")];
            let bad = with(&sale("sale-2"), "/value/amount", json!(-1)).to_string();
            shop.client.send("POST", "/api/v1/events", &headers, bad.as_bytes()).expect(422);
            shop.client.send("POST", "/api/v1/events", &headers, sale("sale-2").to_string().as_bytes()).expect(201);
        });
    }

    fn many_at_once_with_one_key_make_one(engine: Engine) {
        furnished(engine, |shop| {
            let body = sale("sale-2").to_string();
            let answers: Vec<(u16, String)> = std::thread::scope(|threads| {
                let all: Vec<_> = (0..20)
                    .map(|_| {
                        let (client, body) = (shop.client.with_header("idempotency-key", "order-1"), &body);
                        threads.spawn(move || {
                            let reply = client.send("POST", "/api/v1/events", JSON, body.as_bytes());
                            (reply.status, reply.text())
                        })
                    })
                    .collect();
                all.into_iter().map(|one| one.join().unwrap()).collect()
            });
            let good: Vec<&(u16, String)> = answers.iter().filter(|(status, _)| *status == 201).collect();
            assert!(!good.is_empty() && answers.iter().all(|(status, _)| [201, 409, 503].contains(status)), "{answers:?}");
            assert!(good.iter().all(|(_, text)| *text == good[0].1));
            let listed = shop.client.get("/api/v1/events?external_id=sale-2&total=true").expect(200).json();
            assert_eq!(listed["total"], 1);
            let earned = shop.client.get("/api/v1/commissions?total=true").expect(200).json();
            assert_eq!(earned["total"], 2);
        });
    }

    fn an_external_id_is_one_event(engine: Engine) {
        furnished(engine, |shop| {
            let rows = shop.rows();
            let again = shop.client.json("POST", "/api/v1/events", &sale(SALE)).expect(200).json();
            assert_eq!(again["id"], json!(shop.event));
            assert_eq!(again["commissions"].as_array().unwrap().len(), 1);
            assert_eq!(rows, shop.rows());
            for (pointer, value) in [
                ("/value/amount", json!(2_000)),
                ("/value/currency", json!("RON")),
                ("/type", json!("signup")),
                ("/customer_id", json!("somebody-else")),
                ("/occurred_at", json!("2026-01-01T00:00:00Z")),
                ("/metadata", json!({ "a": 1 })),
            ] {
                let other = with(&sale(SALE), pointer, value);
                let problem = shop.refused("another body", &Bad::json("POST", "/events", 409, &other));
                assert_eq!(problem["code"], "external_id_conflict", "{problem}");
            }
            let refund = json!({ "event": shop.event, "external_id": SALE });
            shop.refused("a refund under a sale's id", &Bad::json("POST", "/refunds", 409, &refund));
            let refund = json!({ "event": shop.event, "external_id": "refund-1", "value": { "amount": 500, "currency": "EUR" } });
            shop.client.json("POST", "/api/v1/refunds", &refund).expect(201);
            shop.client.json("POST", "/api/v1/refunds", &refund).expect(200);
            shop.refused("another refund", &Bad::json("POST", "/refunds", 409, &with(&refund, "/value/amount", json!(600))));
            shop.refused("a sale under a refund's id", &Bad::json("POST", "/events", 409, &sale("refund-1")));

            let batch = json!({ "events": [sale(SALE), with(&sale(SALE), "/value/amount", json!(1)), sale("sale-9")] });
            let answer = shop.client.json("POST", "/api/v1/events/batch", &batch).expect(200).json();
            assert_eq!((&answer["recorded"], &answer["replayed"], &answer["conflicts"]), (&json!(1), &json!(1), &json!(1)), "{answer}");
            assert_eq!(answer["data"][1]["result"], "conflict");
        });
    }

    fn a_change_from_an_old_version_is_refused(engine: Engine) {
        furnished(engine, |shop| {
            for (template, change) in [
                ("/programs/{id}", json!({ "name": "Renamed" })),
                ("/partners/{id}", json!({ "name": "Renamed" })),
                ("/enrolments/{id}", json!({ "holding_days": 5 })),
                ("/links/{id}", json!({ "label": "Renamed" })),
            ] {
                let path = format!("/api/v1{}", shop.path(template));
                let read = shop.client.get(&path).expect(200);
                let tag = read.header("etag").to_owned();
                assert!(tag.starts_with('"'), "{template}: {tag}");
                let known = shop.client.send("GET", &path, &[("if-none-match", &tag)], &[]);
                assert_eq!((known.status, known.body.len()), (304, 0), "{template}");
                assert_eq!(known.header("etag"), tag);

                let headers = [JSON[0], ("if-match", tag.as_str())];
                let changed = shop.client.send("PATCH", &path, &headers, change.to_string().as_bytes()).expect(200);
                assert_ne!(changed.header("etag"), tag, "{template}");
                let fresh = shop.client.get(&path).expect(200);
                assert_eq!(fresh.header("etag"), changed.header("etag"), "{template}");
                assert_eq!(fresh.json(), changed.json(), "{template}");

                for stale in [tag.as_str(), "\"nonsense\"", "W/\"1\""] {
                    let headers = [JSON[0], ("if-match", stale)];
                    let bad = Bad { headers: &headers, ..Bad::json("PATCH", template, 412, &change) };
                    let problem = shop.refused(&format!("{template} from {stale}"), &bad);
                    assert_eq!(problem["code"], "stale");
                }
            }
            let stale = [JSON[0], ("if-match", "\"999\"")];
            for (method, template) in [("DELETE", "/programs/{id}"), ("DELETE", "/links/{id}"), ("POST", "/commissions/{id}/approve")] {
                let bad = Bad { headers: &stale, ..Bad::bytes(method, template, 412, Vec::new()) };
                shop.refused(&format!("{method} {template} from an old version"), &bad);
            }
        });
    }

    fn steps_that_do_not_follow_are_refused(engine: Engine) {
        furnished(engine, |shop| {
            let empty = |template: &'static str| Bad::bytes("POST", template, 409, Vec::new());
            for step in ["/partners/{id}/decline", "/partners/{id}/reinstate"] {
                if step.ends_with("reinstate") {
                    continue;
                }
                let problem = shop.refused(step, &empty(step));
                assert_eq!(problem["code"], "wrong_state", "{step}");
            }
            let post = |path: String, body: Value| shop.client.json("POST", &format!("/api/v1{path}"), &body);
            post(shop.path("/commissions/{id}/approve"), json!({})).expect(200);
            let batch = post("/payout-batches".to_owned(), json!({})).expect(201).json();
            let id = batch["id"].as_str().unwrap();
            for step in ["export", "confirm"] {
                let rows = shop.rows();
                let reply = post(format!("/payout-batches/{id}/{step}"), json!({}));
                assert_eq!(problem(&reply, step)["status"], 409, "{step} of a draft");
                assert_eq!(rows, shop.rows(), "{step}");
            }
            post(format!("/payout-batches/{id}/approve"), json!({})).expect(200);
            post(format!("/payout-batches/{id}/export"), json!({})).expect(200);
            post(format!("/payout-batches/{id}/confirm"), json!({})).expect(200);
            let rows = shop.rows();
            for step in ["approve", "export", "cancel"] {
                let reply = post(format!("/payout-batches/{id}/{step}"), json!({}));
                assert_eq!(problem(&reply, step)["status"], 409, "{step} of a paid batch");
            }
            assert_eq!(rows, shop.rows());
            let paid = shop.client.get(&format!("/api/v1{}", shop.path("/commissions/{id}"))).expect(200).json();
            assert_eq!(paid["state"], "paid");
            let known = shop.client.get(&format!("/api/v1/events?customer_id={CUSTOMER}")).expect(200).json();
            assert_eq!(known["data"].as_array().unwrap().len(), 1);
        });
    }
}
