//! A key that is limited to one project: nothing of the company's other projects is seen, changed or told of through it. **A new
//! route of the API is walked too**, and one that does not keep to projects is shut to such a key by itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use steading::routes;

use super::cases::At;
use super::companies::{Company, MARK, OTHER, furnished, home, signed_in};
use super::walk::{
    Sender, case_of, difference, is_api, masked, of_nobody, sendings, tells_of, with_link_key,
};
use crate::harness::company::{OWNER, owned};
use crate::harness::http::{Client, Reply};
use crate::harness::process::{Home, Server};
use crate::on_both_engines;

/// A part of the other company, and a key that is limited to it. What the company had before is in a part of its own.
struct Part {
    key: Client,
    ids: BTreeMap<&'static str, String>,
}

fn text(value: &Value, name: &str) -> String {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("{value}"))
        .to_owned()
}

impl Part {
    fn of(home: &Home, server: &Server<'_>, company: &Company) -> Self {
        let run = |arguments: &[&str]| home.run(arguments).expect_code(0);
        run(&[
            "tenant",
            "project",
            "create",
            "acorn",
            "--name",
            "acorn part",
            "--tenant",
            OTHER,
        ]);
        let made = run(&[
            "key",
            "create",
            "--name",
            "acorn limited",
            "--scopes",
            "*",
            "--project",
            "acorn",
            "--tenant",
            OTHER,
            "--json",
        ]);
        let made = made.json();
        assert_eq!(text(&made, "project"), "acorn");
        let key = server.client().with_key(&text(&made, "key"));
        let moved = json!({ "project_id": company.ids["project"] });
        let path = company.url(&format!("/api/v1/programs/{}", company.ids["program"]));
        company.program.json("PATCH", &path, &moved).expect(200);
        let mut part = Self {
            key,
            ids: BTreeMap::new(),
        };
        part.ids.insert("project", text(&made, "project_id"));
        part.furnish(server, company);
        part
    }

    fn furnish(&mut self, server: &Server<'_>, company: &Company) {
        let program = json!({
            "name": "acorn spring", "commission": { "type": "percent", "rate": "10" },
            "destination_url": "https://acorn.example/", "holding_days": 0,
        });
        let program = self.make(company, "/programs", &program);
        assert_eq!(program["project_id"], self.ids["project"].as_str());
        let partner = json!({ "name": "acorn Ana", "email": "ana@acorn.example", "program_id": program["id"] });
        let partner = self.make(company, "/partners", &partner);
        let place = self.get(company, "/enrolments").expect(200).json()["data"][0].clone();
        let link = self.make(
            company,
            "/links",
            &json!({ "enrolment_id": place["id"], "key": "acorn-link" }),
        );
        let visit = server.client().get(&company.url("/r/acorn-link"));
        let click = visit
            .location()
            .split("st_ref=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap()
            .to_owned();
        let sale = json!({ "click": click, "customer_id": "quince", "type": "sale", "external_id": "acorn order",
            "value": { "amount": 3000, "currency": "EUR" } });
        let event = self.make(company, "/events", &sale);
        for (thing, id) in [
            ("program", text(&program, "id")),
            ("partner", text(&partner, "id")),
            ("enrolment", text(&place, "id")),
            ("link", text(&link, "id")),
            ("click", click),
            ("event", text(&event, "id")),
            ("commission", text(&event["commissions"][0], "id")),
        ] {
            self.ids.insert(thing, id);
        }
    }

    fn get(&self, company: &Company, path: &str) -> Reply {
        self.key.get(&company.url(&format!("/api/v1{path}")))
    }

    fn post(&self, company: &Company, path: &str, body: &Value) -> Reply {
        self.key
            .json("POST", &company.url(&format!("/api/v1{path}")), body)
    }

    #[track_caller]
    fn make(&self, company: &Company, path: &str, body: &Value) -> Value {
        let reply = self.post(company, path, body);
        assert_eq!(reply.status, 201, "{path}: {}", reply.text());
        reply.json()
    }
}

/// The lists a limited key may read, each with the kind of its records.
const LISTS: [(&str, &str); 7] = [
    ("/programs", "program"),
    ("/partners", "partner"),
    ("/enrolments", "enrolment"),
    ("/links", "link"),
    ("/clicks", "click"),
    ("/events", "event"),
    ("/commissions", "commission"),
];

/// Every record of the company outside the part, by its own address.
fn outside(company: &Company) -> Vec<Value> {
    LISTS
        .iter()
        .map(|(path, thing)| {
            let path = company.url(&format!("/api/v1{path}/{}", company.ids[thing]));
            company.program.get(&path).expect(200).json()
        })
        .collect()
}

on_both_engines! {
    fn a_limited_key_sees_its_project_and_nothing_else(engine: Engine) {
        let home = home(engine);
        let server = home.serve();
        let (_, company) = furnished(&home, &server);
        let part = Part::of(&home, &server, &company);
        let before = outside(&company);
        let theirs = with_link_key(&company.ids, &format!("{MARK}-link"));
        let mut nobodys = of_nobody(&company.ids);
        nobodys.insert("link_key", "nobodys-link".to_owned());
        nobodys.insert("way", "nobodys-way".to_owned());
        nobodys.insert("slug", OTHER.to_owned());
        let sender = Sender { client: &part.key, csrf: "", prefix: format!("/t/{OTHER}") };
        let sent: BTreeSet<&str> = theirs.values().map(String::as_str).collect();
        let (mut wrong, mut shut, mut open) = (Vec::new(), 0, 0);
        let all = routes::all();
        for route in all.iter().filter(|route| is_api(route) && !route.path.contains("/operator/") && !route.path.ends_with("openapi.json")) {
            let what = format!("{} {}", route.method, route.path);
            let case = case_of(route).unwrap_or_else(|| panic!("{what} has no case in leaks/cases.rs"));
            for sending in sendings(route, case) {
                let reply = sending.by(&sender, &theirs);
                let says = masked(&reply, &theirs, "");
                let unknown = masked(&sending.by(&sender, &nobodys), &nobodys, "");
                let is_shut = reply.status == 403 && reply.json()["code"] == "project_limited";
                if is_shut { shut += 1 } else { open += 1 }
                if matches!(sending.case.2, At::A(_) | At::Gone(_) | At::AWith(..)) && reply.status != 404 && !is_shut {
                    wrong.push(format!("{what}: answers {} to an id of another project", reply.status));
                }
                if says != unknown {
                    wrong.push(format!("{what}: tells another project's id from nobody's: {}", difference(&says, &unknown)));
                }
                if let Some(told) = tells_of(&reply.text().replace("Quibble & Co", ""), &theirs, &sent) {
                    wrong.push(format!("{what}: tells of another project: {told}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
        assert_eq!(outside(&company), before, "something of another project changed");
        assert!(open > 35 && shut > 20, "{open} open, {shut} shut");
        // The refusal names the project, and lists named by a record of another project are empty.
        assert!(part.get(&company, "/payouts").expect(403).text().contains("acorn"));
        for (filter, thing) in [("program", "program"), ("partner", "partner")] {
            for list in ["/enrolments", "/links", "/clicks", "/events", "/commissions"] {
                let path = format!("{list}?{filter}={}", company.ids[thing]);
                assert_eq!(part.get(&company, &path).expect(200).json()["data"], json!([]), "{path}");
            }
        }
    }

    fn a_limited_key_works_in_its_project(engine: Engine) {
        let home = home(engine);
        let server = home.serve();
        let (_, company) = furnished(&home, &server);
        let part = Part::of(&home, &server, &company);
        for (path, thing) in LISTS {
            let list = part.get(&company, &format!("{path}?total=true")).expect(200).json();
            assert_eq!(list["data"].as_array().unwrap().len(), 1, "{path}: {list}");
            assert_eq!(list["data"][0]["id"], part.ids[thing].as_str(), "{path}");
            part.get(&company, &format!("{path}/{}", part.ids[thing])).expect(200);
        }
        assert_eq!(part.get(&company, "/me").expect(200).json()["project"], "acorn");
        // Figures are the project's own.
        let figures = part.get(&company, "/reports/overview").expect(200).json();
        assert_eq!((&figures["events"], &figures["enrolments"]), (&json!(1), &json!(1)), "{figures}");
        assert_eq!(figures["sales"].as_array().unwrap().len(), 1, "{figures}");
        assert_eq!(figures["partners"][0]["count"], 1, "{figures}");
        assert_eq!(figures["commissions"][0]["count"], 1, "{figures}");
        let whole = company.program.get(&company.url("/api/v1/reports/overview")).expect(200).json();
        assert_eq!((&whole["events"], &whole["enrolments"]), (&json!(3), &json!(2)), "{whole}");
        // An id of the company's that another project used says no more than that it is taken; a sale of it cannot be refunded.
        let sale = |id: &str| json!({ "customer_id": format!("{MARK} customer"), "type": "sale", "external_id": id, "value": { "amount": 100, "currency": "EUR" } });
        let taken = part.post(&company, "/events", &sale(&format!("{MARK} order 1"))).expect(409);
        assert!(!taken.text().contains("evt_"), "{}", taken.text());
        part.post(&company, "/refunds", &json!({ "event_external_id": format!("{MARK} order 1"), "external_id": "acorn refund" })).expect(404);
        // A customer who came through another project's link is nobody's here, and the report may be sent again.
        let first = part.post(&company, "/events", &sale("acorn order 2")).expect(201).json();
        assert_eq!((&first["outcome"], &first["attribution"]), (&json!("no_click"), &Value::Null), "{first}");
        part.post(&company, "/events", &sale("acorn order 2")).expect(200);
        // What a key of the whole company was told under an Idempotency-Key is not told again to this one.
        let body = json!({ "name": format!("{MARK} Zoe"), "email": "zoe@people.example", "program_id": company.ids["program"] }).to_string();
        let headers = [("content-type", "application/json"), ("idempotency-key", "the-same")];
        company.program.send("POST", &company.url("/api/v1/partners"), &headers, body.as_bytes()).expect(201);
        part.key.send("POST", &company.url("/api/v1/partners"), &headers, body.as_bytes()).expect(422);
        // A partner of both is seen, and not changed from here.
        let path = company.url("/api/v1/enrolments");
        company.program.json("POST", &path, &json!({ "partner_id": part.ids["partner"], "program_id": company.ids["program"] })).expect(201);
        let partner = format!("/partners/{}", part.ids["partner"]);
        part.get(&company, &partner).expect(200);
        let refused = part.key.json("PATCH", &company.url(&format!("/api/v1{partner}")), &json!({ "name": "acorn Bo" })).expect(403);
        assert_eq!(refused.json()["code"], "project_limited");
        assert_eq!(part.get(&company, "/enrolments").expect(200).json()["data"].as_array().unwrap().len(), 1);
    }

    fn what_is_in_no_project_is_told_as_ever(engine: Engine) {
        let home = home(engine);
        let server = home.serve();
        let (own, _) = furnished(&home, &server);
        for path in ["/programs", "/api-keys", "/me"] {
            let said = own.program.get(&own.url(&format!("/api/v1{path}"))).expect(200).text();
            assert!(!said.contains("project"), "{path}: {said}");
        }
        // A project is renamed and archived; then it takes no programme, and what is in it stays readable.
        let project = own.url(&format!("/api/v1/projects/{}", own.ids["project"]));
        let change = |body: Value| own.program.json("PATCH", &project, &body).expect(200).json();
        assert_eq!(change(json!({ "name": "acorn half" }))["name"], "acorn half");
        let new = json!({ "name": "acorn late", "commission": { "type": "percent", "rate": "5" },
            "destination_url": "https://acorn.example/", "project_id": own.ids["project"] });
        let made = own.program.json("POST", &own.url("/api/v1/programs"), &new).expect(201).json();
        assert_eq!(change(json!({ "archived": true }))["state"], "archived");
        own.program.json("POST", &own.url("/api/v1/programs"), &new).expect(422);
        let listed = own.url(&format!("/api/v1/programs?project={}", own.ids["project"]));
        assert_eq!(own.program.get(&listed).expect(200).json()["data"][0]["id"], made["id"]);
        let again = json!({ "slug": "acorn-part", "name": "x" });
        own.program.json("POST", &own.url("/api/v1/projects"), &again).expect(422);
        own.program.json("POST", &own.url("/api/v1/projects"), &json!({ "slug": "default", "name": "x" })).expect(422);
    }

    fn pages_speak_of_projects_where_there_are_some(engine: Engine) {
        let home = owned(engine);
        let server = home.serve();
        let owner = signed_in(&server, OWNER);
        let forms = ["/admin/programs/new", "/admin/api-keys/new"];
        for path in forms {
            assert!(!owner.get(path).expect(200).text().contains("roject"), "{path}");
        }
        home.run(&["tenant", "project", "create", "spring", "--name", "Spring"]).expect_code(0);
        let made = home.run(&["tenant", "project", "list", "--json"]).expect_code(0).json();
        let id = text(&made[0], "id");
        for path in forms {
            assert!(owner.get(path).expect(200).text().contains("Spring"), "{path}");
        }
        let sent = owner.submit_to("/admin/api-keys/new", "/admin/api-keys", &[("name", "shop"), ("expires", "0"), ("scopes", "*:read"), ("project", "spring")]);
        assert_eq!(sent.status, 200, "{}", sent.text());
        assert!(owner.get("/admin/api-keys").expect(200).text().contains("in spring only"));
        let fields = |name: &'static str| [
            ("name", name), ("destination_url", "https://acorn.example/"), ("project_id", id.as_str()), ("kind", "percent"), ("rate", "10"),
            ("attribution_window_days", "30"), ("holding_days", "30"), ("auto_approve", "true"),
        ];
        let saved = owner.submit_to("/admin/programs/new", "/admin/programs", &fields("May"));
        assert_eq!(saved.status, 303, "{}", saved.text());
        let edit = format!("{}/edit", saved.location());
        assert!(owner.get(&edit).expect(200).text().contains("selected"), "{edit}");
        let archived = home.run(&["tenant", "project", "archive", "spring", "--yes"]);
        archived.expect_code(0);
        let trail = owner.get("/admin/audit.csv").expect(200).text();
        for action in ["project.created", "project.archived"] {
            assert!(trail.contains(action), "{action}: {trail}");
        }
        // What is in it may still be changed; nothing is added.
        assert_eq!(owner.submit_to(&edit, saved.location(), &fields("June")).status, 303);
        let refused = owner.submit_to("/admin/programs/new", "/admin/programs", &fields("May"));
        assert_eq!(refused.status, 422);
        home.run(&["key", "create", "--name", "late", "--scopes", "*", "--project", "spring"]).expect_code(65);
    }
}
