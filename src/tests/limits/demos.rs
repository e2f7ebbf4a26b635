//! Demo companies come back to the demo data, every night and on command; a customer's data is never touched.

use diesel::prelude::*;
use serde_json::json;
use steading::Error;
use steading::actor::Actor;
use steading::db::schema::control::tenants;
use steading::gate::Counted;
use steading::partners::demo;
use steading::tenancy::plans::{reset_demo, reset_due};
use steading::tenancy::{self, Kind, Status};

use super::{Company, partner};
use crate::harness::engine::{Engine, wait};
use crate::on_both_engines;

fn make_demo(company: &Company) {
    make(company, "demo", "demo");
}

/// Writes it as it could stand, whatever may be chosen.
fn make(company: &Company, kind: &'static str, status: &'static str) {
    let (app, tenant) = (company.house.app(), company.tenant());
    let write = app.control.write(move |c| {
        let row = diesel::update(tenants::table.filter(tenants::id.eq(tenant)));
        row.set((tenants::kind.eq(kind), tenants::status.eq(status)))
            .execute(c.db())?;
        Ok(())
    });
    wait(write).unwrap();
    wait(app.gate.get().unwrap().companies_changed()).unwrap();
}

/// Tables whose rows are the demo's and nobody else's.
fn content(company: &Company) -> Vec<(String, i64)> {
    let mut rows = company.rows();
    rows.retain(|(table, _)| {
        !["the trail", "audit_events", "jobs", "mails"].contains(&table.as_str())
    });
    rows
}

on_both_engines! {
    fn what_visitors_made_goes_and_the_demo_comes_back(engine: Engine) {
        let company = Company::open(engine);
        make_demo(&company);
        let (app, scope) = (company.house.app(), company.house.test.scope.clone());
        wait(reset_demo(app, &Actor::shell(), scope.tenant())).unwrap();
        let figures = wait(scope.read(demo::figures)).unwrap();
        assert!(figures.partners > 0 && figures.clicks > 0);
        let enrolment = company.enrolment();
        company.made("/links", &json!({ "enrolment_id": enrolment, "key": "scribble" }));
        company.made("/partners", &partner("visitor"));
        company.post("/events", &json!({ "type": "sale", "external_id": "nobody", "value": { "amount": 900, "currency": "EUR" } })).expect(201);
        company.post("/events", &json!({ "type": "sale", "customer_id": "c-1", "external_id": "somebody" })).expect(201);
        wait(reset_demo(app, &Actor::shell(), scope.tenant())).unwrap();
        let after = wait(scope.read(demo::figures)).unwrap();
        assert_eq!((after.programs, after.partners, after.links), (figures.programs, figures.partners, figures.links));
        // Every row is one that the demo has a figure for.
        let all: std::collections::BTreeMap<String, i64> = content(&company).into_iter().collect();
        for (table, of_demo) in [
            ("programs", after.programs), ("partners", after.partners), ("links", after.links), ("clicks", after.clicks),
            ("customers", after.customers), ("events", after.events), ("commissions", after.commissions), ("payouts", after.payouts),
        ] {
            assert_eq!(all[table], i64::try_from(of_demo).unwrap(), "{table}");
        }
    }

    fn a_customer_is_never_reset(engine: Engine) {
        let company = Company::open(engine);
        company.made("/partners", &partner("kettle"));
        let before = company.rows();
        let refused = wait(reset_demo(company.house.app(), &Actor::shell(), company.tenant())).unwrap_err();
        assert!(refused.to_string().contains("is a customer"), "{refused}");
        company.house.later(86_400);
        assert_eq!(wait(reset_due(company.house.app())).unwrap(), 0);
        assert_eq!(company.rows(), before);
    }

    fn a_demo_that_was_bought_is_a_customer(engine: Engine) {
        let company = Company::open(engine);
        make_demo(&company);
        company.become_(Status::Active);
        company.made("/partners", &partner("kettle"));
        let before = company.rows();
        company.house.later(86_400);
        assert_eq!(wait(reset_due(company.house.app())).unwrap(), 0);
        assert!(wait(reset_demo(company.house.app(), &Actor::shell(), company.tenant())).is_err());
        assert_eq!(company.rows(), before);
        assert_eq!(registered(&company).kind, Kind::Customer);
    }

    fn only_what_is_a_demo_by_status_and_kind_is_reset(engine: Engine) {
        let company = Company::open(engine);
        company.made("/partners", &partner("kettle"));
        for (kind, status) in [("demo", "active"), ("demo", "trial"), ("customer", "demo")] {
            make(&company, kind, status);
            let before = company.rows();
            company.house.later(86_400);
            assert_eq!(wait(reset_due(company.house.app())).unwrap(), 0, "{kind} {status}");
            assert!(wait(reset_demo(company.house.app(), &Actor::shell(), company.tenant())).is_err(), "{kind} {status}");
            assert_eq!(company.rows(), before, "{kind} {status}");
        }
    }

    fn no_company_that_is_here_becomes_a_demo(engine: Engine) {
        let company = Company::open(engine);
        let (app, tenant) = (company.house.app(), company.tenant());
        for status in ["active", "trial", "frozen", "demo"] {
            make(&company, "customer", status);
            let to_demo = |company: &mut tenancy::Company| company.kind = Kind::Demo;
            match wait(tenancy::change_record(app, &Actor::shell(), tenant, to_demo)) {
                Err(Error::Invalid(fields)) => assert_eq!(fields[0].pointer, "/kind", "{status}"),
                other => panic!("{status}: {other:?}"),
            }
            assert_eq!(registered(&company).kind, Kind::Customer);
        }
        // A demo stays one while other things of it change, and may stop being one.
        make_demo(&company);
        let renamed = |company: &mut tenancy::Company| company.settings.name = "Show".to_owned();
        assert_eq!(wait(tenancy::change_record(app, &Actor::shell(), tenant, renamed)).unwrap().kind, Kind::Demo);
        let bought = |company: &mut tenancy::Company| company.kind = Kind::Customer;
        assert_eq!(wait(tenancy::change_record(app, &Actor::shell(), tenant, bought)).unwrap().kind, Kind::Customer);
    }

    fn a_demo_is_loaded_as_far_as_the_plan_allows(engine: Engine) {
        let company = Company::open(engine);
        let (app, scope) = (company.house.app(), company.house.test.scope.clone());
        company.limit(Counted::Partners, 10);
        let before = content(&company);
        let refused = wait(demo::load(app, &scope, &Actor::shell(), |_| {})).unwrap_err();
        assert!(refused.to_string().contains("allows 10 partners: 0 are there, and 24 more would come"), "{refused}");
        assert!(matches!(wait(demo::preview(app, &scope)), Err(Error::PlanLimit { .. })));
        let person = company.house.signed_in("ana@example.com");
        let back = person.submit_to("/admin", "/admin/demo/load", &[]);
        assert_eq!(back.location(), "/admin", "{}", back.text());
        let home = person.get("/admin").text();
        assert!(home.contains("allows 10 partners"), "{home}");
        assert_eq!(content(&company), before);
        // What shows the program is filled whatever it was sold as.
        make_demo(&company);
        wait(reset_demo(app, &Actor::shell(), scope.tenant())).unwrap();
    }
}

fn registered(company: &Company) -> tenancy::Company {
    let found = company
        .house
        .app()
        .control
        .read(|c| tenancy::company_by_slug(c, "default"));
    wait(found).unwrap().unwrap()
}

#[test]
fn a_demo_is_reset_once_a_night() {
    let company = Company::open(Engine::Sqlite);
    make_demo(&company);
    let app = company.house.app();
    assert_eq!(wait(reset_due(app)).unwrap(), 0, "opened this morning");
    company.house.later(86_400);
    assert_eq!(wait(reset_due(app)).unwrap(), 1);
    assert_eq!(wait(reset_due(app)).unwrap(), 0);
    company.house.later(86_400);
    assert_eq!(wait(reset_due(app)).unwrap(), 1);
    let trail = company
        .program()
        .get("/api/v1/audit?action=company.demo_reset")
        .expect(200)
        .json();
    assert_eq!(trail["data"].as_array().unwrap().len(), 2, "{trail}");
}
