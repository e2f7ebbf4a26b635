//! The operators' API: their keys open it, nobody else's do, and their keys open nothing else.

use serde_json::{Value, json};
use steading::actor::Actor;
use steading::identity;
use steading::operator::shell;

use crate::harness::engine::wait;
use crate::identity::House;
use crate::on_both_engines;

const ALL: &str = "/api/v1/operator/tenants";

on_both_engines! {
    fn companies_are_opened_read_changed_and_taken_through_their_life(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let (_, key) = wait(shell::create_key(house.app(), "billing")).unwrap();
        let program = house.visitor().with_key(&key);
        let made = program.json("POST", ALL, &json!({"slug": "acme", "name": "Acme", "owner_email": "ana@example.com", "plan": "growth"}));
        assert_eq!(made.status, 201, "{}", made.text());
        assert!(made.json()["owner_link"].as_str().unwrap().contains("/invite?token="));
        assert_eq!(program.json("POST", ALL, &json!({"slug": "acme"})).status, 409);
        assert_eq!(program.json("POST", ALL, &json!({"slug": "Ac me"})).json()["errors"][0]["pointer"], "/slug");
        assert_eq!(program.json("POST", ALL, &json!({"slug": "brick", "colour": "red"})).status, 422);
        let one = format!("{ALL}/acme");
        let changed = program.json("PATCH", &one, &json!({"legal_name": "Acme SRL", "contract_end": "2027-01-31"}));
        assert_eq!(changed.json()["legal_name"], "Acme SRL", "{}", changed.text());
        let read = program.get(&one).json();
        assert_eq!((read["name"].as_str(), read["plan"].as_str()), (Some("Acme"), Some("growth")));
        assert_eq!((&read["contract_end"], &read["usage"]["people"], &read["usage"]["partners"]), (&json!("2027-01-31"), &json!(1), &json!(0)));
        let list = program.get(&format!("{ALL}?q=acm&status=active&total=true")).json();
        assert_eq!((&list["total"], &list["data"][0]["slug"]), (&json!(1), &json!("acme")));
        for (step, status) in [("freeze", "frozen"), ("activate", "active"), ("freeze", "frozen"), ("archive", "archived")] {
            let taken = program.json("POST", &format!("{one}/{step}"), &json!({}));
            assert_eq!(taken.json()["status"], status, "{step}: {}", taken.text());
        }
        assert_eq!(program.json("POST", &format!("{one}/activate"), &json!({})).status, 409);
        assert_eq!(program.get(&format!("{ALL}/nobody")).status, 404);
    }

    fn a_company_that_is_being_closed_is_kept_by_a_program(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let id = house.company("acme", "ana@example.com").id;
        let theirs = house.key("shop", &["*"]);
        let (_, key) = wait(shell::create_key(house.app(), "billing")).unwrap();
        let program = house.visitor().with_key(&key);
        let keep = format!("{ALL}/acme/keep");
        assert_eq!(program.json("POST", &keep, &json!({})).status, 409);
        let _ = wait(identity::close_company(house.app(), &Actor::shell(), id, 30, None)).unwrap();
        assert_eq!(house.visitor().with_key(&theirs).json("POST", &keep, &json!({})).status, 401);
        let closing = program.get(&format!("{ALL}/acme")).json();
        assert_eq!(closing["status"], "frozen", "{closing}");
        assert!(closing["closing_at"].is_string(), "{closing}");
        let kept = program.json("POST", &keep, &json!({})).expect(200).json();
        assert_eq!((&kept["status"], &kept["closing_at"]), (&json!("active"), &Value::Null));
        let again = program.json("POST", &keep, &json!({}));
        assert_eq!((again.status, again.json()["code"].as_str()), (409, Some("not_closing")));
        assert_eq!(program.json("POST", &format!("{ALL}/nobody/keep"), &json!({})).status, 404);
    }

    fn neither_kind_of_key_opens_the_others_doors(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.company("acme", "ana@example.com");
        let theirs = house.key("shop", &["*"]);
        let (shown, key) = wait(shell::create_key(house.app(), "billing")).unwrap();
        assert_eq!(house.visitor().get(ALL).status, 401);
        assert_eq!(house.visitor().with_key(&theirs).get(ALL).status, 401);
        let program = house.visitor().with_key(&key);
        assert_eq!(program.get(ALL).status, 200);
        assert_eq!(program.get("/t/acme/api/v1/me").status, 401);
        assert_eq!(program.get("/t/acme/api/v1/operator/tenants").status, 404);
        assert!(program.get("/operator").location().starts_with("/operator/login"));
        house.operator("op@example.com");
        assert_eq!(house.operating("op@example.com").get(ALL).status, 401);
        wait(shell::revoke_key(house.app(), &shown.name)).unwrap();
        assert_eq!(program.get(ALL).status, 401);
    }
}
