//! The real binary, run as a person would: a folder of its own, its words captured, signals and exit codes seen.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::engine::Engine;
use super::http::Client;
use super::lines::Lines;
use super::postgres::{self, PgUrls};
use super::{eventually, ports};

/// One instance of the program at rest: its folder, its database, its port. Commands and servers run in it.
pub struct Home {
    /// Its database, when the engine is PostgreSQL.
    pub database: Option<PgUrls>,
    folder: TempDir,
    port: u16,
    env: BTreeMap<String, String>,
}

impl Home {
    /// An empty folder (and an empty database): what a newcomer has.
    pub fn new(engine: Engine) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("steading-tests-")
            .tempdir()
            .unwrap();
        let port = ports::free();
        let mut env = BTreeMap::new();
        env.insert(
            "STEADING_DATA_DIR".to_owned(),
            folder.path().join("data").display().to_string(),
        );
        env.insert(
            "STEADING_SERVER__LISTEN".to_owned(),
            format!("127.0.0.1:{port}"),
        );
        let database = (engine == Engine::Postgres).then(postgres::fresh_database);
        if let Some(urls) = &database {
            env.insert("STEADING_DATABASE__URL".to_owned(), urls.request.clone());
            env.insert(
                "STEADING_DATABASE__OWNER_URL".to_owned(),
                urls.owner.clone(),
            );
        }
        Self {
            database,
            folder,
            port,
            env,
        }
    }

    /// Another instance of the program on this one's database: a folder and a port of its own, the same keys.
    pub fn beside(&self) -> Self {
        let other = Self::new(Engine::Sqlite);
        let mut env = self.env.clone();
        for own in ["STEADING_DATA_DIR", "STEADING_SERVER__LISTEN"] {
            env.insert(own.to_owned(), other.env[own].clone());
        }
        Self {
            database: self.database.clone(),
            env,
            ..other
        }
    }

    /// With one more environment variable for everything that runs here.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Without an environment variable this home would set.
    #[must_use]
    pub fn without_env(mut self, name: &str) -> Self {
        self.env.remove(name);
        self
    }

    /// The folder commands run in.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Where a server of this home answers.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The program with these arguments, in this folder, with nothing of the tester's own environment.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_steading"));
        command
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .env_clear()
            .envs(&self.env);
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Done {
        Done::of(self.command(arguments))
    }

    /// Runs a command to its end with `input` on its stdin.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Done {
        Done::of_with_input(self.command(arguments), input)
    }

    /// Starts `steading serve` and returns once it is ready.
    pub fn serve(&self) -> Server<'_> {
        let server = self.start();
        server.wait_until_ready();
        server
    }

    /// Starts `steading serve` and returns at once.
    pub fn start(&self) -> Server<'_> {
        self.start_command(self.command(["serve"]))
    }

    /// Starts any command that serves at this home's address, and returns at once.
    pub fn start_command(&self, mut command: Command) -> Server<'_> {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = Lines::follow(child.stderr.take().unwrap());
        let stdout = Lines::follow(child.stdout.take().unwrap());
        Server {
            home: self,
            child,
            stderr,
            stdout,
        }
    }
}

/// A running server; killed when dropped.
pub struct Server<'a> {
    home: &'a Home,
    child: Child,
    /// Banner and log.
    pub stderr: Lines,
    /// Should stay empty.
    pub stdout: Lines,
}

impl Server<'_> {
    /// Its address with this path.
    pub fn url(&self, path: &str) -> String {
        self.home.url(path)
    }

    /// A visitor with an empty cookie jar.
    pub fn client(&self) -> Client {
        Client::new(&self.home.url(""))
    }

    /// A bare connection, for requests no client would send.
    pub fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.home.port)).unwrap()
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns once `/readyz` says so; panics with its words if it ends before.
    pub fn wait_until_ready(&self) {
        let client = self.client();
        eventually("the server is ready", || {
            assert!(
                !self.stderr.ended(),
                "the server ended:\n{}",
                self.stderr.text()
            );
            client
                .try_get("/readyz")
                .filter(|reply| reply.status == 200)
        });
    }

    /// The one-time setup link of the banner, as path and query.
    pub fn setup_path(&self) -> String {
        self.stderr.wait_for("the setup link", |line| {
            let from = line.find("/setup?")?;
            line[from..]
                .split(|c: char| c.is_whitespace() || c == '"')
                .next()
                .map(ToOwned::to_owned)
        })
    }

    /// SIGKILL, as a crash would; returns once it is gone.
    pub fn kill(mut self) {
        self.end();
    }

    /// Sends a signal by name ("TERM", "STOP", …).
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args(["-s", name, &self.pid().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits for the end and returns the exit code; a signal that ended it counts as 128 + its number, as in a shell.
    pub fn wait(mut self) -> i32 {
        use std::os::unix::process::ExitStatusExt;
        let status = self.child.wait().unwrap();
        if status.core_dumped() || matches!(status.signal(), Some(4 | 6 | 7 | 8 | 11)) {
            // Nobody asked for these: what it said last is worth knowing.
            eprintln!("{status}: {}", self.stderr.text_at_end());
        }
        status
            .code()
            .unwrap_or_else(|| 128 + status.signal().unwrap())
    }

    /// Asks it to stop (SIGTERM) and returns its exit code.
    pub fn terminate(self) -> i32 {
        self.signal("TERM");
        self.wait()
    }

    fn end(&mut self) {
        // Already gone is fine; the number is not reused before wait().
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// How a command ended.
#[derive(Debug)]
pub struct Done {
    /// The exit code.
    pub code: i32,
    /// Its data.
    pub stdout: String,
    /// Its words.
    pub stderr: String,
}

impl Done {
    /// Runs `command` to its end.
    pub fn of(command: Command) -> Self {
        Self::of_with_input(command, "")
    }

    /// Runs `command` to its end with `input` on its stdin.
    pub fn of_with_input(mut command: Command, input: &str) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read may close the pipe first; that is its right.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Asserts the exit code and hands the outcome on.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Its stdout as the one JSON value it should be.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }
}
