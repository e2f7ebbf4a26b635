//! The program without its HTTP side: stood up as `serve` does it, with one company, a clock moved by hand, mail kept in memory
//! and, where a test brings them, slices of its own.

use std::path::PathBuf;
use std::sync::OnceLock;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use steading::app::{App, DerivedKeys, Memory, Parts, Phase};
use steading::clock::{Clock, Timestamp};
use steading::config::{Config, Environment, FileSource, Flags, Loaded, Sources};
use steading::crypto::vault::purpose;
use steading::db::{Conn, Scope};
use steading::id::TenantId;
use steading::mail::{Mailer, MemoryOutbox};
use steading::server::boot::{self, Standing};
use steading::slice::Slice;
use steading::slices::SLICES;
use tempfile::TempDir;

use super::engine::Engine;
use super::postgres::{self, PgUrls};

/// When a test begins: 2026-03-01T12:00:00Z.
const START: i64 = 1_772_366_400_000_000;

/// A program that stands, and the ways around it.
pub struct TestApp {
    pub app: App,
    /// The one company.
    pub scope: Scope,
    /// Stands still until it is moved.
    pub clock: Clock,
    /// What was sent, where the configured way is memory.
    pub outbox: MemoryOutbox,
    database: Option<PgUrls>,
    standing: Standing,
    folder: TempDir,
}

impl TestApp {
    /// With the program's own slices; mails go to memory.
    pub async fn new(engine: Engine) -> Self {
        Self::with(engine, SLICES, true).await
    }

    /// One that serves many companies, so far with `default` alone.
    pub async fn multi(engine: Engine) -> Self {
        Self::made(engine, SLICES, true, &[("STEADING_TENANCY", "multi")]).await
    }

    /// With these settings beside the usual ones; mails go to memory.
    pub async fn set(engine: Engine, settings: &[(&'static str, &str)]) -> Self {
        Self::made(engine, SLICES, true, settings).await
    }

    /// With other slices; mails go to memory, or where the settings say.
    pub async fn with(engine: Engine, slices: &'static [Slice], to_memory: bool) -> Self {
        Self::made(engine, slices, to_memory, &[]).await
    }

    async fn made(
        engine: Engine,
        slices: &'static [Slice],
        to_memory: bool,
        settings: &[(&'static str, &str)],
    ) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("steading-tests-app-")
            .tempdir()
            .unwrap();
        let database = (engine == Engine::Postgres).then(postgres::fresh_database);
        let loaded = configuration(&folder, database.as_ref(), settings);
        let clock = Clock::manual(Timestamp::from_micros(START));
        let lock = boot::take_folder(&loaded).unwrap();
        let standing = boot::stand_up(&loaded, "http://127.0.0.1:8080", clock.clone(), lock)
            .await
            .unwrap();
        let (memory, outbox) = Mailer::memory();
        let app = rebuilt(&standing.app, slices, to_memory.then_some(memory));
        let scope = app.tenants.scope(only_tenant(&app).await).unwrap();
        Self {
            app,
            scope,
            clock,
            outbox,
            database,
            standing,
            folder,
        }
    }

    /// Another process on the same database, or this one seen again: its own memory and bell, the same stores.
    pub fn again(&self) -> App {
        rebuilt(&self.app, self.app.slices, Some(self.app.mailer.clone()))
    }

    /// Both planes, as the program opened them.
    pub fn stores(&self) -> &steading::db::Stores {
        &self.standing.stores
    }

    /// The folder with everything in it.
    pub fn data_dir(&self) -> PathBuf {
        self.standing.app.config.data_dir.clone()
    }

    /// A way around the kernel to the company's tables: its file, or the database with a superuser's eyes.
    pub fn behind(&self) -> Conn {
        match &self.database {
            None => {
                let name = format!("{}.db", self.scope.tenant());
                let path = self.folder.path().join("data/tenants").join(name);
                let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
                Conn::Sqlite(conn)
            }
            Some(urls) => {
                let mut conn = PgConnection::establish(&urls.superuser).unwrap();
                conn.batch_execute("SET search_path TO tenant").unwrap();
                Conn::Postgres(conn)
            }
        }
    }

    /// The same to the control plane.
    pub fn behind_control(&self) -> Conn {
        match &self.database {
            None => {
                let path = self.folder.path().join("data/control.db");
                let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
                Conn::Sqlite(conn)
            }
            Some(urls) => {
                let mut conn = PgConnection::establish(&urls.superuser).unwrap();
                conn.batch_execute("SET search_path TO control").unwrap();
                Conn::Postgres(conn)
            }
        }
    }

    /// The database as requests enter it, in the tenant plane of the company (PostgreSQL).
    pub fn as_request(&self) -> PgConnection {
        let urls = self.database.as_ref().unwrap();
        let mut conn = PgConnection::establish(&urls.request).unwrap();
        let tenant = self.scope.tenant().uuid();
        conn.batch_execute(&format!(
            "SET ROLE steading_app; SET search_path TO tenant; SET app.tenant_id = '{tenant}'"
        ))
        .unwrap();
        conn
    }

    /// Everything written anywhere under the data folder, and in the database every row as text.
    pub fn everything_stored(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut folders = vec![self.data_dir()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(content) = std::fs::read(&path) {
                    bytes.extend(content);
                }
            }
        }
        if let Some(urls) = &self.database {
            for table in [
                "tenant.mails",
                "tenant.settings",
                "tenant.audit_events",
                "tenant.jobs",
                "control.mails",
                "control.api_keys",
                "control.audit_events",
                "control.one_times",
                "control.sessions",
                "control.users",
            ] {
                bytes.extend(rows_as_text(&urls.superuser, table));
            }
        }
        bytes
    }
}

#[derive(diesel::QueryableByName)]
struct TextRow {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

fn rows_as_text(url: &str, table: &str) -> Vec<u8> {
    use diesel::RunQueryDsl;
    let mut conn = PgConnection::establish(url).unwrap();
    let rows: Vec<TextRow> = diesel::sql_query(format!("SELECT r::text AS value FROM {table} r"))
        .load(&mut conn)
        .unwrap();
    rows.into_iter()
        .flat_map(|row| row.value.into_bytes())
        .collect()
}

fn configuration(
    folder: &TempDir,
    database: Option<&PgUrls>,
    settings: &[(&'static str, &str)],
) -> Loaded {
    let mut variables = vec![(
        "STEADING_DATA_DIR",
        folder.path().join("data").display().to_string(),
    )];
    if let Some(urls) = database {
        variables.push(("STEADING_DATABASE__URL", urls.request.clone()));
        variables.push(("STEADING_DATABASE__OWNER_URL", urls.owner.clone()));
    }
    variables.extend(
        settings
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    let sources = Sources {
        file: FileSource::Text {
            name: "steading.toml".to_owned(),
            text: String::new(),
        },
        environment: Environment::from_pairs(variables),
        flags: Flags::default(),
    };
    Config::load(&sources).unwrap()
}

fn rebuilt(app: &App, slices: &'static [Slice], mailer: Option<Mailer>) -> App {
    let key = |name: &str| app.vault.derive(name).unwrap();
    App::new(Parts {
        config: app.config.clone(),
        settings: app.settings.clone(),
        public_url: app.public_url.clone(),
        clock: app.clock.clone(),
        started_at: app.started_at,
        control: app.control.clone(),
        tenants: app.tenants.clone(),
        vault: app.vault.clone(),
        hasher: app.hasher.clone(),
        mailer: mailer.unwrap_or_else(|| app.mailer.clone()),
        jobs: app.jobs.clone(),
        keys: DerivedKeys {
            csrf: key(purpose::CSRF),
            api_key_pepper: key(purpose::API_KEY),
            visitor: key(purpose::IP_HASH),
            flash: key(purpose::FLASH),
        },
        slices,
        gate: OnceLock::new(),
        phase: Phase::default(),
        memory: Memory::default(),
    })
}

async fn only_tenant(app: &App) -> TenantId {
    use diesel::prelude::*;
    use steading::db::schema::control::tenants;
    let id = app
        .control
        .read(|c| {
            Ok(tenants::table
                .select(tenants::id)
                .first::<TenantId>(c.db())?)
        })
        .await;
    id.unwrap()
}
