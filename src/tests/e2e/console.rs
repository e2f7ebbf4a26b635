//! The pages of an instance of many companies: the operators' console, the sign-up and the choice of a company; each strict about
//! what it loads, clean by axe in light and dark, without sideways scroll on a small phone.

use steading::routes;
use steading::tenancy;

use super::crawl::look;
use crate::harness::browser::Browser;
use crate::harness::engine::{Engine, wait};
use crate::identity::{House, PASSWORD, login};
use crate::operator::signup::{link, wish};

const LONG: &str = "A company with a name that is far too long for any narrow column of a table";

/// Companies in every state, people who asked for one, and somebody who works for two.
fn busy() -> House {
    let house = House::of_many(Engine::Sqlite, &[("STEADING_SIGNUP", "approval")]);
    house.operator("op@example.com");
    let op = house.operating("op@example.com");
    for slug in ["acme", "brick", "cedar", "dune"] {
        house.company(slug, "ana@example.com");
    }
    let edit = [
        ("name", LONG),
        ("kind", "customer"),
        ("plan", "growth"),
        ("legal_name", LONG),
        ("sales_owner", LONG),
    ];
    let _ = op
        .submit("/operator/companies/dune/edit", &edit)
        .expect(303);
    let _ = op
        .submit("/operator/companies/brick/freeze", &[])
        .expect(303);
    let _ = op
        .submit("/operator/companies/cedar/freeze", &[])
        .expect(303);
    let gone = [("retype", "cedar")];
    let _ = op
        .submit("/operator/companies/cedar/archive", &gone)
        .expect(303);
    wait(tenancy::note_upgrades(
        &house.app().control,
        steading::actor::Actor::shell(),
        None,
        vec![(
            company(&house, "dune"),
            format!("{LONG}: disk I/O error (tnt_01h455vb4pex5vsknk084sn02q.db)"),
        )],
    ))
    .unwrap();
    let visitor = house.visitor();
    for (name, slug) in [("Waiting", "waiting"), ("Declined", "declined")] {
        let _ = visitor
            .submit("/signup", &wish(name, slug, "bo@example.com"))
            .expect(200);
        let _ = visitor.submit(&link(&house, &op, name), &[]).expect(200);
    }
    let _ = visitor
        .submit("/signup", &wish(LONG, "unconfirmed", "cy@example.com"))
        .expect(200);
    let block = [("kind", "domain"), ("value", "spam.example")];
    let _ = op.submit_to("/operator/signups", "/operator/signups/block", &block);
    house
}

fn company(house: &House, slug: &str) -> steading::id::TenantId {
    wait(tenancy::shell::by_slug(&house.app().control, slug))
        .unwrap()
        .id
}

/// The first address of this beginning on a page.
fn first(page: &str, beginning: &str) -> String {
    let at = page
        .find(beginning)
        .unwrap_or_else(|| panic!("no {beginning} in {page}"));
    page[at..].split(['"', '?']).next().unwrap().to_owned()
}

#[test]
fn every_page_of_the_console_is_strict_accessible_and_narrow() {
    let house = busy();
    let op = house.operating("op@example.com");
    let mail = first(&op.get("/operator/mail").text(), "/operator/mail/eml_");
    let decline = first(
        &op.get("/operator/signups?state=waiting").text(),
        "/operator/signups/sup_",
    );
    let decline = format!(
        "{}/decline",
        decline
            .trim_end_matches("/approve")
            .trim_end_matches("/decline")
    );
    let one = "/operator/companies/dune";
    let pages = [
        ("/operator", "/operator".to_owned()),
        ("/operator", "/operator?q=nothing+like+it".to_owned()),
        (
            "/operator/companies/new",
            "/operator/companies/new".to_owned(),
        ),
        ("/operator/companies/{slug}", one.to_owned()),
        (
            "/operator/companies/{slug}",
            "/operator/companies/cedar".to_owned(),
        ),
        ("/operator/companies/{slug}/edit", format!("{one}/edit")),
        ("/operator/companies/{slug}/{step}", format!("{one}/freeze")),
        (
            "/operator/companies/{slug}/{step}",
            "/operator/companies/brick/archive".to_owned(),
        ),
        ("/operator/companies/{slug}/{step}", format!("{one}/delete")),
        ("/operator/signups", "/operator/signups".to_owned()),
        ("/operator/signups/{id}/decline", decline),
        ("/operator/report", "/operator/report".to_owned()),
        ("/operator/mail", "/operator/mail".to_owned()),
        ("/operator/mail/{id}", mail),
        ("/operator/trail", "/operator/trail".to_owned()),
        ("/operator", "/operator/nowhere".to_owned()),
    ];
    let apart = ["/operator/login", "/signup", "/signup/confirm"];
    let unseen: Vec<&str> = routes::all()
        .iter()
        .filter(|route| {
            route.method == "GET"
                && (route.path.starts_with("/operator") || route.path.starts_with("/signup"))
        })
        .map(|route| route.path)
        .filter(|path| !apart.contains(path) && pages.iter().all(|(route, _)| route != path))
        .collect();
    assert_eq!(unseen, [""; 0], "nobody looks there");

    let browser = Browser::new();
    browser.open(&format!("{}/operator/login", house.base()));
    browser.fill("#f-email", "op@example.com");
    browser.fill("#f-password", PASSWORD);
    browser.press("Sign in");
    browser.wait_for_text("main", "Brick");
    let faults: Vec<String> = pages
        .iter()
        .flat_map(|(_, page)| look(&browser, house.base(), page))
        .filter(|fault| !(fault.starts_with("/operator/nowhere") && fault.contains("404")))
        .collect();
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn every_page_for_people_of_many_companies_is_strict_accessible_and_narrow() {
    let house = busy();
    let browser = Browser::new();
    let base = house.base();
    let mut faults = Vec::new();
    for page in [
        "/operator/login",
        "/signup",
        "/login",
        "/signup/confirm?token=none",
    ] {
        faults.extend(look(&browser, base, page));
    }
    assert_eq!(
        login(&house.visitor(), "ana@example.com", PASSWORD).location(),
        "/companies"
    );
    browser.open(&format!("{base}/login"));
    browser.fill("#f-email", "ana@example.com");
    browser.fill("#f-password", PASSWORD);
    browser.press("Sign in");
    browser.wait_for_address("/companies");
    faults.extend(look(&browser, base, "/companies"));
    let answered = |slug: &str| {
        let reply = house.visitor().get(&format!("/t/{slug}/admin"));
        (reply.status, reply.location().replace(slug, "…"))
    };
    assert_eq!(
        answered("cedar"),
        answered("nobody"),
        "an archived company is gone from sight"
    );
    // A frozen company: everything is there to be read.
    // Which company a session begins in depends on nothing one sees, so its button says one thing or the other.
    browser.run("[...document.querySelectorAll('main li')].find(li => li.textContent.includes('Brick')).querySelector('a, button').click()");
    browser.wait_for_address("/t/brick/admin");
    for page in [
        "/t/brick/admin",
        "/t/brick/admin/usage",
        "/t/brick/admin/settings",
    ] {
        faults.extend(look(&browser, base, page));
    }
    faults.retain(|fault| !(fault.starts_with("/signup/confirm") && fault.contains("410")));
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
