//! Values that do not fit are told by their place, all the same on both engines, and nothing is written.

use serde_json::{Value, json};

use super::shop::{Bad, LINK, SALE, Shop, furnished, sale, with, without};

/// A wrong value and the place that must be named; a missing place is the one where it was put.
type Wrong<'a> = (&'a str, Value);

#[track_caller]
fn each(shop: &Shop<'_>, method: &str, path: &str, good: &Value, wrong: &[Wrong<'_>]) {
    for (pointer, value) in wrong {
        shop.does_not_fit(method, path, &with(good, pointer, value.clone()), pointer);
    }
}

fn absurd_times() -> Vec<Value> {
    [
        "yesterday",
        "",
        "2026-02-30T00:00:00Z",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-13-01T00:00:00Z",
        "1066-10-14T00:00:00Z",
        "1999-12-31T23:59:59Z",
        "9999-12-31T23:59:59Z",
        "+262143-01-01T00:00:00Z",
        "99999999999",
    ]
    .into_iter()
    .map(Value::from)
    .chain([json!(5), json!(1.5), json!({}), json!([])])
    .collect()
}

fn wrong_amounts() -> Vec<Value> {
    let mut all = vec![
        json!(-1),
        json!(19.99),
        json!(1e3),
        json!("1999"),
        json!(true),
        json!(null),
        json!([1999]),
        json!({}),
    ];
    for number in [
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999",
        "1e400",
    ] {
        all.push(serde_json::from_str(number).unwrap_or_else(|_| json!(number)));
    }
    all
}

fn wrong_currencies() -> Vec<Value> {
    ["ZZZ", "", "E", "EURO", "EU\u{0}", "€", "XXX"]
        .into_iter()
        .map(Value::from)
        .chain([json!(978), json!(null), json!({})])
        .collect()
}

fn wrong_names(longest: usize) -> Vec<Value> {
    vec![
        json!(""),
        json!("   "),
        json!("x".repeat(longest + 1)),
        json!("ă".repeat(longest + 1)),
        json!("a\u{0}b"),
        json!("a\u{7}b"),
        json!(5),
        json!(true),
        json!({}),
        json!(["a"]),
    ]
}

fn wrong_destinations() -> Vec<Value> {
    [
        "",
        "shop.example",
        "/relative",
        "//shop.example/",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://shop.example/",
        "mailto:ana@example.com",
        "https://",
        "https:///path",
        "http://user:secret@shop.example/",
        "https://user@shop.example/",
        "https://:secret@shop.example/",
        "https://shop .example/",
        "https://shop.example:99999/",
        "https://shop.example/\u{0}",
        "https://shop.example/\r\nSet-Cookie: a=b",
    ]
    .into_iter()
    .map(Value::from)
    .chain([
        json!(format!("https://shop.example/{}", "x".repeat(3_000))),
        json!(5),
        json!({}),
    ])
    .collect()
}

fn put(pointer: &str, values: Vec<Value>) -> Vec<Wrong<'_>> {
    values.into_iter().map(|value| (pointer, value)).collect()
}

crate::on_both_engines! {
    fn an_event_that_does_not_fit_is_told_by_its_place(engine: Engine) {
        furnished(engine, |shop| {
            let good = sale("new-sale");
            let send = |wrong: Vec<Wrong<'_>>| each(shop, "POST", "/events", &good, &wrong);
            send(put("/value/amount", wrong_amounts()));
            send(put("/value/currency", wrong_currencies()));
            send(put("/value", vec![json!("19.99 EUR"), json!(1999), json!([1999, "EUR"]), json!(true)]));
            send(put("/occurred_at", absurd_times()));
            send(put("/external_id", wrong_names(200)));
            send(put("/external_id", vec![json!(null), json!(" padded "), json!("tab\tbed")]));
            send(put("/customer_id", wrong_names(200)));
            send(put("/type", vec![json!(""), json!("a sale"), json!("refund"), json!("x".repeat(81)), json!(5), json!(null), json!("ă")]));
            send(put("/click", vec![json!("clk_nothing"), json!(shop.partner), json!(5), json!(""), json!(shop.click.to_uppercase()), json!(format!("{} ", shop.click))]));
            send(put("/metadata", vec![json!("text"), json!([1]), json!(5), json!({ "long": "x".repeat(9_000) })]));
            send(vec![("/colour", json!("red")), ("/Value", json!(null)), ("/value/tax", json!(1))]);
            for name in ["type", "external_id"] {
                shop.does_not_fit("POST", "/events", &without(&good, name), &format!("/{name}"));
            }
            shop.does_not_fit("POST", "/events", &with(&good, "/value", json!({ "amount": 5 })), "/value/currency");
            shop.does_not_fit("POST", "/events", &with(&good, "/value", json!({ "currency": "EUR" })), "/value/amount");
            shop.client.json("POST", "/api/v1/events", &good).expect(201);
        });
    }

    fn a_batch_is_taken_whole_or_not_at_all(engine: Engine) {
        furnished(engine, |shop| {
            let bad = with(&sale("b-2"), "/value/amount", json!(-5));
            let batch = json!({ "events": [sale("b-1"), bad, sale("b-3")] });
            shop.does_not_fit("POST", "/events/batch", &batch, "/events/1/value/amount");
            let shape = json!({ "events": [sale("b-1"), with(&sale("b-2"), "/value/amount", json!("5"))] });
            shop.does_not_fit("POST", "/events/batch", &shape, "/events/1/value/amount");
            for events in [json!([]), json!({}), json!("none"), json!(null), json!(vec![sale("b"); 1_001])] {
                shop.does_not_fit("POST", "/events/batch", &json!({ "events": events }), "/events");
            }
            shop.does_not_fit("POST", "/events/batch", &json!({ "events": [sale("b-1")], "more": 1 }), "/more");
            shop.does_not_fit("POST", "/events/batch", &json!({ "events": [5] }), "/events/0");
        });
    }

    fn refunds_and_identities_that_do_not_fit(engine: Engine) {
        furnished(engine, |shop| {
            let good = json!({ "event_external_id": SALE, "external_id": "refund-1", "value": { "amount": 500, "currency": "EUR" } });
            let send = |wrong: Vec<Wrong<'_>>| each(shop, "POST", "/refunds", &good, &wrong);
            send(put("/value/amount", wrong_amounts()));
            send(put("/value/amount", vec![json!(0), json!(2_000)]));
            send(put("/value/currency", wrong_currencies()));
            send(put("/occurred_at", absurd_times()));
            send(put("/external_id", wrong_names(200)));
            send(vec![("/colour", json!("red"))]);
            shop.does_not_fit("POST", "/refunds", &with(&good, "/event", json!(shop.event)), "/event");
            shop.does_not_fit("POST", "/refunds", &without(&good, "event_external_id"), "/event");
            let other = with(&good, "/value/currency", json!("RON"));
            shop.does_not_fit("POST", "/refunds", &other, "/value/amount");
            let unknown = with(&good, "/event_external_id", json!("no-such-sale"));
            shop.refused("a refund of nothing", &Bad::json("POST", "/refunds", 404, &unknown));

            let good = json!({ "click": shop.click, "customer_id": "customer-2" });
            each(shop, "POST", "/identify", &good, &put("/customer_id", wrong_names(200)));
            each(shop, "POST", "/identify", &good, &put("/click", vec![json!(shop.link), json!(""), json!(5), json!(null)]));
            let unknown = with(&good, "/click", json!("clk_01h455vb4pex5vsknk084sn02q"));
            shop.refused("a click of nobody", &Bad::json("POST", "/identify", 404, &unknown));
        });
    }

    fn programmes_and_partners_that_do_not_fit(engine: Engine) {
        furnished(engine, |shop| {
            let good = json!({
                "name": "Winter", "commission": { "type": "percent", "rate": "12.5" }, "destination_url": "https://shop.example/winter"
            });
            for (method, path) in [("POST", "/programs"), ("PATCH", "/programs/{id}")] {
                let send = |wrong: Vec<Wrong<'_>>| each(shop, method, path, &good, &wrong);
                send(put("/name", wrong_names(120)));
                send(put("/destination_url", wrong_destinations()));
                send(put("/attribution_window_days", vec![json!(0), json!(-1), json!(366), json!(i64::MAX), json!("30"), json!(30.5)]));
                send(put("/holding_days", vec![json!(-1), json!(366), json!(i64::MIN), json!("30"), json!(true)]));
                send(put("/auto_approve", vec![json!("yes"), json!(1)]));
                send(put("/event_type", vec![json!("a sale"), json!("x".repeat(81)), json!(5)]));
                send(vec![("/colour", json!("red"))]);
                for rate in [json!("0"), json!("-5"), json!("100.000001"), json!("1e2"), json!("abc"), json!(""), json!("12.12345678")] {
                    shop.does_not_fit(method, path, &with(&good, "/commission/rate", rate), "/commission/rate");
                }
                for value in [json!({ "amount": 0, "currency": "EUR" }), json!({ "amount": -1, "currency": "EUR" }), json!({ "amount": i64::MAX, "currency": "EUR" })] {
                    let fixed = json!({ "type": "fixed", "value": value });
                    shop.does_not_fit(method, path, &with(&good, "/commission", fixed), "/commission/value/amount");
                }
                for commission in [json!("10"), json!({ "type": "gift" }), json!({ "rate": "10" }), json!({ "type": "percent" })] {
                    let body = with(&good, "/commission", commission);
                    let problem = shop.refused("a commission of no kind", &Bad::json(method, path, 422, &body));
                    let pointer = problem["errors"][0]["pointer"].as_str().unwrap();
                    assert!(pointer.starts_with("/commission"), "{body}: {problem}");
                }
            }
            for name in ["name", "commission", "destination_url"] {
                shop.does_not_fit("POST", "/programs", &without(&good, name), &format!("/{name}"));
            }

            let good = json!({ "name": "Ion", "email": "ion@example.com" });
            for (method, path) in [("POST", "/partners"), ("PATCH", "/partners/{id}")] {
                let send = |wrong: Vec<Wrong<'_>>| each(shop, method, path, &good, &wrong);
                send(put("/name", wrong_names(120)));
                send(put("/email", vec![json!(""), json!("ion"), json!("@example.com"), json!("a b@example.com"), json!(format!("{}@example.com", "x".repeat(300))), json!("ion@example.com\r\nBcc: a@example.com"), json!("a\u{0}@example.com"), json!(5)]));
                send(put("/website", vec![json!("javascript:alert(1)"), json!("https://u:p@shop.example/"), json!(5)]));
                send(put("/note", vec![json!("x".repeat(4_001)), json!("a\u{0}b"), json!(5)]));
                send(vec![("/colour", json!("red"))]);
                let payee = |payee: Value| with(&good, "/payee", payee);
                shop.does_not_fit(method, path, &payee(json!({ "method": "bank", "holder": "Ion", "account": "RO49AAAA1B31007593840001" })), "/payee/account");
                shop.does_not_fit(method, path, &payee(json!({ "method": "bank", "holder": "", "account": "RO49AAAA1B31007593840000" })), "/payee/holder");
                shop.does_not_fit(method, path, &payee(json!({ "method": "paypal", "email": "nobody" })), "/payee/email");
                let unknown = payee(json!({ "method": "gold", "details": "bars" }));
                let problem = shop.refused("paid in gold", &Bad::json(method, path, 422, &unknown));
                assert!(problem["errors"][0]["pointer"].as_str().unwrap().starts_with("/payee"), "{problem}");
                assert!(!problem.to_string().contains("bars"), "details are repeated: {problem}");
            }
            shop.does_not_fit("POST", "/partners", &with(&good, "/email", json!("ANA@example.com")), "/email");
            shop.does_not_fit("POST", "/partners", &with(&good, "/state", json!("archived")), "/state");
        });
    }

    fn enrolments_links_and_money_that_do_not_fit(engine: Engine) {
        furnished(engine, |shop| {
            let good = json!({ "partner_id": shop.partner, "program_id": shop.program });
            shop.does_not_fit("POST", "/enrolments", &with(&good, "/partner_id", json!(shop.program)), "/partner_id");
            shop.does_not_fit("POST", "/enrolments", &with(&good, "/program_id", json!("prg_x")), "/program_id");
            shop.does_not_fit("POST", "/enrolments", &with(&good, "/holding_days", json!(400)), "/holding_days");
            let unknown = with(&good, "/partner_id", json!("prt_01h455vb4pex5vsknk084sn02q"));
            shop.refused("an unknown partner", &Bad::json("POST", "/enrolments", 404, &unknown));
            shop.refused("enrolled twice", &Bad::json("POST", "/enrolments", 409, &good));

            let good = json!({ "enrolment_id": shop.enrolment, "key": "winter-offer" });
            each(shop, "POST", "/links", &good, &put("/destination_url", wrong_destinations().into_iter().filter(|v| v != "").collect()));
            each(shop, "PATCH", "/links/{id}", &json!({}), &put("/destination_url", wrong_destinations().into_iter().filter(|v| v != "").collect()));
            each(shop, "POST", "/links", &good, &put("/key", vec![json!("a b"), json!("ab"), json!("x".repeat(65)), json!(LINK), json!("ăâî"), json!("a/b"), json!("a\u{0}b"), json!(5), json!("identify")]));
            each(shop, "POST", "/links", &good, &put("/label", vec![json!("x".repeat(121)), json!("a\u{0}b"), json!(5)]));
            each(shop, "POST", "/links", &good, &put("/enrolment_id", vec![json!(shop.partner), json!(""), json!(5)]));
            shop.does_not_fit("POST", "/links", &without(&good, "enrolment_id"), "/enrolment_id");
            let unknown = with(&good, "/enrolment_id", json!("enr_01h455vb4pex5vsknk084sn02q"));
            shop.refused("a link of nobody", &Bad::json("POST", "/links", 404, &unknown));

            let good = json!({ "partner_id": shop.partner, "amount": { "amount": -500, "currency": "EUR" }, "reason": "Agreed by phone" });
            let amounts = wrong_amounts().into_iter().filter(|amount| amount != &json!(-1)).chain([json!(0)]).collect();
            each(shop, "POST", "/adjustments", &good, &put("/amount/amount", amounts));
            each(shop, "POST", "/adjustments", &good, &put("/amount/currency", wrong_currencies()));
            each(shop, "POST", "/adjustments", &good, &put("/reason", wrong_names(500)));
            each(shop, "POST", "/adjustments", &good, &put("/partner_id", vec![json!(shop.link), json!(null)]));

            let good = json!({ "action": "approve", "ids": [shop.commission] });
            each(shop, "POST", "/commissions/bulk", &good, &put("/action", vec![json!("delete"), json!(""), json!(null)]));
            each(shop, "POST", "/commissions/bulk", &good, &put("/ids", vec![json!([]), json!("all"), json!(vec![shop.commission.clone(); 1_001])]));
            shop.does_not_fit("POST", "/commissions/bulk", &json!({ "action": "approve", "ids": [shop.commission, shop.partner] }), "/ids/1");
            shop.does_not_fit("POST", "/commissions/{id}/reverse", &json!({ "reason": "x".repeat(501) }), "/reason");
            shop.does_not_fit("POST", "/commissions/{id}/reverse", &json!({ "why": "x" }), "/why");

            for (body, pointer) in [
                (json!({ "currency": "ZZZ" }), "/currency"),
                (json!({ "partner_ids": [shop.program] }), "/partner_ids/0"),
                (json!({ "note": "x".repeat(501) }), "/note"),
                (json!({ "all": true }), "/all"),
            ] {
                shop.does_not_fit("POST", "/payout-batches", &body, pointer);
            }
            shop.refused("nothing to pay", &Bad::json("POST", "/payout-batches", 409, &json!({})));
        });
    }

    fn keys_and_people_that_do_not_fit(engine: Engine) {
        furnished(engine, |shop| {
            let good = json!({ "name": "shop", "scopes": ["events:write"] });
            each(shop, "POST", "/api-keys", &good, &put("/name", wrong_names(120)));
            each(shop, "POST", "/api-keys", &good, &put("/scopes", vec![json!([]), json!("*"), json!(null)]));
            let problem = shop.refused("an unknown right", &Bad::json("POST", "/api-keys", 422, &with(&good, "/scopes", json!(["events:wriet"]))));
            assert!(problem["errors"][0]["pointer"].as_str().unwrap().starts_with("/scopes"), "{problem}");
            shop.does_not_fit("POST", "/api-keys", &with(&good, "/colour", json!("red")), "/colour");

            let good = json!({ "email": "new@example.com", "roles": ["viewer"] });
            each(shop, "POST", "/members", &good, &put("/email", vec![json!(""), json!("new"), json!("a\u{0}@example.com"), json!(5)]));
            let problem = shop.refused("an unknown role", &Bad::json("POST", "/members", 422, &with(&good, "/roles", json!(["emperor"]))));
            assert!(problem["errors"][0]["pointer"].as_str().unwrap().starts_with("/roles"), "{problem}");
            shop.does_not_fit("POST", "/members", &with(&good, "/colour", json!("red")), "/colour");
        });
    }
}
