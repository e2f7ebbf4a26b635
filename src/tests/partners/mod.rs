//! The partner programme from outside: its API, its links and its jobs, over the program's own routes and edge, on both engines.
//! The gate is a stand-in whose keys are lists of rights; who may enter is the matter of other tests.

mod claims;
mod commissions;
mod demo;
mod demo_plan;
mod events;
mod lists;
mod pages;
mod parallel;
mod payouts;
mod programme;
mod redirects;
mod refunds;
mod script;
mod wrong;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App as Framework, dev::Service, web};
use serde_json::{Value, json};
use steading::actor::{Actor, ActorKind};
use steading::gate::{
    Admission, Ask, CompanyView, Credential, Gate, Later, OpenCompany, Rights, Standing,
};
use steading::server::http::mount;
use steading::slice::JobContext;
use steading::web::edge::edge;

use crate::harness::app::TestApp;
use crate::harness::engine::Engine;

/// How a partner is paid.
fn payee() -> Value {
    json!({ "method": "bank", "holder": "Ana Pop", "account": "GB82WEST12345698765432" })
}

/// Lets everybody in whose key is a list of rights.
struct OpenGate(Arc<OpenCompany>);

impl Gate for OpenGate {
    fn admit(&self, ask: Ask) -> Later<'static, steading::Result<Admission>> {
        let company = Arc::clone(&self.0);
        Box::pin(async move {
            let Credential::Bearer(rights) = ask.credential else {
                return Err(steading::Error::Unauthenticated);
            };
            Ok(Admission {
                project: None,
                tenant: company.tenant,
                slug: company.slug.clone(),
                company: company.view.clone(),
                open: Arc::clone(&company),
                actor: Actor {
                    kind: ActorKind::ApiKey,
                    id: None,
                    name: "a shop".to_owned(),
                    origin: ask.origin,
                },
                rights: Rights::new(rights.split(' ')),
                session: None,
            })
        })
    }

    fn company(&self, _: Option<&str>) -> Option<Arc<OpenCompany>> {
        Some(Arc::clone(&self.0))
    }

    fn company_at(&self, _: &str) -> Option<Arc<OpenCompany>> {
        None
    }

    fn company_by_id(&self, _: steading::id::TenantId) -> Option<Arc<OpenCompany>> {
        Some(Arc::clone(&self.0))
    }

    fn company_changed(&self, _: steading::id::TenantId) -> Later<'static, steading::Result<()>> {
        self.companies_changed()
    }

    fn companies_changed(&self) -> Later<'static, steading::Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn is_owned(&self) -> bool {
        true
    }
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    #[track_caller]
    fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The stable code of a problem.
    #[track_caller]
    fn problem(self, status: u16) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{self:?}"
        );
        self.expect(status)["code"].as_str().unwrap().to_owned()
    }

    /// The pointers of what does not fit.
    #[track_caller]
    fn pointers(self) -> Vec<String> {
        let body = self.expect(422);
        let errors = body["errors"].as_array().unwrap();
        errors
            .iter()
            .map(|error| error["pointer"].as_str().unwrap().to_owned())
            .collect()
    }
}

type Answering = Pin<Box<dyn Future<Output = Reply>>>;

/// A company's programme behind the program's own routes.
struct Shop {
    house: TestApp,
    door: Box<dyn Fn(TestRequest) -> Answering>,
}

impl Shop {
    async fn open(engine: Engine) -> Self {
        let house = TestApp::new(engine).await;
        let company = OpenCompany {
            tenant: house.scope.tenant(),
            slug: "default".to_owned(),
            view: CompanyView {
                name: "Northwind Tea".to_owned(),
                currency: "EUR".parse().unwrap(),
                time_zone: "UTC".to_owned(),
                locale: "en".to_owned(),
            },
            is_frozen: false,
            closing_at: None,
            standing: Standing::default(),
        };
        assert!(
            house
                .app
                .gate
                .set(Arc::new(OpenGate(Arc::new(company))))
                .is_ok()
        );
        house.app.phase.serve();
        let service = Framework::new()
            .app_data(web::Data::new(house.app.clone()))
            .configure(mount)
            .wrap(from_fn(edge));
        let service = std::rc::Rc::new(init_service(service).await);
        let door = move |request: TestRequest| -> Answering {
            let service = std::rc::Rc::clone(&service);
            Box::pin(async move {
                let answer = service.call(request.to_request()).await.unwrap();
                let status = answer.status().as_u16();
                let headers = answer
                    .headers()
                    .iter()
                    .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                    .collect();
                let bytes = answer.into_body().try_into_bytes().unwrap_or_default();
                Reply {
                    status,
                    headers,
                    body: String::from_utf8(bytes.to_vec()).unwrap(),
                }
            })
        };
        Self {
            house,
            door: Box::new(door),
        }
    }

    /// Sends a request as it is, from an address of the documentation's.
    async fn send(&self, request: TestRequest) -> Reply {
        (self.door)(request.peer_addr("203.0.113.9:4711".parse().unwrap())).await
    }

    fn request(method: &str, path: &str, body: Option<&Value>) -> TestRequest {
        let request = TestRequest::default()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(&format!("/api/v1{path}"));
        let request = request.insert_header(("authorization", "Bearer *"));
        match body {
            Some(body) => request
                .insert_header(("content-type", "application/json"))
                .set_payload(body.to_string()),
            None => request,
        }
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Self::request("GET", path, None)).await
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Self::request("POST", path, Some(&body))).await
    }

    /// A POST without a body.
    async fn act(&self, path: &str) -> Reply {
        self.send(Self::request("POST", path, None)).await
    }

    async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Self::request("PATCH", path, Some(&body))).await
    }

    async fn delete(&self, path: &str) -> Reply {
        self.send(Self::request("DELETE", path, None)).await
    }

    /// Follows a link as a person with a browser.
    async fn follow(&self, key: &str) -> Reply {
        self.send(
            TestRequest::get()
                .uri(&format!("/r/{key}"))
                .insert_header(("user-agent", "Firefox")),
        )
        .await
    }

    /// Follows a link and keeps its reference.
    async fn click(&self, key: &str) -> String {
        let reply = self.follow(key).await;
        assert_eq!(reply.status, 302, "{reply:?}");
        let (_, reference) = reply.header("location").split_once("st_ref=").unwrap();
        reference.split('#').next().unwrap().to_owned()
    }

    /// A programme of 20 percent.
    async fn program(&self) -> String {
        let body = json!({ "name": "Ambassadors", "commission": { "type": "percent", "rate": "20" }, "holding_days": 14,
            "attribution_window_days": 30, "destination_url": "https://shop.example/offer?tea=green#top" });
        id_of(&self.post("/programs", body).await.expect(201))
    }

    async fn partner(&self, name: &str) -> String {
        let body =
            json!({ "name": name, "email": format!("{name}@example.com"), "payee": payee() });
        id_of(&self.post("/partners", body).await.expect(201))
    }

    /// A partner whom no bank could pay.
    async fn without_account(&self, name: &str) -> String {
        let partner = self.partner(name).await;
        self.patch(&format!("/partners/{partner}"), json!({ "payee": null }))
            .await
            .expect(200);
        partner
    }

    async fn enrol(&self, partner: &str, program: &str) -> String {
        id_of(
            &self
                .post(
                    "/enrolments",
                    json!({ "partner_id": partner, "program_id": program }),
                )
                .await
                .expect(201),
        )
    }

    async fn link(&self, enrolment: &str, key: &str) -> String {
        id_of(
            &self
                .post("/links", json!({ "enrolment_id": enrolment, "key": key }))
                .await
                .expect(201),
        )
    }

    /// A programme with a partner whose link is `kettle`.
    async fn stage(&self) -> Stage {
        let program = self.program().await;
        let partner = self.partner("kettle").await;
        let enrolment = self.enrol(&partner, &program).await;
        let link = self.link(&enrolment, "kettle").await;
        Stage {
            program,
            partner,
            enrolment,
            link,
        }
    }

    /// A customer who came by a click through a link.
    async fn customer(&self, key: &str, name: &str) -> String {
        let click = self.click(key).await;
        self.post("/identify", json!({ "click": click, "customer_id": name }))
            .await
            .expect(200);
        click
    }

    /// A sale of a customer, in cents of a euro.
    async fn sale(&self, external_id: &str, customer: &str, amount: i64) -> Value {
        self.post("/events", sale(external_id, customer, amount))
            .await
            .expect(201)
    }

    /// The one commission of a new sale, approved.
    async fn approved(&self, external_id: &str, customer: &str, amount: i64) -> String {
        let event = self.sale(external_id, customer, amount).await;
        let id = id_of(&event["commissions"][0]);
        self.act(&format!("/commissions/{id}/approve"))
            .await
            .expect(200);
        id
    }

    /// Draws up, approves and exports a batch, and confirms it as paid.
    async fn pay(&self) -> Value {
        let batch = id_of(&self.act("/payout-batches").await.expect(201));
        self.act(&format!("/payout-batches/{batch}/approve"))
            .await
            .expect(200);
        assert_eq!(
            self.act(&format!("/payout-batches/{batch}/export"))
                .await
                .status,
            200
        );
        self.act(&format!("/payout-batches/{batch}/confirm"))
            .await
            .expect(200)
    }

    async fn run_job(&self, name: &str) {
        let kind = steading::partners::SLICE
            .jobs
            .iter()
            .find(|job| job.name == name)
            .unwrap();
        let context = JobContext {
            app: self.house.app.clone(),
            scope: Some(self.house.scope.clone()),
            payload: Value::Null,
            job: steading::id::JobId::new(self.house.clock.now()),
            attempt: 1,
            fence: 1,
        };
        (kind.run)(context).await.unwrap();
    }

    fn days(&self, days: u64) {
        self.house
            .clock
            .advance(std::time::Duration::from_secs(days * 86_400));
    }
}

/// A programme, a partner in it, and their link.
struct Stage {
    program: String,
    partner: String,
    enrolment: String,
    link: String,
}

fn id_of(record: &Value) -> String {
    record["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id: {record}"))
        .to_owned()
}

fn eur(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

fn sale(external_id: &str, customer: &str, amount: i64) -> Value {
    json!({ "type": "sale", "external_id": external_id, "customer_id": customer, "value": eur(amount) })
}

fn ids(list: &Value) -> Vec<String> {
    list["data"].as_array().unwrap().iter().map(id_of).collect()
}
