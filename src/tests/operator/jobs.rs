//! The instance's own work: what was given up is shown, begun again by an operator, and counted by `doctor`.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use serde_json::Value;
use steading::audit;
use steading::jobs;

use crate::harness::engine::wait;
use crate::harness::process::Home;
use crate::identity::House;
use crate::on_both_engines;

/// Work that no version knows, given up at once.
const KIND: &str = "mail.of_another_version";

on_both_engines! {
    fn what_was_given_up_is_shown_and_begun_again(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        let control = &house.app().control;
        let quiet = op.get("/operator/report").expect(200).text();
        assert!(!quiet.contains("was given up"), "{quiet}");
        let id = wait(control.write(|c| jobs::enqueue(c, KIND, &Value::Null, c.now(), None))).unwrap().unwrap();
        wait(jobs::run_due(house.app(), None)).unwrap();
        let report = op.get("/operator/report").expect(200).text();
        assert!(report.contains("was given up") && report.contains(KIND), "{report}");
        let token = report.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        for nothing in ["job_01h455vb4pex5vsknk084sn02q/retry".to_owned(), "x/retry".to_owned(), format!("{id}/run")] {
            assert_eq!(op.post_form(&format!("/operator/jobs/{nothing}"), &[("csrf", token)]).status, 404, "{nothing}");
        }
        let retried = op.submit_to("/operator/report", &format!("/operator/jobs/{id}/retry"), &[]);
        assert_eq!(retried.location(), "/operator/report", "{}", retried.text());
        let job = wait(control.read(move |c| jobs::job(c, id))).unwrap().unwrap();
        assert_eq!(job.state, "ready");
        let told = wait(control.read(move |c| audit::history_of(c, &id))).unwrap();
        assert_eq!((told[0].action.as_str(), told[0].actor_name.as_str()), ("job.retried", "op@example.com"));
        wait(jobs::run_due(house.app(), None)).unwrap();
        let _ = op.submit_to("/operator/report", &format!("/operator/jobs/{id}/cancel"), &[]).expect(303);
        assert!(!op.get("/operator/report").text().contains("was given up"));
    }

    fn the_command_line_means_the_instance_where_no_company_is_named(engine: Engine) {
        let home = Home::new(engine).env("STEADING_TENANCY", "multi");
        let _ = home.run(&["tenant", "create", "acme"]).expect_code(0);
        let _ = home.run(&["jobs", "run", "--yes"]).expect_code(0);
        let listed = home.run(&["jobs", "list", "--all", "--json"]).expect_code(0).json();
        let listed = listed.as_array().unwrap().clone();
        assert!(!listed.is_empty() && listed.iter().all(|job| job["queue"] == "instance"), "{listed:?}");
        let of_acme = home.run(&["jobs", "list", "--all", "--json", "--tenant", "acme"]).expect_code(0).json();
        assert!(of_acme.as_array().unwrap().iter().all(|job| job["queue"] == "company"), "{of_acme}");
        let _ = home.run(&["doctor"]).expect_code(0);
        let set = "SET state = 'dead', attempts = 8, finished_at = updated_at, kind = 'mail.old', unique_key = NULL \
            WHERE kind = 'tenancy.close' AND state = 'done'";
        match &home.database {
            None => {
                let file = home.data().join("control.db");
                let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                conn.batch_execute(&format!("UPDATE jobs {set}")).unwrap();
            }
            Some(urls) => {
                let mut conn = PgConnection::establish(&urls.superuser).unwrap();
                conn.batch_execute(&format!("UPDATE control.jobs {set}")).unwrap();
            }
        }
        let told = home.run(&["doctor", "--strict"]).expect_code(1);
        assert!(told.stdout.contains("1 after too many failed attempts"), "{told:?}");
        let dead = home.run(&["jobs", "list", "--state", "dead", "--json"]).expect_code(0).json();
        let id = dead[0]["id"].as_str().unwrap();
        let _ = home.run(&["jobs", "retry", id, "--tenant", "acme"]).expect_code(1);
        let _ = home.run(&["jobs", "retry", id]).expect_code(0);
        let none = home.run(&["jobs", "list", "--state", "dead", "--json"]).expect_code(0).json();
        assert_eq!(none.as_array().unwrap().len(), 0, "{none}");
    }
}
