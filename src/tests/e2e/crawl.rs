//! Every page of the admin, found by following links from the first: strict about what it loads, clean by axe in light and dark,
//! without sideways scroll on a small phone, and light enough.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use steading::routes;

use super::pages::sign_in;
use super::seed::{little_of_everything, signed_in};
use crate::harness::browser::{Browser, LAPTOP, PHONE, Scheme};
use crate::harness::company::{OWNER, PASSWORD, api_key, owned};
use crate::harness::engine::Engine;
use crate::harness::http::{Client, attribute};
use crate::harness::process::Home;

/// Browsers at work side by side.
const BROWSERS: usize = 2;
/// Where an owner closes a company.
const CLOSE: &str = "/admin/settings/close";
/// Where an owner sees the company's own domains.
const DOMAINS: &str = "/admin/domains";
/// JavaScript and CSS of a page, compressed.
const WEIGHT: usize = 60 << 10;

/// The route a path belongs to.
fn route_of(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |pattern: &str| {
        let wanted: Vec<&str> = pattern.split('/').collect();
        wanted.len() == parts.len()
            && wanted
                .iter()
                .zip(&parts)
                .all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
    };
    // A path with a word comes before one with an id, as in the list.
    routes::all()
        .iter()
        .filter(|route| route.method == "GET" && fits(route.path))
        .map(|route| route.path)
        .min_by_key(|path| path.matches('{').count())
}

/// Whether people see it: no file to save, no API.
fn is_page(route: &str) -> bool {
    (route == "/admin"
        || route.starts_with("/admin/")
        || route == "/account"
        || route == "/api/docs")
        && !route.ends_with(".csv")
        // The one company of an instance is not closed and has no domain: looked at below, where many are served.
        && route != CLOSE
        && !route.starts_with(DOMAINS)
}

/// The addresses a page links to.
fn links(html: &str) -> Vec<String> {
    html.split("<a ")
        .skip(1)
        .filter_map(|rest| attribute(&format!("a {}", rest.split('>').next()?), "href"))
        .filter_map(|href| href.split('#').next().map(ToOwned::to_owned))
        .filter(|href| href.starts_with('/'))
        .collect()
}

/// One address for each route and kind of view, found by following links from the first page.
fn discover(client: &Client) -> BTreeMap<&'static str, Vec<String>> {
    let mut found: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut waiting = VecDeque::from(["/admin".to_owned(), "/account".to_owned()]);
    while let Some(address) = waiting.pop_front() {
        let path = address.split('?').next().unwrap();
        let Some(route) = route_of(path).filter(|route| is_page(route)) else {
            continue;
        };
        let pages = found.entry(route).or_default();
        // Some of each kind are enough: the second often stands in another state.
        if pages.len() >= 3 || !seen.insert(address.clone()) {
            continue;
        }
        let reply = client.get(&address);
        // A step that no longer fits its record is told on a page of its own.
        if reply.status == 409 {
            continue;
        }
        assert_eq!(reply.status, 200, "{address}: {}", reply.text());
        pages.push(address);
        waiting.extend(links(&reply.text()));
    }
    found
}

#[test]
fn every_page_is_strict_accessible_narrow_and_light() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let base = server.url("");
    home.run(&["demo", "load"]).expect_code(0);
    let key = server.client().with_key(&api_key(&home, "seed", "*"));
    little_of_everything(&key, &server.client());
    let client = signed_in(server.client());
    let found = discover(&client);

    let unseen: Vec<&str> = routes::all()
        .iter()
        .filter(|route| route.method == "GET" && is_page(route.path))
        .map(|route| route.path)
        .filter(|path| found.get(path).is_none_or(Vec::is_empty))
        .collect();
    assert_eq!(unseen, [""; 0], "no link leads there");

    let pages: Vec<String> = found.into_values().flatten().collect();
    println!("{} pages", pages.len());
    for page in &pages {
        assert!(
            weight(&client, page) <= WEIGHT,
            "{page} weighs {}",
            weight(&client, page)
        );
    }
    let faults: Vec<String> = std::thread::scope(|threads| {
        let crews: Vec<_> = (0..BROWSERS)
            .map(|crew| {
                let (pages, base) = (&pages, &base);
                threads.spawn(move || {
                    let browser = Browser::new();
                    sign_in(&browser, base);
                    let own = pages.iter().skip(crew).step_by(BROWSERS);
                    own.flat_map(|page| look(&browser, base, page))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        crews
            .into_iter()
            .flat_map(|crew| crew.join().unwrap())
            .collect()
    });
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn what_only_one_of_many_has_is_as_strict_and_accessible_as_any_page() {
    let home = Home::new(Engine::Sqlite).env("STEADING_TENANCY", "multi");
    let made = [
        "tenant",
        "create",
        "acme",
        "--owner-email",
        OWNER,
        "--password-stdin",
    ];
    home.run_with_input(&made, &format!("{PASSWORD}\n"))
        .expect_code(0);
    home.run(&["demo", "load", "--tenant", "acme"])
        .expect_code(0);
    let server = home.serve();
    let base = server.url("");
    let browser = Browser::new();
    sign_in(&browser, &base);
    let page = format!("/t/acme{CLOSE}");
    let domains = format!("/t/acme{DOMAINS}");
    let mut faults = look(&browser, &base, &domains);
    let added = home.run(&[
        "tenant",
        "domain",
        "add",
        "acme",
        "partners.acme.test",
        "--json",
    ]);
    let added = added.expect_code(0).json();
    faults.extend(look(&browser, &base, &domains));
    let remove = format!("{domains}/{}/remove", added["id"].as_str().unwrap());
    faults.extend(look(&browser, &base, &remove));
    faults.extend(look(&browser, &base, &page));
    browser.resize(LAPTOP);
    browser.open(&format!("{base}{page}"));
    browser.click("#f-owed");
    browser.fill("#f-retype", "acme");
    browser.press("Close company");
    browser.wait_for_text("main", "is being closed");
    faults.extend(look(&browser, &base, &page));
    browser.resize(LAPTOP);
    browser.open(&format!("{base}{page}"));
    browser.click(".confirm button");
    browser.wait_for_text("main", "stays");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong with a page.
pub fn look(browser: &Browser, base: &str, page: &str) -> Vec<String> {
    browser.prefer(Scheme::Light);
    browser.resize(LAPTOP);
    browser.open(&format!("{base}{page}"));
    let mut faults = Vec::new();
    let mut note = |what: &str, found: Vec<String>| {
        faults.extend(
            found
                .into_iter()
                .map(|line| format!("{page}: {what}: {line}")),
        );
    };
    note("console", browser.complaints());
    note("elsewhere", browser.foreign_requests(&[base]));
    note("axe, light", browser.barriers());
    browser.prefer(Scheme::Dark);
    note("axe, dark", browser.barriers());
    browser.resize(PHONE);
    let wider = browser.sideways_scroll();
    if wider > 0 {
        note("narrow", vec![format!("{wider} px scroll sideways")]);
    }
    note("axe, narrow", browser.barriers());
    if browser.count("main h1") != 1 {
        note("heads", vec![format!("{} h1", browser.count("main h1"))]);
    }
    note("console, later", browser.complaints());
    faults
}

/// Scripts and styles of a page, compressed, in bytes.
fn weight(client: &Client, page: &str) -> usize {
    let html = client.get(page).text();
    let tags = html
        .split('<')
        .filter(|tag| tag.starts_with("script") || tag.starts_with("link"));
    tags.filter_map(|tag| attribute(tag, "src").or_else(|| attribute(tag, "href")))
        .filter(|file| file.ends_with(".js") || file.ends_with(".css"))
        .map(|file| {
            let body = client.get(&file).expect(200).body;
            let mut packed = GzEncoder::new(Vec::new(), Compression::default());
            packed.write_all(&body).unwrap();
            packed.finish().unwrap().len()
        })
        .sum()
}

#[test]
fn assets_travel_compressed_and_are_kept() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let client = server.client();
    let html = client.get("/login").text();
    let files: Vec<String> = html
        .split('<')
        .filter(|tag| tag.starts_with("script") || tag.starts_with("link"))
        .filter_map(|tag| attribute(tag, "src").or_else(|| attribute(tag, "href")))
        .filter(|file| file.starts_with("/static/"))
        .collect();
    assert!(files.len() >= 2, "{files:?}");
    for file in files.iter().filter(|file| !file.ends_with(".svg")) {
        let plain = client.get(file).expect(200);
        let packed = client
            .send("GET", file, &[("accept-encoding", "gzip")], &[])
            .expect(200);
        assert_eq!(packed.header("content-encoding"), "gzip", "{file}");
        assert!(packed.body.len() < plain.body.len(), "{file}");
        assert!(
            plain.header("cache-control").contains("immutable"),
            "{file}"
        );
    }
}
