//! `steading tenant reset-demo`.

use clap::Args;

use super::named;
use crate::actor::Actor;
use crate::app::App;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::prompt::Consent;
use crate::cli::stores::Io;
use crate::tenancy::plans::{reset_demo, reset_demo_later};

/// Bring a demo company back to the demo data; every night this happens by itself
#[derive(Debug, Args)]
pub struct ResetDemo {
    /// Its slug
    slug: String,
    /// Do it before this command ends, instead of leaving it to the server's jobs
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// What is printed as JSON.
#[derive(serde::Serialize)]
struct Answer {
    slug: String,
    done: bool,
}

impl ResetDemo {
    /// Whatever was made in it goes, so it is asked for.
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        self.consent.to("Everything that was made in this demo company goes, and the demo data comes back. Go on?")?;
        Ok(None)
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let company = named(app, &self.slug).await?;
        if self.now {
            reset_demo(app, &Actor::shell(), company.id).await?;
            io.say(format!("{} is back at the demo data.", company.slug));
        } else {
            reset_demo_later(app, company.id).await?;
            io.say(format!(
                "{} goes back to the demo data as soon as the server’s jobs come to it.",
                company.slug
            ));
        }
        if self.json {
            let answer = Answer {
                slug: company.slug.to_string(),
                done: self.now,
            };
            io.json(&answer)
        } else {
            Ok(())
        }
    }
}
