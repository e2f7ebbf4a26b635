//! The load bench: the release binary and the bare framework side by side, on loopback, in one run.
//!
//! `scripts/bench` runs it. Every figure is a ratio or a cost per request: rates alone say little on a shared machine.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench that meets the unexpected should stop right there"
)]

mod bare;
mod drive;
mod report;
mod server;
mod walks;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--bench"));
    match arguments.next().as_deref() {
        Some("bare-server") => bare::serve(),
        Some("postgres") => {
            let url = arguments.next().expect("the database's URL");
            walks::run(
                Some(&url),
                arguments.next().and_then(|rows| rows.parse().ok()),
            )
        }
        Some(rows) => walks::run(None, rows.parse().ok()),
        None => walks::run(None, None),
    }
}
