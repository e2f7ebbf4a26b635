//! Events: attributed to the last click, reported once however often they are sent.

use serde_json::{Value, json};

use super::{Shop, eur, id_of, sale};
use crate::on_both_engines;

on_both_engines! {
    async fn a_sale_goes_to_the_last_click_and_earns_a_commission(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let other = shop.partner("harbour").await;
        let enrolment = shop.enrol(&other, &stage.program).await;
        shop.link(&enrolment, "harbour").await;
        shop.customer("kettle", "c1").await;
        shop.days(1);
        let latest = shop.customer("harbour", "c1").await;
        shop.days(1);

        let event = shop.sale("order-1", "c1", 1999).await;
        assert_eq!(event["outcome"], "attributed");
        assert_eq!(event["attribution"]["partner_id"], other);
        assert_eq!(event["attribution"]["click_id"], latest);
        let commission = &event["commissions"][0];
        assert_eq!(commission["amount"], eur(400));
        assert_eq!(commission["state"], "pending");
        assert_eq!(commission["hold_until"], "2026-03-17T12:00:00.000000Z");
        let shown = shop.get(&format!("/events/{}", id_of(&event))).await.expect(200);
        assert_eq!(shown, event);
    }

    async fn an_enrolments_own_terms_win(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let terms = json!({ "commission": { "type": "fixed", "value": { "amount": 5000, "currency": "RON" } }, "holding_days": 0 });
        shop.patch(&format!("/enrolments/{}", stage.enrolment), terms).await.expect(200);
        shop.customer("kettle", "c1").await;
        let event = shop.sale("order-1", "c1", 1999).await;
        assert_eq!(event["commissions"][0]["amount"], json!({ "amount": 5000, "currency": "RON" }));
        assert_eq!(event["commissions"][0]["hold_until"], event["occurred_at"]);
    }

    async fn every_outcome_has_its_word(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let outcome = async |body: Value| shop.post("/events", body).await.expect(201)["outcome"].as_str().unwrap().to_owned();
        assert_eq!(outcome(json!({ "type": "sale", "external_id": "1" })).await, "no_customer");
        assert_eq!(outcome(sale("2", "stranger", 100)).await, "no_click");
        let click = shop.click("kettle").await;
        assert_eq!(outcome(json!({ "type": "sale", "external_id": "3", "click": click, "value": eur(100) })).await, "attributed");
        assert_eq!(outcome(json!({ "type": "sale", "external_id": "4", "click": click, "customer_id": "c1" })).await, "attributed");
        // The customer is known by the click now.
        assert_eq!(outcome(sale("5", "c1", 100)).await, "attributed");
        let unknown = "clk_01h455vb4pex5vsknk084sn02q";
        assert_eq!(outcome(json!({ "type": "sale", "external_id": "6", "click": unknown })).await, "no_customer");
        shop.days(31);
        assert_eq!(outcome(sale("7", "c1", 100)).await, "outside_window");
        // Measured by when it happened, not by when it was reported.
        let early = json!({ "type": "sale", "external_id": "8", "customer_id": "c1", "value": eur(100), "occurred_at": "2026-03-02T00:00:00Z" });
        assert_eq!(outcome(early).await, "attributed");
        shop.act(&format!("/partners/{}/suspend", stage.partner)).await.expect(200);
        let early = json!({ "type": "sale", "external_id": "9", "customer_id": "c1", "value": eur(100), "occurred_at": "2026-03-02T00:00:00Z" });
        assert_eq!(outcome(early).await, "not_earning");
    }

    async fn a_flagged_click_earns_nothing(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        let click = shop.customer("kettle", "c1").await;
        let flagged = shop.act(&format!("/clicks/{click}/flag")).await.expect(200);
        assert_eq!(flagged["flag"], "manual");
        assert_eq!(shop.sale("1", "c1", 100).await["outcome"], "not_earning");
        assert_eq!(shop.act(&format!("/clicks/{click}/unflag")).await.expect(200)["flag"], Value::Null);
        assert_eq!(shop.sale("2", "c1", 100).await["outcome"], "attributed");
    }

    async fn only_the_programmes_type_of_event_earns(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        shop.patch(&format!("/programs/{}", stage.program), json!({ "event_type": "sale" })).await.expect(200);
        shop.customer("kettle", "c1").await;
        let signup = json!({ "type": "signup", "external_id": "1", "customer_id": "c1", "value": eur(100) });
        let signup = shop.post("/events", signup).await.expect(201);
        assert_eq!((&signup["outcome"], &signup["commissions"]), (&json!("attributed"), &json!([])));
        assert_eq!(shop.sale("2", "c1", 100).await["commissions"][0]["amount"], eur(20));
    }

    async fn a_click_known_later_gets_the_events_before(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        let click = shop.click("kettle").await;
        shop.days(1);
        let event = shop.sale("order-1", "c1", 1000).await;
        assert_eq!(event["outcome"], "no_click");
        let identity = json!({ "click": click, "customer_id": "c1" });
        let known = shop.post("/identify", identity.clone()).await.expect(200);
        assert_eq!((&known["is_new"], &known["attributed"]), (&json!(true), &json!(1)));
        let again = shop.post("/identify", identity).await.expect(200);
        assert_eq!((&again["is_new"], &again["attributed"]), (&json!(false), &json!(0)));
        let event = shop.get(&format!("/events/{}", id_of(&event))).await.expect(200);
        assert_eq!((&event["outcome"], &event["commissions"][0]["amount"]), (&json!("attributed"), &eur(200)));
    }

    async fn the_same_report_again_is_the_same_event(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        let first = shop.sale("order-1", "c1", 1999).await;
        shop.days(1);
        // Fields in another order are the same report.
        let again = json!({ "value": { "currency": "EUR", "amount": 1999 }, "customer_id": "c1", "external_id": "order-1", "type": "sale" });
        assert_eq!(shop.post("/events", again).await.expect(200), first);
        let other = shop.post("/events", sale("order-1", "c1", 2000)).await;
        assert_eq!(other.problem(409), "external_id_conflict");
        assert_eq!(shop.get("/commissions?total=true").await.expect(200)["total"], 1);
    }

    async fn an_idempotency_key_replays_the_first_answer(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        let send = |body: Value| Shop::request("POST", "/partners", Some(&body)).insert_header(("idempotency-key", "k1"));
        let body = json!({ "name": "Ana", "email": "ana@example.com" });
        let first = shop.send(send(body.clone())).await;
        let again = shop.send(send(body)).await;
        assert_eq!((first.status, &first.body), (201, &again.body));
        assert_eq!((again.status, again.header("idempotent-replayed")), (201, "true"));
        let other = shop.send(send(json!({ "name": "Ion", "email": "ion@example.com" }))).await;
        assert_eq!(other.status, 422);
        assert_eq!(shop.get("/partners?q=ana@&total=true").await.expect(200)["total"], 1);
    }

    async fn a_batch_is_one_event_of_the_trail(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        shop.sale("order-0", "c1", 100).await;
        let mut events: Vec<Value> = (0..250).map(|n| sale(&format!("order-{n}"), "c1", 100)).collect();
        events.push(sale("order-1", "c1", 999));
        let answer = shop.post("/events/batch", json!({ "events": events })).await.expect(200);
        assert_eq!((&answer["recorded"], &answer["replayed"], &answer["conflicts"]), (&json!(249), &json!(1), &json!(1)));
        assert_eq!(answer["data"][0]["result"], "replayed");
        assert_eq!(answer["data"][1]["outcome"], "attributed");
        assert_eq!(answer["data"][250]["result"], "conflict");
        assert_eq!(shop.get("/commissions?total=true&limit=1").await.expect(200)["total"], 250);
        let trail = shop.get("/audit?action=event.batch_recorded").await.expect(200);
        assert_eq!(trail["data"].as_array().unwrap().len(), 1);
    }

    async fn one_bad_value_leaves_a_batch_out_whole(engine: Engine) {
        let shop = Shop::open(engine).await;
        let events = json!([sale("1", "c1", 100), { "type": "sale", "external_id": "", "value": eur(-1) }]);
        let reply = shop.post("/events/batch", json!({ "events": events })).await;
        assert_eq!(reply.pointers(), ["/events/1/external_id", "/events/1/value/amount"]);
        assert_eq!(shop.get("/events?total=true").await.expect(200)["total"], 0);
        let many: Vec<Value> = (0..1_001).map(|n| sale(&n.to_string(), "c1", 100)).collect();
        assert_eq!(shop.post("/events/batch", json!({ "events": many })).await.pointers(), ["/events"]);
        assert_eq!(shop.post("/events/batch", json!({ "events": [] })).await.pointers(), ["/events"]);
    }
}
