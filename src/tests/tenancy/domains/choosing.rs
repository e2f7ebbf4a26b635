//! Which hosts choose a company, and which do not.

use steading::actor::Actor;
use steading::tenancy::domains::{Standing, remove_domain};
use steading::tenancy::{self, Status};

use super::{HOST, RECORD, Street};
use crate::harness::engine::Engine;
use crate::harness::engine::wait;
use crate::identity::{PASSWORD, login};
use crate::on_both_engines;

/// What a host answers that chooses nothing.
const NOTHING: (u16, u16, u16) = (404, 404, 404);
/// And one that chooses a company: its link leads on, its pages ask to sign in, its API asks for a key.
const SERVED: (u16, u16, u16) = (302, 303, 401);

on_both_engines! {
    fn a_name_serves_its_company_once_its_record_is_found(engine: Engine) {
        let street = Street::open(engine, &[]);
        street.link(&street.acme);
        let domain = street.add(&street.acme, "Partners.ACME.test.");
        assert_eq!((domain.host.as_str(), domain.standing()), (HOST, Standing::Pending));
        assert_eq!(street.answers(HOST), NOTHING);
        assert_eq!(street.answers(HOST), street.answers("nobody.test"), "as any host nobody knows");

        // Absent, with another's value, with its own.
        let absent = street.verify(&street.acme);
        assert!(absent.last_error.unwrap().contains("does not exist"));
        street.dns.set(RECORD, &[]);
        assert!(street.verify(&street.acme).last_error.unwrap().contains("no TXT record"));
        street.dns.set(RECORD, &[&["v=spf1 -all"], &["steading-verify=guessed"]]);
        let wrong = street.verify(&street.acme).last_error.unwrap();
        assert!(wrong.contains("“v=spf1 -all” and “steading-verify=guessed”"), "{wrong}");
        assert_eq!(street.answers(HOST), NOTHING);
        street.dns.set(RECORD, &[&["v=spf1 -all"], &[&domain.record_value()]]);
        let right = street.verify(&street.acme);
        assert_eq!((right.standing(), right.last_error), (Standing::Verified, None));
        assert_eq!(street.answers(HOST), SERVED);
        assert_eq!(street.at("PARTNERS.acme.test.:8080").get("/r/kettle-link").status, 302);

        // The company's people sign in there, and nobody else's; every address is without a prefix.
        let ana = street.at(HOST);
        assert_eq!(login(&ana, "ana@example.com", PASSWORD).location(), "/admin");
        assert!(ana.get("/admin").expect(200).text().contains("href=\"/admin/partners\""));
        let _ = login(&street.at(HOST), "bo@example.com", PASSWORD).expect(422);
        for path in ["/t/acme/admin", "/t/cedar/admin", "/operator", "/signup"] {
            assert_eq!(ana.get(path).status, 404, "{path}");
        }
        // What is given away is the address that stays.
        let links = ana.get("/admin/links").expect(200).text();
        assert!(links.contains("http://127.0.0.1:8080/t/acme/r/kettle-link"), "{links}");

        street.house.later(1);
        wait(remove_domain(street.house.app(), &Actor::shell(), street.acme.id, domain.id)).unwrap();
        assert_eq!(street.answers(HOST), NOTHING);
        assert_eq!(street.actions(), ["domain.added", "domain.verified", "domain.removed"]);
    }

    fn a_name_has_one_company_at_a_time(engine: Engine) {
        let street = Street::open(engine, &[]);
        street.link(&street.cedar);
        let (ours, theirs) = (street.add(&street.acme, HOST), street.add(&street.cedar, HOST));
        assert_ne!(ours.token, theirs.token);
        assert!(ours.token.len() >= 32);
        street.dns.set(RECORD, &[&[&ours.record_value()]]);
        assert!(street.verify(&street.cedar).last_error.is_some(), "another company's record proves nothing");
        assert_eq!(street.verify(&street.acme).standing(), Standing::Verified);
        street.dns.set(RECORD, &[&[&ours.record_value()], &[&theirs.record_value()]]);
        let taken = street.verify(&street.cedar);
        assert_eq!(taken.standing(), Standing::Pending);
        assert!(taken.last_error.unwrap().contains("another company"));
        assert_eq!(street.at(HOST).get("/r/kettle-link").status, 404, "the link is the other company's");

        // Once it is let go of, whoever can prove it has it.
        wait(remove_domain(street.house.app(), &Actor::shell(), street.acme.id, ours.id)).unwrap();
        assert_eq!(street.verify(&street.cedar).standing(), Standing::Verified);
        assert_eq!(street.answers(HOST), SERVED);
    }

    fn nothing_but_the_host_itself_chooses(engine: Engine) {
        let street = Street::open(engine, &[]);
        street.link(&street.acme);
        street.proven(&street.acme);
        for name in ["x-forwarded-host", "x-host", "x-forwarded-server", "x-original-host", "forwarded"] {
            let value = if name == "forwarded" { format!("host={HOST}") } else { HOST.to_owned() };
            let spoofed = street.at("nobody.test").with_header(name, &value);
            assert_eq!(spoofed.get("/r/kettle-link").status, 404, "{name}");
            assert_eq!(spoofed.get("/admin/partners").status, 404, "{name}");
        }
        let away = street.at(HOST).with_header("x-forwarded-host", "cedar.steading.test");
        assert_eq!(away.get("/r/kettle-link").status, 302, "nor does it lead away");
        for host in ["x.partners.acme.test", "acme.test", "partners.acme.test.evil.test", "xpartners.acme.test"] {
            assert_eq!(street.answers(host), NOTHING, "{host}");
        }
    }

    fn a_trusted_proxy_may_say_which_host_was_asked_for(engine: Engine) {
        let street = Street::open(engine, &[("STEADING_SERVER__TRUSTED_PROXIES", "127.0.0.1/32")]);
        street.link(&street.acme);
        street.proven(&street.acme);
        let behind = street.at("steading.internal").with_header("x-forwarded-host", HOST);
        assert_eq!(behind.get("/r/kettle-link").status, 302);
    }

    fn what_is_the_instances_own_stays_its_own(engine: Engine) {
        // The name was proven when the instance had another; what it calls itself now comes first.
        let street = Street::open(engine, &[("STEADING_SERVER__PUBLIC_URL", "http://steading.example")]);
        for host in ["steading.example", "steading.test", "acme.steading.test", "localhost", "10.0.0.1"] {
            let new = steading::tenancy::domains::NewDomain::read(&street.house.app().config, street.acme.id, host);
            assert!(new.is_err(), "{host}");
        }
        street.link(&street.acme);
        street.proven(&street.acme);
        let was = wait(street.house.app().control.write(|c| {
            use diesel::prelude::*;
            use steading::db::schema::control::domains;
            let renamed = diesel::update(domains::table).set(domains::host.eq("steading.example"));
            Ok(renamed.execute(c.db())?)
        }));
        assert_eq!(was.unwrap(), 1);
        wait(street.house.app().gate.get().unwrap().companies_changed()).unwrap();
        assert_eq!(street.answers(HOST), NOTHING);
        assert_eq!(street.answers("steading.example"), NOTHING);
    }

    fn a_company_that_is_gone_has_no_names(engine: Engine) {
        let street = Street::open(engine, &[]);
        street.link(&street.acme);
        street.proven(&street.acme);
        let app = street.house.app();
        let become_ = |company: &steading::tenancy::Company, status| {
            wait(tenancy::change_status(app, &Actor::shell(), company.id, status)).unwrap();
        };
        become_(&street.acme, Status::Frozen);
        assert_eq!(street.answers(HOST), SERVED, "a frozen company's links lead on");
        street.house.later(1);
        become_(&street.acme, Status::Archived);
        assert_eq!(street.answers(HOST), NOTHING);
        assert_eq!(street.domains(&street.acme), []);
        assert_eq!(street.actions(), ["domain.added", "domain.verified", "domain.removed"]);

        street.link(&street.cedar);
        street.proven(&street.cedar);
        assert_eq!(street.answers(HOST), SERVED);
        wait(tenancy::delete(app, &Actor::shell(), street.cedar.id)).unwrap();
        assert_eq!(street.answers(HOST), NOTHING);
        assert_eq!(street.domains(&street.cedar), []);
    }
}

#[test]
fn another_process_serves_it_within_a_second() {
    let street = Street::open(Engine::Postgres, &[]);
    let other = street.house.test.again();
    wait(steading::identity::stand_up(&other)).unwrap();
    let gate = other.gate.get().unwrap();
    street.proven(&street.acme);
    street.house.later(2);
    let found = wait(async {
        // The first look finds the picture old, and has it renewed beside it.
        for _ in 0..1_000 {
            if let Some(company) = gate.company_at(HOST) {
                return Some(company.slug.clone());
            }
            tokio::task::yield_now().await;
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        None
    });
    assert_eq!(found.as_deref(), Some("acme"));
}
