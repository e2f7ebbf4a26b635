//! What an operator decides: one struct per concern, filled from defaults, file, environment and flags.
//!
//! Order: default < `steading.toml` < environment < flag. Unknown names are errors with the nearest
//! name, all problems are told at once, each value knows its origin. The keys stand in one table
//! ([`keys`]); sample, schema, print-out and docs page are made from it. Nothing else in the program
//! reads the process environment.

mod backup;
mod bootstrap;
mod database;
mod docs;
mod environment;
mod error;
mod file;
mod instance;
mod key;
mod keyring;
mod layer;
mod log;
mod mail;
mod limits;
mod metrics;
mod nearest;
mod origin;
mod outbound;
pub mod print;
mod reader;
mod sample;
mod schema;
mod secret;
mod server;

use std::path::PathBuf;

pub use self::backup::{BACKUP_SCHEDULE, Backup, Schedule};
pub use self::bootstrap::{Bootstrap, FirstOwner};
pub use self::database::{Database, DatabaseUrl, Postgres};
pub use self::docs::docs;
pub use self::environment::{Environment, Manager};
pub use self::error::{ConfigError, Problem};
pub use self::file::{FileSource, is_usual_file};
pub use self::instance::{Signup, Tenancy};
pub use self::key::{Fallback, Key, Kind, SECTIONS, Secrecy, keys};
pub use self::keyring::Keys;
pub use self::limits::Limits;
pub use self::log::{Log, LogFormat, LogLevel};
pub use self::mail::{Mail, SmtpUrl};
pub use self::metrics::Metrics;
pub use self::nearest::nearest;
pub use self::origin::{Layer, Origin};
pub use self::outbound::Outbound;
pub use self::reader::Setting;
pub use self::sample::sample;
pub use self::schema::schema;
pub use self::secret::{REDACTED, Secret, redact_url};
pub use self::server::{Domain, PublicUrl, Server, reachable};

use self::instance::Instance;
use self::layer::LayerValues;
use self::reader::Reader;

/// Everything an operator decided, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// One company or many.
    pub tenancy: Tenancy,
    /// The folder that holds stores, keys and backups.
    pub data_dir: PathBuf,
    /// Who may open a tenant of their own, in multi mode.
    pub signup: Signup,
    /// How many days a trial lasts for which nobody named an end.
    pub trial_days: u32,
    /// Where the server listens and how the world reaches it.
    pub server: Server,
    /// Where the data lives.
    pub database: Database,
    /// Where the key ring comes from.
    pub keys: Keys,
    /// How mail leaves.
    pub mail: Mail,
    /// Calls that the server makes to other machines.
    pub outbound: Outbound,
    /// Backups that the server makes by itself.
    pub backup: Backup,
    /// The first owner, for set-ups without a browser.
    pub bootstrap: Bootstrap,
    /// How much one company may ask for.
    pub limits: Limits,
    /// Who may read the figures.
    pub metrics: Metrics,
    /// What is written to standard error.
    pub log: Log,
}

/// Values given on the command line, by key.
#[derive(Debug, Clone, Default)]
pub struct Flags(Vec<(&'static Key, String)>);

impl Flags {
    /// Sets a key that has a flag, if a value was given; other names are passed over.
    pub fn set(&mut self, name: &str, value: Option<String>) {
        let key = keys().find(|key| key.name == name && key.flag.is_some());
        if let (Some(key), Some(value)) = (key, value) {
            self.0.push((key, value));
        }
    }

    fn layer(&self) -> LayerValues {
        let mut layer = LayerValues::default();
        for (key, value) in &self.0 {
            layer.give(
                key,
                value.as_str(),
                Origin::new(Layer::Flag, key.flag.unwrap_or_default()),
            );
        }
        layer
    }
}

/// Where the layers come from.
#[derive(Clone, Default)]
pub struct Sources {
    /// The configuration file.
    pub file: FileSource,
    /// The environment.
    pub environment: Environment,
    /// The command line.
    pub flags: Flags,
}

/// A configuration that holds, with what is worth saying about it.
#[derive(Clone)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// Each key with its value and origin, for people.
    pub settings: Vec<Setting>,
    /// Settings without effect, one sentence each.
    pub warnings: Vec<String>,
    /// The file that was read.
    pub file: Option<String>,
    /// What the service manager said.
    pub manager: Manager,
}

/// What could be read, right or wrong; for `config print` and `config check`.
pub struct Reading {
    /// The values, unless something is wrong.
    pub config: Option<Config>,
    /// Each key with its value and origin.
    pub settings: Vec<Setting>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Settings without effect.
    pub warnings: Vec<String>,
    /// The file that was read.
    pub file: Option<String>,
    /// What the service manager said.
    pub manager: Manager,
}

impl Reading {
    /// The configuration, if nothing is wrong.
    pub fn into_loaded(self) -> Result<Loaded, ConfigError> {
        let Self {
            config,
            settings,
            problems,
            warnings,
            file,
            manager,
        } = self;
        match config {
            Some(config) if problems.is_empty() => Ok(Loaded {
                config,
                settings,
                warnings,
                file,
                manager,
            }),
            _ => Err(ConfigError { problems }),
        }
    }
}

impl Config {
    /// The configuration these sources give, or everything that is wrong with it.
    pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
        Self::read(sources).into_loaded()
    }

    /// Reads as much as can be read.
    pub fn read(sources: &Sources) -> Reading {
        let mut problems = Vec::new();
        let opened = sources.file.open(&mut problems);
        let from_file = opened
            .as_ref()
            .map(|(name, text)| file::layer(name, text, &mut problems));
        let from_environment = sources.environment.layer(&mut problems);
        let merged = ::config::Config::builder()
            .add_source(reader::defaults())
            .add_source(from_file.unwrap_or_default())
            .add_source(from_environment)
            .add_source(sources.flags.layer())
            .build();
        let merged = match merged {
            Ok(merged) => merged.cache,
            Err(error) => {
                problems.push(Problem::Together {
                    reason: error.to_string(),
                });
                ::config::Value::default()
            }
        };
        let mut reader = Reader::new(&merged, problems);
        let config = Self::from_reader(&mut reader);
        let Reader {
            settings,
            problems,
            warnings,
        } = reader;
        Reading {
            config,
            settings,
            problems,
            warnings,
            file: opened.map(|(name, _)| name),
            manager: sources.environment.manager(),
        }
    }

    fn from_reader(reader: &mut Reader) -> Option<Self> {
        let instance = Instance::read(reader);
        let server = Server::read(reader);
        let database = Database::read(reader);
        // A wrong data_dir is one problem; the keys that build on it are still checked.
        let data_dir = instance
            .as_ref()
            .map_or_else(PathBuf::new, |instance| instance.data_dir.clone());
        let keys = Keys::read(reader, &data_dir);
        let mail = Mail::read(reader);
        let outbound = Outbound::read(reader);
        let backup = Backup::read(reader, &data_dir);
        let bootstrap = Bootstrap::read(reader);
        let limits = Limits::read(reader);
        let metrics = Metrics::read(reader);
        let log = Log::read(reader);
        if let (Some(server), Some(mail)) = (&server, &mail) {
            reader.derived("mail.from", mail.sender(&server.public_url(server.listen)));
        }
        let Instance {
            tenancy,
            data_dir,
            signup,
            trial_days,
        } = instance?;
        Some(Self {
            tenancy,
            data_dir,
            signup,
            trial_days,
            server: server?,
            database: database?,
            keys: keys?,
            mail: mail?,
            outbound: outbound?,
            backup: backup?,
            bootstrap: bootstrap?,
            limits: limits?,
            metrics: metrics?,
            log: log?,
        })
    }
}
