//! What a session lives by and dies of.

use steading::identity::{Role, shell};

use super::{House, OTHER, PASSWORD, is_in, login};
use crate::harness::engine::wait;
use crate::on_both_engines;

on_both_engines! {
    fn signing_in_gives_a_new_token_that_scripts_cannot_read(engine: Engine) {
        let house = House::owned(engine);
        let visitor = house.visitor();
        let planted = "A".repeat(43);
        visitor.set_cookie("sid", &planted);
        let reply = login(&visitor, "ana@example.com", PASSWORD).expect(303);
        let cookie = reply
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|line| line.to_str().unwrap())
            .find(|line| line.starts_with("sid="))
            .unwrap()
            .to_owned();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert_ne!(visitor.cookie("sid").unwrap(), planted);

        // Signing in again ends the session this browser had.
        let first = visitor.cookie("sid").unwrap();
        visitor.set_cookie("sid", &first);
        let page = house.visitor();
        page.set_cookie("sid", &first);
        assert!(is_in(&page));
        let again = house.visitor();
        again.set_cookie("sid", &first);
        assert_eq!(again.get("/login").location(), "/admin");
        let stale = house.visitor();
        stale.set_cookie("sid", &planted);
        assert!(!is_in(&stale));
    }

    fn signing_out_ends_the_session_everywhere_its_token_is(engine: Engine) {
        let house = House::owned(engine);
        let ana = house.signed_in("ana@example.com");
        let copy = house.visitor();
        copy.set_cookie("sid", &ana.cookie("sid").unwrap());
        assert!(is_in(&copy));
        assert_eq!(ana.submit_to("/account", "/logout", &[]).location(), "/login");
        assert!(ana.cookie("sid").is_none());
        assert!(!is_in(&copy));
    }

    fn an_idle_hour_or_half_a_day_ends_a_session(engine: Engine) {
        let house = House::owned(engine);
        let idle = house.signed_in("ana@example.com");
        house.later(59 * 60);
        assert!(is_in(&idle));
        house.later(59 * 60);
        assert!(is_in(&idle));
        house.later(60 * 60);
        assert!(!is_in(&idle));

        let busy = house.signed_in("ana@example.com");
        for _ in 0..23 {
            house.later(31 * 60);
            assert!(is_in(&busy));
        }
        house.later(31 * 60);
        assert!(!is_in(&busy));
    }

    fn a_new_password_ends_every_other_session_and_changes_this_token(engine: Engine) {
        let house = House::owned(engine);
        let (here, elsewhere) = (house.signed_in("ana@example.com"), house.signed_in("ana@example.com"));
        let old = here.cookie("sid").unwrap();
        let wrong = here.submit_to("/account", "/account/password", &[("old_password", OTHER), ("password", OTHER)]);
        assert!(wrong.expect(422).text().contains("not your password"));
        let weak = here.submit_to("/account", "/account/password", &[("old_password", PASSWORD), ("password", "short")]);
        assert!(weak.expect(422).text().contains("15 characters"));
        let _ = here.submit_to("/account", "/account/password", &[("old_password", PASSWORD), ("password", OTHER)]).expect(303);
        assert!(is_in(&here));
        assert_ne!(here.cookie("sid").unwrap(), old);
        assert!(!is_in(&elsewhere));
        let copy = house.visitor();
        copy.set_cookie("sid", &old);
        assert!(!is_in(&copy));
        let _ = login(&house.visitor(), "ana@example.com", PASSWORD).expect(422);
        let _ = login(&house.visitor(), "ana@example.com", OTHER).expect(303);
    }

    fn others_are_listed_and_can_be_signed_out(engine: Engine) {
        let house = House::owned(engine);
        let (here, elsewhere) = (house.signed_in("ana@example.com"), house.signed_in("ana@example.com"));
        let page = here.get("/account").expect(200).text();
        assert_eq!(page.matches("/end\"").count(), 1, "{page}");
        let _ = here.submit_to("/account", "/account/sessions/end-others", &[]).expect(303);
        assert!(is_in(&here) && !is_in(&elsewhere));

        // Nobody ends somebody else's.
        house.user("bo@example.com", Role::Viewer);
        let bo = house.signed_in("bo@example.com");
        let third = house.signed_in("ana@example.com");
        let page = here.get("/account").expect(200).text();
        let at = page.find("/account/sessions/ses_").unwrap();
        let action = page[at..].split('"').next().unwrap().to_owned();
        let csrf = {
            let html = bo.get("/account").text();
            let at = html.find("name=\"csrf\" value=\"").unwrap() + 19;
            html[at..].split('"').next().unwrap().to_owned()
        };
        let _ = bo.post_form(&action, &[("csrf", &csrf)]).expect(404);
        assert!(is_in(&third));
        let _ = here.submit_to("/account", &action, &[]).expect(303);
        assert!(!is_in(&third));
    }

    fn whoever_is_disabled_or_demoted_feels_it_with_the_next_request(engine: Engine) {
        let house = House::owned(engine);
        house.user("bo@example.com", Role::Admin);
        let bo = house.signed_in("bo@example.com");
        let _ = bo.get("/admin/people/new").expect(200);
        let ana = house.signed_in("ana@example.com");
        let people = ana.get("/admin/people?q=bo%40").expect(200).text();
        let at = people.find("/admin/people/usr_").unwrap();
        let page = people[at..].split('"').next().unwrap().to_owned();
        let _ = ana.submit(&page, &[("role", "viewer")]).expect(303);
        let refused = bo.get("/admin/people/new").expect(403);
        assert!(refused.text().contains("members:write"));

        let tenant = house.test.scope.tenant();
        wait(shell::set_disabled(house.app(), tenant, "bo@example.com", true)).unwrap();
        assert!(!is_in(&bo));
        let _ = login(&house.visitor(), "bo@example.com", PASSWORD).expect(422);
        wait(shell::set_disabled(house.app(), tenant, "bo@example.com", false)).unwrap();
        assert!(!is_in(&bo));
        let _ = login(&house.visitor(), "bo@example.com", PASSWORD).expect(303);
    }
}
