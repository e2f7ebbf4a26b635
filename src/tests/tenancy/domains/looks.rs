//! The daily look, days of grace, and what name servers may answer.

use steading::jobs;
use steading::tenancy::domains::{Standing, check_due};

use super::{HOST, RECORD, Street};
use crate::harness::dns::Mood;
use crate::harness::engine::wait;
use crate::on_both_engines;

const DAY: u64 = 86_400;

on_both_engines! {
    fn a_record_that_is_gone_takes_the_name_away_after_three_days(engine: Engine) {
        let street = Street::open(engine, &[]);
        street.link(&street.acme);
        street.proven(&street.acme);
        let looked = |seconds| {
            street.house.later(seconds);
            wait(check_due(street.house.app())).unwrap();
            street.domains(&street.acme)[0].standing()
        };
        let serves = || street.at(HOST).get("/r/kettle-link").status == 302;
        assert_eq!(looked(DAY), Standing::Verified);
        street.dns.forget(RECORD);
        assert_eq!(looked(DAY), Standing::Failing);
        assert!(serves());
        // A name server that is out of order is no missing record.
        street.dns.is(Mood::Fails);
        for _ in 0..5 {
            assert_eq!(looked(DAY), Standing::Failing);
        }
        street.dns.is(Mood::Well);
        let record = street.domains(&street.acme)[0].record_value();
        street.dns.set(RECORD, &[&[&record]]);
        assert_eq!(looked(DAY), Standing::Verified);

        street.dns.set(RECORD, &[&["something else"]]);
        for _ in 0..3 {
            assert_eq!(looked(DAY), Standing::Failing);
            assert!(serves());
        }
        assert_eq!(looked(DAY), Standing::Pending);
        assert!(!serves());
        let system = |action: &str| ("domain check".to_owned(), action.to_owned());
        assert_eq!(street.trail()[2..], [
            system("domain.failing"), system("domain.recovered"), system("domain.failing"), system("domain.unverified"),
        ]);
        // Back with its record, without anybody's doing.
        street.dns.set(RECORD, &[&[&record]]);
        assert_eq!(looked(DAY), Standing::Verified);
        assert!(serves());
    }

    fn every_domain_is_looked_at_once_a_day_by_a_job(engine: Engine) {
        let street = Street::open(engine, &[]);
        let domain = street.add(&street.acme, HOST);
        for number in 0..10 {
            street.add(&street.cedar, &format!("n{number}.cedar.test"));
        }
        street.dns.set(RECORD, &[&[&domain.record_value()]]);
        let asked = || street.dns.asked().len();
        let ran = |seconds| {
            street.house.later(seconds);
            let ran = wait(jobs::run_due(street.house.app(), None)).unwrap();
            assert!(ran.iter().any(|job| job.kind == "tenancy.domains"), "{ran:?}");
        };
        ran(0);
        assert_eq!((asked(), street.domains(&street.acme)[0].standing()), (11, Standing::Verified));
        ran(3_600);
        assert_eq!(asked(), 11, "no day has passed");
        ran(DAY);
        assert_eq!(asked(), 22);
    }

    fn answers_come_in_many_forms(engine: Engine) {
        let street = Street::open(engine, &[]);
        let domain = street.add(&street.acme, HOST);
        let value = domain.record_value();
        let says = || street.verify(&street.acme).last_error.unwrap_or_default();

        street.dns.is(Mood::Fails);
        assert!(says().contains("SERVFAIL"));
        street.dns.is(Mood::Well);
        assert!(says().contains("does not exist"));
        street.dns.alias(RECORD, "proof.elsewhere.test");
        street.dns.set("proof.elsewhere.test", &[]);
        assert!(says().contains("no TXT record"));
        // A stranger who guesses the number of no question is not heard.
        street.dns.set("proof.elsewhere.test", &[&["wrong"]]);
        street.dns.is(Mood::IsSpoofed(value.clone().leak()));
        assert!(says().contains("“wrong”"));

        // In two parts, behind another name, too long for a datagram.
        let (head, tail) = value.split_at(20);
        street.dns.set("proof.elsewhere.test", &[&[&"x".repeat(200)], &[head, tail], &[&"y".repeat(250), &"z".repeat(250)]]);
        street.dns.is(Mood::CutsShort);
        assert_eq!(says(), "");
        assert_eq!(street.domains(&street.acme)[0].standing(), Standing::Verified);
    }
}
