//! `steading tenant keep`.

use clap::Args;

use super::named;
use super::show::shown;
use crate::actor::Actor;
use crate::app::App;
use crate::cli::exit::Outcome;
use crate::cli::prompt::Consent;
use crate::cli::stores::Io;
use crate::identity;

/// Keep a company that is being closed: it goes on as it did before
#[derive(Debug, Args)]
pub struct Keep {
    /// Its slug
    slug: String,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Keep {
    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        self.consent.to_nothing()?;
        let id = named(app, &self.slug).await?.id;
        let company = identity::keep_company(app, &Actor::shell(), id).await?;
        io.say(format!(
            "{} stays: it is {} again.",
            company.slug,
            company.status.as_str()
        ));
        if self.json {
            shown(app, io, &company, true).await
        } else {
            Ok(())
        }
    }
}
