//! `steading tenant freeze`.

use clap::Args;

use super::named;
use super::show::shown;
use crate::actor::Actor;
use crate::app::App;
use crate::cli::exit::Outcome;
use crate::cli::prompt::Consent;
use crate::cli::stores::Io;
use crate::tenancy::{self, Status};

/// Make a company read-only; its links still lead to their targets
#[derive(Debug, Args)]
pub struct Freeze {
    /// Its slug
    slug: String,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Freeze {
    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        self.consent.to_nothing()?;
        let id = named(app, &self.slug).await?.id;
        let company = tenancy::change_status(app, &Actor::shell(), id, Status::Frozen).await?;
        io.say(format!(
            "{} is frozen: everything can be read, nothing written.",
            company.slug
        ));
        if self.json {
            shown(app, io, &company, true).await
        } else {
            Ok(())
        }
    }
}
