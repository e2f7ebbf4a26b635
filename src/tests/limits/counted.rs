//! Members, partners and links: to the plan's limit and not one further, however many come at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use steading::gate::Counted;
use steading::tenancy::Entitlement;

use super::{Company, partner, refused};
use crate::on_both_engines;

/// The body that makes one of a name.
type Body = Box<dyn Fn(&str) -> Value + Sync>;

/// What is made under each limit: where, and with which body.
fn makers(enrolment: &str) -> Vec<(Counted, &'static str, Body)> {
    let enrolment = enrolment.to_owned();
    vec![
        (Counted::Partners, "/partners", Box::new(partner)),
        (
            Counted::Links,
            "/links",
            Box::new(move |name| json!({ "enrolment_id": enrolment, "key": name })),
        ),
        (
            Counted::Members,
            "/members",
            Box::new(|name| json!({ "email": format!("{name}@example.com"), "roles": ["viewer"] })),
        ),
    ]
}

/// What the company holds of each, as its usage says.
fn used(company: &Company, what: Counted) -> u64 {
    let usage = company.program().get("/api/v1/usage").expect(200).json();
    usage[what.as_str()]["used"].as_u64().unwrap()
}

on_both_engines! {
    fn twenty_at_once_fill_a_plan_to_its_limit(engine: Engine) {
        let company = Company::open(engine);
        let enrolment = company.enrolment();
        for (what, path, body) in &makers(&enrolment) {
            let limit = used(&company, *what) + 3;
            company.limit(*what, limit);
            let (made, over) = (AtomicUsize::new(0), AtomicUsize::new(0));
            std::thread::scope(|threads| {
                for n in 0..20 {
                    let (made, over, company, body) = (&made, &over, &company, body);
                    threads.spawn(move || {
                        loop {
                            let reply = company.post(path, &body(&format!("number-{n}")));
                            match reply.status {
                                201 => made.fetch_add(1, Ordering::Relaxed),
                                // The store was busy and nothing changed: a program tries again.
                                503 => continue,
                                _ => {
                                    assert_eq!(refused(&reply), (402, "plan_limit".to_owned()), "{}", reply.text());
                                    let detail = reply.json()["detail"].as_str().unwrap().to_owned();
                                    assert!(detail.contains(&format!("allows {limit} {}", what.as_str())), "{detail}");
                                    over.fetch_add(1, Ordering::Relaxed)
                                }
                            };
                            break;
                        }
                    });
                }
            });
            assert_eq!((made.into_inner(), over.into_inner()), (3, 17), "{what:?}");
            assert_eq!(used(&company, *what), limit, "{what:?}");
            // A larger plan counts at once.
            company.limit(*what, limit + 1);
            assert_eq!(company.post(path, &body("one-more")).status, 201, "{what:?}");
            assert_eq!(company.post(path, &body("yet-another")).status, 402, "{what:?}");
        }
    }

    fn a_change_of_plan_counts_at_once(engine: Engine) {
        let company = Company::open(engine);
        assert_eq!(company.program().get("/api/v1/usage").json()["partners"]["limit"], Value::Null, "born without limits");
        company.plan("starter");
        assert_eq!(company.program().get("/api/v1/usage").json()["partners"]["limit"], 100);
        company.limit(Counted::Partners, 0);
        assert_eq!(company.post("/partners", &partner("kettle")).status, 402);
        company.entitle(Entitlement { knobs: vec![(Counted::Partners, None)], ..Entitlement::default() });
        assert_eq!(company.post("/partners", &partner("kettle")).status, 201);
        company.plan("unlimited");
        assert_eq!(company.program().get("/api/v1/usage").json()["partners"]["limit"], Value::Null);
    }

    fn whoever_comes_back_counts_again(engine: Engine) {
        let company = Company::open(engine);
        let applied = json!({ "name": "Ion", "email": "ion@example.com", "state": "applied" });
        let ion = company.made("/partners", &applied);
        company.post(&format!("/partners/{ion}/decline"), &json!({})).expect(200);
        company.limit(Counted::Partners, 1);
        let ana = company.made("/partners", &partner("ana"));
        assert_eq!(refused(&company.post(&format!("/partners/{ion}/approve"), &json!({}))).0, 402);
        company.post(&format!("/partners/{ana}/archive"), &json!({})).expect(200);
        company.post(&format!("/partners/{ion}/approve"), &json!({})).expect(200);

        let invited = json!({ "email": "vera@example.com", "roles": ["viewer"] });
        let vera = company.made("/members", &invited);
        let change = |disabled: bool| {
            let path = format!("/api/v1/members/{vera}");
            company.program().json("PATCH", &path, &json!({ "disabled": disabled })).status
        };
        assert_eq!(change(true), 200);
        company.limit(Counted::Members, 1);
        assert_eq!(change(false), 402);
        company.limit(Counted::Members, 2);
        assert_eq!(change(false), 200);
    }

    fn pages_say_it_too_and_keep_nothing_of_it(engine: Engine) {
        let company = Company::open(engine);
        let person = company.house.signed_in("ana@example.com");
        company.limit(Counted::Partners, 0);
        let before = company.rows();
        let fields = [("name", "Ion"), ("email", "ion@example.com")];
        let reply = person.submit_to("/admin/partners/new", "/admin/partners", &fields);
        assert_eq!(reply.status, 402, "{}", reply.text());
        assert!(reply.text().contains("allows 0 partners"), "{}", reply.text());
        assert_eq!(company.rows(), before);
    }
}
