//! `steading db`: the stores as a whole.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::bar::Bar;
use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use super::out;
use super::prompt::Consent;
use crate::app::JobBell;
use crate::clock::Clock;
use crate::config::Loaded;
use crate::db::StoreOptions;
use crate::db::migrate::{self, Direction, Which};
use crate::server::boot::{self, BootError};
use crate::transfer::copy;

/// The stores as a whole
#[derive(Debug, Subcommand)]
pub enum Db {
    /// Copy a stopped instance to the other engine: from files into an empty database, or from a database into an empty folder
    Copy(Copy),
}

/// A copy.
#[derive(Debug, Args)]
pub struct Copy {
    /// `postgres://…` of an empty database (the login that owns it), or an empty folder
    #[arg(long, value_name = "TARGET")]
    to: String,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Db {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let Self::Copy(copy) = self;
        copy.consent.to_nothing()?;
        let loaded = context.load()?;
        if !boot::stands(&loaded)? {
            return Err(super::stores::nothing_there(&loaded));
        }
        let mut from = boot::store_options(&loaded, Clock::system(), &JobBell::default());
        let bar = Bar::of(context, copy.json);
        from.told = bar.told();
        let say: fn(&str) = if bar.is_shown() {
            |_| {}
        } else {
            |words| out::say(words)
        };
        let to_server = copy.to.starts_with("postgres://") || copy.to.starts_with("postgresql://");
        if to_server == from.database_url.is_some() {
            return Err(Failure::new(
                Exit::Usage,
                "--to names the other engine: postgres://… where the data is in files, a folder where it is in PostgreSQL",
            ));
        }
        let waiting = migrate::status(&from, Which::All)?;
        if waiting.iter().any(|report| !report.pending.is_empty()) {
            return Err(Failure::failed(
                "the stores are of an older version: run `steading migrate up` first",
            ));
        }
        let _lock = boot::take_folder(&loaded)?;
        let system = actix_web::rt::System::new();
        let copied = if to_server {
            let to = StoreOptions {
                database_url: Some(copy.to.clone()),
                owner_url: Some(copy.to.clone()),
                listen_url: None,
                ..from.clone()
            };
            migrate::run(&to, Which::All, Direction::Up).map_err(BootError::from)?;
            system.block_on(copy::to_server(&from.data_dir, &to, say))?
        } else {
            let folder = PathBuf::from(&copy.to);
            let copied = system.block_on(copy::to_folder(&from, &folder, say))?;
            keys_along(&loaded, &folder)?;
            copied
        };
        bar.end();
        if copy.json {
            return out::json(&copied);
        }
        out::say(format!(
            "{} companies, {} rows: every table has the same rows and the same hash on both sides. Point the settings at the copy, with the same keys.",
            copied.companies, copied.rows
        ));
        Ok(())
    }
}

/// A folder without its keys opens nothing: those that lie in the old folder go along.
fn keys_along(loaded: &Loaded, folder: &Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let keys = loaded.config.data_dir.join("keys");
    if !keys.is_file() {
        return Ok(());
    }
    let copy = folder.join("keys");
    std::fs::copy(&keys, &copy)
        .and_then(|_| std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o600)))
        .and_then(|()| std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)))
        .map_err(|error| Failure::new(Exit::CannotWrite, format!("{}: {error}", copy.display())))
}
