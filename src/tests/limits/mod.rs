//! What a company may do as it stands: frozen, on trial, without a product, at the end of its plan.

mod counted;
mod demos;
mod events;
mod frozen;
mod many;
mod products;
mod shell;
mod trials;
mod usage;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde_json::{Value, json};
use steading::actor::Actor;
use steading::db::Conn;
use steading::gate::Counted;
use steading::id::TenantId;
use steading::slices::SLICES;
use steading::tenancy::{self, Entitlement, Status};

use crate::harness::engine::{Engine, wait};
use crate::harness::http::{Client, Reply};
use crate::identity::House;

/// A company with an owner, and a program with every right.
struct Company {
    house: House,
    key: String,
}

impl Company {
    fn open(engine: Engine) -> Self {
        let house = House::owned(engine);
        let key = house.key("tests", &["*"]);
        Self { house, key }
    }

    fn tenant(&self) -> TenantId {
        self.house.test.scope.tenant()
    }

    /// The program with every right.
    fn program(&self) -> Client {
        self.house.visitor().with_key(&self.key)
    }

    fn become_(&self, status: Status) {
        let (app, tenant) = (self.house.app(), self.tenant());
        wait(tenancy::change_status(app, &Actor::shell(), tenant, status)).unwrap();
    }

    fn plan(&self, plan: &'static str) {
        let (app, tenant) = (self.house.app(), self.tenant());
        let change = |company: &mut tenancy::Company| company.plan = plan.to_owned();
        wait(tenancy::change_record(app, &Actor::shell(), tenant, change)).unwrap();
    }

    fn entitle(&self, decided: Entitlement) {
        let decided = Entitlement {
            product: "partners".to_owned(),
            ..decided
        };
        let (app, tenant) = (self.house.app(), self.tenant());
        wait(tenancy::entitle(app, &Actor::shell(), tenant, decided)).unwrap();
    }

    fn limit(&self, what: Counted, most: u64) {
        self.entitle(Entitlement {
            knobs: vec![(what, Some(most))],
            ..Entitlement::default()
        });
    }

    fn post(&self, path: &str, body: &Value) -> Reply {
        self.program().json("POST", &format!("/api/v1{path}"), body)
    }

    fn made(&self, path: &str, body: &Value) -> String {
        let made = self.post(path, body).expect(201).json();
        made["id"].as_str().unwrap().to_owned()
    }

    /// A programme, a partner in it, and the enrolment.
    fn enrolment(&self) -> String {
        let program = self.made(
            "/programs",
            &json!({ "name": "Ambassadors", "commission": { "type": "percent", "rate": "20" }, "holding_days": 14,
                "attribution_window_days": 30, "destination_url": "https://shop.example/" }),
        );
        let partner = self.made("/partners", &partner("kettle"));
        self.made(
            "/enrolments",
            &json!({ "partner_id": partner, "program_id": program }),
        )
    }

    /// Rows of every table of the company and of the whole trail.
    fn rows(&self) -> Vec<(String, i64)> {
        let mut behind = self.house.test.behind();
        let tables = SLICES.iter().flat_map(|slice| slice.tables);
        let mut rows: Vec<(String, i64)> = tables
            .map(|table| ((*table).to_owned(), count(&mut behind, table)))
            .collect();
        let trail = self.program().get("/api/v1/audit?total=true&limit=1");
        rows.push((
            "the trail".to_owned(),
            trail.json()["total"].as_i64().unwrap(),
        ));
        rows
    }
}

fn partner(name: &str) -> Value {
    json!({ "name": name, "email": format!("{name}@example.com") })
}

fn count(conn: &mut Conn, table: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Many {
        #[diesel(sql_type = BigInt)]
        many: i64,
    }
    let query = diesel::sql_query(format!("SELECT COUNT(*) AS many FROM {table}"));
    query.get_result::<Many>(conn).unwrap().many
}

/// The stable code of a problem, with its status.
#[track_caller]
fn refused(reply: &Reply) -> (u16, String) {
    let code = reply.json()["code"].as_str().unwrap().to_owned();
    (reply.status, code)
}

/// The token every form of a signed-in page carries.
fn token(person: &Client) -> String {
    let page = person.get("/account").expect(200).text();
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// A path with something plausible in each of its places.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{key}" => "no-such-key",
        part if part.starts_with('{') => "prt_01h455vb4pex5vsknk084sn02q",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}
