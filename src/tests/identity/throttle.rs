//! Guessing is slow; the right person gets in once the wait is over.

use steading::identity::Role;

use super::{House, OTHER, PASSWORD, login};
use crate::on_both_engines;

on_both_engines! {
    fn five_failures_make_an_account_wait(engine: Engine) {
        let house = House::owned(engine);
        let visitor = house.visitor();
        for _ in 0..5 {
            let _ = login(&visitor, "ana@example.com", OTHER).expect(422);
        }
        let before = house.app().hasher.operations();
        let reply = login(&visitor, "ana@example.com", PASSWORD).expect(429);
        assert_eq!(reply.header("retry-after"), "1");
        assert!(reply.text().contains("Too many attempts"));
        assert_eq!(house.app().hasher.operations(), before, "a refused attempt costs no hash");
        house.later(1);
        let _ = login(&visitor, "ana@example.com", OTHER).expect(422);
        let reply = login(&visitor, "ana@example.com", PASSWORD).expect(429);
        assert_eq!(reply.header("retry-after"), "2");
        house.later(2);
        let _ = login(&visitor, "ana@example.com", PASSWORD).expect(303);
        // Success wipes the slate.
        let again = house.visitor();
        let _ = login(&again, "ana@example.com", OTHER).expect(422);
        let _ = login(&again, "ana@example.com", PASSWORD).expect(303);
    }

    fn whoever_guesses_elsewhere_keeps_nobody_out(engine: Engine) {
        let house = House::owned(engine);
        let home = house.signed_in("ana@example.com");
        let _ = home.submit_to("/account", "/logout", &[]).expect(303);
        let guesser = house.visitor();
        for _ in 0..5 {
            let _ = login(&guesser, "ana@example.com", OTHER).expect(422);
        }
        let _ = login(&house.visitor(), "ana@example.com", PASSWORD).expect(429);
        // The browser she signed in with before is counted apart, and has no more tries than anybody else.
        let _ = login(&home, "ana@example.com", OTHER).expect(422);
        let _ = login(&home, "ana@example.com", PASSWORD).expect(303);
        // A forged cookie helps nobody.
        let forged = house.visitor();
        forged.set_cookie("device", &format!("{}.{}", "A".repeat(43), "A".repeat(43)));
        let _ = login(&forged, "ana@example.com", PASSWORD).expect(429);
    }

    fn one_place_cannot_try_many_accounts(engine: Engine) {
        let house = House::owned(engine);
        house.user("bo@example.com", Role::Viewer);
        let visitor = house.visitor();
        let tried: Vec<u16> = (0..12).map(|n| login(&visitor, &format!("user{n}@example.com"), OTHER).status).collect();
        assert_eq!(tried.iter().filter(|status| **status == 422).count(), 10, "{tried:?}");
        let reply = login(&visitor, "bo@example.com", PASSWORD).expect(429);
        assert_eq!(reply.header("retry-after"), "30");
        house.later(30);
        let _ = login(&visitor, "bo@example.com", PASSWORD).expect(303);
    }

    fn twenty_guesses_at_once_reach_the_hasher_five_times(engine: Engine) {
        let house = House::owned(engine);
        let visitor = house.visitor();
        let page = visitor.get("/login").expect(200).text();
        let at = page.find("name=\"csrf\" value=\"").unwrap() + 19;
        let csrf = page[at..].split('"').next().unwrap().to_owned();
        let before = house.app().hasher.operations();
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    let fields = [("csrf", csrf.as_str()), ("email", "ana@example.com"), ("password", OTHER)];
                    visitor.post_form("/login", &fields)
                });
            }
        });
        assert_eq!(house.app().hasher.operations() - before, 5);
    }
}
