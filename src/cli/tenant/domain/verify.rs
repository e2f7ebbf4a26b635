//! `steading tenant domain verify`.

use clap::Args;

use super::{found, named_to_change, say_record};
use crate::actor::Actor;
use crate::app::App;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::prompt::Consent;
use crate::cli::stores::Io;
use crate::tenancy::domains::{Standing, verify_domain};

/// Look for a domain's record now; exit code 1 where it is not verified after that
#[derive(Debug, Args)]
pub struct Verify {
    /// The company's slug
    slug: String,
    /// The host name
    host: String,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        self.consent.to_nothing()?;
        let company = named_to_change(app, &self.slug).await?;
        let domain = found(&app.control, &company, &self.host).await?;
        let domain = verify_domain(app, &Actor::shell(), company.id, domain.id).await?;
        if self.json {
            io.json(&domain.view())?;
        }
        let why = domain.last_error.clone();
        match (domain.standing(), why) {
            (Standing::Verified, None) => {
                io.say(format!(
                    "{} is verified: {} answers under it.",
                    domain.host, self.slug
                ));
                Ok(())
            }
            (Standing::Verified, Some(why)) => {
                io.say(format!("{} stays verified. {why}", domain.host));
                Ok(())
            }
            (Standing::Pending | Standing::Failing, why) => {
                say_record(&domain, io);
                Err(Failure::failed(why.unwrap_or_default()))
            }
        }
    }
}
