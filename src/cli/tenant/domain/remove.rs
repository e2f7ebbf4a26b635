//! `steading tenant domain remove`.

use clap::Args;

use super::{company, found, named_to_change};
use crate::actor::Actor;
use crate::app::App;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::prompt::Consent;
use crate::cli::stores::Io;
use crate::db::Control;
use crate::tenancy::domains::remove_domain;

/// Remove a domain: the company stops answering under it
#[derive(Debug, Args)]
pub struct Remove {
    /// The company's slug
    slug: String,
    /// The host name
    host: String,
    #[command(flatten)]
    consent: Consent,
    /// Only say what would go; no file is touched
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Remove {
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        if self.dry_run {
            return Ok(None);
        }
        let question = format!(
            "Remove {} from {}? Links under this name stop working at once.",
            self.host, self.slug
        );
        self.consent.to(&question).map(|()| None)
    }

    pub(super) async fn preview(&self, control: &Control, io: &mut Io) -> Outcome {
        let company = company(control, &self.slug).await?;
        let domain = found(control, &company, &self.host).await?;
        io.say(format!(
            "{} would be removed from {}.",
            domain.host, self.slug
        ));
        if self.json {
            return io.json(&domain.view());
        }
        Ok(())
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        if self.dry_run {
            return self.preview(&app.control, io).await;
        }
        let company = named_to_change(app, &self.slug).await?;
        let domain = found(&app.control, &company, &self.host).await?;
        let domain = remove_domain(app, &Actor::shell(), company.id, domain.id).await?;
        io.say(format!("{} is removed from {}.", domain.host, self.slug));
        if self.json {
            return io.json(&domain.view());
        }
        Ok(())
    }
}
