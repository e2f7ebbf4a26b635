//! What does not fit is told with its place, and changes nothing.

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::{Shop, eur};
use crate::on_both_engines;

fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value;
    body
}

on_both_engines! {
    async fn values_that_do_not_fit_are_named(engine: Engine) {
        let shop = Shop::open(engine).await;
        let event = json!({ "type": "sale", "external_id": "1", "value": eur(100) });
        let program = json!({ "name": "A", "commission": { "type": "percent", "rate": "10" }, "destination_url": "https://shop.example/" });
        let partner = json!({ "name": "Ana", "email": "ana@example.com" });
        let cases: &[(&str, &Value, &str, Value, &str)] = &[
            ("/events", &event, "/type", json!(""), "/type"),
            ("/events", &event, "/type", json!("refund"), "/type"),
            ("/events", &event, "/type", json!("a b"), "/type"),
            ("/events", &event, "/type", json!(7), "/type"),
            ("/events", &event, "/external_id", json!(""), "/external_id"),
            ("/events", &event, "/external_id", json!("x".repeat(201)), "/external_id"),
            ("/events", &event, "/external_id", json!(17), "/external_id"),
            ("/events", &event, "/value/amount", json!(-1), "/value/amount"),
            ("/events", &event, "/value/amount", json!(1_000_000_000_000_001_i64), "/value/amount"),
            ("/events", &event, "/value/amount", json!(19.99), "/value/amount"),
            ("/events", &event, "/value/amount", json!("1999"), "/value/amount"),
            ("/events", &event, "/value/currency", json!("EURO"), "/value/currency"),
            ("/events", &event, "/value/currency", json!("ZZZ"), "/value/currency"),
            ("/events", &event, "/occurred_at", json!("1999-12-31T23:59:59Z"), "/occurred_at"),
            ("/events", &event, "/occurred_at", json!("2026-03-01T12:06:00Z"), "/occurred_at"),
            ("/events", &event, "/occurred_at", json!("yesterday"), "/occurred_at"),
            ("/events", &event, "/click", json!("lnk_01h455vb4pex5vsknk084sn02q"), "/click"),
            ("/events", &event, "/customer_id", json!("a\u{0}b"), "/customer_id"),
            ("/events", &event, "/metadata", json!([1]), "/metadata"),
            ("/events", &event, "/metadata", json!({ "note": "x".repeat(9_000) }), "/metadata"),
            ("/events", &event, "/surprise", json!(1), "/surprise"),
            ("/identify", &json!({ "click": "prt_01h455vb4pex5vsknk084sn02q", "customer_id": "c" }), "/customer_id", json!("c"), "/click"),
            ("/programs", &program, "/name", json!(" "), "/name"),
            ("/programs", &program, "/commission/rate", json!("0"), "/commission/rate"),
            ("/programs", &program, "/commission", json!({ "type": "percent", "rate": "101" }), "/commission"),
            ("/programs", &program, "/commission", json!({ "type": "fixed", "value": eur(0) }), "/commission/value/amount"),
            ("/programs", &program, "/attribution_window_days", json!(0), "/attribution_window_days"),
            ("/programs", &program, "/holding_days", json!(366), "/holding_days"),
            ("/programs", &program, "/event_type", json!("a b"), "/event_type"),
            ("/programs", &program, "/destination_url", json!("javascript:alert(1)"), "/destination_url"),
            ("/programs", &program, "/destination_url", json!("https://user:secret@shop.example/"), "/destination_url"),
            ("/programs", &program, "/destination_url", json!("//shop.example/"), "/destination_url"),
            ("/partners", &partner, "/email", json!("ana"), "/email"),
            ("/partners", &partner, "/website", json!("ana.example"), "/website"),
            ("/partners", &partner, "/state", json!("archived"), "/state"),
            ("/partners", &partner, "/payee", json!({ "method": "bank", "holder": "Ana", "account": "GB83WEST12345698765432" }), "/payee/account"),
            ("/links", &json!({}), "/label", json!("x"), "/enrolment_id"),
            ("/links", &json!({}), "/enrolment_id", json!("prt_01h455vb4pex5vsknk084sn02q"), "/enrolment_id"),
            ("/commissions/bulk", &json!({ "action": "approve" }), "/ids", json!([]), "/ids"),
            ("/adjustments", &json!({ "partner_id": "prt_01h455vb4pex5vsknk084sn02q", "reason": "x" }), "/amount", eur(0), "/amount/amount"),
        ];
        for (path, body, pointer, value, wrong) in cases {
            let body = with((*body).clone(), pointer, value.clone());
            let reply = shop.post(path, body.clone()).await;
            assert_eq!(reply.status, 422, "{path} {body}: {reply:?}");
            assert_eq!(reply.pointers(), [*wrong], "{path} {body}");
        }
        for path in ["/events", "/programs", "/partners", "/links"] {
            assert_eq!(shop.get(&format!("{path}?total=true")).await.expect(200)["total"], 0, "{path}");
        }
        let trail = shop.get("/audit?product=partners").await.expect(200);
        assert_eq!(trail["data"], json!([]));
    }

    async fn unreadable_bodies_are_refused(engine: Engine) {
        let shop = Shop::open(engine).await;
        let send = async |body: &[u8], kind: &str| {
            let request = TestRequest::post().uri("/api/v1/events").insert_header(("authorization", "Bearer *"));
            shop.send(request.insert_header(("content-type", kind)).set_payload(body.to_vec())).await
        };
        assert_eq!(send(b"{\"type\":", "application/json").await.problem(400), "broken_json");
        assert_eq!(send(b"\xff\xfe", "application/json").await.problem(400), "broken_json");
        assert_eq!(send(b"{}", "text/plain").await.problem(400), "not_json");
        assert_eq!(send(&vec![b' '; 300_000], "application/json").await.problem(413), "too_large");
    }

    async fn what_is_not_there_is_not_found(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let foreign = "01h455vb4pex5vsknk084sn02q";
        for (kind, prefix) in [
            ("programs", "prg"), ("partners", "prt"), ("enrolments", "enr"), ("links", "lnk"), ("clicks", "clk"), ("events", "evt"),
            ("commissions", "com"), ("adjustments", "adj"), ("payouts", "pay"), ("payout-batches", "pob"),
        ] {
            for id in [format!("{prefix}_{foreign}"), stage.partner.replace("prt_", "xyz_"), "1".to_owned()] {
                assert_eq!(shop.get(&format!("/{kind}/{id}")).await.problem(404), "not_found", "{kind}/{id}");
            }
        }
        // The id of another kind of thing is none here.
        assert_eq!(shop.get(&format!("/links/{}", stage.partner)).await.status, 404);
        let unknown = format!("prt_{foreign}");
        for (path, body) in [
            ("/enrolments", json!({ "partner_id": unknown, "program_id": stage.program })),
            ("/links", json!({ "partner_id": unknown, "program_id": stage.program })),
            ("/identify", json!({ "click": format!("clk_{foreign}"), "customer_id": "c" })),
            ("/refunds", json!({ "event": format!("evt_{foreign}"), "external_id": "r" })),
            ("/refunds", json!({ "event_external_id": "unheard-of", "external_id": "r" })),
            ("/adjustments", json!({ "partner_id": unknown, "amount": eur(1), "reason": "x" })),
        ] {
            assert_eq!(shop.post(path, body).await.status, 404, "{path}");
        }
    }

    async fn every_door_asks_for_its_right(engine: Engine) {
        let shop = Shop::open(engine).await;
        for (method, path, right) in [
            ("GET", "/programs", "programs:read"), ("POST", "/programs", "programs:write"),
            ("GET", "/partners", "partners:read"), ("POST", "/partners", "partners:write"),
            ("GET", "/enrolments", "partners:read"), ("POST", "/enrolments", "partners:write"),
            ("GET", "/links", "links:read"), ("POST", "/links", "links:write"),
            ("GET", "/clicks", "clicks:read"), ("POST", "/clicks/x/flag", "clicks:write"),
            ("GET", "/events", "events:read"), ("POST", "/events", "events:write"), ("POST", "/events/batch", "events:write"),
            ("POST", "/identify", "events:write"), ("POST", "/refunds", "events:write"),
            ("GET", "/commissions", "commissions:read"), ("POST", "/commissions/bulk", "commissions:write"),
            ("POST", "/adjustments", "commissions:write"), ("GET", "/payouts", "payouts:read"),
            ("POST", "/payout-batches", "payouts:write"), ("POST", "/payout-batches/x/export", "payouts:write"),
            ("GET", "/reports/overview", "reports:read"), ("GET", "/reports/timeseries", "reports:read"),
        ] {
            let body = (method == "POST").then(|| json!({}));
            let request = Shop::request(method, path, body.as_ref()).insert_header(("authorization", "Bearer other:read"));
            let reply = shop.send(request).await;
            assert_eq!(reply.status, 403, "{method} {path}: {reply:?}");
            assert!(reply.json()["detail"].as_str().unwrap().contains(right), "{method} {path}");
            let stranger = TestRequest::default().method(method.parse().unwrap()).uri(&format!("/api/v1{path}"));
            assert_eq!(shop.send(stranger).await.status, 401, "{method} {path}");
        }
    }
}
