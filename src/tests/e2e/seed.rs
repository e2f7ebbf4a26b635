//! A little of everything, made through the API, so that no page of a crawl is empty.

use serde_json::{Value, json};

use crate::harness::company::{OWNER, PASSWORD};
use crate::harness::http::Client;

/// Fills a company; `client` holds a key that may do everything.
pub fn little_of_everything(client: &Client, visitor: &Client) {
    let make = |path: &str, body: Value| {
        let reply = client.json("POST", &format!("/api/v1{path}"), &body);
        assert!(
            [200, 201].contains(&reply.status),
            "{path} {body}: {}",
            reply.text()
        );
        reply.json()
    };
    let project = make("/projects", json!({ "slug": "spring", "name": "Spring" }));
    make("/projects", json!({ "slug": "autumn", "name": "Autumn" }));
    let program = make(
        "/programs",
        json!({
            "project_id": project["id"], "name": "Kettle friends", "commission": { "type": "percent", "rate": "12.5" }, "destination_url": "https://shop.example/", "holding_days": 0
        }),
    );
    let gift = make(
        "/programs",
        json!({
            "name": "Fixed gift", "commission": { "type": "fixed", "value": { "amount": 500, "currency": "RON" } }, "destination_url": "https://shop.example/"
        }),
    );
    let mut enrolments = Vec::new();
    for (name, email, state) in [
        ("Bogdan Ionescu", "bogdan@example.com", "approved"),
        (
            "A blog with a name that is far too long for any narrow column of a table",
            "blog@example.com",
            "approved",
        ),
        ("Carmen", "carmen@example.com", "applied"),
    ] {
        let partner = make(
            "/partners",
            json!({
                "name": name, "email": email, "state": state, "company": "Ionescu și fiii", "website": "https://blog.example/",
                "payee": { "method": "bank", "holder": name, "account": "RO49AAAA1B31007593840000" }
            }),
        );
        if state == "approved" {
            for program in [&program, &gift] {
                enrolments.push(make(
                    "/enrolments",
                    json!({ "partner_id": partner["id"], "program_id": program["id"] }),
                ));
            }
        }
    }
    for (number, enrolment) in enrolments.iter().enumerate() {
        let key = format!("link-{number}");
        make(
            "/links",
            json!({ "enrolment_id": enrolment["id"], "key": key, "label": "Newsletter" }),
        );
        let landed = visitor
            .get(&format!("/r/{key}?utm_source=mail"))
            .location()
            .to_owned();
        let click = landed.split("st_ref=").nth(1).unwrap().to_owned();
        for (sale, currency) in [(4_990, "EUR"), (1_999, "RON")] {
            make(
                "/events",
                json!({
                    "click": click, "customer_id": format!("customer-{number}"), "type": "sale", "external_id": format!("order-{number}-{sale}"),
                    "value": { "amount": sale, "currency": currency }
                }),
            );
        }
    }
    // The company may hold the demo already, whose newest sales are refunded on some days.
    let commissions = client
        .get("/api/v1/commissions?state=pending&limit=200")
        .expect(200)
        .json()["data"]
        .take();
    let commissions = commissions.as_array().unwrap();
    let approve = |commission: &Value| {
        let id = commission["id"].as_str().unwrap();
        make(&format!("/commissions/{id}/approve"), json!({}));
    };
    let (paid, rest) = commissions.split_at(commissions.len() / 2);
    paid.iter().for_each(approve);
    let batch = make("/payout-batches", json!({ "note": "October" }));
    let id = batch["id"].as_str().unwrap();
    make(&format!("/payout-batches/{id}/approve"), json!({}));
    // Something waits for the next payout, too.
    rest.iter().take(2).for_each(approve);
    make(
        "/refunds",
        json!({ "event_external_id": "order-0-4990", "external_id": "refund-1", "value": { "amount": 1_000, "currency": "EUR" } }),
    );
    make(
        "/members",
        json!({ "email": "viewer@example.com", "roles": ["viewer"] }),
    );
    make(
        "/api-keys",
        json!({ "name": "Nightly report", "scopes": ["*:read"] }),
    );
}

/// The owner without a browser.
pub fn signed_in(client: Client) -> Client {
    let entered = client.submit("/login", &[("email", OWNER), ("password", PASSWORD)]);
    assert_eq!(entered.location(), "/admin");
    let sent = client.submit_to("/admin/mail/settings", "/admin/mail/test", &[("to", OWNER)]);
    assert!(sent.status < 400, "{}", sent.text());
    client
}
