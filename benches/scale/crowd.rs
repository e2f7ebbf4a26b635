//! The companies of the bench: opened by the program itself in this process, furnished over HTTP.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use steading::actor::Actor;
use steading::app::App;
use steading::clock::Clock;
use steading::config::{Config, Environment, FileSource, Flags, Loaded, Sources};
use steading::crypto::PlainPassword;
use steading::identity::{NewOwner, open_company};
use steading::server::boot::{self, Standing};
use steading::tenancy::{NewCompany, Slug};

use crate::client::Ask;
use crate::host::Host;

/// Where the companies are, and how many.
pub struct Crowd {
    folder: PathBuf,
    database: Option<String>,
    companies: usize,
    keys: HashMap<usize, String>,
    boot_with_ten: f64,
}

impl Crowd {
    pub fn new(database: Option<&str>) -> Self {
        let folder = std::env::temp_dir().join(format!("steading-scale-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self {
            folder,
            database: database.map(ToOwned::to_owned),
            companies: 0,
            keys: HashMap::new(),
            boot_with_ten: 0.0,
        }
    }

    pub fn len(&self) -> usize {
        self.companies
    }

    /// The slug of one.
    pub fn slug(&self, n: usize) -> String {
        format!("company-{n}")
    }

    /// What every process of this crowd is told.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("STEADING_TENANCY", "multi".to_owned()),
            ("STEADING_DATA_DIR", self.folder.display().to_string()),
        ];
        variables.extend(
            self.database
                .clone()
                .map(|url| ("STEADING_DATABASE__URL", url)),
        );
        variables
    }

    /// Opens companies until there are so many.
    pub fn grow_to(&mut self, many: usize) {
        let from = self.companies;
        self.with_program(|app, actor| async move {
            for n in from..many {
                let slug = Slug::parse(&format!("company-{n}")).unwrap();
                open_company(&app, &actor, NewCompany::named(slug), None)
                    .await
                    .unwrap();
            }
        });
        self.companies = many;
    }

    /// Opens so many with an owner each; companies a second. Password hashes are made before: they cost what they should.
    pub fn with_owners(&mut self, many: usize) -> f64 {
        self.with_program(move |app, actor| async move {
            let hash = app
                .hasher
                .hash(&PlainPassword::from("a long sentence for the bench"))
                .await
                .unwrap();
            let began = Instant::now();
            for n in 0..many {
                let slug = Slug::parse(&format!("owned-{n}")).unwrap();
                let owner = NewOwner {
                    email: format!("owner{n}@example.com"),
                    name: None,
                    password: Some(hash.clone()),
                };
                open_company(&app, &actor, NewCompany::named(slug), Some(owner))
                    .await
                    .unwrap();
            }
            many as f64 / began.elapsed().as_secs_f64()
        })
    }

    /// Bytes of the smallest company's file; nothing on PostgreSQL.
    pub fn empty_bytes(&self) -> f64 {
        let files = std::fs::read_dir(self.folder.join("tenants"))
            .into_iter()
            .flatten()
            .flatten();
        let sizes = files
            .filter(|file| {
                file.path()
                    .extension()
                    .is_some_and(|extension| extension == "db")
            })
            .filter_map(|file| file.metadata().ok())
            .map(|meta| meta.len());
        sizes.min().unwrap_or(0) as f64
    }

    /// What each company adds to a start with nothing to do, in milliseconds, best of three.
    pub fn boot_ms_each(&mut self, many: usize) -> Option<f64> {
        let best = |crowd: &Self| {
            (0..3)
                .map(|_| Host::start(crowd, None).ready_after.as_secs_f64() * 1e3)
                .fold(f64::MAX, f64::min)
        };
        let now = best(self);
        println!("{:<52} {now:>9.0} ms", format!("ready, {many} companies"));
        Some((now - self.boot_with_ten) / many as f64)
    }

    /// A click and a read for each of so many companies; furnishes those that are not yet.
    pub fn asks(&mut self, host: &Host, active: usize) -> Vec<Ask> {
        if self.boot_with_ten == 0.0 {
            self.boot_with_ten = host.ready_after.as_secs_f64() * 1e3;
        }
        let mut asks = Vec::new();
        for n in 0..active.min(self.companies) {
            let slug = self.slug(n);
            if !self.keys.contains_key(&n) {
                let key = self.key(&slug);
                furnish(host, &slug, &key);
                self.keys.insert(n, key);
            }
            asks.push(Ask::get(&format!("/t/{slug}/r/bench")));
            asks.push(Ask::get_with_key(
                &format!("/t/{slug}/api/v1/partners?limit=10"),
                &self.keys[&n],
            ));
        }
        asks
    }

    fn key(&self, slug: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_steading"));
        command
            .args([
                "key", "create", "--tenant", slug, "--name", "bench", "--scopes", "*", "--json",
            ])
            .envs(self.environment());
        let made = command.output().unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let made: Value = serde_json::from_slice(&made.stdout).unwrap();
        made["key"].as_str().unwrap().to_owned()
    }

    /// Runs work with the program stood up in this process.
    fn with_program<T, F: Future<Output = T>>(&self, work: impl FnOnce(App, Actor) -> F) -> T {
        let loaded = self.loaded();
        actix_web::rt::System::new().block_on(async move {
            let lock = boot::take_folder(&loaded).unwrap();
            let standing: Standing =
                boot::stand_up(&loaded, "http://127.0.0.1", Clock::system(), lock)
                    .await
                    .unwrap();
            let done = work(standing.app.clone(), Actor::shell()).await;
            standing.stores.shutdown().await;
            done
        })
    }

    fn loaded(&self) -> Loaded {
        let sources = Sources {
            file: FileSource::Text {
                name: "steading.toml".to_owned(),
                text: String::new(),
            },
            environment: Environment::from_pairs(self.environment()),
            flags: Flags::default(),
        };
        Config::load(&sources).unwrap()
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// A programme, a partner in it, and a link.
fn furnish(host: &Host, slug: &str, key: &str) {
    let post = |path: &str, body: Value| -> Value {
        ureq::post(host.url(&format!("/t/{slug}/api/v1{path}")))
            .header("Authorization", &format!("Bearer {key}"))
            .send_json(body)
            .unwrap_or_else(|e| panic!("{slug}{path}: {e}"))
            .body_mut()
            .read_json()
            .unwrap()
    };
    let program = post(
        "/programs",
        json!({ "name": "Bench", "commission": { "type": "percent", "rate": "10" }, "destination_url": "https://shop.example/" }),
    );
    let partner = post(
        "/partners",
        json!({ "name": "P", "email": "p@example.com" }),
    );
    if partner["state"] != "approved" {
        post(
            &format!("/partners/{}/approve", partner["id"].as_str().unwrap()),
            json!({}),
        );
    }
    let enrolment = post(
        "/enrolments",
        json!({ "partner_id": partner["id"], "program_id": program["id"] }),
    );
    post(
        "/links",
        json!({ "enrolment_id": enrolment["id"], "key": "bench" }),
    );
}
