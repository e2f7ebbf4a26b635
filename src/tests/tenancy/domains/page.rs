//! The page of a company's domains.

use steading::actor::Actor;
use steading::tenancy::{self, Status};

use super::{HOST, RECORD, Street};
use crate::harness::engine::wait;
use crate::harness::http::Client;
use crate::identity::House;
use crate::on_both_engines;

const LIST: &str = "/t/acme/admin/domains";

fn id_on(page: &str) -> String {
    let at = page.find("dom_").unwrap();
    page[at..at + 30].to_owned()
}

fn shown(person: &Client) -> String {
    person.get(LIST).expect(200).text()
}

on_both_engines! {
    fn an_owner_adds_proves_and_removes_a_domain(engine: Engine) {
        let street = Street::open(engine, &[]);
        let ana = street.house.signed_in("ana@example.com");
        assert!(ana.get("/t/acme/admin/settings").text().contains("href=\"/t/acme/admin/domains\""));
        let refused = ana.submit_to(LIST, LIST, &[("host", "acme")]).expect(422).text();
        assert!(refused.contains("Write the whole name with its dots"), "{refused}");
        let _ = ana.submit_to(LIST, LIST, &[("host", " Partners.Acme.TEST ")]).expect(303);
        let page = shown(&ana);
        assert!(page.contains("Waits for its record") && page.contains(RECORD), "{page}");
        assert!(page.contains("data-copy=\"value-dom_"), "{page}");
        let again = ana.submit_to(LIST, LIST, &[("host", HOST)]).expect(422).text();
        assert!(again.contains("in the list already"), "{again}");

        let check = format!("{LIST}/{}/check", id_on(&page));
        let _ = ana.submit_to(LIST, &check, &[]).expect(303);
        assert!(shown(&ana).contains("does not exist (yet)"));
        let value = street.domains(&street.acme)[0].record_value();
        assert!(page.contains(&value), "{page}");
        street.dns.set(RECORD, &[&[&value]]);
        street.house.later(10);
        let _ = ana.submit_to(LIST, &check, &[]).expect(303);
        let page = shown(&ana);
        assert!(page.contains("Verified") && page.contains("http://partners.acme.test:8080/admin"), "{page}");
        street.dns.forget(RECORD);
        street.house.later(10);
        let _ = ana.submit_to(LIST, &check, &[]).expect(303);
        let page = shown(&ana);
        assert!(page.contains("Record missing") && page.contains("still answers, until"), "{page}");

        let remove = format!("{LIST}/{}/remove", id_on(&page));
        let asked = ana.get(&remove).expect(200).text();
        assert!(asked.contains("stop working at once"), "{asked}");
        let _ = ana.submit_to(&remove, &remove, &[]).expect(303);
        assert!(!shown(&ana).contains(RECORD));
        let who: Vec<String> = street.trail().into_iter().map(|(who, _)| who).collect();
        assert_eq!(who, ["ana@example.com"; 4]);
    }

    fn a_domain_is_not_looked_at_as_often_as_somebody_clicks(engine: Engine) {
        let street = Street::open(engine, &[]);
        let ana = street.house.signed_in("ana@example.com");
        let domain = street.add(&street.acme, HOST);
        let check = format!("{LIST}/{}/check", domain.id);
        let looked = || {
            let _ = ana.submit_to(LIST, &check, &[]).expect(303);
            (street.dns.asked().len(), shown(&ana))
        };
        assert_eq!(looked().0, 1);
        street.house.later(3);
        let (asked, page) = looked();
        assert_eq!(asked, 1);
        assert!(page.contains("Check again in 7 s"), "{page}");
        street.house.later(7);
        assert_eq!(looked().0, 2);
        // What runs by itself, and whoever runs the machine, is not held up; another's domain is not there, however often it is tried.
        street.verify(&street.acme);
        assert_eq!(street.dns.asked().len(), 3);
        let bo = street.house.signed_in("bo@example.com");
        let theirs = bo.get("/t/cedar/admin/domains").expect(200).text();
        let (_, rest) = theirs.split_once("name=\"csrf\" value=\"").unwrap();
        let csrf = rest.split('"').next().unwrap();
        let tried = format!("/t/cedar/admin/domains/{}/check", domain.id);
        for _ in 0..3 {
            assert_eq!(bo.post_form(&tried, &[("csrf", csrf)]).status, 404);
        }
    }

    fn whoever_only_reads_changes_nothing(engine: Engine) {
        let street = Street::open(engine, &[]);
        let ana = street.house.signed_in("ana@example.com");
        let domain = street.add(&street.acme, HOST);
        let new = ("/t/acme/admin/people/new", "/t/acme/admin/people");
        street.house.company("birch", "cy@example.com");
        let fields = [("email", "cy@example.com"), ("name", ""), ("role", "viewer")];
        let _ = ana.submit_to(new.0, new.1, &fields).expect(200);
        let cy = street.house.signed_in("cy@example.com");
        let _ = cy.submit_to("/companies", "/companies", &[("slug", "acme")]).expect(303);
        let page = shown(&cy);
        assert!(page.contains(HOST) && !page.contains("Check now") && !page.contains("Add domain"), "{page}");
        let remove = format!("{LIST}/{}/remove", domain.id);
        assert_eq!(cy.get(&remove).status, 403);
        assert_eq!(street.domains(&street.acme).len(), 1);
        // Nor does another company's owner, who is told of nothing.
        let bo = street.house.signed_in("bo@example.com");
        assert_eq!(bo.get(&format!("/t/cedar/admin/domains/{}/remove", domain.id)).status, 404);
        assert_eq!(bo.get(&remove).status, 303);
    }

    fn a_frozen_companys_domains_can_be_read_and_not_changed(engine: Engine) {
        let street = Street::open(engine, &[]);
        let ana = street.house.signed_in("ana@example.com");
        let domain = street.add(&street.acme, HOST);
        let page = shown(&ana);
        let (app, id) = (street.house.app(), street.acme.id);
        wait(tenancy::change_status(app, &Actor::shell(), id, Status::Frozen)).unwrap();
        assert!(shown(&ana).contains("This company is frozen"));
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
        let csrf = rest.split('"').next().unwrap();
        for path in [LIST.to_owned(), format!("{LIST}/{}/check", domain.id), format!("{LIST}/{}/remove", domain.id)] {
            assert_eq!(ana.post_form(&path, &[("csrf", csrf), ("host", "b.acme.test")]).status, 403, "{path}");
        }
        assert_eq!(street.domains(&street.acme), [domain]);
        assert_eq!(street.dns.asked(), [""; 0]);
    }

    fn where_one_company_is_served_there_is_no_such_page(engine: Engine) {
        let house = House::owned(engine);
        let ana = house.signed_in("ana@example.com");
        assert_eq!(ana.get("/admin/domains").status, 404);
        assert!(!ana.get("/admin/settings").text().contains("/admin/domains"));
        let posted = ana.submit_to("/admin/settings", "/admin/settings", &[]);
        assert_ne!(posted.status, 404);
    }
}
