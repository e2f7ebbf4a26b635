//! Two companies on one instance, each with one record of every kind; everything of the second carries its mark.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::{Value, json};
use steading::clock::Clock;
use steading::config::{Config, Environment, FileSource, Flags, Sources};
use steading::db::migrate::create_tenant_store;
use steading::db::schema::control::{data_keys, tenants};
use steading::id::TenantId;
use steading::server::boot;

use crate::harness::company::{OWNER, PASSWORD, owned};
use crate::harness::engine::Engine;
use crate::harness::http::{Client, Reply, attribute};
use crate::harness::process::{Home, Server};

/// What every word of the other company contains, in small letters.
pub const MARK: &str = "quibble";
/// How the other company is called in addresses.
pub const OTHER: &str = "quibble-co";
/// And the one whose people look around.
pub const OWN: &str = "default";

/// Kinds of records that an address can name.
pub const THINGS: [&str; 17] = [
    "project",
    "program",
    "partner",
    "enrolment",
    "link",
    "click",
    "event",
    "commission",
    "adjustment",
    "payout",
    "batch",
    "member",
    "key",
    "job",
    "mail",
    "session",
    "domain",
];

/// One company, seen by its owner and by its program.
pub struct Company {
    pub slug: &'static str,
    /// The owner's browser.
    pub owner: Client,
    /// Another browser of the same person.
    pub spare: Client,
    /// May do everything the API offers.
    pub program: Client,
    /// Ids by kind.
    pub ids: BTreeMap<&'static str, String>,
    /// The form token of the owner's session.
    pub csrf: String,
    /// That of the other browser.
    pub spare_csrf: String,
}

/// An instance that serves two companies.
pub fn home(engine: Engine) -> Home {
    // The first company and its owner come from a life as an instance for one.
    let home = owned(engine);
    let server = home.serve();
    assert_eq!(server.terminate(), 0);
    let home = home.env("STEADING_TENANCY", "multi");
    open_company(&home);
    home
}

/// Makes the second company while no server runs.
fn open_company(home: &Home) {
    let mut variables = vec![
        ("STEADING_DATA_DIR", home.data().display().to_string()),
        ("STEADING_TENANCY", "multi".to_owned()),
    ];
    if let Some(urls) = &home.database {
        variables.push(("STEADING_DATABASE__URL", urls.request.clone()));
        variables.push(("STEADING_DATABASE__OWNER_URL", urls.owner.clone()));
    }
    let loaded = Config::load(&Sources {
        file: FileSource::Text {
            name: "steading.toml".to_owned(),
            text: String::new(),
        },
        environment: Environment::from_pairs(variables),
        flags: Flags::default(),
    })
    .unwrap();
    crate::harness::engine::wait(async {
        let lock = boot::take_folder(&loaded).unwrap();
        let standing = boot::stand_up(&loaded, "http://127.0.0.1:8080", Clock::system(), lock)
            .await
            .unwrap();
        let id = TenantId::new(standing.app.clock.now());
        let options = boot::store_options(&loaded, Clock::system(), &standing.app.jobs);
        create_tenant_store(&options, id).unwrap();
        let key = standing.app.vault.new_data_key(id.uuid()).unwrap();
        standing
            .app
            .control
            .write(move |c| {
                let now = c.now();
                diesel::insert_into(tenants::table)
                    .values((
                        tenants::id.eq(id),
                        tenants::slug.eq(OTHER),
                        tenants::name.eq("Quibble & Co"),
                        tenants::status.eq("active"),
                        tenants::currency.eq("EUR"),
                        tenants::time_zone.eq("UTC"),
                        tenants::locale.eq("en"),
                        tenants::created_at.eq(now),
                        tenants::updated_at.eq(now),
                    ))
                    .execute(c.db())?;
                diesel::insert_into(data_keys::table)
                    .values((
                        data_keys::tenant_id.eq(steading::id::TenantId::from_uuid(key.owner)),
                        data_keys::id.eq(i64::from(key.id.get())),
                        data_keys::kek_id.eq(key.kek_id().unwrap().to_string()),
                        data_keys::wrapped.eq(key.wrapped.clone()),
                        data_keys::state.eq("active"),
                        data_keys::created_at.eq(now),
                    ))
                    .execute(c.db())?;
                Ok(())
            })
            .await
            .unwrap();
        standing.stores.shutdown().await;
    });
}

/// The address of the other company's owner.
pub const OTHER_OWNER: &str = "owner@quibble.example";

/// Both companies, furnished: the one that looks around and the one it must not see.
pub fn furnished(home: &Home, server: &Server<'_>) -> (Company, Company) {
    home.run_with_input(
        &[
            "user",
            "create",
            OTHER_OWNER,
            "--role",
            "owner",
            "--password-stdin",
            "--tenant",
            OTHER,
        ],
        &format!("{PASSWORD}\n"),
    )
    .expect_code(0);
    let own = Company::furnish(home, server, OWN, OWNER, "acorn");
    let other = Company::furnish(home, server, OTHER, OTHER_OWNER, MARK);
    (own, other)
}

/// Somebody at their browser.
pub fn signed_in(server: &Server<'_>, email: &str) -> Client {
    let client = server.client();
    let entered = client.submit("/login", &[("email", email), ("password", PASSWORD)]);
    assert_eq!(entered.status, 303, "{}", entered.text());
    client
}

/// A company's people and program at its own host, where its owner signs in anew.
pub fn signed_in_at(server: &Server<'_>, host: &str, email: &str, company: &Company) -> Company {
    let entered = |client: Client| {
        let fields = [("email", email), ("password", PASSWORD)];
        let entered = client.submit("/login", &fields);
        assert_eq!(entered.status, 303, "{}", entered.text());
        client
    };
    let owner = entered(server.client().with_header("host", host));
    let spare = entered(server.client().with_header("host", host));
    Company {
        slug: company.slug,
        csrf: token(&owner, "/admin/partners/new"),
        spare_csrf: token(&spare, "/admin/partners/new"),
        owner,
        spare,
        program: company.program.with_header("host", host),
        ids: company.ids.clone(),
    }
}

/// A new key of a company.
pub fn key_of(home: &Home, slug: &str, name: &str) -> String {
    let made = home
        .run(&[
            "key", "create", "--name", name, "--scopes", "*", "--tenant", slug, "--json",
        ])
        .expect_code(0)
        .json();
    made["key"].as_str().unwrap().to_owned()
}

impl Company {
    /// One with a record of every kind, all named after `mark`.
    pub fn furnish(
        home: &Home,
        server: &Server<'_>,
        slug: &'static str,
        email: &str,
        mark: &str,
    ) -> Self {
        let owner = signed_in(server, email);
        let spare = signed_in(server, email);
        let program = server
            .client()
            .with_key(&key_of(home, slug, &format!("{mark} key")));
        let mut company = Self {
            slug,
            csrf: token(&owner, &format!("/t/{slug}/admin/partners/new")),
            spare_csrf: token(&spare, &format!("/t/{slug}/admin/partners/new")),
            owner,
            spare,
            program,
            ids: BTreeMap::new(),
        };
        let project = json!({ "slug": format!("{mark}-part"), "name": format!("{mark} part") });
        company.make("project", "/projects", project);
        company.programme(server, mark);
        // Plans what counts the click, so that a job waits.
        home.run(&["jobs", "run", "--tenant", slug]).expect_code(0);
        company.people(mark);
        assert_eq!(company.ids.len(), THINGS.len());
        company
    }

    /// The same people and their program, where the instance is asked elsewhere.
    pub fn at(&self, base: &str) -> Self {
        Self {
            slug: self.slug,
            owner: self.owner.at(base),
            spare: self.spare.at(base),
            program: self.program.at(base),
            ids: self.ids.clone(),
            csrf: self.csrf.clone(),
            spare_csrf: self.spare_csrf.clone(),
        }
    }

    /// A path of this company.
    pub fn url(&self, path: &str) -> String {
        format!("/t/{}{path}", self.slug)
    }

    #[track_caller]
    fn make(&mut self, thing: &'static str, path: &str, body: Value) -> Value {
        let reply = self
            .program
            .json("POST", &self.url(&format!("/api/v1{path}")), &body);
        assert_eq!(reply.status, 201, "{path}: {}", reply.text());
        let made = reply.json();
        self.ids
            .insert(thing, made["id"].as_str().unwrap_or_default().to_owned());
        made
    }

    #[track_caller]
    fn act(&self, path: &str) -> Value {
        let reply = self
            .program
            .send("POST", &self.url(&format!("/api/v1{path}")), &[], &[]);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    /// From a programme to a payout.
    fn programme(&mut self, server: &Server<'_>, mark: &str) {
        let program = json!({
            "name": format!("{mark} autumn"), "commission": { "type": "percent", "rate": "10" },
            "destination_url": format!("https://{mark}.example/"), "holding_days": 0,
        });
        self.make("program", "/programs", program);
        let payee = json!({ "method": "bank", "holder": format!("{mark} holder"), "account": "GB82WEST12345698765432" });
        let partner = json!({ "name": format!("{mark} Ana"), "email": format!("ana@{mark}.example"), "payee": payee });
        self.make("partner", "/partners", partner);
        let enrolment =
            json!({ "partner_id": self.ids["partner"], "program_id": self.ids["program"] });
        self.make("enrolment", "/enrolments", enrolment);
        let link = json!({ "enrolment_id": self.ids["enrolment"], "key": format!("{mark}-link"), "label": format!("{mark} label") });
        self.make("link", "/links", link);
        let visit = server.client().get(&self.url(&format!("/r/{mark}-link")));
        let click = visit.location().split("st_ref=").nth(1).unwrap();
        let click = click.split('&').next().unwrap().to_owned();
        self.ids.insert("click", click.clone());
        let sale = |order: &str| {
            json!({
                "click": click, "customer_id": format!("{mark} customer"), "type": "sale", "external_id": order,
                "value": { "amount": 5000, "currency": "EUR" }, "metadata": { "note": mark },
            })
        };
        let paid = self.make("event", "/events", sale(&format!("{mark} order 1")));
        let paid = paid["commissions"][0]["id"].as_str().unwrap().to_owned();
        self.act(&format!("/commissions/{paid}/approve"));
        let batch = self.make(
            "batch",
            "/payout-batches",
            json!({ "note": format!("{mark} note") }),
        );
        self.ids.insert(
            "payout",
            batch["payouts"][0]["id"].as_str().unwrap().to_owned(),
        );
        let event = self.make("event", "/events", sale(&format!("{mark} order 2")));
        self.ids.insert(
            "commission",
            event["commissions"][0]["id"].as_str().unwrap().to_owned(),
        );
        let thanks = json!({ "partner_id": self.ids["partner"], "amount": { "amount": 25, "currency": "EUR" }, "reason": format!("{mark} thanks") });
        self.make("adjustment", "/adjustments", thanks);
    }

    /// Members, keys, sessions, and what the queue and the mails hold.
    fn people(&mut self, mark: &str) {
        let member = json!({ "email": format!("member@{mark}.example"), "name": format!("{mark} member"), "roles": ["viewer"] });
        let invited = self
            .program
            .json("POST", &self.url("/api/v1/members"), &member)
            .expect(201)
            .json();
        let id = invited["id"]
            .as_str()
            .or_else(|| invited["member"]["id"].as_str());
        self.ids.insert(
            "member",
            id.unwrap_or_else(|| panic!("{invited}")).to_owned(),
        );
        self.make(
            "key",
            "/api-keys",
            json!({ "name": format!("{mark} second key"), "scopes": ["partners:read"] }),
        );
        self.post(
            &self.owner,
            "/admin/mail/test",
            &[("to", &format!("test@{mark}.example"))],
        );
        let host = format!("{mark}.domains.example");
        let added = self.post(&self.owner, "/admin/domains", &[("host", &host)]);
        assert_eq!(added.status, 303, "{}", added.text());
        let domains = self.owner.get(&self.url("/admin/domains")).expect(200);
        self.ids.insert("domain", first(&domains.text(), "dom_"));
        let account = self.spare.get("/account").expect(200).text();
        self.ids.insert("session", first(&account, "ses_"));
        let mails = self.owner.get(&self.url("/admin/mail")).expect(200).text();
        let mail = mails.split("/admin/mail/").find_map(|rest| {
            let id = rest.split(['"', '?', '/']).next()?;
            id.contains('_').then(|| id.to_owned())
        });
        self.ids
            .insert("mail", mail.unwrap_or_else(|| panic!("no mail: {mails}")));
        let jobs = self
            .owner
            .get(&self.url("/admin/system/jobs"))
            .expect(200)
            .text();
        self.ids.insert("job", first(&jobs, "job_"));
    }

    /// A form, sent with this session's token.
    pub fn post(&self, client: &Client, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend_from_slice(fields);
        client.post_form(&self.url(path), &all)
    }

    /// Everything this company's API tells of itself, to be compared with later.
    pub fn everything(&self) -> Vec<Value> {
        let lists = [
            "/programs",
            "/partners",
            "/enrolments",
            "/links",
            "/clicks",
            "/events",
            "/commissions",
            "/adjustments",
            "/payouts",
            "/payout-batches",
            "/members",
            "/api-keys",
            "/audit",
        ];
        lists
            .iter()
            .map(|path| {
                let mut list = self
                    .program
                    .get(&self.url(&format!("/api/v1{path}?limit=200")))
                    .expect(200)
                    .json();
                // When a key or a person was last here is their own doing.
                for record in list["data"].as_array_mut().unwrap() {
                    record
                        .as_object_mut()
                        .unwrap()
                        .retain(|name, _| !name.starts_with("last_"));
                }
                list
            })
            .collect()
    }
}

/// The token of the forms of a page.
fn token(client: &Client, page: &str) -> String {
    let html = client.get(page).expect(200).text();
    let input = html
        .split("<input")
        .find(|tag| tag.contains("name=\"csrf\""))
        .unwrap();
    attribute(input, "value").unwrap()
}

/// The first id of a kind on a page.
#[track_caller]
fn first(html: &str, prefix: &str) -> String {
    let at = html
        .find(prefix)
        .unwrap_or_else(|| panic!("no {prefix}: {html}"));
    html[at..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect()
}
