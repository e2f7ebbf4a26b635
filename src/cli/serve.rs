//! `steading serve`: the server.

use clap::Args;

use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use super::{out, stores};
use crate::clock::Clock;
use crate::crypto::harden_process;
use crate::server::boot::BootError;

/// Serve: the admin, the API, links and jobs
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  steading serve
  steading serve --data-dir /var/lib/steading --listen 0.0.0.0:8080")]
pub struct Serve {}

impl Serve {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let loaded = context.load_for_service()?;
        if let Err(error) = harden_process() {
            tracing::warn!(%error, "The process could not be hardened");
        }
        crate::db::descriptors::raise_open_files();
        let system = actix_web::rt::System::new();
        let served = system.block_on(crate::server::run(
            loaded,
            Clock::system(),
            stores::run_in_server,
            |text| out::say(text.trim_end()),
        ));
        // What had to come to rest has. A thread that still waits, for a database's lock say, would hold the end up for ever.
        std::mem::forget(system);
        served.map_err(Failure::from)
    }
}

impl From<BootError> for Failure {
    fn from(error: BootError) -> Self {
        let exit = match &error {
            BootError::Configuration(_) => Exit::Configuration,
            BootError::Locked(_) => Exit::TryLater,
            BootError::Unavailable(_) => Exit::Unavailable,
            BootError::CannotWrite(_) => Exit::CannotWrite,
            BootError::Failed(_) => Exit::Failed,
        };
        Self::new(exit, error.to_string())
    }
}
