//! One throw-away PostgreSQL server per test run, prepared by the very script the container setup uses, and a fresh
//! database for whoever asks. Gone when the tests are.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use super::guardian::Guardian;
use super::ports;

/// The two ways into one database: the owner's (migrations, provisioning) and the restricted one that serves requests.
#[derive(Clone, Debug)]
pub struct PgUrls {
    /// For `database.owner_url`.
    pub owner: String,
    /// For `database.url`.
    pub request: String,
    /// A superuser's way in, for tests that look behind row-level security or cut connections.
    pub superuser: String,
}

/// A new, empty database of its own, with its roles and grants.
pub fn fresh_database() -> PgUrls {
    cluster().create(TEMPLATE)
}

/// A new database with everything `origin` holds; nobody may be connected to `origin` meanwhile.
pub fn copy_database(origin: &PgUrls) -> PgUrls {
    let name = origin.owner.rsplit('/').next().unwrap();
    cluster().create(name)
}

struct Cluster {
    superuser: Mutex<PgConnection>,
    server: Throwaway,
}

/// A server of its own, with nothing in it but its superuser.
pub struct Throwaway {
    port: u16,
    folder: PathBuf,
    _guardian: Guardian,
}

const TEMPLATE: &str = "steading_template";
const OWNER_PASSWORD: &str = "owner-of-a-throw-away-database";
const REQUEST_PASSWORD: &str = "request-of-a-throw-away-database";

impl Cluster {
    fn create(&self, template: &str) -> PgUrls {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let mut superuser = self
            .superuser
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        // What belongs to the database itself is not copied from the template, so it is said again.
        for statement in [
            format!("CREATE DATABASE {name} TEMPLATE {template} OWNER steading_owner"),
            format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
            format!("GRANT CONNECT ON DATABASE {name} TO steading_request"),
        ] {
            superuser.batch_execute(&statement).unwrap();
        }
        let url = |user: &str, password: &str| {
            format!(
                "postgres://{user}:{password}@127.0.0.1:{}/{name}",
                self.server.port
            )
        };
        PgUrls {
            owner: url("steading_owner", OWNER_PASSWORD),
            request: url("steading_request", REQUEST_PASSWORD),
            superuser: url("postgres", OWNER_PASSWORD),
        }
    }
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(start)
}

fn start() -> Cluster {
    let server = Throwaway::start();
    server.prepare(TEMPLATE, OWNER_PASSWORD, REQUEST_PASSWORD);
    let superuser = PgConnection::establish(&server.superuser("postgres")).unwrap();
    Cluster {
        superuser: Mutex::new(superuser),
        server,
    }
}

impl Throwaway {
    /// The superuser's way into a database.
    pub fn superuser(&self, database: &str) -> String {
        self.url("postgres", OWNER_PASSWORD, database)
    }

    /// Somebody's way into a database.
    pub fn url(&self, user: &str, password: &str, database: &str) -> String {
        format!(
            "postgres://{user}:{password}@127.0.0.1:{}/{database}",
            self.port
        )
    }

    /// Runs the script of the container set-up with these passwords.
    pub fn prepare(&self, database: &str, owner: &str, request: &str) {
        let secret = |name: &str, value: &str| {
            let path = self.folder.join(name);
            fs::write(&path, value).unwrap();
            path
        };
        run(Command::new("sh")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/docker/postgres-init.sh"
            ))
            .env("PGHOST", "127.0.0.1")
            .env("PGPORT", self.port.to_string())
            .env("PGUSER", "postgres")
            .env("PGPASSWORD", OWNER_PASSWORD)
            .env("STEADING_DB_NAME", database)
            .env("STEADING_DB_OWNER_PASSWORD_FILE", secret("owner", owner))
            .env(
                "STEADING_DB_REQUEST_PASSWORD_FILE",
                secret("request", request),
            ));
    }

    /// Starts one.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("steading-tests-pg-")
            .tempdir()
            .unwrap()
            .keep();
        let password = folder.join("superuser");
        fs::write(&password, OWNER_PASSWORD).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        if running_as_root() {
            let (uid, gid) = (number(&["-u", "postgres"]), number(&["-g", "postgres"]));
            for path in [&folder, &password] {
                chown(path, Some(uid), Some(gid)).unwrap();
            }
        }
        let bin = programs();
        let data = folder.join("data");
        run(as_postgres(&bin.join("initdb"))
            .arg("--pgdata")
            .arg(&data)
            .args([
                "--username=postgres",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ])
            .arg("--pwfile")
            .arg(&password));

        let port = ports::free();
        let mut command = as_postgres(&bin.join("postgres"));
        command.arg("-D").arg(&data).arg("-k").arg(&folder).args([
            "-h",
            "127.0.0.1",
            "-p",
            &port.to_string(),
        ]);
        // Nothing here outlives the run, so nothing needs to reach the disk. The crash tests work on SQLite files.
        for setting in [
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "autovacuum=off",
            "max_connections=300",
            "shared_buffers=128MB",
            "max_locks_per_transaction=256",
            "max_pred_locks_per_transaction=512",
            "log_min_messages=log",
        ] {
            command.args(["-c", setting]);
        }
        let guardian = Guardian::start(&command, "QUIT", &folder);
        guardian.output.wait_for("PostgreSQL", |line| {
            line.contains("ready to accept connections").then_some(())
        });
        Self {
            port,
            folder,
            _guardian: guardian,
        }
    }
}

/// PostgreSQL refuses to run as root, so under root it runs as the system's `postgres` user.
fn as_postgres(program: &Path) -> Command {
    if running_as_root() {
        let mut command = Command::new("setpriv");
        command
            .args([
                "--reuid=postgres",
                "--regid=postgres",
                "--init-groups",
                "--",
            ])
            .arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn running_as_root() -> bool {
    number(&["-u"]) == 0
}

fn number(id_arguments: &[&str]) -> u32 {
    let output = Command::new("id").args(id_arguments).output().unwrap();
    assert!(
        output.status.success(),
        "id {id_arguments:?}: is PostgreSQL installed? `scripts/test` installs it"
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

/// The newest server installed, by Debian's layout first, else by the PATH.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter_map(|entry| {
            entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse::<u32>().ok())
        })
        .max();
    if let Some(version) = newest {
        return PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"));
    }
    let found = Command::new("pg_config").arg("--bindir").output();
    let found = found.expect("PostgreSQL is not installed; `scripts/test` installs it");
    PathBuf::from(String::from_utf8(found.stdout).unwrap().trim())
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
