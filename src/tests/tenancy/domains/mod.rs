//! A company's own domains: what proves one, what it opens, and how it goes again. The name server is one of the tests' own.

mod asked;
mod choosing;
mod command_line;
mod looks;
mod page;

use serde_json::{Value, json};
use steading::actor::Actor;
use steading::audit::{self, Filter};
use steading::id::TenantId;
use steading::identity::shell;
use steading::tenancy::Company;
use steading::tenancy::domains::{
    Domain, NewDomain, add_domain, domain_of, domains_of, verify_domain,
};

use crate::harness::dns::NameServer;
use crate::harness::engine::{Engine, wait};
use crate::harness::http::Client;
use crate::identity::House;

/// The name most of them are about.
const HOST: &str = "partners.acme.test";
/// Where its record stands.
const RECORD: &str = "_steading.partners.acme.test";

/// An instance of two companies and the name server it asks.
struct Street {
    house: House,
    dns: NameServer,
    acme: Company,
    cedar: Company,
}

impl Street {
    fn open(engine: Engine, settings: &[(&'static str, &str)]) -> Self {
        let dns = NameServer::start();
        let address = dns.address.to_string();
        let mut all = vec![("STEADING_OUTBOUND__RESOLVER", address.as_str())];
        all.extend(settings);
        let house = House::of_many(engine, &all);
        let acme = house.company("acme", "ana@example.com");
        let cedar = house.company("cedar", "bo@example.com");
        Self {
            house,
            dns,
            acme,
            cedar,
        }
    }

    fn add(&self, company: &Company, host: &str) -> Domain {
        let app = self.house.app();
        let new = NewDomain::read(&app.config, company.id, host).unwrap();
        // Each act has a moment of its own, so that the trail has an order.
        self.house.later(1);
        wait(add_domain(app, &Actor::shell(), new)).unwrap()
    }

    fn verify(&self, company: &Company) -> Domain {
        let app = self.house.app();
        let domain = wait(domain_of(&app.control, company.id, HOST)).unwrap();
        self.house.later(1);
        wait(verify_domain(app, &Actor::shell(), company.id, domain.id)).unwrap()
    }

    /// Adds the name to a company and proves it.
    fn proven(&self, company: &Company) -> Domain {
        let domain = self.add(company, HOST);
        self.dns.set(RECORD, &[&[&domain.record_value()]]);
        let domain = self.verify(company);
        assert_eq!(domain.last_error, None);
        domain
    }

    fn domains(&self, company: &Company) -> Vec<Domain> {
        wait(domains_of(&self.house.app().control, company.id)).unwrap()
    }

    /// A browser at a host.
    fn at(&self, host: &str) -> Client {
        self.house
            .visitor()
            .with_header("host", host)
            .with_header("sec-fetch-site", "same-origin")
    }

    /// What a visitor is answered at the name by a link of the company, by its sign-in, and by its pages.
    fn answers(&self, host: &str) -> (u16, u16, u16) {
        let visitor = self.at(host);
        let link = visitor.get("/r/kettle-link").status;
        let admin = visitor.get("/admin/partners").status;
        (link, admin, visitor.get("/api/v1/me").status)
    }

    /// A link of a company, `kettle-link`.
    fn link(&self, company: &Company) {
        let key = self.key(company.id);
        let program = self.house.visitor().with_key(&key);
        let made = |path: &str, body: &Value| {
            let url = format!("/t/{}/api/v1{path}", company.slug);
            let made = program.json("POST", &url, body).expect(201).json();
            made["id"].as_str().unwrap().to_owned()
        };
        let program = made(
            "/programs",
            &json!({ "name": "Autumn", "commission": { "type": "percent", "rate": "10" }, "destination_url": "https://shop.example/" }),
        );
        let partner = made(
            "/partners",
            &json!({ "name": "Kettle", "email": "kettle@example.com" }),
        );
        let enrolment = made(
            "/enrolments",
            &json!({ "partner_id": partner, "program_id": program }),
        );
        made(
            "/links",
            &json!({ "enrolment_id": enrolment, "key": "kettle-link" }),
        );
    }

    /// A key of a company with every right.
    fn key(&self, tenant: TenantId) -> String {
        let name = format!("key of {tenant}");
        let made = shell::create_key(
            self.house.app(),
            tenant,
            &name,
            vec!["*".to_owned()],
            None,
            None,
        );
        wait(made).unwrap().key
    }

    /// What the trail says of domains, the oldest first: who, and what.
    fn trail(&self) -> Vec<(String, String)> {
        let read = self
            .house
            .app()
            .control
            .read(|c| audit::page(c, &Filter::default(), None, 100));
        let mut events: Vec<_> = wait(read)
            .unwrap()
            .into_iter()
            .filter(|event| event.action.starts_with("domain."))
            .map(|event| (event.actor_name, event.action))
            .collect();
        events.reverse();
        events
    }

    fn actions(&self) -> Vec<String> {
        self.trail().into_iter().map(|(_, action)| action).collect()
    }
}
