//! Every door is locked: no route answers without a credential unless it is on the short list of open ones, a key opens exactly
//! what it names, and neither kind of credential fits the other kind of door.

use steading::routes;
use steading::web::route::{Reach, Route};

use super::shop::{JSON, problem};
use crate::harness::company::{api_key, owned, owner};
use crate::harness::engine::Engine;
use crate::harness::http::{Client, Reply};

/// What anybody may open. Whoever adds to it says why in the route's own file.
const OPEN: &[&str] = &[
    "/healthz",
    "/readyz",
    // For whoever has the token, or stands on this machine as tests do.
    "/metrics",
    "/favicon.ico",
    "/static/{hash}/{name:.*}",
    "/domains/ask",
    "/theme",
    "/",
    "/setup",
    "/login",
    "/logout",
    "/forgot",
    "/reset",
    "/invite",
    "/steading.js",
    "/r/identify",
    "/r/{key}",
    "/api/v1/openapi.json",
];

fn is_open(route: &Route) -> bool {
    OPEN.contains(&route.path) || is_of_many(route)
}

/// What there is only where many companies are served: its doors have tests of their own.
fn is_of_many(route: &Route) -> bool {
    let first = route
        .path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap();
    ["operator", "signup"].contains(&first) || route.path.starts_with("/api/v1/operator/")
}

#[test]
fn what_is_for_many_is_nowhere_where_one_is_served() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let person = owner(&server);
    let key = api_key(&home, "tests", "*");
    let program = server.client().with_key(&key);
    for route in routes::all().iter().filter(|route| is_of_many(route)) {
        for client in [&person, &program] {
            let reply = knock(client, route);
            let what = format!("{} {}: {}", route.method, route.path, reply.status);
            assert!([403, 404, 422].contains(&reply.status), "{what}");
            assert!(route.method != "GET" || reply.status == 404, "{what}");
        }
    }
}

fn is_api(route: &Route) -> bool {
    route.path.starts_with("/api/v1/")
}

/// A path with something plausible in each of its places.
fn filled(path: &str) -> String {
    let mut filled = String::new();
    for part in path.split_inclusive('/') {
        let (name, slash) = part
            .strip_suffix('/')
            .map_or((part, ""), |name| (name, "/"));
        filled.push_str(if name.starts_with('{') {
            "prt_01h455vb4pex5vsknk084sn02q"
        } else {
            name
        });
        filled.push_str(slash);
    }
    filled
}

fn knock(client: &Client, route: &Route) -> Reply {
    let path = filled(route.path);
    if is_api(route) {
        let body = if route.api.as_ref().is_some_and(|doc| doc.request.is_some()) {
            "{}"
        } else {
            ""
        };
        client.send(route.method.as_str(), &path, JSON, body.as_bytes())
    } else if route.method == "POST" {
        client.post_form(&path, &[("name", "x")])
    } else {
        client.send(route.method.as_str(), &path, &[], &[])
    }
}

#[test]
fn no_door_opens_without_a_credential() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let mut locked = 0;
    for route in routes::all().iter().filter(|route| !is_open(route)) {
        let what = format!("{} {}", route.method, route.path);
        let reply = knock(&server.client(), route);
        if route.path.starts_with("/api/v1/") {
            assert_eq!(problem(&reply, &what)["code"], "unauthenticated", "{what}");
            assert_eq!(reply.status, 401, "{what}");
            assert!(!reply.header("www-authenticate").is_empty(), "{what}");
        } else if reply.status == 401 {
            assert!(
                route.path.starts_with("/api/"),
                "{what}: a page answers 401"
            );
        } else {
            let to = reply.location();
            assert!(to.starts_with("/login"), "{what}: {} {to}", reply.status);
        }
        locked += 1;
    }
    assert!(locked > 80, "only {locked} doors were tried");
}

#[test]
fn strangers_credentials_open_nothing() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let key = api_key(&home, "tests", "*");
    let revoked = api_key(&home, "revoked", "*");
    home.run(&["key", "revoke", "revoked", "--yes"])
        .expect_code(0);
    let mut swapped = key.clone().into_bytes();
    let last = swapped.len() - 10;
    swapped[last] = if swapped[last] == b'a' { b'b' } else { b'a' };
    let swapped = String::from_utf8(swapped).unwrap();
    let me = |authorization: &str| {
        server
            .client()
            .with_header("authorization", authorization)
            .get("/api/v1/me")
            .status
    };
    assert_eq!(me(&format!("Bearer {key}")), 200);
    assert_eq!(me(&format!("bearer {key}")), 200);
    for stranger in [
        format!("Bearer {revoked}"),
        format!("Bearer {swapped}"),
        format!("Bearer {}", &key[..key.len() - 1]),
        format!("Bearer {key}x"),
        format!("Basic {key}"),
        format!("Bearer{key}"),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer st_".to_owned(),
        "Bearer null".to_owned(),
        format!("Bearer {}", "x".repeat(3_000)),
        key.clone(),
    ] {
        assert_eq!(me(&stranger), 401, "{stranger}");
    }
    assert_eq!(
        server.client().get(&format!("/api/v1/me?key={key}")).status,
        401
    );

    // A session opens no API, a key no page.
    let person = owner(&server);
    person.get("/admin/audit").expect(200);
    assert_eq!(person.get("/api/v1/me").status, 401);
    let program = server.client().with_key(&key);
    assert!(program.get("/admin/audit").location().starts_with("/login"));
    let cookie = server.client();
    for value in ["", "x", "' OR 1=1 --", &key] {
        cookie.set_cookie("sid", value);
        assert!(cookie.get("/admin/audit").location().starts_with("/login"));
    }
    cookie.set_cookie("sid", &person.cookie("sid").unwrap());
    cookie.get("/admin/audit").expect(200);
    assert_eq!(
        person.submit_to("/admin/audit", "/logout", &[]).location(),
        "/login"
    );
    assert!(
        cookie.get("/admin/audit").location().starts_with("/login"),
        "the session outlived its sign-out"
    );
}

#[test]
fn who_is_not_let_in_hears_nothing_of_what_they_sent() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let revoked = api_key(&home, "revoked", "*");
    home.run(&["key", "revoke", "revoked", "--yes"])
        .expect_code(0);
    // A key that is nobody's is looked for in the store each time it comes; what was sent with it does not fit and is there at once.
    let program = server.client().with_key(&revoked);
    let nobody = server.client();
    nobody.set_cookie("sid", &"0".repeat(43));
    let (mut keys, mut forms) = (0, 0);
    for route in routes::all().iter().filter(|route| !is_open(route)) {
        let what = format!("{} {}", route.method, route.path);
        if is_api(route) {
            assert_eq!(knock(&program, route).status, 401, "{what}");
            keys += 1;
        } else if route.method == "POST" {
            let reply = knock(&nobody, route);
            let to = reply.header("location");
            assert!(to.starts_with("/login"), "{what}: {} {to}", reply.status);
            forms += 1;
        }
    }
    assert!(keys > 50 && forms > 20, "{keys} keys, {forms} forms");
}

#[test]
fn a_key_opens_what_it_names_and_no_more() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    // A right that no route asks for together with another: the one every key needs to be made with.
    let poor = server
        .client()
        .with_key(&api_key(&home, "poor", "api:read"));
    let mut asked = 0;
    for route in routes::all()
        .iter()
        .filter(|route| is_api(route) && !is_open(route))
    {
        let what = format!("{} {}", route.method, route.path);
        let doc = route
            .api
            .as_ref()
            .unwrap_or_else(|| panic!("{what} is not described"));
        let reply = knock(&poor, route);
        let Some(right) = doc.scope else {
            assert_eq!(route.path, "/api/v1/me", "{what} asks for no right");
            assert_eq!(reply.status, 200, "{what}");
            continue;
        };
        let problem = problem(&reply, &what);
        assert_eq!(reply.status, 403, "{what}: {problem}");
        assert!(
            problem["detail"].as_str().unwrap().contains(right),
            "{what} does not name {right}: {problem}"
        );
        let verb = if route.method == "GET" {
            "read"
        } else {
            "write"
        };
        assert!(
            right.ends_with(&format!(":{verb}")),
            "{what} asks for {right}"
        );
        asked += 1;
    }
    assert!(asked > 40, "only {asked} doors were tried");

    // A key that may read everything changes nothing.
    let reader = server
        .client()
        .with_key(&api_key(&home, "reader", "*:read"));
    for route in routes::all()
        .iter()
        .filter(|route| is_api(route) && !is_open(route))
    {
        let reply = knock(&reader, route);
        let what = format!("{} {}: {}", route.method, route.path, reply.text());
        if route.method == "GET" {
            assert!([200, 404].contains(&reply.status), "{what}");
        } else {
            assert_eq!(reply.status, 403, "{what}");
        }
    }
}

#[test]
fn forms_from_elsewhere_are_refused() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let person = owner(&server);
    let own = server.url("");
    for route in routes::all()
        .iter()
        // The colour scheme is a cookie of this browser alone; nothing of anybody's changes with it.
        .filter(|route| {
            route.method == "POST"
                && !is_api(route)
                && !is_of_many(route)
                && !route.path.starts_with("/r/")
                && route.path != "/theme"
        })
    {
        let path = filled(route.path);
        let form = ("content-type", "application/x-www-form-urlencoded");
        for headers in [
            vec![form],
            vec![form, ("origin", "https://evil.example")],
            vec![form, ("origin", "null")],
            vec![
                form,
                ("origin", own.as_str()),
                ("sec-fetch-site", "cross-site"),
            ],
            vec![form, ("sec-fetch-site", "same-site")],
        ] {
            let reply = person.send("POST", &path, &headers, b"name=x");
            assert_eq!(
                reply.status,
                403,
                "{path} with {headers:?}: {}",
                reply.text()
            );
        }
        // From our own page, but without the form's token.
        let reply = person.post_form(&path, &[("name", "x")]);
        assert_eq!(
            reply.status,
            403,
            "{path} without a token: {}",
            reply.text()
        );
    }
}

#[test]
fn the_list_of_open_doors_names_real_ones() {
    let all = routes::all();
    for open in OPEN {
        if *open == "/" {
            continue;
        }
        assert!(
            all.iter().any(|route| route.path == *open),
            "{open} is no route any more"
        );
    }
    for route in all.iter().filter(|route| route.reach == Reach::Instance) {
        assert!(
            !route.path.starts_with("/admin"),
            "{} belongs to a company",
            route.path
        );
    }
}
