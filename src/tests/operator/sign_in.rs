//! Operators sign in apart from everybody, for a while, in one browser.

use steading::operator::shell;

use crate::harness::engine::wait;
use crate::identity::{House, OTHER, PASSWORD};
use crate::on_both_engines;

fn is_in(client: &crate::harness::http::Client) -> bool {
    client.get("/operator").status == 200
}

on_both_engines! {
    fn an_operators_session_is_short_alone_and_apart(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.operator("op@example.com");
        house.company("acme", "ana@example.com");
        assert_eq!(house.visitor().get("/operator").location(), "/operator/login?next=%2Foperator");
        let fields = |password| [("email", "op@example.com"), ("password", password)];
        for wrong in [fields(OTHER), [("email", "nobody@example.com"), ("password", PASSWORD)]] {
            let said = house.visitor().submit("/operator/login", &wrong).expect(422).text();
            assert!(said.contains("do not belong together"), "{said}");
        }
        let first = house.operating("op@example.com");
        assert!(is_in(&first));
        // Neither door knows the other's people.
        assert!(first.get("/account").location().starts_with("/login"));
        let ana = house.signed_in("ana@example.com");
        assert!(!is_in(&ana));
        let _ = house.visitor().submit("/operator/login", &[("email", "ana@example.com"), ("password", PASSWORD)]).expect(422);

        let second = house.operating("op@example.com");
        assert!(is_in(&second) && !is_in(&first), "one session at a time");
        house.later(29 * 60);
        assert!(is_in(&second));
        house.later(31 * 60);
        assert!(!is_in(&second), "idle for half an hour");

        let busy = house.operating("op@example.com");
        for _ in 0..11 {
            house.later(20 * 60);
            assert!(is_in(&busy));
        }
        house.later(20 * 60);
        assert!(!is_in(&busy), "four hours after signing in");

        let last = house.operating("op@example.com");
        let _ = last.submit_to("/operator", "/operator/logout", &[]).expect(303);
        assert!(!is_in(&last));
        let shut = house.operating("op@example.com");
        wait(shell::set_disabled(house.app(), "op@example.com", true)).unwrap();
        assert!(!is_in(&shut));
        let _ = house.visitor().submit("/operator/login", &fields(PASSWORD)).expect(422);
    }

    fn guessing_at_operators_is_slowed_down(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.operator("op@example.com");
        let before = house.app().hasher.operations();
        for (tries, email) in [(5, "op@example.com"), (5, "nobody@example.com")] {
            for _ in 0..tries {
                let _ = house.visitor().submit("/operator/login", &[("email", email), ("password", OTHER)]).expect(422);
            }
        }
        assert_eq!(house.app().hasher.operations() - before, 10, "equal work for unknown addresses");
        let held = house.visitor().submit("/operator/login", &[("email", "op@example.com"), ("password", PASSWORD)]);
        assert_eq!(held.status, 429);
        assert!(!held.header("retry-after").is_empty());
    }

    fn where_one_company_is_served_there_are_no_operators(engine: Engine) {
        let house = House::owned(engine);
        let ana = house.signed_in("ana@example.com");
        for client in [&ana, &house.visitor()] {
            for path in ["/operator", "/operator/login", "/operator/companies/new", "/companies", "/signup"] {
                let status = client.get(path).status;
                assert!(status == 404 || (path == "/companies" && status == 303), "{path}: {status}");
            }
        }
        let refused = wait(shell::create(house.app(), "op@example.com", "", &PASSWORD.into()));
        assert!(refused.unwrap_err().to_string().contains("serves one company"));
    }
}
