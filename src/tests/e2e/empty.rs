//! A fresh instance: every list says what would be there and offers how to begin.

use super::pages::sign_in;
use crate::harness::browser::{Browser, PHONE};
use crate::harness::company::owned;
use crate::harness::engine::Engine;

/// Every list that is empty at first.
const LISTS: &[&str] = &[
    "/admin/programs",
    "/admin/partners",
    "/admin/links",
    "/admin/commissions",
    "/admin/payouts",
    "/admin/mail",
    "/admin/api-keys",
];

#[test]
fn an_empty_list_says_how_to_begin() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let base = server.url("");
    let browser = Browser::new();
    sign_in(&browser, &base);
    browser.wait_for_text("main", "Getting started");
    browser.screenshot("empty-home");
    for list in LISTS {
        browser.open(&format!("{base}{list}"));
        assert_eq!(browser.count("main .empty h2"), 1, "{list}");
        assert!(browser.text("main .empty p").len() > 20, "{list}");
        assert_eq!(
            browser.count("main .empty a.btn.go"),
            1,
            "{list} offers one action"
        );
        assert_eq!(browser.count("main table"), 0, "{list}");
        browser.click("main .empty a.btn.go");
        browser.wait_for_address("/admin/");
        assert!(
            browser.source().contains("<h1"),
            "{list}: its action leads nowhere"
        );

        browser.open(&format!("{base}{list}?q=nothing-like-it"));
        assert!(
            browser.text("main .empty").contains("Nothing matches"),
            "{list}"
        );
        assert_eq!(browser.count("main .empty a.btn"), 1, "{list}");
        browser.resize(PHONE);
        assert_eq!(browser.sideways_scroll(), 0, "{list}");
        browser.resize(crate::harness::browser::LAPTOP);
    }
    for page in [
        "/admin",
        "/admin/payouts/new",
        "/admin/links/new",
        "/admin/audit",
        "/admin/system",
        "/admin/system/jobs",
        "/admin/people",
    ] {
        browser.open(&format!("{base}{page}"));
        assert_eq!(browser.barriers(), [""; 0], "{page}");
    }
    assert_eq!(browser.complaints(), [""; 0]);
}
