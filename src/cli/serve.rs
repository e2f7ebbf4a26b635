//! `steading serve`: the server.

use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use super::prompt::{Consent, passphrase};
use super::{out, stores};
use crate::actor::Actor;
use crate::clock::Clock;
use crate::config::{Loaded, Secret, Tenancy};
use crate::crypto::harden_process;
use crate::server::boot::{self, BootError};
use crate::transfer::{self, Wish};

/// Serve: the admin, the API, links and jobs
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  steading serve
  steading serve --data-dir /var/lib/steading --listen 0.0.0.0:8080
  steading serve --data-dir ./acme --from acme.steading")]
pub struct Serve {
    /// Begin with a company's export: it becomes the company of a new instance in an empty folder
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Read the passphrase of its secrets from standard input: its first line
    #[arg(long, requires = "from")]
    passphrase_stdin: bool,
}

impl Serve {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let loaded = context.load_for_service()?;
        if let Err(error) = harden_process() {
            tracing::warn!(%error, "The process could not be hardened");
        }
        crate::db::descriptors::raise_open_files();
        let system = actix_web::rt::System::new();
        // A thread of the server may end last. Dropping the last handle would wake the system from where that thread has no more of
        // its own to wake it with, and that aborts the process. This handle is never dropped.
        std::mem::forget(actix_web::rt::System::current());
        if let Some(file) = &self.from {
            let passphrase = match self.passphrase_stdin {
                true => Some(Secret::new(passphrase(true, Consent::default(), false)?)),
                false => None,
            };
            system.block_on(found(&loaded, file, passphrase))?;
        }
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

/// Makes an instance whose company is that of a file. Where it does not come to be, nothing of it stays.
async fn found(loaded: &Loaded, file: &Path, passphrase: Option<Secret>) -> Outcome {
    let folder = &loaded.config.data_dir;
    if boot::stands(loaded)? {
        return Err(Failure::new(
            Exit::CannotWrite,
            format!(
                "There is an instance already ({}), so --from would put another one over it. Name an empty folder with --data-dir, or import the file with `steading tenant import`.",
                folder.display()
            ),
        ));
    }
    transfer::check(file).await?;
    boot::judge(loaded)?;
    let found = Found {
        folder: folder.exists(),
        keys: folder.join("keys").exists(),
    };
    let lock = boot::take_folder(loaded)?;
    let public_url = loaded.config.server.public_url(loaded.config.server.listen);
    let standing = boot::stand_up(loaded, public_url.as_str(), Clock::system(), lock).await?;
    let wish = Wish {
        slug: (loaded.config.tenancy == Tenancy::Multi).then(|| "default".to_owned()),
        passphrase,
        ..Wish::default()
    };
    let came = transfer::import(&standing.app, &Actor::system("serve --from"), file, &wish).await;
    standing.stores.shutdown().await;
    drop(standing.lock);
    match came {
        Ok(told) => {
            out::say(format!(
                "{} came from {}: {} rows, {} people.",
                told.from,
                file.display(),
                told.rows,
                told.members
            ));
            Ok(())
        }
        Err(trouble) => {
            if loaded.config.database.postgres.is_none() {
                undo(folder, found);
            }
            Err(trouble.into())
        }
    }
}

/// What was there before the start.
struct Found {
    folder: bool,
    keys: bool,
}

/// Removes what a start made in a folder that held no instance.
fn undo(folder: &Path, found: Found) {
    let mut outcomes = vec![std::fs::remove_dir_all(folder.join("tenants"))];
    for name in ["control.db", "control.db-wal", "control.db-shm", "lock"] {
        outcomes.push(std::fs::remove_file(folder.join(name)));
    }
    if !found.keys {
        outcomes.push(std::fs::remove_file(folder.join("keys")));
    }
    if !found.folder {
        outcomes.push(std::fs::remove_dir(folder));
    }
    for error in outcomes.into_iter().filter_map(Result::err) {
        tracing::debug!(%error, "Something of the unfinished instance was not there");
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
