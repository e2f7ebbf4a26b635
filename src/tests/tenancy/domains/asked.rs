//! A proxy asks which names lead here before it fetches a certificate.

use steading::actor::Actor;
use steading::tenancy::{self, Status};

use super::{HOST, Street};
use crate::harness::engine::{Engine, wait};
use crate::harness::http::Client;
use crate::identity::House;
use crate::on_both_engines;

/// What is answered about a name; never a word beside the status.
fn asked(who: &Client, name: &str) -> u16 {
    let reply = who.get(&format!("/domains/ask?domain={name}"));
    assert_eq!(reply.text(), "", "{name}");
    reply.status
}

on_both_engines! {
    fn names_that_lead_to_a_company_are_told_from_all_others(engine: Engine) {
        let street = Street::open(engine, &[]);
        let proxy = street.house.visitor();
        street.add(&street.cedar, HOST);
        assert_eq!(asked(&proxy, HOST), 404, "added and not proven");
        street.proven(&street.acme);
        for name in [HOST, "Partners.ACME.test.", "acme.steading.test", "cedar.steading.test", "steading.test"] {
            assert_eq!(asked(&proxy, name), 200, "{name}");
        }
        for name in [
            "", "x.partners.acme.test", "acme.test", "nobody.steading.test", "a.acme.steading.test", "acme.steading.test.evil.test",
            "127.0.0.1", "localhost", "acme", "partners.acme.test%2Fx", "*.steading.test", "partners.acme.test:443",
        ] {
            assert_eq!(asked(&proxy, name), 404, "{name}");
        }
        assert_eq!(asked(&proxy, "x&domain=steading.test"), 404, "the first counts");
        assert_eq!(street.dns.asked().len(), 1, "nobody else is asked");

        let become_ = |status| {
            street.house.later(1);
            wait(tenancy::change_status(street.house.app(), &Actor::shell(), street.acme.id, status)).unwrap();
        };
        become_(Status::Frozen);
        assert_eq!(asked(&proxy, HOST), 200, "its links lead on");
        become_(Status::Archived);
        assert_eq!(asked(&proxy, HOST), 404);
        assert_eq!(asked(&proxy, "acme.steading.test"), 404);
        assert_eq!(asked(&proxy, "cedar.steading.test"), 200);
    }
}

#[test]
fn only_this_machine_and_who_has_the_token_may_ask() {
    let street = Street::open(
        Engine::Sqlite,
        &[("STEADING_METRICS__TOKEN", "a token of its own")],
    );
    let path = "/domains/ask?domain=steading.test";
    let here = street.house.visitor();
    let afar = here
        .with_header("x-forwarded-for", "203.0.113.9")
        .with_header("x-request-id", "the-same");
    assert_eq!(here.get(path).status, 200);
    let nothing = afar.get(path).expect(404).text();
    assert_eq!(
        afar.get("/domains/ask?domain=nobody.test").text(),
        nothing,
        "whoever may not ask learns nothing"
    );
    let with = |token: &str| {
        let token = format!("Bearer {token}");
        afar.with_header("authorization", &token).get(path).status
    };
    assert_eq!(with("a token of its own"), 200);
    assert_eq!(with("a token of its ow"), 404);
    // A company's own host is the company's.
    street.proven(&street.acme);
    for host in [HOST, "acme.steading.test"] {
        assert_eq!(street.at(host).get(path).status, 404, "{host}");
    }
}

#[test]
fn where_one_company_is_served_nobody_is_told_anything() {
    let house = House::owned(Engine::Sqlite);
    let reply = house.visitor().get("/domains/ask?domain=steading.test");
    assert_eq!(reply.status, 404);
}
