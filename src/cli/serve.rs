//! `steading serve`: the server.

use std::path::{Path, PathBuf};

use clap::Args;

use super::carry::secrets_of;
use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use super::prompt::Consent;
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
    /// Leave its secrets and its people's passwords behind
    #[arg(long, requires = "from", conflicts_with = "passphrase_stdin")]
    without_secrets: bool,
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
            system.block_on(self.found(&loaded, file))?;
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

    /// Makes an instance whose company is that of a file. Where it does not come to be, nothing of it stays.
    async fn found(&self, loaded: &Loaded, file: &Path) -> Outcome {
        let folder = &loaded.config.data_dir;
        let in_files = loaded.config.database.postgres.is_none();
        let begun = folder.join(boot::BEGUN);
        if in_files && begun.is_file() {
            let _lock = boot::take_folder_to_restore(loaded)?;
            let keys = std::fs::read(&begun).is_ok_and(|said| said == HAD_KEYS);
            undo(folder, Found { folder: true, keys });
        }
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
        let consent = Consent::default();
        let passphrase = secrets_of(file, self.passphrase_stdin, self.without_secrets, consent)?;
        boot::judge(loaded)?;
        let found = Found {
            folder: folder.exists(),
            keys: folder.join("keys").exists(),
        };
        let lock = boot::take_folder(loaded)?;
        if in_files {
            // Killed from here on, it is begun anew by the next attempt and not taken for whole by anybody else.
            let said = if found.keys { HAD_KEYS } else { b"" };
            noted(folder, || std::fs::write(&begun, said))?;
        }
        let public_url = loaded.config.server.public_url(loaded.config.server.listen);
        let standing = boot::stand_up(loaded, public_url.as_str(), Clock::system(), lock).await;
        let came = match standing {
            Ok(standing) => {
                let wish = Wish {
                    slug: (loaded.config.tenancy == Tenancy::Multi).then(|| "default".to_owned()),
                    passphrase: passphrase.map(Secret::new),
                    without_secrets: self.without_secrets,
                    ..Wish::default()
                };
                let actor = Actor::system("serve --from");
                let came = transfer::import(&standing.app, &actor, file, &wish).await;
                standing.stores.shutdown().await;
                came.map(|told| (told, standing.lock))
                    .map_err(Failure::from)
            }
            Err(error) => Err(error.into()),
        };
        let (told, _lock) = came.inspect_err(|_| {
            if in_files {
                undo(folder, found);
            }
        })?;
        if in_files {
            noted(folder, || std::fs::remove_file(&begun))?;
        }
        out::say(format!(
            "{} came from {}: {} rows, {} people.",
            told.from,
            file.display(),
            told.rows,
            told.members
        ));
        Ok(())
    }
}

/// What [`boot::BEGUN`] says where the keys were there before.
const HAD_KEYS: &[u8] = b"keys";

/// A change of a folder, on disk.
fn noted(folder: &Path, change: impl FnOnce() -> std::io::Result<()>) -> Outcome {
    change()
        .and_then(|()| std::fs::File::open(folder)?.sync_all())
        .map_err(|error| Failure::new(Exit::CannotWrite, format!("{}: {error}", folder.display())))
}

/// What was there before the start.
struct Found {
    folder: bool,
    keys: bool,
}

/// Removes what a start made in a folder that held no instance.
fn undo(folder: &Path, found: Found) {
    let mut outcomes = vec![std::fs::remove_dir_all(folder.join("tenants"))];
    let files = ["control.db", "control.db-wal", "control.db-shm", "lock"];
    let keys = ["keys"];
    let keys = keys.iter().filter(|_| !found.keys);
    for name in files.iter().chain(keys).chain(&[boot::BEGUN]) {
        outcomes.push(std::fs::remove_file(folder.join(name)));
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
