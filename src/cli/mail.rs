//! `steading mail`: does mail leave, and what does the server say.

use clap::{Args, Subcommand};

use super::company::CompanyArg;
use super::exit::{Exit, Failure, Outcome};
use super::prompt::Consent;
use super::stores::Io;
use crate::actor::Actor;
use crate::app::App;
use crate::mailing;

/// Try the mail server
#[derive(Debug, Subcommand)]
pub enum Mail {
    /// Send a test mail and print the server's answer
    Test(Test),
}

/// A test.
#[derive(Debug, Args)]
pub struct Test {
    #[command(flatten)]
    company: CompanyArg,
    #[command(flatten)]
    consent: Consent,
    /// Where to
    #[arg(long, value_name = "ADDRESS")]
    to: String,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Mail {
    /// Nothing is asked.
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        let Self::Test(test) = self;
        test.consent.to_nothing().map(|()| None)
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let Self::Test(test) = self;
        if !crate::mail::is_address(&test.to) {
            return Err(Failure::new(
                Exit::BadInput,
                "--to takes a mail address such as ana@example.com",
            ));
        }
        let scope = test.company.open_to_change(app)?.scope;
        let tested = mailing::send_test(app, &scope, &Actor::shell(), &test.to).await?;
        if test.json {
            io.json(&tested)?;
        } else {
            io.data(&format!("{}\n", tested.answer));
            io.say(format!("{} after {} ms.", tested.state, tested.took_ms));
        }
        match tested.state {
            "failed" => Err(Failure::silent(Exit::Failed)),
            _ => Ok(()),
        }
    }
}
