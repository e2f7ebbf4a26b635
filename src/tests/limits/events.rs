//! Events per month: refused with the wait until the next month; what is here already is never refused.

use std::time::Duration;

use serde_json::{Value, json};
use steading::gate::Counted;

use super::{Company, refused};
use crate::on_both_engines;

fn sale(id: &str) -> Value {
    json!({ "type": "sale", "customer_id": "c-1", "external_id": id, "value": { "amount": 1000, "currency": "EUR" } })
}

fn batch(ids: &[&str]) -> Value {
    json!({ "events": ids.iter().map(|id| sale(id)).collect::<Vec<_>>() })
}

on_both_engines! {
    fn a_month_takes_what_the_plan_allows(engine: Engine) {
        let company = Company::open(engine);
        company.limit(Counted::EventsPerMonth, 5);
        company.post("/events", &sale("1")).expect(201);
        company.post("/events/batch", &batch(&["2", "3", "1"])).expect(200);
        let before = company.rows();
        let over = company.post("/events/batch", &batch(&["4", "5", "6"]));
        assert_eq!(refused(&over), (429, "plan_limit".to_owned()), "{}", over.text());
        assert!(over.json()["detail"].as_str().unwrap().contains("allows 5 events per month"), "{}", over.text());
        assert_eq!(company.rows(), before, "a batch over the limit left something");
        company.post("/events/batch", &batch(&["4", "5"])).expect(200);
        let over = company.post("/events", &sale("6"));
        assert_eq!(refused(&over), (429, "plan_limit".to_owned()));
        // From the first of March, noon, to the first of April.
        let wait: u64 = over.header("retry-after").parse().unwrap();
        assert_eq!(wait, 30 * 86_400 + 43_200);
        // Sent again, and taken back: never refused.
        company.post("/events", &sale("5")).expect(200);
        company.post("/events/batch", &batch(&["1", "2", "3", "4", "5"])).expect(200);
        company.post("/refunds", &json!({ "event_external_id": "5", "external_id": "r-5" }));
        company.house.test.clock.advance(Duration::from_secs(wait));
        company.post("/events", &sale("6")).expect(201);
    }

    fn a_larger_plan_counts_at_once_and_others_reports_within_seconds(engine: Engine) {
        let company = Company::open(engine);
        for id in ["1", "2", "3"] {
            company.post("/events", &sale(id)).expect(201);
        }
        company.limit(Counted::EventsPerMonth, 3);
        assert_eq!(company.post("/events", &sale("4")).status, 429);
        company.limit(Counted::EventsPerMonth, 4);
        company.post("/events", &sale("4")).expect(201);
        assert_eq!(company.post("/events", &sale("5")).status, 429);
        let usage = company.program().get("/api/v1/usage").json();
        assert_eq!(usage["events_per_month"], json!({ "used": 4, "limit": 4 }));
    }

    fn a_share_that_is_not_used_goes_back(engine: Engine) {
        let company = Company::open(engine);
        company.limit(Counted::EventsPerMonth, 2);
        for _ in 0..5 {
            let mut bad = sale("1");
            bad["value"]["amount"] = json!(-1);
            assert_eq!(company.post("/events", &bad).status, 422);
        }
        company.post("/events/batch", &batch(&["1", "2"])).expect(200);
        assert_eq!(company.post("/events", &sale("3")).status, 429);
    }
}
