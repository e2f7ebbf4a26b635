//! Opened stores for tests below HTTP: an empty data folder or database, migrated, with one company and a clock moved by hand.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use steading::clock::{Clock, Timestamp};
use steading::db::migrate::{self, Direction, Which};
use steading::db::{Conn, Limits, Scope, StoreOptions, Stores};
use steading::id::TenantId;
use tempfile::TempDir;

use super::engine::Engine;
use super::postgres::{self, PgUrls};

/// When a test begins: 2026-03-01T12:00:00Z.
pub const START: i64 = 1_772_366_400_000_000;

/// Both planes, opened, with one company.
pub struct TestStores {
    pub engine: Engine,
    /// How they were opened; open them again with it.
    pub options: StoreOptions,
    pub stores: Stores,
    /// The one company.
    pub tenant: TenantId,
    /// The way to its data.
    pub scope: Scope,
    /// Stands still until it is moved.
    pub clock: Clock,
    /// The database, when the engine is PostgreSQL.
    pub database: Option<PgUrls>,
    _folder: TempDir,
}

impl TestStores {
    /// Opened as `serve` opens them.
    pub fn new(engine: Engine) -> Self {
        Self::within(engine, Limits::default())
    }

    /// Opened with other bounds.
    pub fn within(engine: Engine, limits: Limits) -> Self {
        Self::with(engine, limits, |_| {})
    }

    /// Opened with other bounds and other options.
    pub fn with(engine: Engine, limits: Limits, adjust: impl FnOnce(&mut StoreOptions)) -> Self {
        let mut unopened = Unopened::new(engine);
        adjust(&mut unopened.options);
        if engine == Engine::Postgres {
            let urls = postgres::copy_database(migrated());
            unopened.point_at(urls);
        } else {
            migrate::run(&unopened.options, Which::All, Direction::Up).unwrap();
        }
        unopened.open(limits)
    }

    /// The scope of one more company.
    pub fn another_tenant(&self) -> (TenantId, Scope) {
        let tenant = TenantId::new(self.clock.now());
        migrate::create_tenant_store(&self.options, tenant).unwrap();
        (tenant, self.stores.tenants.scope(tenant).unwrap())
    }

    /// The company's file (SQLite).
    pub fn file(&self, tenant: TenantId) -> PathBuf {
        tenant_file(&self.options.data_dir, tenant)
    }

    /// Plants a fault (SQLite): a company's file stands where another's should be, as a kernel that mixes them up would open it.
    pub async fn put_file_in_place_of(&self, company: TenantId, other: TenantId) {
        // Closed, so that all of it is in the file and it is opened anew.
        until("every file is closed", || {
            self.stores.tenants.close_all();
            self.stores.tenants.open_files() == 0
        })
        .await;
        self.behind(company)
            .batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
            .unwrap();
        std::fs::copy(self.file(company), self.file(other)).unwrap();
    }

    /// A way around the kernel: a company's own file, or the database with a superuser's eyes and the tenant plane's schema.
    pub fn behind(&self, tenant: TenantId) -> Conn {
        match &self.database {
            None => {
                let path = self.file(tenant);
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
}

/// A data folder or database with nothing in it, and how to open it.
pub struct Unopened {
    pub engine: Engine,
    pub options: StoreOptions,
    pub database: Option<PgUrls>,
    pub clock: Clock,
    folder: TempDir,
}

impl Unopened {
    /// An empty folder, and on PostgreSQL a database that is chosen with [`Self::point_at`].
    fn new(engine: Engine) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("steading-tests-stores-")
            .tempdir()
            .unwrap();
        let clock = Clock::manual(Timestamp::from_micros(START));
        let options = StoreOptions {
            data_dir: folder.path().to_owned(),
            database_url: None,
            owner_url: None,
            listen_url: None,
            statement_cache: true,
            pool: 8,
            clock: clock.clone(),
            after_commit: Arc::new(|_, _| {}),
            told: steading::db::Told::default(),
        };
        Self {
            engine,
            options,
            database: None,
            clock,
            folder,
        }
    }

    /// An empty folder, and on PostgreSQL an empty database with it.
    pub fn empty(engine: Engine) -> Self {
        let mut unopened = Self::new(engine);
        if engine == Engine::Postgres {
            unopened.point_at(postgres::fresh_database());
        }
        unopened
    }

    fn point_at(&mut self, urls: PgUrls) {
        self.options.database_url = Some(urls.request.clone());
        self.options.owner_url = Some(urls.owner.clone());
        self.database = Some(urls);
    }

    /// The stores, which were migrated before, with a new company.
    pub fn open(self, limits: Limits) -> TestStores {
        let stores = Stores::open_within(&self.options, limits).unwrap();
        let tenant = TenantId::new(self.clock.now());
        migrate::create_tenant_store(&self.options, tenant).unwrap();
        let scope = stores.tenants.scope(tenant).unwrap();
        TestStores {
            engine: self.engine,
            options: self.options,
            stores,
            tenant,
            scope,
            clock: self.clock,
            database: self.database,
            _folder: self.folder,
        }
    }
}

/// Where a company's file is.
pub fn tenant_file(data_dir: &Path, tenant: TenantId) -> PathBuf {
    data_dir.join("tenants").join(format!("{tenant}.db"))
}

/// A database migrated once for all tests of the run; each gets a copy.
fn migrated() -> &'static PgUrls {
    static MIGRATED: OnceLock<PgUrls> = OnceLock::new();
    MIGRATED.get_or_init(|| {
        let mut unopened = Unopened::new(Engine::Postgres);
        let urls = postgres::fresh_database();
        unopened.point_at(urls.clone());
        migrate::run(&unopened.options, Which::All, Direction::Up).unwrap();
        urls
    })
}

/// Holds a closure where the test wants it: inside a transaction, until the test lets it go on.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<(bool, bool)>, Condvar)>);

impl Gate {
    /// In the closure: says that it is here, and waits to be let through.
    pub fn pass(&self) {
        let (state, bell) = &*self.0;
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = true;
        bell.notify_all();
        while !state.1 {
            state = bell.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// In the test: true once a closure stands at the gate.
    pub fn is_reached(&self) -> bool {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// In the test: lets everybody through from now on.
    pub fn open(&self) {
        let (state, bell) = &*self.0;
        state.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        bell.notify_all();
    }

    /// In an async test: lets its tasks run until a closure stands at the gate.
    pub async fn reached(&self) {
        until("a closure at the gate", || self.is_reached()).await;
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // A test that fails must not leave a thread of the program waiting for ever.
        if std::thread::panicking() {
            self.open();
        }
    }
}

/// Lets the other tasks of an async test run until something is so.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + super::lines::PATIENCE;
    while !is_so() {
        assert!(
            std::time::Instant::now() < deadline,
            "waited in vain: {what}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}
