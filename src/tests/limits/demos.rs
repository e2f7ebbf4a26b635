//! Demo companies come back to the demo data, every night and on command; a customer's data is never touched.

use diesel::prelude::*;
use serde_json::json;
use steading::actor::Actor;
use steading::db::schema::control::tenants;
use steading::partners::demo;
use steading::tenancy::plans::{reset_demo, reset_due};

use super::{Company, partner};
use crate::harness::engine::{Engine, wait};
use crate::on_both_engines;

fn make_demo(company: &Company) {
    let (app, tenant) = (company.house.app(), company.tenant());
    let write = app.control.write(move |c| {
        let row = diesel::update(tenants::table.filter(tenants::id.eq(tenant)));
        row.set((tenants::kind.eq("demo"), tenants::status.eq("demo")))
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
