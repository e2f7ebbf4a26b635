//! Starting a server of ours in a folder of its own, and reading what it cost.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running process with a port.
pub struct Running {
    child: Child,
    pub port: u16,
    pub folder: PathBuf,
    pub key: String,
    database_url: Option<String>,
}

const OWNER: &str = "bench@example.com";
const PASSWORD: &str = "a long sentence for the bench";

/// Clock ticks a second, as `/proc` counts CPU time on Linux.
const TICKS: f64 = 100.0;

impl Running {
    /// The bare framework.
    pub fn bare() -> Self {
        let me = std::env::current_exe().unwrap();
        let mut child = Command::new(me)
            .arg("bare-server")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            port: line.trim().parse().unwrap(),
            child,
            folder: PathBuf::new(),
            database_url: None,
            key: String::new(),
        }
    }

    /// The release binary, owned, with a key that may do everything.
    pub fn steading(database_url: Option<&str>) -> Self {
        let folder = std::env::temp_dir().join(format!("steading-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_steading"));
        let mut command = Command::new(&binary);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn"])
            .arg("--data-dir")
            .arg(&folder)
            .env("STEADING_BOOTSTRAP__OWNER_EMAIL", OWNER)
            .env("STEADING_BOOTSTRAP__OWNER_PASSWORD", PASSWORD)
            .stderr(Stdio::piped());
        if let Some(url) = database_url {
            command.env("STEADING_DATABASE__URL", url);
        }
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut port = 0;
        for line in lines.by_ref() {
            let line = line.unwrap();
            if let Some(at) = line.find("http://127.0.0.1:") {
                port = line[at + 17..]
                    .chars()
                    .take_while(char::is_ascii_digit)
                    .collect::<String>()
                    .parse()
                    .unwrap();
                break;
            }
        }
        // Somebody must read what the server says, or its pipe fills.
        std::thread::spawn(move || lines.for_each(drop));
        let made = run(
            &folder,
            database_url,
            &[
                "key", "create", "--name", "bench", "--scopes", "*", "--json",
            ],
        );
        let made: serde_json::Value = serde_json::from_slice(&made).unwrap();
        Self {
            child,
            port,
            folder,
            database_url: database_url.map(ToOwned::to_owned),
            key: made["key"].as_str().unwrap().to_owned(),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Runs a command beside the server.
    pub fn run(&self, arguments: &[&str]) {
        run(&self.folder, self.database_url.as_deref(), arguments);
    }

    /// Signs the owner in; the cookie of the session.
    pub fn sign_in(&self) -> String {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .build()
            .into();
        let mut form = agent.get(&self.url("/login")).call().unwrap();
        let visitor = cookie_of(&form);
        let html = form.body_mut().read_to_string().unwrap();
        let token = html
            .split("name=\"csrf\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap();
        let entered = agent
            .post(&self.url("/login"))
            .header("Cookie", &visitor)
            .header("Origin", &self.url(""))
            .send_form([("csrf", token), ("email", OWNER), ("password", PASSWORD)])
            .unwrap();
        cookie_of(&entered)
    }

    /// Seconds of CPU used so far.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / TICKS
    }

    /// Resident memory in MB.
    pub fn memory_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS"))
            .unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<f64>()
            .unwrap()
            / 1024.0
    }

    /// Bytes of the largest write-ahead log.
    pub fn wal_bytes(&self) -> u64 {
        let tenants = std::fs::read_dir(self.folder.join("tenants"))
            .map(|dir| dir.flatten().collect::<Vec<_>>());
        tenants
            .unwrap_or_default()
            .iter()
            .filter(|entry| entry.file_name().to_string_lossy().ends_with("-wal"))
            .filter_map(|entry| entry.metadata().ok())
            .map(|meta| meta.len())
            .max()
            .unwrap_or(0)
    }
}

/// Runs a command on the folder; what it prints.
fn run(folder: &Path, database_url: Option<&str>, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_steading"));
    command.args(arguments).arg("--data-dir").arg(folder);
    if let Some(url) = database_url {
        command.env("STEADING_DATABASE__URL", url);
    }
    let done = command.output().unwrap();
    let words = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{arguments:?}: {words}");
    done.stdout
}

/// The first cookie an answer sets.
fn cookie_of<B>(answer: &ureq::http::Response<B>) -> String {
    let header = answer.headers()["set-cookie"].to_str().unwrap();
    header.split(';').next().unwrap().to_owned()
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if self.folder.starts_with(std::env::temp_dir()) {
            std::fs::remove_dir_all(&self.folder).ok();
        }
    }
}
