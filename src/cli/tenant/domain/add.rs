//! `steading tenant domain add`.

use clap::Args;

use super::{company, named_to_change, say_record};
use crate::actor::Actor;
use crate::app::App;
use crate::cli::exit::Outcome;
use crate::cli::prompt::Consent;
use crate::cli::stores::Io;
use crate::config::Config;
use crate::db::Control;
use crate::tenancy::domains::{NewDomain, add_domain, judge_domain};

/// Add a domain and print the record that proves it
#[derive(Debug, Args)]
#[command(after_help = "Example:
  steading tenant domain add acme partners.acme.example")]
pub struct Add {
    /// The company's slug
    slug: String,
    /// The whole host name
    host: String,
    #[command(flatten)]
    consent: Consent,
    /// Only say whether it could be added; no file is touched
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Add {
    pub(super) async fn preview(&self, control: &Control, config: &Config, io: &mut Io) -> Outcome {
        let company = company(control, &self.slug).await?;
        let new = NewDomain::read(config, company.id, &self.host)?;
        let judged = new.clone();
        control.read(move |c| judge_domain(c, &judged)).await?;
        io.say(format!("{} would be added to {}.", new.host, self.slug));
        if self.json {
            return io.json(&serde_json::json!({ "slug": self.slug, "host": new.host.as_str() }));
        }
        Ok(())
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        self.consent.to_nothing()?;
        if self.dry_run {
            return self.preview(&app.control, &app.config, io).await;
        }
        let id = named_to_change(app, &self.slug).await?.id;
        let new = NewDomain::read(&app.config, id, &self.host)?;
        let domain = add_domain(app, &Actor::shell(), new).await?;
        io.say(format!("{} waits for its record.", domain.host));
        say_record(&domain, io);
        io.say(format!(
            "Then: steading tenant domain verify {} {}",
            self.slug, domain.host
        ));
        if self.json {
            return io.json(&domain.view());
        }
        Ok(())
    }
}
