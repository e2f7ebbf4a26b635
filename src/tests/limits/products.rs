//! A product that is switched off or over answers so at every one of its doors, and nothing else changes.

use std::time::Duration;

use actix_web::http::Method;
use serde_json::json;
use steading::routes;
use steading::slices::SLICES;
use steading::tenancy::Entitlement;
use steading::tenancy::plans::PRODUCTS;
use steading::web::route::Reach;

use super::{Company, filled, refused, token};
use crate::on_both_engines;

/// What belongs to no product: whoever adds a route outside says so here.
const OF_NONE: &[&str] = &[
    "/api/docs",
    "/api/v1/openapi.json",
    "/steading.js",
    "/r/",
    "/admin/audit",
    "/admin/system",
    "/admin/mail",
    "/admin/about",
    "/admin/settings",
    "/admin/usage",
    "/admin/domains",
    "/admin/people",
    "/admin/api-keys",
    "/api/v1/audit",
    "/api/v1/me",
    "/api/v1/members",
    "/api/v1/projects",
    "/api/v1/roles",
    "/api/v1/api-keys",
    "/api/v1/usage",
];

fn switched(on: bool) -> Entitlement {
    Entitlement {
        is_enabled: Some(on),
        ..Entitlement::default()
    }
}

#[test]
fn every_product_is_a_slice() {
    for product in PRODUCTS {
        assert!(
            SLICES.iter().any(|slice| slice.name == product),
            "{product}"
        );
    }
}

on_both_engines! {
    fn every_door_of_a_product_shuts_and_no_other(engine: Engine) {
        let company = Company::open(engine);
        company.enrolment();
        let (person, program) = (company.house.signed_in("ana@example.com"), company.program());
        let csrf = token(&person);
        company.entitle(switched(false));
        let before = company.rows();
        let mut shut = 0;
        for route in routes::all().iter().filter(|route| route.reach == Reach::Tenant) {
            let (what, path) = (format!("{} {}", route.method, route.path), filled(route.path));
            let is_of_none = OF_NONE.iter().any(|start| route.path.starts_with(start));
            // Other slices' writes are not tried: they would work; a company's way out writes a line of its trail.
            if is_of_none && (!route.method.is_safe() || route.path == "/admin/system/export") {
                continue;
            }
            let reply = if route.path.starts_with("/api/v1/") {
                program.send(route.method.as_str(), &path, &[("content-type", "application/json")], b"{}")
            } else if route.method == Method::POST {
                person.post_form(&path, &[("csrf", csrf.as_str())])
            } else {
                person.send(route.method.as_str(), &path, &[], &[])
            };
            if is_of_none {
                assert_ne!(reply.status, 403, "{what}");
                continue;
            }
            assert_eq!(reply.status, 403, "{what}: {}", reply.text());
            if route.path.starts_with("/api/v1/") {
                assert_eq!(refused(&reply).1, "product_disabled", "{what}");
            }
            assert!(reply.text().contains("The product “partners” is switched off"), "{what}: {}", reply.text());
            shut += 1;
        }
        assert!(shut > 80, "only {shut} doors were tried");
        assert_eq!(company.rows(), before);
        let settings = person.get("/admin/settings").expect(200).text();
        assert!(!settings.contains("href=\"/admin/partners\""), "the navigation leads to a shut door");
        company.entitle(switched(true));
        person.get("/admin/partners").expect(200);
    }

    fn an_end_in_the_past_is_a_switch(engine: Engine) {
        let company = Company::open(engine);
        let end = company.house.test.clock.now().plus(Duration::from_secs(3_600));
        company.entitle(Entitlement { expires_at: Some(Some(end)), ..Entitlement::default() });
        let program = company.program();
        assert_eq!(program.get("/api/v1/partners").status, 200);
        company.house.later(3_599);
        assert_eq!(program.get("/api/v1/partners").status, 200);
        company.house.later(1);
        assert_eq!(refused(&program.get("/api/v1/partners")), (403, "product_disabled".to_owned()));
        company.entitle(Entitlement { expires_at: Some(None), ..Entitlement::default() });
        assert_eq!(program.get("/api/v1/partners").status, 200);
    }

    fn links_of_a_company_without_the_product_lead_on_unwritten(engine: Engine) {
        let company = Company::open(engine);
        let enrolment = company.enrolment();
        company.made("/links", &json!({ "enrolment_id": enrolment, "key": "kettle" }));
        company.entitle(switched(false));
        let visitor = company.house.visitor().with_header("user-agent", "Firefox");
        let before = company.rows();
        assert_eq!(visitor.get("/r/kettle").location(), "https://shop.example/");
        assert_eq!(company.rows(), before);
        company.entitle(switched(true));
        assert!(visitor.get("/r/kettle").location().contains("st_ref="));
    }

    fn decisions_are_in_the_trail_and_only_real_ones(engine: Engine) {
        let company = Company::open(engine);
        company.entitle(switched(true));
        company.entitle(switched(false));
        company.entitle(switched(false));
        let trail = company.program().get("/api/v1/audit?action=company.entitled").expect(200).json();
        let events = trail["data"].as_array().unwrap();
        assert_eq!(events.len(), 1, "{trail}");
        assert!(events[0].to_string().contains("is_enabled"), "{trail}");
    }
}
