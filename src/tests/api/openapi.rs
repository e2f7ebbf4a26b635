//! The description is whole: served as printed, every route in it, every path of it answering, every answer as described.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use steading::routes;

use super::shop::{description, furnished, of_a_company};
use crate::harness::company::owned;
use crate::harness::engine::Engine;

#[test]
fn the_document_is_served_as_it_is_printed() {
    let home = owned(Engine::Sqlite);
    let printed = home.run(&["openapi"]).expect_code(0);
    let server = home.serve();
    let served = server.client().get("/api/v1/openapi.json").expect(200);
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(served.text(), printed.stdout);
    assert_eq!(served.json(), *description());
    assert_eq!(served.json()["openapi"], "3.1.0");
}

#[test]
fn every_route_of_the_api_is_described() {
    let described: BTreeSet<(String, String)> = operations()
        .map(|(method, path, _)| (method, path))
        .collect();
    let mut routed = BTreeSet::new();
    for route in routes::all() {
        let Some(path) = route.path.strip_prefix("/api/v1") else {
            continue;
        };
        if path != "/openapi.json" {
            assert!(
                route.api.is_some(),
                "{} {path} is not described",
                route.method
            );
            routed.insert((route.method.to_string(), path.to_owned()));
        }
    }
    assert_eq!(routed, described);
}

#[test]
fn what_is_not_kept_is_not_named() {
    let server_home = owned(Engine::Sqlite);
    let server = server_home.serve();
    let key = crate::harness::company::api_key(&server_home, "seed", "*");
    let client = server.client().with_key(&key);
    let names = |method: &str, path: &str, header: &str| {
        let (_, _, described) = operations()
            .find(|(m, p, _)| m.eq_ignore_ascii_case(method) && p.ends_with(path))
            .unwrap();
        let parameters = described["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|one| one["name"] == header))
    };
    let send = |method: &str, path: &str, header: (&str, &str), body: &Value| {
        let headers = [("content-type", "application/json"), header];
        let path = format!("/api/v1{path}");
        client.send(method, &path, &headers, body.to_string().as_bytes())
    };
    let made: Vec<(&str, Value)> = vec![
        (
            "/programs",
            json!({ "name": "A", "commission": { "type": "percent", "rate": "10" }, "destination_url": "https://shop.example/" }),
        ),
        (
            "/members",
            json!({ "email": "bo@example.com", "roles": ["viewer"] }),
        ),
        (
            "/api-keys",
            json!({ "name": "Report", "scopes": ["*:read"] }),
        ),
        ("/projects", json!({ "slug": "spring", "name": "Spring" })),
    ];
    for (path, body) in made {
        let first = send("POST", path, ("idempotency-key", "one"), &body);
        let again = send("POST", path, ("idempotency-key", "one"), &body);
        let is_kept = first.status == 201 && (again.status, &again.body) == (201, &first.body);
        assert_eq!(names("POST", path, "Idempotency-Key"), is_kept, "{path}");
    }
}

#[test]
fn the_contracts_resources_are_there() {
    let paths: BTreeSet<String> = operations()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    for promised in [
        "GET /me",
        "GET /programs",
        "POST /programs",
        "GET /programs/{id}",
        "PATCH /programs/{id}",
        "DELETE /programs/{id}",
        "GET /partners",
        "POST /partners",
        "GET /partners/{id}",
        "PATCH /partners/{id}",
        "POST /partners/{id}/approve",
        "POST /partners/{id}/decline",
        "POST /partners/{id}/suspend",
        "POST /partners/{id}/reinstate",
        "POST /partners/{id}/archive",
        "GET /enrolments",
        "POST /enrolments",
        "GET /links",
        "POST /links",
        "GET /clicks",
        "POST /clicks/{id}/flag",
        "POST /clicks/{id}/unflag",
        "POST /identify",
        "POST /events",
        "POST /events/batch",
        "POST /refunds",
        "GET /commissions",
        "POST /commissions/{id}/approve",
        "POST /commissions/{id}/reverse",
        "POST /commissions/bulk",
        "GET /payouts",
        "GET /payout-batches",
        "POST /payout-batches",
        "POST /payout-batches/{id}/approve",
        "POST /payout-batches/{id}/export",
        "POST /payout-batches/{id}/confirm",
        "POST /payout-batches/{id}/cancel",
        "GET /adjustments",
        "POST /adjustments",
        "GET /members",
        "GET /roles",
        "GET /api-keys",
        "POST /api-keys",
        "GET /audit",
    ] {
        assert!(paths.contains(promised), "{promised} is promised");
    }
}

#[test]
fn the_document_holds_together() {
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        let what = format!("{method} {path}");
        assert!(
            !operation["summary"].as_str().unwrap_or_default().is_empty(),
            "{what}"
        );
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
            "{what}: its id is taken"
        );
        let places: Vec<&str> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let parameters = operation["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for place in places {
            assert!(
                parameters
                    .iter()
                    .any(|p| p["name"] == place && p["in"] == "path" && p["required"] == true),
                "{what}: {place}"
            );
        }
        let responses = operation["responses"].as_object().unwrap();
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{what}"
        );
        for (status, response) in responses {
            let content = &response["content"];
            if status.starts_with('2') {
                assert!(
                    !content["application/json"]["schema"].is_null()
                        || status == "204"
                        || !content["text/csv"].is_null(),
                    "{what}: {status} says nothing of its body"
                );
            } else {
                assert!(
                    !content["application/problem+json"]["schema"].is_null(),
                    "{what}: {status}"
                );
            }
        }
    }
    each_reference(description(), &mut |reference| {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(
            description().pointer(pointer).is_some(),
            "{reference} leads nowhere"
        );
    });
}

#[test]
fn the_page_shows_bodies_that_fit_and_leads_to_their_shapes() {
    let home = crate::harness::company::owned(crate::harness::engine::Engine::Sqlite);
    let server = home.serve();
    let page = crate::harness::company::owner(&server)
        .get("/api/docs")
        .expect(200)
        .text();
    let operation = page
        .split("id=\"post_events\"")
        .nth(1)
        .unwrap()
        .split("</details>")
        .next()
        .unwrap();
    assert!(
        operation.contains("<a href=\"#schema-NewEvent\">NewEvent</a>"),
        "{operation}"
    );
    let example = operation.split("For example:").nth(1).unwrap();
    let example = example.split("<code>").nth(1).unwrap();
    let example = example
        .split("</code>")
        .next()
        .unwrap()
        .replace("&#34;", "\"")
        .replace("&quot;", "\"");
    let example: Value = serde_json::from_str(&example).unwrap();
    assert_eq!(example["value"]["currency"], "EUR", "{example}");
    for anchor in page.split("href=\"#schema-").skip(1) {
        let name = anchor.split('"').next().unwrap();
        assert!(
            page.contains(&format!("id=\"schema-{name}\"")),
            "{name} leads nowhere"
        );
    }
}

#[test]
fn every_path_answers_as_described() {
    furnished(Engine::Sqlite, |shop| {
        let read = operations().filter(|(method, path, _)| method == "GET" && of_a_company(path));
        for (method, path, operation) in read {
            let what = format!("{method} {path}");
            let reply = shop.client.get(&format!("/api/v1{}", shop.path(&path)));
            let status = reply.status.to_string();
            let described = &operation["responses"][&status];
            assert!(
                !described.is_null(),
                "{what}: {status} is not described: {}",
                reply.text()
            );
            let kind = reply.header("content-type").split(';').next().unwrap();
            let schema = &described["content"][kind]["schema"];
            assert!(
                !schema.is_null(),
                "{what}: {kind} is not described for {status}"
            );
            fits(&reply.json(), schema, &what);
        }
    });
}

fn operations() -> impl Iterator<Item = (String, String, &'static Value)> {
    let paths = description()["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, operations)| {
        operations
            .as_object()
            .unwrap()
            .iter()
            .map(|(method, operation)| (method.to_uppercase(), path.clone(), operation))
    })
}

fn each_reference(value: &Value, see: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(text) if name == "$ref" => see(text),
                    _ => each_reference(member, see),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each_reference(item, see)),
        _ => {}
    }
}

/// Whether a value is what a schema says, as far as our schemas go: types, members, lists, choices.
#[track_caller]
fn fits(value: &Value, schema: &Value, what: &str) {
    assert!(matches(value, schema), "{what}: {value} is not {schema}");
}

fn matches(value: &Value, schema: &Value) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = description()
            .pointer(reference.strip_prefix('#').unwrap())
            .unwrap();
        return matches(value, target);
    }
    for word in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[word].as_array() {
            return choices.iter().any(|choice| matches(value, choice));
        }
    }
    if let Some(all) = schema["allOf"].as_array()
        && !all.iter().all(|part| matches(value, part))
    {
        return false;
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.contains(value);
    }
    if !schema["const"].is_null() {
        return schema["const"] == *value;
    }
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other}"),
    };
    let typed = match &schema["type"] {
        Value::String(kind) => is(kind),
        Value::Array(kinds) => kinds.iter().any(|kind| is(kind.as_str().unwrap())),
        _ => true,
    };
    if !typed {
        return false;
    }
    if let (Some(items), Some(item)) = (value.as_array(), schema.get("items"))
        && !items.iter().all(|one| matches(one, item))
    {
        return false;
    }
    let Some(members) = value.as_object() else {
        return true;
    };
    let required = schema["required"].as_array().into_iter().flatten();
    let has_all = required
        .clone()
        .all(|name| members.contains_key(name.as_str().unwrap()));
    let Some(properties) = schema["properties"].as_object() else {
        return has_all;
    };
    has_all
        && members.iter().all(|(name, member)| {
            properties
                .get(name)
                .is_none_or(|property| matches(member, property))
        })
}
