//! What walks do on the admin's pages, in the words that stand there.

use std::path::Path;

use crate::harness::browser::Browser;
use crate::harness::company::{OWNER, PASSWORD};
use crate::harness::eventually;

/// Signs the owner in.
pub fn sign_in(browser: &Browser, base: &str) {
    browser.open(&format!("{base}/login"));
    browser.fill("#f-email", OWNER);
    browser.fill("#f-password", PASSWORD);
    browser.press("Sign in");
    browser.wait_for_address("/admin");
}

/// Makes a programme of 12.5 percent; its path.
pub fn make_program(browser: &Browser, base: &str, name: &str, destination: &str) -> String {
    browser.open(&format!("{base}/admin/programs"));
    browser.press("New programme");
    browser.wait_for_address("/admin/programs/new");
    browser.fill("#f-name", name);
    browser.fill("#f-destination_url", destination);
    browser.fill("#f-rate", "12.5");
    browser.press("Create programme");
    path(&browser.wait_for_address("/admin/programs/prg_"))
}

/// Adds a partner who takes part in nothing yet; their path.
pub fn add_partner(browser: &Browser, base: &str, name: &str, email: &str) -> String {
    browser.open(&format!("{base}/admin/partners"));
    browser.press("New partner");
    browser.wait_for_address("/admin/partners/new");
    browser.fill("#f-name", name);
    browser.fill("#f-email", email);
    browser.press("Add partner");
    path(&browser.wait_for_address("/admin/partners/prt_"))
}

/// Writes down where a partner's money goes.
pub fn set_bank(browser: &Browser, base: &str, partner: &str, holder: &str, iban: &str) {
    browser.open(&format!("{base}{partner}/payee"));
    browser.fill("#f-holder", holder);
    browser.fill("#f-account", iban);
    browser.press("Save");
    eventually("back at the partner", || {
        browser.address().ends_with(partner).then_some(())
    });
    let last = &iban[iban.len() - 4..];
    browser.wait_for_text("main", last);
    assert!(!browser.source().contains(iban), "the account is shown");
}

/// Enrols a partner in the programme of this name.
pub fn enrol(browser: &Browser, base: &str, partner: &str, program: &str) {
    browser.open(&format!("{base}{partner}/enrol"));
    let id = program.rsplit('/').next().unwrap();
    browser.choose("#f-program_id", id);
    browser.click("main form .btn.go");
    eventually("back at the partner", || {
        browser.address().ends_with(partner).then_some(())
    });
}

/// Makes a link with this key for a partner who takes part in one programme.
pub fn make_link(browser: &Browser, base: &str, partner: &str, key: &str) {
    browser.open(&format!("{base}{partner}"));
    browser.press("New link");
    browser.wait_for_address("/admin/links/new");
    let chosen = browser.property("#f-enrolment_id", "value");
    if chosen == "" {
        browser.click("#f-enrolment_id option:nth-child(2)");
    }
    browser.fill("#f-key", key);
    browser.fill("#f-label", "Newsletter");
    browser.click("main form .btn.go");
    browser.wait_for_address("/admin/");
    browser.wait_for_text("main", key);
}

/// Makes a key that may do everything; the key, as it is shown once.
pub fn make_key(browser: &Browser, base: &str, name: &str) -> String {
    browser.open(&format!("{base}/admin/api-keys"));
    browser.click("main a[href$='/admin/api-keys/new']");
    browser.fill("#f-name", name);
    browser.click("input[name=scopes][value='*']");
    browser.press("Make key");
    browser.wait_for_text("main", "works from now on");
    let key = browser.property("#key", "value");
    let key = key.as_str().unwrap().to_owned();
    assert!(key.starts_with("st_"), "{key}");
    browser.open(&format!("{base}/admin/api-keys"));
    browser.wait_for_text("main", name);
    assert!(!browser.source().contains(&key), "the key is shown again");
    key
}

/// Waits for a file to arrive whole and reads it.
pub fn downloaded(folder: &Path) -> (String, String) {
    eventually("a download", || {
        let entry = std::fs::read_dir(folder).unwrap().next()?.unwrap();
        let name = entry.file_name().into_string().unwrap();
        // The browser gives a file its name once it is whole.
        if name.ends_with(".crdownload") || name.starts_with(".") {
            return None;
        }
        let text = std::fs::read_to_string(entry.path()).ok()?;
        std::fs::remove_file(entry.path()).unwrap();
        Some((name, text))
    })
}

/// The path of an address.
pub fn path(address: &str) -> String {
    let rest = address.split("://").nth(1).unwrap();
    let path = &rest[rest.find('/').unwrap()..];
    path.split('?').next().unwrap().to_owned()
}
