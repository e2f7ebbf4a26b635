//! What scripts add to the parts, and that nothing needs them.

use serde_json::json;

use super::served;
use crate::harness::browser::{Browser, PHONE};
use crate::harness::eventually;

fn value(browser: &Browser, script: &str, wanted: serde_json::Value) {
    eventually(&format!("{script} to be {wanted}"), || {
        (browser.run(script) == wanted).then_some(())
    });
}

#[test]
fn rows_are_ticked_by_range_and_buttons_say_how_many() {
    let origin = served::start();
    let browser = Browser::new();
    browser.open(&format!("{origin}/list"));
    let hidden = "return !document.querySelector('[data-bulk-bar]').checkVisibility()";
    assert_eq!(browser.run(hidden), true);
    browser.click("tbody tr:nth-child(1) [name=ids]");
    browser.run(
        "document.querySelector('tbody tr:nth-child(4) [name=ids]')
            .dispatchEvent(new MouseEvent('click', {shiftKey: true, bubbles: true}))",
    );
    assert_eq!(browser.text("[data-count]"), "4 selected");
    assert_eq!(browser.text("[data-verb=Approve]"), "Approve 4");
    browser.screenshot("gallery-bulk-wide");
    browser.click("[data-all-matching]");
    assert_eq!(browser.text("[data-verb=Approve]"), "Approve 1,214");
    browser.click("tbody tr:nth-child(2) [name=ids]");
    assert_eq!(browser.text("[data-verb=Approve]"), "Approve 5");
    browser.press("Approve 5");
    let sent = browser.text("#sent");
    assert!(
        sent.contains("ids=com_1&ids=com_3") && sent.ends_with("do=approve"),
        "{sent}"
    );
    assert!(!sent.contains("all="), "{sent}");
}

#[test]
fn lists_filter_as_one_types_and_stay_in_the_address() {
    let origin = served::start();
    let browser = Browser::new();
    browser.open(&format!("{origin}/list"));
    browser.run("window.same = true");
    browser.fill("[name=q]", "kettle");
    browser.wait_for_address("/list?q=kettle");
    value(
        &browser,
        "return document.querySelectorAll('tbody tr').length",
        json!(2),
    );
    assert_eq!(browser.run("return document.activeElement.value"), "kettle");
    browser.choose("[name=state]", "paid");
    let address = browser.wait_for_address("state=paid");
    assert!(address.ends_with("/list?q=kettle&state=paid"), "{address}");
    value(
        &browser,
        "return document.querySelectorAll('.chip.on').length",
        json!(1),
    );
    assert_eq!(
        browser.run("return window.same"),
        true,
        "without loading the page anew"
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.press("Clear all");
    browser.wait_for_text(".foot", "of 1,214");
}

#[test]
fn questions_open_as_dialogs_and_can_be_left() {
    let origin = served::start();
    let browser = Browser::new();
    browser.open(&format!("{origin}/record"));
    browser.press("Archive…");
    browser.wait_for_text("dialog[open]", "Type “Slow Kettle” to go on");
    browser.screenshot("gallery-dialog-wide");
    assert_eq!(browser.barriers(), Vec::<String>::new());
    browser.press("Keep it as it is");
    value(
        &browser,
        "return document.querySelectorAll('dialog').length",
        json!(0),
    );
    assert_eq!(
        browser.run("return document.activeElement.textContent"),
        "Archive…"
    );
    browser.press("Archive…");
    browser.fill("dialog [name=retype]", "Slow Kettle");
    browser.press("Archive partner");
    let sent = browser.text("#sent");
    assert!(
        sent.contains("csrf=token") && sent.contains("retype=Slow+Kettle"),
        "{sent}"
    );
}

#[test]
fn times_follow_the_reader_and_keep_utc() {
    let origin = served::start();
    let browser = Browser::new();
    browser.travel_to("Europe/Bucharest");
    browser.open(&format!("{origin}/list"));
    assert_eq!(browser.text("tbody time"), "12 Oct 2026, 12:14");
    assert_eq!(
        browser.property("tbody time", "title"),
        "12\u{a0}Oct\u{a0}2026, 09:14 UTC"
    );
}

#[test]
fn the_scheme_is_remembered_and_there_at_once() {
    let origin = served::start();
    let browser = Browser::new();
    browser.open(&format!("{origin}/home"));
    browser.click(".account summary");
    browser.screenshot("gallery-account-wide");
    browser.choose("#theme", "dark");
    assert_eq!(
        browser.run("return getComputedStyle(document.body).colorScheme"),
        "dark"
    );
    browser.open(&format!("{origin}/list"));
    assert!(browser.source().contains("data-theme=\"dark\""));
    browser.click(".account summary");
    browser.choose("#theme", "system");
    browser.open(&format!("{origin}/list"));
    assert!(!browser.source().contains("data-theme="));
}

#[test]
fn a_failed_form_leads_to_its_errors_and_is_not_lost() {
    let origin = served::start();
    let browser = Browser::new();
    browser.open(&format!("{origin}/form"));
    assert_eq!(
        browser.run("return document.activeElement.dataset.summary"),
        ""
    );
    browser.click("[data-summary] a[href='#f-rate']");
    assert_eq!(browser.run("return document.activeElement.name"), "rate");
    assert_eq!(browser.run("return document.activeElement.value"), "twelve");
    let asks = "const e = new Event('beforeunload', {cancelable: true}); dispatchEvent(e); return e.defaultPrevented";
    assert_eq!(browser.run(asks), true);
    browser.fill("[name=name]", "Spring");
    let twice = "const f = document.querySelector('form[data-guard]'); let sent = 0;
        f.addEventListener('submit', e => { if (!e.defaultPrevented) sent++; });
        document.addEventListener('submit', e => { if (!e.defaultPrevented) window.went = (window.went ?? 0) + 1; e.preventDefault(); });
        f.requestSubmit(); f.requestSubmit(); return window.went";
    assert_eq!(browser.run(twice), 1);
    assert_eq!(browser.run(asks), false, "a form on its way does not ask");
}

#[test]
fn values_are_copied_with_a_word_of_success() {
    let origin = served::start();
    let browser = Browser::new();
    browser.open(&format!("{origin}/secret"));
    browser.click("[data-copy]");
    browser.wait_for_text("[data-copy]", "Copied");
    assert_eq!(
        browser.run("return document.querySelector('[data-announce]').textContent"),
        "Copied to the clipboard."
    );
}

#[test]
fn messages_and_menus_close() {
    let origin = served::start();
    let browser = Browser::new();
    browser.resize(PHONE);
    browser.open(&format!("{origin}/home"));
    assert_eq!(browser.count(".toast"), 2);
    browser.click(".toast [data-dismiss]");
    assert_eq!(browser.count(".toast"), 1);
    browser.press("Menu");
    browser.wait_for_text(".drawer[open]", "Audit trail");
    browser.screenshot("gallery-drawer-narrow");
    assert_eq!(browser.barriers(), Vec::<String>::new());
    assert_eq!(browser.sideways_scroll(), 0);
    browser.keys("\u{E00C}");
    assert_eq!(browser.count(".drawer[open]"), 0);
}

#[test]
fn everything_works_without_scripts() {
    let origin = served::start();
    let browser = Browser::without_scripts();
    browser.open(&format!("{origin}/list"));
    browser.screenshot("gallery-list-unscripted");
    browser.fill("[name=q]", "kettle");
    browser.press("Apply");
    browser.wait_for_address("q=kettle");
    assert_eq!(browser.count("tbody tr"), 2);
    browser.click("tbody tr:nth-child(2) [name=ids]");
    browser.press("Approve ticked");
    let sent = browser.text("#sent");
    assert_eq!(sent, "csrf=token&ids=com_5&back=q%3Dkettle&do=approve");
    browser.open(&format!("{origin}/record"));
    browser.press("Archive…");
    assert!(browser.wait_for_address("/confirm").ends_with("/confirm"));
    browser.press("Keep it as it is");
    browser.wait_for_address("/record");
    browser.click(".account summary");
    browser.choose("#theme", "dark");
    browser.press("Use");
    // The page before had the same address.
    eventually("the page is dark", || {
        let source = browser.source();
        source.contains("data-theme=\"dark\"").then_some(())
    });
    assert_eq!(
        browser.count(".scripted:not([hidden])"),
        browser.count(".scripted")
    );
}
