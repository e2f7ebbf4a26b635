//! What the shared parts promise on every page: no barrier, no broken rule, no sideways scroll, at home in both schemes,
//! small, and usable without scripts.

use sha2::{Digest, Sha256};

use super::gallery::PAGES;
use super::served;
use crate::harness::browser::{Browser, LAPTOP, PHONE, Scheme};
use crate::harness::http::Client;

#[test]
fn every_page_is_clean_in_both_schemes_and_on_a_phone() {
    let origin = served::start();
    let browser = Browser::new();
    for scheme in [Scheme::Light, Scheme::Dark] {
        browser.prefer(scheme);
        for page in PAGES {
            for (size, name) in [(LAPTOP, "wide"), (PHONE, "narrow")] {
                browser.resize(size);
                browser.open(&format!("{origin}/{page}"));
                let file: String = page.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
                browser.screenshot(&format!("gallery-{file}-{name}-{scheme:?}").to_lowercase());
                let complaints = browser.complaints();
                let complaints: Vec<_> = complaints
                    .iter()
                    .filter(|line| !line.contains("status of 4"))
                    .collect();
                assert!(
                    complaints.is_empty(),
                    "{page} {name} {scheme:?}: {complaints:?}"
                );
                let barriers = browser.barriers();
                assert!(
                    barriers.is_empty(),
                    "{page} {name} {scheme:?}: {barriers:#?}"
                );
                assert_eq!(browser.sideways_scroll(), 0, "{page} {name} {scheme:?}");
                // The checker itself breaks the policy: its complaints are not the page's.
                browser.complaints();
            }
        }
    }
    assert_eq!(browser.foreign_requests(&[&origin]), Vec::<String>::new());
}

#[test]
fn targets_are_large_enough_and_focus_is_seen() {
    let origin = served::start();
    let browser = Browser::new();
    for page in PAGES {
        browser.open(&format!("{origin}/{page}"));
        let small = browser.run(
            "return [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
                .filter(e => e.checkVisibility() && !e.closest('p, dd, .skip, .sr'))
                .map(e => { const hit = e.closest('label') ?? e.closest('.tickcell') ?? e; const b = hit.getBoundingClientRect(); return [e.outerHTML.slice(0, 90), b.width, b.height]; })
                .filter(([, w, h]) => w < 24 || h < 24);",
        );
        assert_eq!(small.as_array().unwrap().len(), 0, "{page}: {small:#}");
    }
    browser.open(&format!("{origin}/list"));
    browser.keys("\u{E004}");
    assert_eq!(
        browser.run("return document.activeElement.className"),
        "skip"
    );
    for _ in 0..30 {
        browser.keys("\u{E004}");
        let outlined = browser.run(
            "const e = document.activeElement; if (e === document.body) return true;
             return [e, e.closest('.chip')].some(x => x && getComputedStyle(x).outlineStyle !== 'none');",
        );
        let which = browser.run("return document.activeElement.outerHTML.slice(0, 120)");
        assert_eq!(outlined, true, "{which}");
    }
}

#[test]
fn pages_weigh_little_and_their_files_are_kept() {
    let origin = served::start();
    let plain = Client::new(&origin);
    let client = plain.with_header("accept-encoding", "gzip");
    let page = String::from_utf8(plain.get("/home").body).unwrap();
    let files: Vec<&str> = page
        .split('"')
        .filter(|part| part.starts_with("/static/"))
        .collect();
    assert!(files.len() >= 4, "{files:?}");
    let mut weight = 0;
    for file in files {
        let reply = client.get(file);
        let header = |name: &str| {
            reply
                .headers
                .get(name)
                .map(|v| v.to_str().unwrap().to_owned())
        };
        assert_eq!(reply.status, 200, "{file}");
        assert_eq!(
            header("cache-control").unwrap(),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(header("vary").unwrap(), "Accept-Encoding");
        let length = header("content-length").unwrap().parse::<usize>().unwrap();
        weight += length;
        let tag = header("etag").unwrap();
        assert_eq!(
            client.with_header("if-none-match", &tag).get(file).status,
            304
        );
        assert_ne!(
            plain
                .get(file)
                .headers
                .get("etag")
                .unwrap()
                .to_str()
                .unwrap(),
            tag
        );
    }
    assert!(weight < 45_000, "{weight} bytes compressed");
    let stale = plain.get("/static/000000000000/app.js");
    assert_eq!(stale.headers.get("cache-control").unwrap(), "no-cache");
    for missing in [
        "/static/x/none.js",
        "/static/x/../src/lib.rs",
        "/static/x/vendor/package.json",
    ] {
        assert_eq!(plain.get(missing).status, 404, "{missing}");
    }
}

#[test]
fn vendored_files_are_the_recorded_ones() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let sums = std::fs::read_to_string(root.join("static/vendor/SHA256SUMS")).unwrap();
    let listed: Vec<(&str, &str)> = sums
        .lines()
        .map(|line| line.split_once("  ").unwrap())
        .collect();
    for (sum, file) in &listed {
        let bytes = std::fs::read(root.join(file)).unwrap();
        let found: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(&found, sum, "{file}");
    }
    let lock = std::fs::read_to_string(root.join("static/vendor/package-lock.json")).unwrap();
    assert!(!lock.contains("http"), "the lock names no registry");
    for entry in std::fs::read_dir(root.join("static/vendor")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = name == "SHA256SUMS"
            || name.starts_with("package")
            || listed.iter().any(|(_, file)| file.ends_with(&name));
        assert!(known, "{name} is not recorded");
    }
}
