//! Asking for a company: closed, open, or with an operator's answer.

use steading::mailing::{self, Filter};

use crate::harness::engine::wait;
use crate::harness::http::Client;
use crate::identity::{House, OTHER, PASSWORD, login};
use crate::on_both_engines;

const OPEN: &[(&str, &str)] = &[("STEADING_SIGNUP", "open")];
const APPROVAL: &[(&str, &str)] = &[("STEADING_SIGNUP", "approval")];

pub fn wish<'a>(company: &'a str, slug: &'a str, email: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("company", company),
        ("slug", slug),
        ("name", "Ana"),
        ("email", email),
        ("password", PASSWORD),
    ]
}

/// The link of the newest mail about this company. The console shows that the mail is there, and its link only to its reader.
pub fn link(house: &House, op: &Client, company: &str) -> String {
    let list = op
        .get(&format!("/operator/mail?q={company}"))
        .expect(200)
        .text();
    let at = list
        .find("/operator/mail/eml_")
        .unwrap_or_else(|| panic!("{list}"));
    let mail = op
        .get(list[at..].split('"').next().unwrap())
        .expect(200)
        .text();
    assert!(!mail.contains("token="), "{mail}");
    let (app, filter) = (
        house.app().clone(),
        Filter {
            q: Some(company.to_owned()),
            ..Filter::default()
        },
    );
    let link = wait(house.app().control.read(move |c| {
        let newest = mailing::page(c, &filter, None, 1)?.remove(0);
        let mail = mailing::show(c, &app, newest.id)?;
        Ok(mail.link().unwrap().to_owned())
    }));
    link.unwrap()
        .strip_prefix("http://127.0.0.1:8080")
        .unwrap()
        .to_owned()
}

on_both_engines! {
    fn a_confirmed_link_opens_a_company_once(engine: Engine) {
        let house = House::of_many(engine, OPEN);
        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        house.company("cedar", "bo@example.com");
        let visitor = house.visitor();
        let bad = visitor.submit("/signup", &wish("Cedar", "cedar", "x")).expect(422).text();
        assert!(bad.contains("is taken") && bad.contains("mail address"), "{bad}");
        let known = visitor.submit("/signup", &wish("Brick", "brick", "bo@example.com")).expect(200).text();
        let fresh = visitor.submit("/signup", &wish("Acme", "", "ana@example.com")).expect(200).text();
        assert_eq!(known.replace("bo@", "*@"), fresh.replace("ana@", "*@"));

        let path = link(&house, &op, "Acme");
        for _ in 0..3 {
            let _ = house.visitor().get(&path).expect(200);
        }
        assert_eq!(op.get("/operator/companies/acme").status, 404, "looking opens nothing");
        let opened = visitor.submit(&path, &[]);
        assert_eq!(opened.location(), "/login?next=%2Ft%2Facme%2Fadmin", "{}", opened.text());
        let _ = house.visitor().get(&path).expect(410);
        assert_eq!(login(&visitor, "ana@example.com", PASSWORD).location(), "/t/acme/admin");
        assert!(op.get("/operator/companies/acme").expect(200).text().contains("Trial"));

        // Whoever has an account owns the company with it: what was typed here is no new password.
        let path = link(&house, &op, "Brick");
        let _ = visitor.submit(&path, &[]).expect(303);
        let _ = login(&house.visitor(), "bo@example.com", OTHER).expect(422);
        assert_eq!(login(&house.visitor(), "bo@example.com", PASSWORD).location(), "/companies");
    }

    fn operators_answer_where_they_decide(engine: Engine) {
        let house = House::of_many(engine, APPROVAL);
        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        let visitor = house.visitor();
        for (company, slug) in [("Acme", "acme"), ("Brick", "brick")] {
            let _ = visitor.submit("/signup", &wish(company, slug, "ana@example.com")).expect(200);
            let said = visitor.submit(&link(&house, &op, company), &[]).expect(200).text();
            assert!(said.contains("Somebody looks at it now"), "{said}");
            assert_eq!(op.get(&format!("/operator/companies/{slug}")).status, 404);
        }
        let list = op.get("/operator/signups?state=waiting").expect(200).text();
        let action = |verb: &str, company: &str| {
            let row = list.split("<tr>").find(|row| row.contains(company)).unwrap();
            let at = row.find("/operator/signups/sup_").unwrap();
            let path = row[at..].split('"').next().unwrap();
            format!("{}/{verb}", path.rsplit_once('/').unwrap().0)
        };
        let approve = action("approve", "Acme");
        assert_eq!(op.submit_to("/operator/signups", &approve, &[]).location(), "/operator/signups");
        assert_eq!(login(&house.visitor(), "ana@example.com", PASSWORD).location(), "/t/acme/admin");
        let decline = action("decline", "Brick");
        let _ = op.submit(&decline, &[("reason", "")]).expect(422);
        assert_eq!(op.submit(&decline, &[("reason", "We know you already.")]).location(), "/operator/signups");
        assert_eq!(op.get("/operator/companies/brick").status, 404);
        let mails = op.get("/operator/mail").expect(200).text();
        assert!(mails.contains("Acme is open") && mails.contains("About Brick"), "{mails}");
        assert_eq!(op.get(&decline).status, 409);
    }

    fn what_is_blocked_and_what_is_asked_too_often_is_refused(engine: Engine) {
        let house = House::of_many(engine, OPEN);
        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        for (kind, value) in [("domain", "Spam.example"), ("slug", "bank")] {
            let done = op.submit_to("/operator/signups", "/operator/signups/block", &[("kind", kind), ("value", value)]);
            assert_eq!(done.location(), "/operator/signups", "{}", done.text());
        }
        let visitor = house.visitor();
        let said = visitor.submit("/signup", &wish("Acme", "acme", "a@spam.example")).expect(422).text();
        assert!(said.contains("of this provider"), "{said}");
        let said = visitor.submit("/signup", &wish("Bank", "bank", "a@example.com")).expect(422).text();
        assert!(said.contains("is taken"), "{said}");
        let done = op.submit_to("/operator/signups", "/operator/signups/unblock", &[("kind", "slug"), ("value", "bank")]);
        assert_eq!(done.location(), "/operator/signups");
        let statuses: Vec<u16> = (0..10).map(|_| visitor.submit("/signup", &wish("Bank", "bank", "x")).status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 8, "{statuses:?}");
        assert_eq!(statuses.last(), Some(&429));
    }

    fn where_it_is_closed_there_is_no_page(engine: Engine) {
        let house = House::of_many(engine, &[]);
        for path in ["/signup", "/signup/confirm?token=x"] {
            assert_eq!(house.visitor().get(path).status, 404, "{path}");
        }
    }
}
