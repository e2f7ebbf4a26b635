//! The usage page and its API say what a count says.

use serde_json::{Value, json};
use steading::gate::Counted;

use super::{Company, partner};
use crate::harness::engine::Engine;
use crate::on_both_engines;

on_both_engines! {
    fn usage_equals_a_count(engine: Engine) {
        let company = Company::open(engine);
        let enrolment = company.enrolment();
        for key in ["one", "two"] {
            company.made("/links", &json!({ "enrolment_id": enrolment, "key": key }));
        }
        let gone = company.made("/partners", &partner("gone"));
        company.post(&format!("/partners/{gone}/archive"), &json!({})).expect(200);
        company.post("/events", &json!({ "type": "signup", "customer_id": "c-1", "external_id": "1" })).expect(201);
        company.limit(Counted::Links, 4);
        let usage = company.program().get("/api/v1/usage").expect(200).json();
        assert_eq!(usage["plan"], "unlimited");
        assert_eq!(usage["month"], "2026-03");
        for (what, figure) in [
            ("members", json!({ "used": 1, "limit": null })),
            ("partners", json!({ "used": 1, "limit": null })),
            ("links", json!({ "used": 2, "limit": 4 })),
            ("events_per_month", json!({ "used": 1, "limit": null })),
        ] {
            assert_eq!(usage[what], figure, "{what}");
        }
        assert_eq!(usage["size_bytes"] == Value::Null, engine == Engine::Postgres);
        let page = company.house.signed_in("ana@example.com").get("/admin/usage").expect(200).text();
        for text in ["of 4", "50 %", "as many as you like", "2026-03", "<meter"] {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!page.contains("style="));
    }

    fn the_usage_asks_for_its_right(engine: Engine) {
        let company = Company::open(engine);
        let poor = company.house.key("poor", &["links:read"]);
        assert_eq!(company.house.visitor().with_key(&poor).get("/api/v1/usage").status, 403);
        let reader = company.house.key("reader", &["settings:read"]);
        assert_eq!(company.house.visitor().with_key(&reader).get("/api/v1/usage").status, 200);
    }
}
