//! The console's companies: found, opened, changed, taken through their life.

use steading::actor::Actor;
use steading::gate::Counted;
use steading::tenancy::{self, Entitlement};

use crate::harness::engine::{Engine, wait};
use crate::identity::{House, PASSWORD, login};
use crate::on_both_engines;

/// The last step of the companies' stores, as the source has it.
fn newest_step() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/tenant/sqlite");
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.max().unwrap().split('_').next().unwrap().to_owned()
}

on_both_engines! {
    fn a_company_is_opened_changed_frozen_and_deleted_from_the_console(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        let bad = [("slug", "Bad Slug"), ("name", ""), ("contract_start", "soon"), ("kind", "customer"), ("plan", "starter")];
        let said = op.submit_to("/operator/companies/new", "/operator/companies", &bad).expect(422).text();
        assert!(said.contains("A slug has") && said.contains("2026-10-31"), "{said}");
        let good = [
            ("slug", "northwind"), ("name", "Northwind Tea"), ("owner_email", "ana@example.com"), ("kind", "customer"),
            ("plan", "starter"), ("status", "active"), ("trial_ends_at", "2026-12-31"),
        ];
        let opened = op.submit_to("/operator/companies/new", "/operator/companies", &good).expect(200).text();
        assert!(opened.contains("/invite?token="), "{opened}");
        let taken = op.submit_to("/operator/companies/new", "/operator/companies", &good).expect(422).text();
        assert!(taken.contains("already"), "{taken}");

        let at = opened.find("/invite?token=").unwrap();
        let link = opened[at..].split('"').next().unwrap();
        let ana = house.visitor();
        assert_eq!(ana.submit(link, &[("name", "Ana"), ("password", PASSWORD)]).location(), "/t/northwind/admin");

        let here = "/operator/companies/northwind";
        let page = op.get(here).expect(200).text();
        assert!(page.contains("Northwind Tea") && page.contains("Active") && page.contains("2027-01-01T00:00:00Z"), "{page}");
        let edit = format!("{here}/edit");
        let saved = op.submit(&edit, &[("name", "Northwind Teas"), ("kind", "customer"), ("plan", "growth"), ("legal_name", "Northwind SRL")]);
        assert_eq!(saved.location(), here, "{}", saved.text());
        let page = op.get(here).expect(200).text();
        assert!(page.contains("Northwind SRL") && page.contains("growth") && page.contains("op@example.com"), "{page}");

        let freeze = format!("{here}/freeze");
        assert_eq!(op.submit(&freeze, &[]).location(), here);
        assert!(op.get("/operator?status=frozen").text().contains("Northwind Teas"));
        assert_eq!(op.get(&freeze).status, 409);
        let delete = format!("{here}/delete");
        let _ = op.submit(&delete, &[("retype", "northwin")]).expect(422);
        assert_eq!(op.submit(&delete, &[("retype", "northwind")]).location(), "/operator");
        assert_eq!(op.get(here).status, 404);
        let _ = login(&house.visitor(), "ana@example.com", PASSWORD).expect(422);
    }

    fn a_company_is_shown_with_its_plan_owner_products_and_schema(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.operator("op@example.com");
        let acme = house.company("acme", "ana@example.com");
        let op = house.operating("op@example.com");
        let here = "/operator/companies/acme";
        let new = op.get("/operator/companies/new").expect(200).text();
        for plan in ["starter: 10 people, 100 partners, 500 links, 100,000 events", "unlimited: no limits"] {
            assert!(new.contains(plan), "{plan}: {new}");
        }
        assert!(!new.contains("<input id=\"f-plan\""), "{new}");
        // A plan of another version is still there to be kept.
        let old = |company: &mut steading::tenancy::Company| company.plan = "bronze".to_owned();
        wait(tenancy::change_record(house.app(), &Actor::shell(), acme.id, old)).unwrap();
        assert!(op.get(&format!("{here}/edit")).text().contains("<option value=\"bronze\" selected>"));
        let decided = Entitlement {
            product: "partners".to_owned(),
            is_enabled: Some(true),
            expires_at: Some(Some("2026-12-31T00:00:00Z".parse().unwrap())),
            knobs: vec![(Counted::Members, Some(5))],
        };
        wait(tenancy::entitle(house.app(), &Actor::shell(), acme.id, decided)).unwrap();
        let page = op.get(here).expect(200).text();
        for told in ["ana@example.com", "on until 2026-12-31T00:00:00", "members at most 5", &newest_step()] {
            assert!(page.contains(told), "{told}: {page}");
        }
        let list = op.get("/operator").expect(200).text();
        assert!(list.contains(&newest_step()), "{list}");
        assert_eq!(list.contains("shared database"), engine == Engine::Postgres);
        let why = "the disk is full";
        wait(tenancy::note_upgrades(&house.app().control, Actor::shell(), None, vec![(acme.id, why.to_owned())])).unwrap();
        for address in ["/operator", here] {
            let page = op.get(address).expect(200).text();
            assert!(page.contains("Upgrade failed") && page.contains(why), "{address}: {page}");
        }
    }

    fn a_company_that_nobody_owns_is_given_an_owner(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        let new = [("slug", "acme"), ("name", "Acme"), ("kind", "customer"), ("plan", "starter"), ("status", "active")];
        let _ = op.submit_to("/operator/companies/new", "/operator/companies", &new).expect(303);
        assert!(op.get("/operator/companies/acme").text().contains("nobody"));
        let edit = "/operator/companies/acme/edit";
        let fields = |owner| [("name", "Acme"), ("kind", "customer"), ("plan", "starter"), ("owner_email", owner)];
        let _ = op.submit(edit, &fields("not an address")).expect(422);
        let shown = op.submit(edit, &fields("ana@example.com")).expect(200).text();
        let at = shown.find("/invite?token=").unwrap();
        let link = shown[at..].split('"').next().unwrap();
        let entered = house.visitor().submit(link, &[("name", "Ana"), ("password", PASSWORD)]);
        assert_eq!(entered.location(), "/t/acme/admin");
        let page = op.get("/operator/companies/acme").text();
        assert!(page.contains("ana@example.com") && page.contains("op@example.com"), "{page}");
        // One owner is enough: more are the company's own affair.
        assert!(!op.get(edit).text().contains("owner_email"));
        let _ = op.submit(edit, &fields("bo@example.com")).expect(303);
        assert!(!op.get("/operator/companies/acme").text().contains("bo@example.com"));
    }

    fn the_list_is_searched_sorted_and_paged_in_its_address(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.operator("op@example.com");
        for slug in ["acme", "brick", "cedar"] {
            house.company(slug, "ana@example.com");
        }
        let op = house.operating("op@example.com");
        let names = |address: &str| {
            let page = op.get(address).expect(200).text();
            ["Acme", "Brick", "Cedar"].into_iter().filter(|name| page.contains(&format!(">{name}</a>"))).collect::<Vec<_>>()
        };
        assert_eq!(names("/operator"), ["Acme", "Brick", "Cedar"]);
        assert_eq!(names("/operator?q=ric"), ["Brick"]);
        assert_eq!(names("/operator?status=trial").len(), 0);
        assert_eq!(op.get("/operator?status=gone").status, 422);
        assert_eq!(op.get("/operator?sort=size").status, 422);
        let first = op.get("/operator?sort=-name&limit=1&q=r").expect(200).text();
        assert!(first.contains("Cedar") && first.contains("Next →"), "{first}");
    }
}
