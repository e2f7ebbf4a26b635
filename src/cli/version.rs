//! `steading version`: which build this is.

use clap::Args;
use serde_json::json;

use super::exit::Outcome;
use super::out;
use crate::version::{COMMIT, FEATURES, RUSTC, TARGET, VERSION, date, notices};

/// Show version, commit, date, compiler and features
#[derive(Debug, Args)]
pub struct Version {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print whose work is inside, with the licence texts
    #[arg(long, conflicts_with = "json")]
    licences: bool,
}

impl Version {
    pub(super) fn run(self) -> Outcome {
        if self.licences {
            return out::data(&notices());
        }
        if self.json {
            return out::json(&json!({
                "version": VERSION,
                "commit": COMMIT,
                "date": date(),
                "rustc": RUSTC,
                "target": TARGET,
                "features": FEATURES,
            }));
        }
        let row = |name: &str, value: &str| vec![name.to_owned(), value.to_owned()];
        let unknown = "unknown";
        out::data(&out::columns(&[
            row("steading", VERSION),
            row("commit", COMMIT.unwrap_or(unknown)),
            row("date", &date().unwrap_or_else(|| unknown.to_owned())),
            row("rustc", RUSTC.unwrap_or(unknown)),
            row("target", TARGET.unwrap_or(unknown)),
            row("features", &FEATURES.join(", ")),
        ]))
    }
}
