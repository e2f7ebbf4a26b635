//! As what a company begins, and what it does not become: demos are demos from the start, trials end.

use serde_json::{Value, json};
use steading::actor::Actor;
use steading::identity;
use steading::operator::shell;
use steading::tenancy::{self, Kind, Status};

use crate::harness::engine::wait;
use crate::harness::http::{Client, Reply};
use crate::identity::House;
use crate::on_both_engines;

const ALL: &str = "/api/v1/operator/tenants";

fn program(house: &House) -> Client {
    let (_, key) = wait(shell::create_key(house.app(), "billing")).unwrap();
    house.visitor().with_key(&key)
}

#[track_caller]
fn pointer(refused: &Reply) -> String {
    assert_eq!(refused.status, 422, "{}", refused.text());
    refused.json()["errors"][0]["pointer"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn days_from_now(house: &House, days: i64) -> Value {
    json!(house.test.clock.now().plus_days(days))
}

on_both_engines! {
    fn a_demo_begins_as_one_or_never_is(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let program = program(&house);
        for (body, status) in [
            (json!({"slug": "one", "kind": "demo"}), "demo"),
            (json!({"slug": "two", "status": "demo"}), "demo"),
            (json!({"slug": "three", "status": "demo", "kind": "demo"}), "demo"),
        ] {
            let made = program.json("POST", ALL, &body).expect(201).json();
            assert_eq!((&made["status"], &made["kind"]), (&json!(status), &json!("demo")), "{body}");
        }
        for status in ["active", "trial"] {
            let refused = program.json("POST", ALL, &json!({"slug": "four", "kind": "demo", "status": status}));
            assert_eq!(pointer(&refused), "/kind", "{status}");
        }
        assert_eq!(program.get(&format!("{ALL}/four")).status, 404);

        house.company("acme", "ana@example.com");
        let refused = program.json("PATCH", &format!("{ALL}/acme"), &json!({"kind": "demo"}));
        assert_eq!(pointer(&refused), "/kind");
        assert!(refused.text().contains("Open a new one of the kind demo"), "{}", refused.text());
        assert_eq!(program.get(&format!("{ALL}/acme")).json()["kind"], "customer");

        // Bought, closed and bought, or closed and kept.
        let bought = program.json("POST", &format!("{ALL}/one/activate"), &json!({})).json();
        assert_eq!((&bought["status"], &bought["kind"]), (&json!("active"), &json!("customer")));
        for (slug, verb, status, kind) in [("two", "activate", "active", "customer"), ("three", "keep", "demo", "demo")] {
            let id = house.find(slug).id;
            let _ = wait(identity::close_company(house.app(), &Actor::shell(), id, 30, None)).unwrap();
            let after = program.json("POST", &format!("{ALL}/{slug}/{verb}"), &json!({})).json();
            assert_eq!((&after["status"], &after["kind"]), (&json!(status), &json!(kind)), "{slug}");
        }
    }

    fn the_console_says_the_same(engine: Engine) {
        let house = House::of_many(engine, &[("STEADING_TRIAL_DAYS", "21")]);
        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        let opened = |slug: &str, status: &str, kind: &str| {
            let fields = [("slug", slug), ("status", status), ("kind", kind), ("plan", "starter")];
            op.submit_to("/operator/companies/new", "/operator/companies", &fields)
        };
        assert_eq!(opened("show", "demo", "customer").location(), "/operator/companies/show");
        assert_eq!(house.find("show").kind, Kind::Demo);
        let refused = opened("shop", "active", "demo").expect(422).text();
        assert!(refused.contains("begins as a demo"), "{refused}");
        assert_eq!(opened("tries", "trial", "customer").location(), "/operator/companies/tries");
        let end = house.test.clock.now().plus_days(21);
        assert_eq!(house.find("tries").trial_ends_at, Some(end));

        house.company("acme", "ana@example.com");
        let form = op.get("/operator/companies/acme/edit").expect(200).text();
        assert!(!form.contains("value=\"demo\""), "{form}");
        let edit = |slug: &str, fields: &[(&str, &str)]| op.submit(&format!("/operator/companies/{slug}/edit"), fields);
        let refused = edit("acme", &[("name", "Acme"), ("kind", "demo"), ("plan", "starter")]).expect(422).text();
        assert!(refused.contains("does not become a demo"), "{refused}");
        let refused = edit("tries", &[("name", "Tries"), ("kind", "customer"), ("plan", "starter"), ("trial_ends_at", "")]).expect(422).text();
        assert!(refused.contains("A trial ends one day."), "{refused}");
        assert_eq!(house.find("tries").trial_ends_at, Some(end));
    }

    fn no_trial_is_without_an_end(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let program = program(&house);
        let made = program.json("POST", ALL, &json!({"slug": "acme", "status": "trial"})).expect(201).json();
        assert_eq!(made["trial_ends_at"], days_from_now(&house, 14), "{made}");
        let named = json!({"slug": "birch", "status": "trial", "trial_ends_at": "2026-03-10"});
        assert_eq!(program.json("POST", ALL, &named).expect(201).json()["trial_ends_at"], "2026-03-11T00:00:00.000000Z");
        let active = program.json("POST", ALL, &json!({"slug": "cedar"})).expect(201).json();
        assert_eq!(active["trial_ends_at"], Value::Null);

        let acme = format!("{ALL}/acme");
        assert_eq!(pointer(&program.json("PATCH", &acme, &json!({"trial_ends_at": ""}))), "/trial_ends_at");
        assert_eq!(program.json("PATCH", &acme, &json!({"industry": "tea"})).status, 200);
        // Its end is taken away while it is frozen: kept, it is a trial again, with one.
        let id = house.find("acme").id;
        let _ = wait(identity::close_company(house.app(), &Actor::shell(), id, 30, None)).unwrap();
        assert_eq!(program.json("PATCH", &acme, &json!({"trial_ends_at": ""})).status, 200);
        let kept = program.json("POST", &format!("{acme}/keep"), &json!({})).expect(200).json();
        assert_eq!((&kept["status"], &kept["trial_ends_at"]), (&json!("trial"), &days_from_now(&house, 14)));
        assert_eq!(house.find("acme").status, Status::Trial);
    }
}

impl House {
    fn find(&self, slug: &'static str) -> tenancy::Company {
        let found = self
            .app()
            .control
            .read(move |c| tenancy::company_by_slug(c, slug));
        wait(found).unwrap().unwrap()
    }
}
