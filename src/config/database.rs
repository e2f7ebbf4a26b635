//! Where the data lives: SQLite files in the data folder, or PostgreSQL.

use std::fmt;
use std::str::FromStr;

use super::error::Problem;
use super::key::{Fallback, Key, Kind, Secrecy};
use super::reader::Reader;
use super::secret::{Secret, redact_url};

/// Where the data lives.
#[derive(Debug, Clone)]
pub struct Database {
    /// PostgreSQL, if it is used; else SQLite in the data folder.
    pub postgres: Option<Postgres>,
    /// Whether prepared statements are kept per connection.
    pub statement_cache: bool,
    /// The most connections one pool holds.
    pub pool: u32,
}

/// The ways into one PostgreSQL database.
#[derive(Debug, Clone)]
pub struct Postgres {
    /// For requests.
    pub url: DatabaseUrl,
    /// For migrations, provisioning and operator reports; equal to `url` unless given.
    pub owner_url: DatabaseUrl,
    /// For notices, past any pooler; equal to `url` unless given.
    pub listen_url: DatabaseUrl,
}

pub(super) const KEYS: &[Key] = &[
    Key::new("database.url", Kind::Url, Fallback::Unset("SQLite files in `data_dir`"))
        .secrecy(Secrecy::UrlPassword)
        .example("postgres://steading_app@localhost/steading")
        .doc("The PostgreSQL database (15 or later) for requests."),
    Key::new("database.owner_url", Kind::Url, Fallback::Derived("`database.url`"))
        .secrecy(Secrecy::UrlPassword)
        .example("postgres://steading_owner@localhost/steading")
        .doc("The login for migrations, provisioning and operator reports. With a login of its own, requests cannot become the owner."),
    Key::new("database.listen_url", Kind::Url, Fallback::Derived("`database.url`"))
        .secrecy(Secrecy::UrlPassword)
        .example("postgres://steading_app@localhost:5432/steading")
        .doc("A direct connection for notices between processes, when `database.url` goes through a pooler."),
    Key::new("database.statement_cache", Kind::Switch, Fallback::Value("true"))
        .example("false")
        .doc("Keeps prepared statements per connection. Turn it off behind a pooler that does not keep them apart: PgBouncer does by itself from 1.24 on, and from 1.21 on where `max_prepared_statements` is not 0."),
    Key::new("database.pool", Kind::Count, Fallback::Derived("2 × processor cores"))
        .example("16")
        .doc("The most connections to PostgreSQL, and the most readers of one SQLite file."),
];

/// More connections than any server grants; a larger number is a typing error.
const MOST_CONNECTIONS: u32 = 10_000;

impl Database {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let url = reader.parse::<DatabaseUrl>("database.url");
        let owner_url = reader.parse::<DatabaseUrl>("database.owner_url");
        let listen_url = reader.parse::<DatabaseUrl>("database.listen_url");
        let statement_cache = reader.switch("database.statement_cache");
        let pool = reader
            .count("database.pool", MOST_CONNECTIONS)
            .unwrap_or_else(two_per_core);
        reader.derived("database.pool", pool);
        if !reader.is_given("database.url") {
            for name in ["database.owner_url", "database.listen_url"] {
                if reader.is_given(name) {
                    // Running on SQLite here would put the data where nobody expects it.
                    let reason = format!("{name} is given but database.url is not");
                    reader.problems.push(Problem::Together { reason });
                }
            }
        }
        if let Some(url) = &url {
            reader.derived("database.owner_url", url);
            reader.derived("database.listen_url", url);
        }
        let postgres = url.map(|url| Postgres {
            owner_url: owner_url.unwrap_or_else(|| url.clone()),
            listen_url: listen_url.unwrap_or_else(|| url.clone()),
            url,
        });
        Some(Self {
            postgres,
            statement_cache: statement_cache?,
            pool,
        })
    }
}

fn two_per_core() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(cores)
        .unwrap_or(MOST_CONNECTIONS)
        .saturating_mul(2)
        .min(MOST_CONNECTIONS)
}

/// A PostgreSQL URL. Shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Secret);

impl DatabaseUrl {
    /// With its password, for connecting.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact_url(self.expose()))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    // Not by the url crate: libpq also takes several hosts, which that refuses.
    fn from_str(text: &str) -> Result<Self, String> {
        let rest = ["postgres://", "postgresql://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme));
        let rest = rest.ok_or("must begin with postgres:// (for SQLite leave it out)")?;
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err("must not contain spaces; write them as %20".to_owned());
        }
        let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        if rest
            .get(authority_end..)
            .is_some_and(|tail| tail.contains(['@', '#']))
        {
            return Err("holds an @ or # behind the host; if they belong to the password, write @ as %40, / as %2F, ? as %3F and # as %23".to_owned());
        }
        let query = rest.split_once('?').map_or("", |(_, query)| query);
        if query
            .split('&')
            .any(|pair| !pair.is_empty() && !pair.contains('='))
        {
            return Err("has a parameter without a value behind the question mark".to_owned());
        }
        Ok(Self(Secret::new(text)))
    }
}
