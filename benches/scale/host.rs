//! The release binary, serving the crowd.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::crowd::Crowd;

/// A running server.
pub struct Host {
    child: Child,
    pub port: u16,
    /// From its start to its first answer that it is ready.
    pub ready_after: Duration,
}

impl Host {
    /// Starts it over the crowd's stores; with a limit of requests a second for each company where one is given.
    pub fn start(crowd: &Crowd, limit: Option<u32>) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_steading"));
        command
            .args([
                "serve",
                "--log-level",
                "warn",
                "--listen",
                &format!("127.0.0.1:{port}"),
            ])
            .envs(crowd.environment())
            .env(
                "STEADING_LIMITS__REQUESTS_PER_SECOND",
                limit.unwrap_or(1_000_000).to_string(),
            )
            .stderr(Stdio::null());
        let began = Instant::now();
        let child = command.spawn().unwrap();
        loop {
            let ready = ureq::get(format!("http://127.0.0.1:{port}/readyz")).call();
            if ready.is_ok() {
                break;
            }
            assert!(
                began.elapsed() < Duration::from_secs(300),
                "the server did not become ready"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        Self {
            child,
            port,
            ready_after: began.elapsed(),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
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

    /// Open descriptors.
    pub fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id()))
            .unwrap()
            .count()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
