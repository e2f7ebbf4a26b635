//! `steading tenant activate`.

use clap::Args;

use super::named;
use super::show::shown;
use crate::actor::Actor;
use crate::app::App;
use crate::cli::exit::Outcome;
use crate::cli::prompt::Consent;
use crate::cli::stores::Io;
use crate::tenancy::{self, Status};

/// Let a demo, a trial or a frozen company work
#[derive(Debug, Args)]
pub struct Activate {
    /// Its slug
    slug: String,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Activate {
    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        self.consent.to_nothing()?;
        let id = named(app, &self.slug).await?.id;
        let company = tenancy::change_status(app, &Actor::shell(), id, Status::Active).await?;
        io.say(format!("{} is active.", company.slug));
        if self.json {
            shown(app, io, &company, true).await
        } else {
            Ok(())
        }
    }
}
