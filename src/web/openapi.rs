//! The API's description (OpenAPI 3.1), made from the one list of routes: what is served is what is described.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::problem::{CODES, Problem};
use super::route::{ApiDoc, Parameter, Route, SchemaFn};

/// Problems that any route may answer.
const ALWAYS: &[u16] = &[401, 403, 429, 500, 503];
/// Where the paths begin.
pub const PREFIX: &str = "/api/v1";

const LIST_PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "limit",
        about: "Rows of a page, 1 to 200; 50 where absent.",
    },
    Parameter {
        name: "cursor",
        about: "`next_cursor` of the page before.",
    },
    Parameter {
        name: "total",
        about: "`true` counts the whole filtered set.",
    },
];

/// The document for these routes below `server`.
pub fn document(routes: &[Route], server: &str) -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|s| s.definitions_path = "/components/schemas".into())
        .into_generator();
    let problem = generator.subschema_for::<Problem>();
    let mut paths = Map::new();
    for route in routes {
        let (Some(doc), Some(path)) = (&route.api, route.path.strip_prefix(PREFIX)) else {
            continue;
        };
        let operation = operation(
            route,
            doc,
            path,
            &mut |schema: SchemaFn| schema(&mut generator).to_value(),
            &problem.clone().to_value(),
        );
        let entry = paths.entry(path.to_owned()).or_insert_with(|| json!({}));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert(route.method.as_str().to_lowercase(), operation);
        }
    }
    let schemas: Map<String, Value> = generator.take_definitions(true).into_iter().collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Steading",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The API of one company. Money is integer minor units with an ISO 4217 currency, times are RFC 3339 in UTC, ids are TypeIDs. Lists are paged by cursor; a POST that names `Idempotency-Key` may carry one.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" }
        },
        "servers": [{ "url": format!("{server}{PREFIX}") }],
        "security": [{ "key": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer", "description": "An API key, `st_…`." } }
        }
    })
}

fn operation(
    route: &Route,
    doc: &ApiDoc,
    path: &str,
    schema: &mut dyn FnMut(SchemaFn) -> Value,
    problem: &Value,
) -> Value {
    let mut operation = Map::new();
    operation.insert(
        "operationId".into(),
        json!(operation_id(route.method.as_str(), path)),
    );
    operation.insert("tags".into(), json!([doc.tag]));
    operation.insert("summary".into(), json!(doc.summary));
    if let Some(scope) = doc.scope {
        operation.insert(
            "description".into(),
            json!(format!("Needs the right `{scope}`.")),
        );
        operation.insert("x-right".into(), json!(scope));
    }
    let parameters = parameters(route, doc, path);
    if !parameters.is_empty() {
        operation.insert("parameters".into(), Value::Array(parameters));
    }
    if let Some(request) = doc.request {
        operation.insert(
            "requestBody".into(),
            json!({ "required": !doc.request_is_optional, "content": { "application/json": { "schema": schema(request) } } }),
        );
    }
    operation.insert(
        "responses".into(),
        Value::Object(responses(doc, path, schema, problem)),
    );
    Value::Object(operation)
}

fn parameters(route: &Route, doc: &ApiDoc, path: &str) -> Vec<Value> {
    let mut all: Vec<Value> = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    let shared = if doc.is_list { LIST_PARAMETERS } else { &[] };
    all.extend(
        doc.query
            .iter()
            .chain(shared)
            .map(|p| json!({ "name": p.name, "in": "query", "description": p.about, "schema": { "type": "string" } })),
    );
    if route.method == "POST" && doc.is_precise {
        all.push(json!({
            "name": "Idempotency-Key", "in": "header",
            "description": "The same key and body again gives the first answer; kept for at least 24 hours.",
            "schema": { "type": "string", "maxLength": 255 }
        }));
    }
    if route.method == "PATCH" && doc.is_precise {
        all.push(json!({
            "name": "If-Match", "in": "header", "description": "The `ETag` this change was made from; 412 where it has changed.",
            "schema": { "type": "string" }
        }));
    }
    all
}

fn responses(
    doc: &ApiDoc,
    path: &str,
    schema: &mut dyn FnMut(SchemaFn) -> Value,
    problem: &Value,
) -> Map<String, Value> {
    let mut all = Map::new();
    let body = doc.response.1.map(schema);
    for status in std::iter::once(&doc.response.0).chain(doc.also) {
        let mut answer =
            json!({ "description": if *status == 201 { "Made." } else { "As asked." } });
        if let (Some(body), Some(answer)) = (&body, answer.as_object_mut()) {
            answer.insert("content".into(), json!({ doc.media: { "schema": body } }));
        }
        all.insert(status.to_string(), answer);
    }
    let mut problems: Vec<u16> = ALWAYS.to_vec();
    if doc.request.is_some() {
        problems.extend([400, 409, 413, 422]);
    } else if doc.is_list || !doc.query.is_empty() {
        problems.push(422);
    }
    if path.contains('{') {
        problems.push(404);
    }
    problems.extend(doc.problems);
    problems.sort_unstable();
    problems.dedup();
    for status in problems {
        let about = CODES
            .iter()
            .find(|(code, _, _)| *code == status)
            .map_or("A problem.", |(_, _, about)| about);
        all.insert(
            status.to_string(),
            json!({ "description": about, "content": { "application/problem+json": { "schema": problem } } }),
        );
    }
    all
}

/// `GET /partners/{id}` becomes `get_partners_id`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| part.trim_matches(['{', '}']).replace('-', "_"));
    std::iter::once(method.to_lowercase())
        .chain(words)
        .collect::<Vec<_>>()
        .join("_")
}
