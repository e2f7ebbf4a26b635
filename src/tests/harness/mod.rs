//! What the black-box tests stand on: the real binary in a folder of its own, a throw-away PostgreSQL, an HTTP client
//! and a real browser. Whatever is started here ends with the test process.

pub mod app;
pub mod browser;
pub mod company;
pub mod dns;
pub mod engine;
pub mod guardian;
pub mod http;
pub mod lines;
pub mod mounts;
pub mod ports;
pub mod postgres;
pub mod process;
pub mod rows;
mod self_test;
pub mod site;
pub mod smtp;
pub mod stores;
mod webdriver;

use std::time::{Duration, Instant};

/// What the test process was told by whoever started it.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests have no configuration of their own"
)]
pub fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Asks again and again until there is an answer; for what another process does in its own time.
pub fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + lines::PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
