//! The walk goes on where a route takes more than an address and a body: the filters of lists, cursors, `If-Match`, and the host
//! that names a company.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::Value;
use steading::routes;
use steading::web::route::Reach;

use super::cases::Sent;
use super::companies::{Company, MARK, OTHER, OWN, furnished, home, signed_in_at};
use super::walk::{
    Ids, Sender, Walk, case_of, is_api, masked, of_nobody, sendings, tells_of, with_link_key,
};
use crate::harness::company::OWNER;
use crate::harness::engine::Engine;
use crate::harness::http::Reply;
use crate::on_both_engines;

const BASE: &str = "hosts.example";

/// What a list takes that is no filter.
const SHARED: [&str; 3] = ["limit", "cursor", "total"];
/// Filters that take something else than one kind of id, tried with these.
const ANY: [&str; 3] = ["member", "partner", "key"];
/// Filters by which nothing of a furnished company is found.
const FIND_NOTHING: [(&str, &str); 2] = [("/programs", "project"), ("/adjustments", "payout")];

/// Every list of the API with the names of its filters, as its document has them: a new one is walked by itself.
fn lists(document: &Value) -> Vec<(String, Vec<String>)> {
    let paths = document["paths"].as_object().unwrap();
    let lists = paths.iter().filter(|(path, _)| !path.contains('{'));
    lists
        .filter_map(|(path, methods)| {
            let parameters = methods["get"]["parameters"].as_array()?;
            let names = parameters.iter().filter(|one| one["in"] == "query");
            let names: Vec<String> = names
                .map(|one| one["name"].as_str().unwrap().to_owned())
                .collect();
            let is_ours = !path.starts_with("/operator") && !names.is_empty();
            is_ours.then(|| (path.clone(), names))
        })
        .collect()
}

/// What filters with foreign ids tell, and how many were tried.
pub fn filtered(own: &Company, other: &Company) -> (Vec<String>, usize) {
    let nobodys = of_nobody(&other.ids);
    let document = own
        .program
        .get(&own.url("/api/v1/openapi.json"))
        .expect(200)
        .json();
    let pages: Vec<&str> = routes::all()
        .iter()
        .filter(|route| route.method == "GET")
        .map(|route| route.path)
        .collect();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (path, names) in lists(&document) {
        let mut doors = vec![format!("/api/v1{path}")];
        let page = format!("/admin{path}");
        doors.extend(pages.contains(&page.as_str()).then_some(page));
        for name in names.iter().filter(|name| !SHARED.contains(&name.as_str())) {
            let kinds = match other.ids.keys().find(|kind| *kind == name) {
                Some(kind) => vec![*kind],
                None => ANY.to_vec(),
            };
            for (door, kind) in doors
                .iter()
                .flat_map(|door| kinds.iter().map(move |kind| (door, *kind)))
            {
                let is_api = door.starts_with("/api/");
                let client = if is_api { &own.program } else { &own.owner };
                let ask = |ids: &Ids| {
                    let asked = format!("{door}?{name}={}", ids[kind]);
                    let reply = client.send("GET", &own.url(&asked), &[SAME_REQUEST], &[]);
                    let text = reply.text().replace(&ids[kind], "ASKED");
                    (reply, text)
                };
                tried += 1;
                let what = format!("{door}?{name}={kind}");
                let ((theirs, said), (_, unknown)) = (ask(&other.ids), ask(&nobodys));
                if said != unknown {
                    wrong.push(format!("{what}: tells of {said}, not of {unknown}"));
                }
                wrong.extend(foreign(&theirs, other).map(|told| format!("{what}: {told}")));
                // It is by this that the list is filtered, or the company's own id would find as little.
                let by_kind = kinds.len() == 1 && !FIND_NOTHING.contains(&(path.as_str(), name));
                if is_api && by_kind && ask(&own.ids).1 == unknown {
                    wrong.push(format!("{what}: does not find the company's own"));
                }
            }
        }
        if !names.iter().any(|name| name == "cursor") {
            continue;
        }
        // Where the other company's next page begins is nowhere in one's own list.
        let first = other.url(&format!("/api/v1{path}?limit=1"));
        let page = other.program.get(&first).expect(200).json();
        if let Some(cursor) = page["next_cursor"].as_str() {
            tried += 1;
            let asked = own.url(&format!("/api/v1{path}?cursor={cursor}"));
            let reply = own.program.get(&asked);
            if !matches!(reply.status, 200 | 400 | 422) {
                wrong.push(format!("{path} answers {} to a cursor", reply.status));
            }
            wrong.extend(foreign(&reply, other).map(|told| format!("{path} by cursor: {told}")));
        }
    }
    (wrong, tried)
}

/// The same for every request, so that answers can be compared.
const SAME_REQUEST: (&str, &str) = ("x-request-id", "the-walk");

/// What an answer tells of the other company beyond what was sent.
fn foreign(reply: &Reply, other: &Company) -> Option<String> {
    let sent = other.ids.values().map(String::as_str).collect();
    tells_of(&reply.text(), &other.ids, &sent)
}

/// What a change tells that was made from the other company's version of its record.
fn from_their_version(own: &Company, other: &Company) -> (Vec<String>, usize) {
    let (mut wrong, mut tried) = (Vec::new(), 0);
    let nobodys = of_nobody(&other.ids);
    for route in routes::all()
        .iter()
        .filter(|one| one.method == "PATCH" && is_api(one))
    {
        let (Some(case), true) = (case_of(route), route.path.ends_with("/{id}")) else {
            continue;
        };
        let Some(kind) = case.2.kind() else { continue };
        let at = |ids: &Ids| route.path.replace("{id}", &ids[kind]);
        let theirs = other.program.get(&other.url(&at(&other.ids))).expect(200);
        // Where records have versions.
        let version = theirs.header("etag");
        let change = |ids: &Ids| {
            let headers = [
                SAME_REQUEST,
                ("content-type", "application/json"),
                ("if-match", version),
            ];
            let Sent::Json(body) = case.3 else {
                panic!("{}: a change without a body", route.path);
            };
            let reply = own
                .program
                .send("PATCH", &own.url(&at(ids)), &headers, body.as_bytes());
            (reply.status, reply.text().replace(&ids[kind], "ASKED"))
        };
        tried += 1;
        let (said, unknown) = (change(&other.ids), change(&nobodys));
        if said != unknown || said.0 != 404 {
            wrong.push(format!("{}: {said:?}, not {unknown:?}", route.path));
        }
    }
    (wrong, tried)
}

/// What the credentials of one company open at the other's host.
fn opened_by_host(own: &Company, other: &Company) -> (Vec<String>, usize) {
    let theirs = with_link_key(&other.ids, &format!("{MARK}-link"));
    let host = format!("{OTHER}.{BASE}");
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for route in routes::all()
        .iter()
        .filter(|one| one.reach == Reach::Tenant)
    {
        let Some(case) = case_of(route) else { continue };
        let open = [
            "/steading.js",
            "/r/identify",
            "/r/{key}",
            "/api/v1/openapi.json",
        ];
        if open.contains(&route.path) {
            continue;
        }
        let (client, csrf) = if is_api(route) {
            (&own.program, "")
        } else {
            (&own.owner, own.csrf.as_str())
        };
        let client = client.with_header("host", &host);
        for sending in sendings(route, case) {
            let sender = Sender {
                client: &client,
                csrf,
                prefix: String::new(),
            };
            let reply = sending.by(&sender, &theirs);
            tried += 1;
            let says = masked(&reply, &theirs, csrf);
            if !matches!(reply.status, 303 | 401 | 403 | 404) || says.contains(MARK) {
                wrong.push(format!("{} {}: {says}", route.method, route.path));
            }
        }
    }
    (wrong, tried)
}

on_both_engines! {
    fn no_list_is_filtered_by_another_companys_records(engine: Engine) {
        let home = home(engine);
        let server = home.serve();
        let (own, other) = furnished(&home, &server);
        let (mut wrong, mut tried) = filtered(&own, &other);
        let (more, patched) = from_their_version(&own, &other);
        wrong.extend(more);
        tried += patched;
        assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(tried > 100, "only {tried} requests were made");
    }

    fn no_host_tells_one_company_of_another(engine: Engine) {
        let home = home(engine).env("STEADING_SERVER__BASE_DOMAIN", BASE);
        let server = home.serve();
        let (own, other) = furnished(&home, &server);
        let before = other.everything();
        let (wrong, tried) = opened_by_host(&own, &other);
        assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(tried > 120, "only {tried} requests were made");
        // And inside one's own.
        let at_home = signed_in_at(&server, &format!("{OWN}.{BASE}"), OWNER, &own);
        let mut walk = Walk::by_host(&at_home, &other);
        for route in routes::all().iter().filter(|route| route.reach == Reach::Tenant) {
            walk.visit(route);
        }
        assert!(walk.wrong.is_empty(), "{}", walk.wrong.join("\n"));
        assert_eq!(other.everything(), before, "something of the other company changed");
    }
}

#[test]
fn a_filter_or_a_version_that_reaches_another_company_is_seen() {
    let home = home(Engine::Postgres);
    let server = home.serve();
    let (own, other) = furnished(&home, &server);
    let mut behind = PgConnection::establish(&home.database.as_ref().unwrap().superuser).unwrap();
    for table in ["links", "programs"] {
        let open = format!("CREATE POLICY planted ON tenant.{table} TO steading_app USING (true)");
        behind.batch_execute(&open).unwrap();
    }
    let seen = filtered(&own, &other).0;
    let seen_by_version = from_their_version(&own, &other).0;
    for (told, seen) in [
        ("/api/v1/links?partner=partner: tells of", &seen),
        ("/api/v1/links?enrolment=enrolment: tells of", &seen),
        ("/api/v1/programs/{id}: ", &seen_by_version),
    ] {
        assert!(
            seen.iter().any(|one| one.starts_with(told)),
            "{told}: {seen:?}"
        );
    }
}
