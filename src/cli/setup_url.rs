//! `steading setup-url`: a new one-time link for an instance that nobody owns yet.

use clap::Args;

use super::exit::{Failure, Outcome};
use super::prompt::Consent;
use super::stores::Io;
use crate::app::App;
use crate::identity;

/// Print a new one-time setup link
#[derive(Debug, Args)]
pub struct SetupUrl {
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl SetupUrl {
    /// Nothing is asked.
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        self.consent.to_nothing().map(|()| None)
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let Some(link) = identity::setup_link(app).await? else {
            return Err(Failure::failed(
                "this instance has an owner already; sign in, or reset a password with `steading user reset-password`",
            ));
        };
        if self.json {
            return io.json(&serde_json::json!({ "url": link }));
        }
        io.data(&format!("{link}\n"));
        io.say("It works once, for 30 minutes. Older links no longer work.");
        Ok(())
    }
}
