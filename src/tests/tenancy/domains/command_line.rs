//! `steading tenant domain …`, with a server beside it and without.

use super::super::{bytes, multi};
use super::{HOST, RECORD};
use crate::harness::dns::{Mood, NameServer};
use crate::harness::process::Home;
use crate::on_both_engines;

fn json(home: &Home, arguments: &[&str]) -> serde_json::Value {
    let all = [&["tenant", "domain"], arguments, &["--json"]].concat();
    home.run(&all).expect_code(0).json()
}

on_both_engines! {
    fn a_domain_comes_and_goes_by_command(engine: Engine) {
        let dns = NameServer::start();
        let home = multi(engine).env("STEADING_OUTBOUND__RESOLVER", &dns.address.to_string());
        for slug in ["acme", "cedar"] {
            super::super::create(&home, slug);
        }
        let run = |arguments: &[&str]| home.run(&[&["tenant", "domain"], arguments].concat());
        let before = bytes(&home.data());
        let would = json(&home, &["add", "acme", "Partners.Acme.test", "--dry-run"]);
        assert_eq!(would["host"], HOST);
        let wrong = run(&["add", "acme", "10.0.0.1", "--dry-run"]).expect_code(65);
        assert!(wrong.stderr.contains("IP address"), "{}", wrong.stderr);
        run(&["add", "nobody", HOST, "--dry-run"]).expect_code(1);
        assert!(before == bytes(&home.data()), "a dry run touches no file");

        let added = json(&home, &["add", "acme", HOST]);
        assert_eq!((&added["state"], &added["record_name"]), (&"pending".into(), &RECORD.into()));
        let server = home.serve();
        let at = |path: &str| server.client().send("GET", path, &[("host", HOST)], &[]).status;
        assert_eq!(at("/admin/partners"), 404);
        let absent = run(&["verify", "acme", HOST]).expect_code(1);
        assert!(absent.stderr.contains("does not exist") && absent.stderr.contains(RECORD), "{}", absent.stderr);
        dns.is(Mood::Fails);
        let fails = run(&["verify", "acme", HOST]).expect_code(1);
        assert!(fails.stderr.contains("SERVFAIL"), "{}", fails.stderr);
        dns.is(Mood::Well);
        dns.set(RECORD, &[&[added["record_value"].as_str().unwrap()]]);
        assert_eq!(json(&home, &["verify", "acme", HOST])["state"], "verified");
        // At once, in the server that runs beside.
        assert_eq!(at("/admin/partners"), 303);

        json(&home, &["add", "cedar", HOST]);
        run(&["verify", "cedar", HOST]).expect_code(1);
        assert_eq!(json(&home, &["list", "acme"])[0]["state"], "verified");
        let listed = run(&["list", "acme"]).expect_code(0);
        assert!(listed.stdout.contains(HOST), "{}", listed.stdout);

        run(&["remove", "acme", HOST, "--no-input"]).expect_code(2);
        let would = json(&home, &["remove", "acme", HOST, "--dry-run"]);
        assert_eq!(would["host"], HOST);
        assert_eq!(at("/admin/partners"), 303);
        assert_eq!(json(&home, &["remove", "acme", HOST, "--yes"])["host"], HOST);
        assert_eq!(at("/admin/partners"), 404);
        run(&["remove", "acme", HOST, "--yes"]).expect_code(1);
        assert_eq!(json(&home, &["list", "acme"]), serde_json::json!([]));
    }

    fn one_company_alone_has_no_domains(engine: Engine) {
        let home = crate::harness::company::owned(engine);
        let _server = home.serve();
        let refused = home.run(&["tenant", "domain", "add", "default", HOST]).expect_code(1);
        assert!(refused.stderr.contains("STEADING_TENANCY=multi"), "{}", refused.stderr);
    }
}
