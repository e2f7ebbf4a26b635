//! `steading restore`: back to a backup, everything while nobody runs, or one company while the others go on.

use clap::Args;

use super::bar::Bar;
use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use super::out;
use super::prompt::Consent;
use super::stores::Io;
use crate::actor::Actor;
use crate::app::{App, JobBell};
use crate::clock::Clock;
use crate::db::migrate::{self, Direction, Which};
use crate::server::boot::{self, BootError};
use crate::tenancy::shell;
use crate::transfer::backup::{self, Restored};

/// Go back to a backup: everything while the server is stopped, or one company while the others go on
#[derive(Debug, Args)]
pub struct Restore {
    /// Its name, or `latest`
    name: String,
    /// Only this company, by its slug
    #[arg(long, value_name = "SLUG")]
    pub(super) tenant: Option<String>,
    /// Only say what would come back
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        if !self.dry_run {
            self.consent.to(&format!(
                "{} goes back to what it was in {}. What it has now is kept beside. Go on?",
                self.tenant.as_deref().unwrap_or("Everything"),
                self.name
            ))?;
        }
        Ok(None)
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let Some(slug) = &self.tenant else {
            return Err(Failure::new(
                Exit::TryLater,
                "a server runs; stop it to restore everything, or name one company with --tenant",
            ));
        };
        let company = shell::meant(app, Some(slug))
            .await
            .map_err(|error| super::tenant::unknown(error, Some(slug)))?;
        let backup = backup::find(&app.config.backup.target, &self.name)?;
        let actor = Actor::shell();
        let whose = (company.id, slug.as_str());
        let restored =
            backup::restore_one(app, &actor, &backup, whose, self.dry_run, &io.told).await?;
        if self.json {
            return io.json(&restored);
        }
        io.data(&table(&restored));
        io.say(words(&restored));
        Ok(())
    }

    /// Everything, by this process alone.
    pub(super) fn whole(&self, context: &Context) -> Outcome {
        let loaded = context.load()?;
        self.read_input()?;
        actix_web::rt::System::new().block_on(async {
            let backup = backup::find(&loaded.config.backup.target, &self.name)?;
            let _lock = boot::take_folder_to_restore(&loaded)?;
            let ring = boot::key_ring(&loaded, true)?;
            let bar = Bar::of(context, self.json);
            let mut options = boot::store_options(&loaded, Clock::system(), &JobBell::default());
            options.told = bar.told();
            if options.database_url.is_some() && !self.dry_run {
                migrate::run(&options, Which::All, Direction::Up).map_err(BootError::from)?;
            }
            let target = &loaded.config.backup.target;
            let restored =
                backup::restore_whole(&backup, &options, &ring, target, self.dry_run).await;
            bar.end();
            let restored = restored?;
            if self.json {
                return out::json(&restored);
            }
            out::data(&table(&restored))?;
            out::say(words(&restored));
            Ok(())
        })
    }
}

fn words(restored: &Restored) -> String {
    let without = restored.without.as_ref();
    let without = without.map_or_else(String::new, |without| {
        format!(" {without} They stay as they are.")
    });
    match (&restored.kept, restored.done) {
        (Some(kept), true) => format!(
            "Restored from {}. What was there is in {kept}.{without}",
            restored.backup
        ),
        (None, true) => format!(
            "Restored from {}. Nothing was there to keep.{without}",
            restored.backup
        ),
        _ => format!(
            "This would come back from {}. Nothing was changed.{without}",
            restored.backup
        ),
    }
}

fn table(restored: &Restored) -> String {
    let head = ["TABLE", "ROWS"].map(ToOwned::to_owned).to_vec();
    let rows = restored.rows.iter();
    let rows = rows.map(|(table, rows)| vec![table.clone(), rows.to_string()]);
    out::columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}
