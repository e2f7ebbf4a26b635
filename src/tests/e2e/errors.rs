//! Errors as people meet them: a page of our own with the right status, the request's id, and a way back.

use super::pages::sign_in;
use crate::harness::browser::Browser;
use crate::harness::company::{OWNER, PASSWORD, owned, owner};
use crate::harness::engine::Engine;
use crate::harness::http::Reply;
use crate::harness::rows::Behind;

#[track_caller]
fn told(reply: &Reply, status: u16) {
    let text = reply.text();
    assert_eq!(reply.status, status, "{text}");
    assert_eq!(
        reply.header("content-type"),
        "text/html; charset=utf-8",
        "{text}"
    );
    let id = reply.header("x-request-id");
    assert!(
        !id.is_empty() && text.contains(id),
        "{status} without its id: {text}"
    );
    assert!(text.contains(&format!("Answer {status}")), "{text}");
    assert!(
        text.contains("href=\"/admin\""),
        "{status} without a way back: {text}"
    );
    for word in ["panicked", "diesel", "sqlite", "SELECT", "src/"] {
        assert!(!text.contains(word), "{status} tells of the inside: {text}");
    }
}

#[test]
fn errors_are_pages_with_a_way_back() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let person = owner(&server);
    let own = server.url("");
    told(&person.get("/nope"), 404);
    told(&person.get("/admin/nope"), 404);
    told(
        &person.get("/admin/partners/prt_01h455vb4pex5vsknk084sn02q"),
        404,
    );
    told(&person.get("/admin/partners/1"), 404);
    told(&server.client().get("/nope"), 404);
    let reply = person.send("DELETE", "/admin/partners", &[("origin", &own)], &[]);
    told(&reply, 405);
    assert!(reply.header("allow").contains("GET"));
    told(&person.post_form("/admin/partners", &[("name", "x")]), 403);

    // Whoever is signed in stays among their own pages, with the way back to where they were.
    let nowhere = person.get("/admin/nope").text();
    assert!(nowhere.contains("aria-label=\"Main\""), "{nowhere}");
    assert!(
        !server
            .client()
            .get("/admin/nope")
            .text()
            .contains("aria-label=\"Main\"")
    );
    for (referer, back) in [
        (
            format!("{own}/admin/partners?q=tea"),
            "/admin/partners?q=tea",
        ),
        ("https://evil.example/admin".to_owned(), "/admin/partners"),
    ] {
        let sent = [("origin", own.as_str()), ("referer", referer.as_str())];
        let refused = person.send("POST", "/admin/partners/bulk", &sent, b"do=x");
        let shown = refused.text();
        assert!(
            shown.contains(&format!("<a class=\"btn go\" href=\"{back}\">")),
            "{shown}"
        );
    }

    // Somebody without the right is told which one it is.
    let invited = home.run_with_input(
        &[
            "user",
            "create",
            "viewer@example.com",
            "--role",
            "viewer",
            "--password-stdin",
        ],
        "a sentence only for viewers",
    );
    invited.expect_code(0);
    let viewer = server.client();
    let entered = viewer.submit(
        "/login",
        &[
            ("email", "viewer@example.com"),
            ("password", "a sentence only for viewers"),
        ],
    );
    assert_eq!(entered.location(), "/admin");
    let refused = viewer.get("/admin/partners/new");
    told(&refused, 403);
    assert!(
        refused.text().contains("partners:write"),
        "{}",
        refused.text()
    );
    viewer.get("/admin/partners").expect(200);

    let browser = Browser::new();
    sign_in(&browser, &own);
    browser.open(&format!("{own}/nope"));
    assert_eq!(browser.barriers(), [""; 0]);
    browser.screenshot("error-404");
    browser.press("Go to the start page");
    browser.wait_for_address("/admin");
}

#[test]
fn a_fault_of_ours_is_told_without_its_inside() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let person = owner(&server).with_header("x-request-id", "fault-1");
    Behind::of(&home).execute(
        "tenant",
        "ALTER TABLE programs RENAME TO programs_elsewhere",
    );
    told(&person.get("/admin/programs"), 500);
    let line = server.stderr.wait_for("the fault in the log", |line| {
        (line.contains("ERROR") && line.contains("fault-1")).then(|| line.to_owned())
    });
    assert!(line.contains("programs"), "{line}");
    told(&person.get("/nope"), 404);
    assert_eq!(
        server.client().get("/readyz").status,
        200,
        "one fault is not the store's end"
    );
    Behind::of(&home).execute(
        "tenant",
        "ALTER TABLE programs_elsewhere RENAME TO programs",
    );
    assert_eq!(person.get("/admin/programs").status, 200);
    assert_eq!(server.terminate(), 0);
}

#[test]
fn a_busy_store_is_told_with_a_way_to_try_again() {
    let home = owned(Engine::Postgres);
    let server = home.serve();
    let person = owner(&server);
    crate::server::health::let_in(&home.database.clone().unwrap(), false);
    let busy = person.get("/admin/programs");
    told(&busy, 503);
    assert!(!busy.header("retry-after").is_empty());
    let refused = server
        .client()
        .submit("/login", &[("email", OWNER), ("password", PASSWORD)]);
    told(&refused, 503);
}
