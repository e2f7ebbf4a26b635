//! A small company with one of everything, and a caller that holds every answer against what the API says of itself.

use std::sync::{Mutex, OnceLock};

use serde_json::{Value, json};

use crate::harness::company::{api_key, owned};
use crate::harness::engine::Engine;
use crate::harness::http::{Client, Reply};
use crate::harness::process::{Home, Server};
use crate::harness::rows::{Behind, Rows};

/// The records every test may name.
pub struct Shop<'a> {
    pub server: &'a Server<'a>,
    /// May do everything.
    pub client: Client,
    pub program: String,
    pub partner: String,
    pub enrolment: String,
    pub link: String,
    pub click: String,
    pub event: String,
    pub commission: String,
    key: String,
    behind: Mutex<Behind>,
}

/// The key of the link.
pub const LINK: &str = "autumn-offer";
/// A customer who came by the click.
pub const CUSTOMER: &str = "customer-1";
/// A sale that was reported.
pub const SALE: &str = "sale-1";

/// Runs a test against a furnished company.
pub fn furnished(engine: Engine, test: impl FnOnce(&Shop<'_>)) {
    let home = owned(engine);
    let server = home.serve();
    let key = api_key(&home, "tests", "*");
    let shop = Shop::furnish(&home, &server, &key);
    test(&shop);
    drop(shop);
    assert_eq!(server.terminate(), 0);
}

fn id(record: &Value) -> String {
    record["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{record}"))
        .to_owned()
}

impl<'a> Shop<'a> {
    fn furnish(home: &'a Home, server: &'a Server<'a>, key: &str) -> Self {
        let client = server.client().with_key(key);
        let make = |path: &str, body: Value| {
            client
                .json("POST", &format!("/api/v1{path}"), &body)
                .expect(201)
                .json()
        };
        let program = id(&make(
            "/programs",
            json!({
                "name": "Autumn", "commission": { "type": "percent", "rate": "10" }, "destination_url": "https://shop.example/"
            }),
        ));
        let partner = id(&make(
            "/partners",
            json!({ "name": "Ana Pop", "email": "ana@example.com", "payee": { "method": "bank", "holder": "Ana Pop", "account": "GB82WEST12345698765432" } }),
        ));
        let enrolment = id(&make(
            "/enrolments",
            json!({ "partner_id": partner, "program_id": program }),
        ));
        let link = id(&make(
            "/links",
            json!({ "enrolment_id": enrolment, "key": LINK }),
        ));
        let click = click(&server.client());
        client
            .json(
                "POST",
                "/api/v1/identify",
                &json!({ "click": click, "customer_id": CUSTOMER }),
            )
            .expect(200);
        let event = make("/events", sale(SALE));
        let commission = id(&event["commissions"][0]);
        Self {
            behind: Mutex::new(Behind::of(home)),
            server,
            program,
            partner,
            enrolment,
            link,
            click,
            event: id(&event),
            commission,
            key: key.to_owned(),
            client,
        }
    }

    /// The key that may do everything.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The rows of all tables now.
    pub fn rows(&self) -> Rows {
        self.behind.lock().unwrap().rows()
    }

    /// A path with the ids of this company in place of `{id}`.
    pub fn path(&self, template: &str) -> String {
        let own = match template.split('/').nth(1).unwrap_or_default() {
            "programs" => &self.program,
            "partners" => &self.partner,
            "enrolments" => &self.enrolment,
            "links" => &self.link,
            "clicks" => &self.click,
            "events" => &self.event,
            "commissions" => &self.commission,
            // Nothing of that kind is there: an id of the right form that names nothing.
            other => return template.replace("{id}", &strange_id(other)),
        };
        template.replace("{id}", own)
    }

    /// Sends a request that must be refused, and looks at the refusal: its status, its form, that the API's description knows it,
    /// and that no table has a row more or less.
    #[track_caller]
    pub fn refused(&self, what: &str, request: &Bad<'_>) -> Value {
        let before = self.rows();
        let path = format!("/api/v1{}", self.path(request.template));
        let reply = self
            .client
            .send(request.method, &path, request.headers, &request.body);
        let problem = problem(&reply, what);
        assert_eq!(reply.status, request.status, "{what}: {problem}");
        assert_eq!(before, self.rows(), "{what}: something was written");
        assert!(
            documented(request.method, request.template).contains(&reply.status),
            "{what}: {} {} does not document {}",
            request.method,
            request.template,
            reply.status
        );
        problem
    }

    /// The same for a JSON body of which the value at `pointer` does not fit.
    #[track_caller]
    pub fn does_not_fit(&self, method: &str, template: &str, body: &Value, pointer: &str) {
        let what = format!("{method} {template} {}", short(body));
        let problem = self.refused(&what, &Bad::json(method, template, 422, body));
        let pointers: Vec<&str> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        assert!(
            // A value of a kind that is told by a field is known as a whole only.
            pointers.contains(&pointer)
                || pointers
                    .iter()
                    .any(|told| pointer.starts_with(&format!("{told}/"))),
            "{what}: {pointer} is not among {pointers:?}: {problem}"
        );
    }
}

fn short(body: &Value) -> String {
    body.to_string().chars().take(300).collect()
}

/// A request that must be refused.
pub struct Bad<'a> {
    pub method: &'a str,
    /// Below `/api/v1`, as the description writes it.
    pub template: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: Vec<u8>,
    pub status: u16,
}

/// What a JSON body says of itself.
pub const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

impl<'a> Bad<'a> {
    pub fn json(method: &'a str, template: &'a str, status: u16, body: &Value) -> Self {
        Self::bytes(method, template, status, body.to_string().into_bytes())
    }

    pub fn bytes(method: &'a str, template: &'a str, status: u16, body: Vec<u8>) -> Self {
        Self {
            method,
            template,
            headers: JSON,
            body,
            status,
        }
    }
}

/// The problem document of an answer, in the form the contract promises.
#[track_caller]
pub fn problem(reply: &Reply, what: &str) -> Value {
    assert_eq!(
        reply.header("content-type"),
        "application/problem+json",
        "{what}: {} {}",
        reply.status,
        reply.text()
    );
    let problem = reply.json();
    for text in ["type", "title", "code", "detail", "request_id"] {
        let given = problem[text].as_str().unwrap_or_default();
        assert!(!given.is_empty(), "{what}: no {text}: {problem}");
    }
    assert_eq!(problem["status"], reply.status, "{what}");
    assert_eq!(
        problem["request_id"],
        reply.header("x-request-id"),
        "{what}"
    );
    let code = problem["code"].as_str().unwrap();
    assert!(
        code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
        "{what}: {code}"
    );
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!(!errors.is_empty(), reply.status == 422, "{what}: {problem}");
    for error in errors {
        let message = error["message"].as_str().unwrap();
        assert!(!message.is_empty(), "{what}: {problem}");
        assert!(error["pointer"].is_string(), "{what}: {problem}");
    }
    problem
}

/// Whether a path of the description belongs to a company: the operators' are nowhere where one is served.
pub fn of_a_company(path: &str) -> bool {
    !path.starts_with("/operator/")
}

/// The API's own description.
pub fn description() -> &'static Value {
    static DESCRIPTION: OnceLock<Value> = OnceLock::new();
    DESCRIPTION.get_or_init(steading::routes::description)
}

/// The statuses the description gives for an operation.
#[track_caller]
pub fn documented(method: &str, template: &str) -> Vec<u16> {
    let operation = &description()["paths"][template][method.to_lowercase()];
    let responses = operation["responses"]
        .as_object()
        .unwrap_or_else(|| panic!("{method} {template} is not described"));
    responses
        .keys()
        .map(|status| status.parse().unwrap())
        .collect()
}

/// A well-formed id of a kind that `resource` does not have, or that names nothing.
pub fn strange_id(resource: &str) -> String {
    let prefix = match resource {
        "members" => "usr",
        "api-keys" => "key",
        "payouts" => "pay",
        "payout-batches" => "pob",
        "adjustments" => "adj",
        _ => "prt",
    };
    format!("{prefix}_01h455vb4pex5vsknk084sn02q")
}

/// Follows the link and returns the reference the visitor now carries.
#[track_caller]
pub fn click(visitor: &Client) -> String {
    let reply = visitor.get(&format!("/r/{LINK}"));
    let target = reply.location().to_owned();
    let reference = target.split("st_ref=").nth(1).unwrap();
    reference.split(['&', '#']).next().unwrap().to_owned()
}

/// A sale of 19.99.
pub fn sale(external_id: &str) -> Value {
    json!({
        "customer_id": CUSTOMER, "type": "sale", "external_id": external_id,
        "value": { "amount": 1999, "currency": "EUR" }
    })
}

/// A copy of a JSON object with one value replaced, by JSON pointer; an object that is missing on the way is made.
pub fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = body.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = changed.pointer_mut(parent).unwrap();
    parent[name] = value;
    changed
}

/// A copy without one member.
pub fn without(body: &Value, name: &str) -> Value {
    let mut changed = body.clone();
    changed.as_object_mut().unwrap().remove(name).unwrap();
    changed
}
