//! The trial clock: whoever's trial is over is frozen by the program itself, also after a stop.

use std::time::Duration;

use diesel::prelude::*;
use steading::db::schema::control::tenants;
use steading::jobs;
use steading::tenancy::Status;
use steading::tenancy::plans::end_trials;

use super::{Company, refused};
use crate::harness::engine::wait;
use crate::on_both_engines;

/// Puts the company on a trial of so many seconds, as it would have been opened.
fn on_trial(company: &Company, seconds: u64) {
    let (app, tenant) = (company.house.app(), company.tenant());
    let end = company
        .house
        .test
        .clock
        .now()
        .plus(Duration::from_secs(seconds));
    let write = app.control.write(move |c| {
        let row = diesel::update(tenants::table.filter(tenants::id.eq(tenant)));
        row.set((
            tenants::status.eq("trial"),
            tenants::trial_ends_at.eq(Some(end)),
        ))
        .execute(c.db())?;
        Ok(())
    });
    wait(write).unwrap();
    wait(app.gate.get().unwrap().companies_changed()).unwrap();
}

on_both_engines! {
    fn a_trial_ends_by_itself_and_the_trail_says_who_did_it(engine: Engine) {
        let company = Company::open(engine);
        on_trial(&company, 3 * 86_400);
        let (app, person) = (company.house.app(), company.house.signed_in("ana@example.com"));
        assert!(person.get("/admin/settings").text().contains("The trial ends in 3 days."));
        company.house.later(2 * 86_400 + 60);
        let person = company.house.signed_in("ana@example.com");
        assert!(person.get("/admin/settings").text().contains("The trial ends in 1 day."));
        assert_eq!(wait(end_trials(app)).unwrap(), 0);
        assert_eq!(company.post("/partners", &super::partner("early")).status, 201);
        company.house.later(86_400);
        // The clock is a job like any other.
        let ran = wait(jobs::run_due(app, None)).unwrap();
        assert!(ran.iter().any(|job| job.kind == "tenancy.trials"), "{ran:?}");
        assert_eq!(refused(&company.post("/partners", &super::partner("late"))).1, "tenant_frozen");
        let trail = company.program().get("/api/v1/audit?action=company.frozen").expect(200).json();
        let event = &trail["data"][0];
        assert_eq!(event["actor"]["kind"], "system", "{trail}");
        assert_eq!(wait(end_trials(app)).unwrap(), 0, "frozen once");
    }

    fn whoever_bought_in_time_is_left_alone(engine: Engine) {
        let company = Company::open(engine);
        on_trial(&company, 60);
        company.become_(Status::Active);
        company.house.later(120);
        assert_eq!(wait(end_trials(company.house.app())).unwrap(), 0);
        assert_eq!(company.post("/partners", &super::partner("kettle")).status, 201);
        let home = company.house.signed_in("ana@example.com").get("/admin/settings").text();
        assert!(!home.contains("The trial ends"), "an active company is on no trial");
    }
}
