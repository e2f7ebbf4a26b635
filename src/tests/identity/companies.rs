//! Where many are served: one sign-in, one company at a time, and no word about companies that are not one's own.

use steading::audit::{self, Filter};

use super::{House, PASSWORD, login};
use crate::harness::engine::wait;
use crate::on_both_engines;

on_both_engines! {
    fn somebody_with_one_company_lands_in_it(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.company("acme", "ana@example.com");
        let ana = house.visitor();
        assert_eq!(ana.get("/").location(), "/login");
        assert_eq!(ana.get("/admin").location(), "/");
        assert_eq!(login(&ana, "ana@example.com", PASSWORD).location(), "/t/acme/admin");
        for path in ["/", "/login"] {
            assert_eq!(ana.get(path).location(), "/t/acme/admin", "{path}");
        }
        let home = ana.get("/t/acme/admin").expect(200).text();
        assert!(home.contains("href=\"/t/acme/admin/partners\""), "{home}");
        let account = ana.get("/account").expect(200).text();
        assert!(account.contains("href=\"/t/acme/admin/partners\""), "{account}");
        let saved = ana.submit_to("/account", "/account/name", &[("name", "Ana P")]);
        assert_eq!(saved.location(), "/account");
        assert_eq!(ana.submit_to("/account", "/logout", &[]).location(), "/login");
        let next = house.visitor();
        let form = "/login?next=%2Ft%2Facme%2Fadmin%2Fpartners%3Fq%3Dtea";
        let there = next.submit(form, &[("email", "ana@example.com"), ("password", PASSWORD)]);
        assert_eq!(there.location(), "/t/acme/admin/partners?q=tea");
    }

    fn somebody_with_several_chooses_and_the_old_token_opens_nothing(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let acme = house.company("acme", "ana@example.com");
        house.company("brick", "ana@example.com");
        house.company("cedar", "bo@example.com");
        let ana = house.visitor();
        assert_eq!(login(&ana, "ana@example.com", PASSWORD).location(), "/companies");
        let page = ana.get("/companies").expect(200).text();
        assert!(page.contains("Acme") && page.contains("Brick") && !page.contains("Cedar"), "{page}");
        house.later(5);

        // The session is for the first; a page of the other leads to the choice, and from there on.
        let old = ana.cookie("sid").unwrap();
        let (here, other) = if ana.get("/t/acme/admin").status == 200 { ("acme", "brick") } else { ("brick", "acme") };
        let asked = ana.get(&format!("/t/{other}/admin/partners"));
        assert!(asked.location().starts_with("/login?next="), "{}", asked.location());
        let choice = ana.get(asked.location()).location().to_owned();
        assert!(choice.starts_with("/companies?next="), "{choice}");
        let entered = ana.submit_to(&choice, "/companies", &[("slug", other)]);
        assert_eq!(entered.location(), format!("/t/{other}/admin/partners"));
        let _ = ana.get(&format!("/t/{other}/admin")).expect(200);
        assert_ne!(ana.cookie("sid").unwrap(), old);
        let thief = house.visitor();
        thief.set_cookie("sid", &old);
        for slug in [here, other] {
            let to = thief.get(&format!("/t/{slug}/admin")).location().to_owned();
            assert!(to.starts_with("/login"), "{to}");
        }
        let trail = wait(house.app().control.read(|c| audit::page(c, &Filter::default(), None, 50))).unwrap();
        let switched = trail.iter().find(|event| event.action == "tenant.switched").unwrap();
        assert_eq!(switched.actor_name, "ana@example.com");

        // The one entered last stands first from now on, and a company that is not theirs cannot be entered.
        let again = house.signed_in("ana@example.com");
        let _ = again.get(&format!("/t/{other}/admin")).expect(200);
        assert_eq!(again.submit_to("/companies", "/companies", &[("slug", "cedar")]).status, 404);
        assert_eq!(again.submit_to("/companies", "/companies", &[("slug", "nowhere")]).status, 404);
        assert_eq!(acme.slug.as_str(), "acme");
    }

    fn a_company_that_is_not_ones_own_looks_like_none(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.company("acme", "ana@example.com");
        house.company("cedar", "bo@example.com");
        let ana = house.signed_in("ana@example.com");
        let stranger = house.visitor();
        for browser in [&ana, &stranger] {
            for path in ["/admin", "/admin/partners", "/api/docs", "/admin/nope"] {
                let answer = |slug: &str| {
                    let reply = browser.get(&format!("/t/{slug}{path}"));
                    let to = reply.header("location").replace(slug, "*");
                    (reply.status, to, reply.body.len())
                };
                let (theirs, nobodys) = (answer("cedar"), answer("cedax"));
                assert_eq!(theirs.0, nobodys.0, "{path}");
                assert_eq!(theirs.1, nobodys.1, "{path}");
                assert_ne!(theirs.0, 200, "{path}");
            }
        }
        let choice = |slug: &str| {
            let page = ana.get(&format!("/companies?next=%2Ft%2F{slug}%2Fadmin")).expect(200).text();
            page.replace(slug, "*")
        };
        assert_eq!(choice("cedar"), choice("cedax"));
        assert!(choice("cedar").contains("none of your companies"));
    }

    fn a_companys_own_host_lets_its_people_in_and_nobody_else(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.company("acme", "ana@example.com");
        house.company("cedar", "bo@example.com");
        let own = |host: &str| {
            house
                .visitor()
                .with_header("host", host)
                .with_header("sec-fetch-site", "same-origin")
        };
        let ana = own("acme.steading.test");
        assert_eq!(ana.get("/").location(), "/admin");
        assert_eq!(login(&ana, "ana@example.com", PASSWORD).location(), "/admin");
        let home = ana.get("/admin").expect(200).text();
        assert!(home.contains("href=\"/admin/partners\""), "{home}");
        assert!(ana.get("/companies").location().ends_with("8080/companies"));
        for path in ["/t/acme/admin", "/t/cedar/admin", "/operator", "/operator/login", "/signup"] {
            assert_eq!(ana.get(path).status, 404, "{path}");
        }
        let bo = own("acme.steading.test");
        let _ = login(&bo, "bo@example.com", PASSWORD).expect(422);
    }

    fn whoever_works_elsewhere_is_added_and_keeps_the_password(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.company("acme", "ana@example.com");
        house.company("cedar", "bo@example.com");
        let bo = house.signed_in("bo@example.com");
        let (list, new) = ("/t/cedar/admin/people", "/t/cedar/admin/people/new");
        let fields = [("email", "ana@example.com"), ("name", ""), ("role", "member")];
        let page = bo.submit_to(new, list, &fields).expect(200).text();
        assert!(page.contains("/t/cedar/admin") && !page.contains("/invite?token="), "{page}");
        let again = bo.submit_to(new, list, &fields).expect(422);
        assert!(again.text().contains("is here already"));
        assert_eq!(login(&house.visitor(), "ana@example.com", PASSWORD).location(), "/companies");

        // Nobody of a company sees the link of somebody new either: it is in their mail alone, and the two look the same.
        let fresh = [("email", "cy@example.com"), ("name", "Cy"), ("role", "member")];
        let first = bo.submit_to(new, list, &fresh).expect(200).text();
        assert!(!first.contains("/invite?token="), "{first}");
        assert_eq!(first.matches("/t/cedar/admin").count(), page.matches("/t/cedar/admin").count());
        let ana = house.visitor();
        let _ = login(&ana, "ana@example.com", PASSWORD).expect(303);
        if ana.get("/t/acme/admin").status != 200 {
            let _ = ana.submit_to("/companies", "/companies", &[("slug", "acme")]).expect(303);
        }
        let second = ana.submit_to("/t/acme/admin/people/new", "/t/acme/admin/people", &fresh).expect(200).text();
        assert!(!second.contains("/invite?token="), "{second}");
    }

    fn reset_links_work_where_many_are_served(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.company("acme", "ana@example.com");
        let link = wait(steading::identity::shell::reset_link(
            house.app(),
            &steading::actor::Actor::shell(),
            "ana@example.com",
        ))
        .unwrap();
        let path = link.strip_prefix("http://127.0.0.1:8080").unwrap();
        let done = house.visitor().submit(path, &[("password", super::OTHER)]);
        assert_eq!(done.location(), "/login");
        assert_eq!(login(&house.visitor(), "ana@example.com", super::OTHER).location(), "/t/acme/admin");
    }
}
