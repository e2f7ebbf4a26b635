//! The API's description, served: as the document programs read and as a page people read.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::Value;

use super::allowed::Allowed;
use super::example;
use super::nav::Place;
use super::page::{self, PageShell};
use super::request;
use crate::app::App;
use crate::{Error, Result};

crate::permissions! {
    ReadApiDocs = "api:read", "Read the description of the API";
}

/// What the web itself offers the whole: the right to read the description.
pub const SLICE: crate::slice::Slice = crate::slice::Slice {
    name: "web",
    permissions: PERMISSIONS,
    jobs: &[],
    tables: &[],
    supports_projects: false,
    checks: None,
    waiting: None,
    usage: None,
    reset_demo: None,
};

/// The description, made once at start from the list of routes.
#[derive(Debug)]
pub struct Description {
    /// The document.
    pub value: Value,
    /// The document as text.
    pub text: String,
}

impl Description {
    /// Of this document.
    pub fn new(value: Value) -> Self {
        let text = serde_json::to_string_pretty(&value).unwrap_or_default() + "\n";
        Self { value, text }
    }
}

/// `GET T/api/v1/openapi.json`. Open: it says what exists, nothing of anybody's.
///
/// # Errors
/// [`Error::NotFound`] at the address of a company that is not there.
pub async fn document(
    request: HttpRequest,
    app: web::Data<App>,
    description: web::Data<Description>,
) -> Result<HttpResponse> {
    let slug = request::facts(&request).tenant_slug;
    let gate = app.gate.get().ok_or(Error::Busy)?;
    if gate.company(slug.as_deref()).is_none() {
        return Err(Error::NotFound);
    }
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("Cache-Control", "no-cache"))
        .body(description.text.clone()))
}

/// One operation on the page.
struct Operation {
    anchor: String,
    method: String,
    path: String,
    summary: String,
    right: String,
    parameters: Vec<(String, String, String)>,
    /// The name of the body's shape, and a body that fits it.
    shape: String,
    request: String,
    /// Status, what it means, the name of the shape it carries.
    responses: Vec<(String, String, String)>,
    curl: String,
}

struct Group {
    name: String,
    operations: Vec<Operation>,
}

#[derive(Template)]
#[template(path = "api/docs.html")]
struct DocsPage {
    shell: PageShell,
    groups: Vec<Group>,
    codes: &'static [(u16, &'static str, &'static str)],
    schemas: Vec<(String, String)>,
}

/// `GET T/api/docs`.
pub async fn page(
    allowed: Allowed<ReadApiDocs>,
    description: web::Data<Description>,
) -> Result<HttpResponse> {
    let base = format!("{}{}", allowed.home(), super::openapi::PREFIX);
    let shell = allowed
        .shell(Place::ApiKeys, "API")
        .lead("Everything a program can do here. Every request carries a key as a bearer token.");
    let schemas = object(description.value.pointer("/components/schemas"))
        .map(|(name, schema)| (name.clone(), pretty(schema)))
        .collect();
    let page = DocsPage {
        shell,
        groups: groups(&description.value, &base),
        codes: super::problem::CODES,
        schemas,
    };
    Ok(page::ok(&page))
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn groups(document: &Value, base: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (path, methods) in object(document.pointer("/paths")) {
        for (method, operation) in object(Some(methods)) {
            let name = text(operation, "/tags/0");
            let entry = operation_of(document, (path, method), operation, base);
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(entry),
                None => groups.push(Group {
                    name,
                    operations: vec![entry],
                }),
            }
        }
    }
    groups
}

fn operation_of(
    document: &Value,
    (path, method): (&str, &str),
    operation: &Value,
    base: &str,
) -> Operation {
    let method = method.to_uppercase();
    let body = operation.pointer("/requestBody/content/application~1json/schema");
    let request = body
        .map(|schema| pretty(&example::of(document, schema)))
        .unwrap_or_default();
    let shape = body.map(example::shape).unwrap_or_default().to_owned();
    let parameters = operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let body = if request.is_empty() {
        ""
    } else {
        " \\\n  -H 'Content-Type: application/json' -d @body.json"
    };
    let verb = if method == "GET" {
        String::new()
    } else {
        format!("-X {method} ")
    };
    Operation {
        anchor: text(operation, "/operationId"),
        summary: text(operation, "/summary"),
        right: text(operation, "/x-right"),
        parameters: parameters
            .map(|p| (text(p, "/name"), text(p, "/in"), text(p, "/description")))
            .collect(),
        responses: object(operation.get("responses"))
            .map(|(status, answer)| {
                let schema = answer.pointer("/content/application~1json/schema");
                let shape = schema.map(example::shape).unwrap_or_default();
                (
                    status.clone(),
                    text(answer, "/description").replace('`', ""),
                    shape.to_owned(),
                )
            })
            .collect(),
        curl: format!(
            "curl {verb}{base}{path} \\\n  -H \"Authorization: Bearer $STEADING_KEY\"{body}"
        ),
        shape,
        request,
        method,
        path: path.to_owned(),
    }
}
