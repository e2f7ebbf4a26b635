//! A forgotten password: a link by mail or from the shell, which scanners may open and people use once.

use steading::actor::Actor;
use steading::identity::shell;

use super::{House, OTHER, PASSWORD, is_in, login};
use crate::harness::engine::wait;
use crate::on_both_engines;

fn link(house: &House) -> String {
    let link = wait(shell::reset_link(
        house.app(),
        &Actor::shell(),
        "Ana@Example.com",
    ))
    .unwrap();
    link[link.find("/reset").unwrap()..].to_owned()
}

on_both_engines! {
    fn a_link_works_once_and_ends_every_session(engine: Engine) {
        let house = House::owned(engine);
        let ana = house.signed_in("ana@example.com");
        let link = link(&house);
        for _ in 0..5 {
            let _ = house.visitor().get(&link).expect(200);
        }
        let visitor = house.visitor();
        let weak = visitor.submit(&link, &[("password", "short")]).expect(422);
        assert!(weak.text().contains("15 characters"));
        assert_eq!(visitor.submit(&link, &[("password", OTHER)]).location(), "/login");
        assert!(!is_in(&ana));
        let _ = login(&house.visitor(), "ana@example.com", PASSWORD).expect(422);
        let _ = login(&house.visitor(), "ana@example.com", OTHER).expect(303);
        let over = house.visitor().get(&link).expect(410);
        assert!(over.text().contains("used already"));
        assert!(over.text().contains("<a class=\"btn go\" href=\"/forgot\">Ask for a new link</a>"), "{}", over.text());
        let _ = house.visitor().get("/reset").expect(410);
    }

    fn a_link_dies_after_half_an_hour_and_with_a_newer_one(engine: Engine) {
        let house = House::owned(engine);
        let (first, second) = (link(&house), link(&house));
        let _ = house.visitor().get(&first).expect(410);
        let _ = house.visitor().get(&second).expect(200);
        house.later(30 * 60);
        let _ = house.visitor().get(&second).expect(410);
    }

    fn asking_queues_one_sealed_mail_and_only_for_somebody_there(engine: Engine) {
        let house = House::owned(engine);
        let visitor = house.visitor();
        let _ = visitor.submit("/forgot", &[("email", "nobody@example.com")]).expect(200);
        let counts = || wait(house.app().control.read(steading::mailing::counts)).unwrap().waiting;
        assert_eq!(counts(), 0);
        let _ = visitor.submit("/forgot", &[("email", "ana@example.com")]).expect(200);
        assert_eq!(counts(), 1);
        // No more than three an account, and nobody is told.
        for _ in 0..4 {
            let _ = visitor.submit("/forgot", &[("email", "ana@example.com")]).expect(200);
        }
        assert_eq!(counts(), 3);
        let stored = String::from_utf8_lossy(&house.test.everything_stored()).into_owned();
        assert!(!stored.contains("/reset?token="));
    }
}
