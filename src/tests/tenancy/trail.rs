//! Where many companies are served, each finds in its own trail what its people did to what the control plane keeps for it.

use serde_json::{Value, json};

use crate::harness::http::Client;
use crate::identity::House;
use crate::on_both_engines;

/// The actions of a company's trail, oldest first, page by page.
fn trail(program: &Client, slug: &str, query: &str) -> Vec<String> {
    let base = format!("/t/{slug}/api/v1/audit?limit=2&total=true{query}");
    let (mut actions, mut cursor, mut total) = (Vec::new(), String::new(), 0);
    loop {
        let page = program.get(&format!("{base}{cursor}")).expect(200).json();
        let events = page["data"].as_array().unwrap();
        actions.extend(
            events
                .iter()
                .map(|event| event["action"].as_str().unwrap().to_owned()),
        );
        total = page["total"].as_u64().unwrap_or(total);
        match &page["next_cursor"] {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => break,
        }
    }
    assert_eq!(total, actions.len() as u64);
    actions.reverse();
    actions
}

on_both_engines! {
    fn a_companys_trail_tells_of_its_domains_projects_keys_and_people(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let (acme, cedar) = (house.company("acme", "ana@example.com"), house.company("cedar", "bo@example.com"));
        let key = |company: &steading::tenancy::Company| {
            let made = steading::identity::shell::create_key(house.app(), company.id, "tests", vec!["*".to_owned()], None, None);
            house.visitor().with_key(&crate::harness::engine::wait(made).unwrap().key)
        };
        let (ours, theirs) = (key(&acme), key(&cedar));
        let before = trail(&theirs, "cedar", "");
        let send = |method: &str, path: &str, body: Value| {
            house.later(1);
            ours.json(method, &format!("/t/acme/api/v1{path}"), &body)
        };
        let project = send("POST", "/projects", json!({ "slug": "spring", "name": "Spring" })).expect(201).json();
        let project = format!("/projects/{}", project["id"].as_str().unwrap());
        send("PATCH", &project, json!({ "name": "Spring collection" })).expect(200);
        send("POST", "/partners", json!({ "name": "Kettle", "email": "kettle@example.com" })).expect(201);
        let key = send("POST", "/api-keys", json!({ "name": "shop", "scopes": ["partners:read"] })).expect(201).json();
        send("DELETE", &format!("/api-keys/{}", key["id"].as_str().unwrap()), json!({})).expect(204);
        send("POST", "/members", json!({ "email": "cy@example.com", "name": "Cy", "roles": ["viewer"] })).expect(201);
        let ana = house.signed_in("ana@example.com");
        let list = "/t/acme/admin/domains";
        house.later(1);
        let _ = ana.submit_to(list, list, &[("host", "partners.acme.test")]).expect(303);

        let all = trail(&ours, "acme", "");
        assert_eq!(all, [
            "api_key.created", "project.created", "project.renamed", "partner.created", "api_key.created", "api_key.revoked", "member.invited",
            "domain.added",
        ]);
        assert_eq!(trail(&ours, "acme", "&action=domain"), ["domain.added"]);
        assert_eq!(trail(&ours, "acme", "&product=tenancy"), ["project.created", "project.renamed", "domain.added"]);
        let page = ana.get("/t/acme/admin/audit").expect(200).text();
        assert!(page.contains("Domain added") && page.contains("partners.acme.test") && page.contains("Project created"), "{page}");
        let file = ana.get("/t/acme/admin/audit.csv").expect(200).text();
        assert!(file.contains("member.invited"), "{file}");

        // Nothing of it is anybody else's.
        assert_eq!(trail(&theirs, "cedar", ""), before);
        assert_eq!(before, ["api_key.created"]);
    }
}
