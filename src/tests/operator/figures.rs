//! One count: what operators are told a company uses is what its own page says and its plan is judged by.

use std::time::Duration;

use serde_json::json;
use steading::actor::Actor;
use steading::operator::shell as operators;
use steading::partners::demo;
use steading::{identity::shell, tenancy};

use crate::harness::engine::wait;
use crate::identity::{House, PASSWORD};
use crate::on_both_engines;

on_both_engines! {
    fn operators_are_told_the_figures_of_the_companys_own_page(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.test.clock.advance(Duration::from_secs(27 * 86_400));
        let acme = house.company("acme", "ana@example.com");
        let scope = house.app().tenants.scope(acme.id).unwrap();
        wait(demo::load(house.app(), &scope, &Actor::shell(), |_| {})).unwrap();
        let made = wait(shell::create_key(house.app(), acme.id, "shop", vec!["*".to_owned()], None, None)).unwrap();
        let theirs = house.visitor().with_key(&made.key);
        let person = json!({ "email": "bo@example.com", "name": "Bo", "roles": ["member"] });
        let bo = theirs.json("POST", "/t/acme/api/v1/members", &person).expect(201).json();
        let bo = bo["member"]["id"].as_str().or_else(|| bo["id"].as_str()).unwrap().to_owned();
        let _ = theirs.send("DELETE", &format!("/t/acme/api/v1/members/{bo}"), &[], &[]).expect(204);
        let partners = theirs.get("/t/acme/api/v1/partners?limit=1").json();
        let gone = partners["data"][0]["id"].as_str().unwrap().to_owned();
        let _ = theirs.json("POST", &format!("/t/acme/api/v1/partners/{gone}/archive"), &json!({})).expect(200);

        let own = theirs.get("/t/acme/api/v1/usage").expect(200).json();
        let (_, key) = wait(operators::create_key(house.app(), "billing")).unwrap();
        let told = house.visitor().with_key(&key).get("/api/v1/operator/tenants/acme").expect(200).json();
        for (theirs, ours) in [
            ("members", "people"), ("partners", "partners"), ("links", "links"), ("events_per_month", "events_this_month"),
        ] {
            assert_eq!(own[theirs]["used"], told["usage"][ours], "{theirs}: {own} {told}");
        }
        assert!(own["events_per_month"]["used"].as_u64().unwrap() > 0, "{own}");
        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        let report = op.get("/operator/report").expect(200).text();
        let row = report.split("<tr>").find(|row| row.contains(">Acme</a>")).unwrap();
        assert!(row.contains(&format!(">{}</td>", own["partners"]["used"])), "{row}");
    }

    fn products_are_decided_and_a_company_is_deleted_by_a_program(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let acme = house.company("acme", "ana@example.com");
        let (_, key) = wait(operators::create_key(house.app(), "billing")).unwrap();
        let program = house.visitor().with_key(&key);
        let one = "/api/v1/operator/tenants/acme";
        let plain = json!({ "product": "partners", "is_enabled": true, "expires_at": null, "limits": {} });
        assert_eq!(program.get(one).json()["products"], json!([plain]));
        let product = format!("{one}/products/partners");
        let wanted = json!({ "expires_at": "2026-12-31", "limits": { "members": 5 } });
        let decided = program.json("PUT", &product, &wanted).expect(200).json();
        let stands = json!({ "product": "partners", "is_enabled": true, "expires_at": "2027-01-01T00:00:00.000000Z", "limits": { "members": 5 } });
        assert_eq!(decided, stands);
        assert_eq!(program.get(one).json()["products"], json!([stands]));
        let wrong = program.json("PUT", &product, &json!({ "expires_at": "soon", "limits": { "cows": 1 } })).expect(422).json();
        let places: Vec<&str> = wrong["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
        assert_eq!(places, ["/expires_at", "/limits/cows"], "{wrong}");
        assert_eq!(program.json("PUT", &format!("{one}/products/cows"), &json!({})).status, 404);

        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        let here = "/operator/companies/acme";
        let page = op.get(here).expect(200).text();
        assert!(page.contains("value=\"2026-12-31\"") && page.contains("value=\"5\""), "{page}");
        let fields = [("is_enabled", "no"), ("expires_at", ""), ("members", ""), ("links", "7")];
        let saved = op.submit_to(here, "/operator/companies/acme/products/partners", &fields);
        assert_eq!(saved.location(), here, "{}", saved.text());
        let held = wait(house.app().control.read(move |c| tenancy::plans::entitlements(c, acme.id))).unwrap();
        assert_eq!(held[0].words(), "off, links at most 7");
        let _ = op.submit_to(here, "/operator/companies/acme/products/partners", &[("links", "many")]).expect(422);

        for unsure in [one.to_owned(), format!("{one}?confirm=acm")] {
            let asked = program.send("DELETE", &unsure, &[], &[]).expect(422).json();
            assert_eq!(asked["errors"][0]["pointer"], "/confirm", "{asked}");
        }
        let _ = program.send("DELETE", &format!("{one}?confirm=acme"), &[], &[]).expect(204);
        assert_eq!(program.get(one).status, 404);
        let _ = crate::identity::login(&house.visitor(), "ana@example.com", PASSWORD).expect(422);
    }
}
