//! Every task works with JavaScript off: sign in, make, edit, list, search, export, decide, pay, archive.

use super::pages::{
    add_partner, downloaded, enrol, make_key, make_link, make_program, set_bank, sign_in,
};
use crate::harness::browser::Browser;
use crate::harness::company::owned;
use crate::harness::engine::Engine;
use crate::harness::eventually;
use serde_json::json;

const IBAN: &str = "RO49AAAA1B31007593840000";

#[test]
fn every_task_works_without_scripts() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let base = server.url("");
    let downloads = tempfile::tempdir().unwrap();
    let browser = Browser::without_scripts();
    browser.save_downloads_in(downloads.path());

    // Signing in wrong says so and keeps what was typed.
    browser.open(&format!("{base}/admin/partners?q=x"));
    browser.wait_for_address("/login");
    browser.fill("#f-email", crate::harness::company::OWNER);
    browser.fill("#f-password", "not the password at all");
    browser.press("Sign in");
    browser.wait_for_text("main", "do not belong together");
    assert_eq!(
        browser.property("#f-email", "value"),
        crate::harness::company::OWNER
    );
    browser.fill("#f-password", crate::harness::company::PASSWORD);
    browser.press("Sign in");
    // The way that was asked for is gone on.
    browser.wait_for_address("/admin/partners?q=x");

    let program = make_program(&browser, &base, "Kettle friends", "https://shop.example/");
    let partner = add_partner(&browser, &base, "Bogdan Ionescu", "bogdan@example.com");
    set_bank(&browser, &base, &partner, "Bogdan Ionescu", IBAN);
    enrol(&browser, &base, &partner, &program);
    make_link(&browser, &base, &partner, "bogdan-news");
    let key = make_key(&browser, &base, "The shop");
    browser.screenshot("unscripted-partner");

    // A form that does not fit says why, beside the field and above, and keeps the rest.
    browser.open(&format!("{base}/admin/partners/new"));
    browser.fill("#f-name", "Carmen");
    browser.fill("#f-email", "carmen");
    browser.press("Add partner");
    browser.wait_for_text("[data-summary]", "mail address");
    assert_eq!(browser.property("#f-name", "value"), "Carmen");
    assert_eq!(browser.count("#f-email[aria-invalid=true]"), 1);
    browser.fill("#f-email", "carmen@example.com");
    browser.press("Add partner");
    browser.wait_for_address("/admin/partners/prt_");

    // Editing.
    browser.press("Edit");
    browser.fill("#f-company", "Carmen & Co");
    browser.click("main form .btn.go");
    browser.wait_for_text("main", "Carmen & Co");

    // Searching, filtering, sorting, exporting exactly that.
    browser.open(&format!("{base}/admin/partners"));
    assert_eq!(browser.count("main tbody tr"), 2);
    browser.fill("input[name=q]", "carmen");
    browser.press("Apply");
    browser.wait_for_address("q=carmen");
    assert_eq!(browser.count("main tbody tr"), 1);
    browser.press("Export CSV");
    let (_, csv) = downloaded(downloads.path());
    assert!(
        csv.contains("carmen@example.com") && !csv.contains("bogdan@example.com"),
        "{csv}"
    );
    browser.press("Clear all");
    eventually("all again", || {
        (browser.count("main tbody tr") == 2).then_some(())
    });
    browser.click("thead th[aria-sort] a");
    browser.wait_for_address("sort=");

    // A sale, approved from the list, paid.
    let client = server.client().with_key(&key);
    let landed = server.client().get("/r/bogdan-news").location().to_owned();
    let click = landed.split("st_ref=").nth(1).unwrap();
    let sale = json!({
        "click": click, "customer_id": "c1", "type": "sale", "external_id": "order-1", "value": { "amount": 4990, "currency": "EUR" }
    });
    client.json("POST", "/api/v1/events", &sale).expect(201);
    browser.open(&format!("{base}/admin/commissions"));
    browser.click("main tbody input[name=ids]");
    browser.press("Approve ticked");
    browser.wait_for_text("main", "It is on hold until");
    browser.press("Approve 1");
    browser.wait_for_text(".toasts", "1 ");
    browser.open(&format!("{base}/admin/payouts/new"));
    browser.press("Prepare payout");
    browser.wait_for_address("/admin/payouts/pob_");
    browser.press("Approve €6.24");
    browser.wait_for_text("main", "Export CSV");
    browser.press("Export CSV");
    let (_, csv) = downloaded(downloads.path());
    assert!(csv.contains(IBAN) && csv.contains("6.24"), "{csv}");
    browser.press("I have the file, go on");
    browser.press("Confirm as paid…");
    browser.wait_for_address("/confirm");
    browser.press("Confirm as paid");
    browser.wait_for_text(".toasts", "Confirmed as paid");

    // What cannot be taken back asks for its name first.
    browser.open(&format!("{base}{program}"));
    browser.press("Archive…");
    browser.wait_for_address("/archive");
    browser.press("Archive programme");
    browser.wait_for_text("main", "Type the name exactly");
    browser.fill("#f-retype", "Kettle friends");
    browser.press("Archive programme");
    browser.wait_for_text(".toasts", "was archived");
    browser.open(&format!("{base}/r/bogdan-news"));
    browser.wait_for_text("body", "no longer in use");

    // Dark by choice, and out.
    browser.open(&format!("{base}/admin"));
    browser.click("details.account > summary");
    browser.press("Sign out");
    browser.wait_for_address("/login");
    browser.open(&format!("{base}/admin/partners"));
    browser.wait_for_address("/login");
    sign_in(&browser, &base);
    let told = "Failed to load resource: the server responded with a status of 4";
    let mut complaints = browser.complaints();
    complaints.retain(|line| !line.contains(told));
    assert_eq!(complaints, [""; 0]);
}
