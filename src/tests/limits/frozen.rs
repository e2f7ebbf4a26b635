//! Frozen is read-only: every read works, every write is refused with the same words and changes nothing, work waits.

use std::time::Duration;

use actix_web::http::Method;
use steading::routes;
use steading::tenancy::Status;
use steading::web::request;
use steading::web::route::{Reach, Route};
use steading::{Error, jobs};

use super::{Company, filled, refused, token};
use crate::harness::engine::{Engine, wait};
use crate::on_both_engines;

/// Open to every browser: answers as always and writes nothing down.
const OPEN: &str = "/r/identify";

fn of_the_company() -> Vec<Route> {
    let all = routes::all().into_iter();
    all.filter(|route| route.reach == Reach::Tenant).collect()
}

fn is_api(route: &Route) -> bool {
    route.path.starts_with("/api/v1/")
}

on_both_engines! {
    fn every_write_is_refused_and_changes_nothing(engine: Engine) {
        let company = Company::open(engine);
        company.enrolment();
        let (person, program) = (company.house.signed_in("ana@example.com"), company.program());
        let csrf = token(&person);
        company.become_(Status::Frozen);
        let before = company.rows();
        let mut tried = 0;
        for route in of_the_company().iter().filter(|route| !route.method.is_safe() && route.path != OPEN) {
            let (what, path) = (format!("{} {}", route.method, route.path), filled(route.path));
            if is_api(route) {
                let reply = program.send(route.method.as_str(), &path, &[("content-type", "application/json")], b"{}");
                assert_eq!(refused(&reply), (403, "tenant_frozen".to_owned()), "{what}: {}", reply.text());
                assert!(reply.json()["detail"].as_str().unwrap().contains("thaw"), "{what}");
            } else if path.ends_with(request::CLOSE) {
                // The way out is open from here too; this instance serves one company, which is not closed.
                let reply = person.post_form(&path, &[("csrf", csrf.as_str()), ("retype", "x")]);
                assert_eq!(reply.status, 409, "{what}: {}", reply.text());
            } else {
                assert_eq!(route.method, Method::POST, "{what}");
                let reply = person.post_form(&path, &[("csrf", csrf.as_str()), ("name", "x")]);
                assert_eq!(reply.status, 403, "{what}: {}", reply.text());
                assert!(reply.text().contains("This company is frozen"), "{what}: {}", reply.text());
            }
            tried += 1;
        }
        assert!(tried > 60, "only {tried} routes were tried");
        assert_eq!(company.rows(), before);
    }

    fn every_read_works_and_every_page_says_so(engine: Engine) {
        let company = Company::open(engine);
        company.enrolment();
        let (person, program) = (company.house.signed_in("ana@example.com"), company.program());
        company.become_(Status::Frozen);
        let (mut pages, mut files) = (0, 0);
        for route in of_the_company().iter().filter(|route| route.method == Method::GET && !route.path.contains('{')) {
            let what = route.path;
            // Only where many companies are served: tenancy::domains looks at it.
            if what == "/admin/domains" {
                continue;
            }
            if is_api(route) {
                assert_eq!(program.get(what).status, 200, "{what}");
                continue;
            }
            let reply = person.get(what);
            // A question about nothing leads back to its list.
            assert!([200, 303].contains(&reply.status), "{what}: {}", reply.text());
            if !what.starts_with("/admin") || reply.status != 200 {
                continue;
            }
            if reply.header("content-type").starts_with("text/html") {
                assert!(reply.text().contains("This company is frozen"), "{what} does not say so");
                pages += 1;
            } else {
                files += 1;
            }
        }
        assert!(pages > 15 && files > 2, "{pages} pages, {files} files");
    }

    fn people_come_and_go(engine: Engine) {
        let company = Company::open(engine);
        company.become_(Status::Frozen);
        let person = company.house.signed_in("ana@example.com");
        assert!(person.get("/admin").expect(200).text().contains("This company is frozen"));
        // One's own account is no company's.
        let saved = person.submit_to("/account", "/account/name", &[("name", "Ana")]);
        assert_eq!(saved.status, 303, "{}", saved.text());
        assert_eq!(person.submit_to("/admin", "/logout", &[]).location(), "/login");
    }

    fn links_lead_on_and_nothing_is_written_down(engine: Engine) {
        let company = Company::open(engine);
        let enrolment = company.enrolment();
        company.made("/links", &serde_json::json!({ "enrolment_id": enrolment, "key": "kettle" }));
        let visitor = company.house.visitor().with_header("user-agent", "Firefox");
        let followed = visitor.get("/r/kettle");
        let click = followed.location().split("st_ref=").nth(1).unwrap().to_owned();
        company.become_(Status::Frozen);
        let before = company.rows();
        let again = visitor.get("/r/kettle");
        assert_eq!(again.location(), "https://shop.example/");
        assert!(again.header("set-cookie").is_empty());
        assert_eq!(visitor.get("/steading.js").status, 200);
        let claim = serde_json::json!({ "click": click, "customer_id": "c-1" });
        assert_eq!(visitor.json("POST", OPEN, &claim).status, 204);
        assert_eq!(company.rows(), before);
        company.become_(Status::Active);
        assert!(visitor.get("/r/kettle").location().contains("st_ref="));
        assert_eq!(visitor.json("POST", OPEN, &claim).status, 204);
        assert_ne!(company.rows(), before);
    }

    fn a_thaw_brings_everything_back(engine: Engine) {
        let company = Company::open(engine);
        company.become_(Status::Frozen);
        let new = super::partner("kettle");
        assert_eq!(refused(&company.post("/partners", &new)).1, "tenant_frozen");
        company.become_(Status::Active);
        assert_eq!(company.post("/partners", &new).status, 201);
        let home = company.house.signed_in("ana@example.com").get("/admin").text();
        assert!(!home.contains("This company is frozen"));
    }

    fn work_waits_for_the_thaw(engine: Engine) {
        let company = Company::open(engine);
        let (app, tenant) = (company.house.app().clone(), company.tenant());
        wait(jobs::run_due(&app, Some(tenant))).unwrap();
        some_work(&company);
        company.become_(Status::Frozen);
        let before = company.rows();
        assert!(matches!(wait(jobs::run_due(&app, Some(tenant))), Err(Error::Frozen)));
        assert_eq!(company.rows(), before);
        company.become_(Status::Active);
        let ran = wait(jobs::run_due(&app, Some(tenant))).unwrap();
        assert!(ran.iter().any(|job| job.kind == "jobs.tidy"), "{ran:?}");
    }
}

/// A job that is due.
fn some_work(company: &Company) {
    let due = company.house.test.clock.now();
    wait(
        company
            .house
            .test
            .scope
            .write(move |c| jobs::enqueue(c, "jobs.tidy", &serde_json::json!({}), due, None)),
    )
    .unwrap();
}

#[test]
fn the_runner_passes_a_frozen_company_by_and_hears_of_its_thaw() {
    use tokio::sync::watch;
    let company = Company::open(Engine::Sqlite);
    let (app, scope) = (
        company.house.app().clone(),
        company.house.test.scope.clone(),
    );
    some_work(&company);
    company.become_(Status::Frozen);
    let due = async || scope.read(jobs::counts).await.unwrap().due;
    wait(async {
        let (stop, stopped) = watch::channel(false);
        let test = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert_eq!(due().await, 1, "the runner did work in a frozen company");
            let shell = steading::actor::Actor::shell();
            let thawed =
                steading::tenancy::change_status(&app, &shell, scope.tenant(), Status::Active);
            thawed.await.unwrap();
            while due().await > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            stop.send(true).unwrap();
        };
        tokio::join!(jobs::run(app.clone(), stopped), test);
    });
}
