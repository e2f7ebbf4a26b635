//! `steading tenant archive`.

use clap::Args;

use super::named;
use super::show::shown;
use crate::actor::Actor;
use crate::app::App;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::prompt::Consent;
use crate::cli::stores::Io;
use crate::tenancy::{self, Status};

/// End a company: its data is removed, its trail stays
#[derive(Debug, Args)]
pub struct Archive {
    /// Its slug
    slug: String,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Archive {
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        let question = format!(
            "Archive {}? Its data is removed and cannot be brought back; only its trail stays.",
            self.slug
        );
        self.consent.to(&question).map(|()| None)
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let id = named(app, &self.slug).await?.id;
        let company = tenancy::change_status(app, &Actor::shell(), id, Status::Archived).await?;
        io.say(format!(
            "{} is archived: its data is removed, its trail stays.",
            company.slug
        ));
        if self.json {
            shown(app, io, &company, true).await
        } else {
            Ok(())
        }
    }
}
