//! Where the stores are, which of them a command means, and what the registry says of them.

use clap::Args;

use crate::actor::Actor;
use crate::app::JobBell;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::out;
use crate::cli::stores::nothing_there;
use crate::clock::Clock;
use crate::config::Loaded;
use crate::db::lock::DataLock;
use crate::db::migrate::{self, Direction, Forced, MigrateError, Registered, StoreReport, Which};
use crate::db::{Control, StoreOptions, Stores, Told};
use crate::gate::Later;
use crate::id::TenantId;
use crate::server::boot::{self, BootError};
use crate::tenancy;

/// Which stores are meant: all of them, unless one of these says otherwise.
#[derive(Debug, Args)]
pub struct Plane {
    /// Only the control plane
    #[arg(long, conflicts_with_all = ["tenant", "all_tenants"])]
    control_only: bool,
    /// Only the store of one company, by its slug or its id (tnt_…)
    #[arg(long, value_name = "SLUG", conflicts_with = "all_tenants")]
    tenant: Option<String>,
    /// Only the stores of all companies
    #[arg(long)]
    all_tenants: bool,
}

impl Plane {
    /// Whether a flag says which stores are meant.
    pub(super) fn is_named(&self) -> bool {
        self.control_only || self.all_tenants || self.tenant.is_some()
    }
}

/// Where the stores are.
pub(super) struct Place {
    loaded: Loaded,
    options: StoreOptions,
}

impl Place {
    pub(super) fn of(context: &Context) -> Result<Self, Failure> {
        let loaded = context.load()?;
        let options = boot::store_options(&loaded, Clock::system(), &JobBell::default());
        Ok(Self { loaded, options })
    }

    /// Refuses where there is nothing yet: nothing is made by looking.
    pub(super) fn where_one_stands(context: &Context) -> Result<Self, Failure> {
        let place = Self::of(context)?;
        if boot::stands(&place.loaded)? {
            Ok(place)
        } else {
            Err(nothing_there(&place.loaded))
        }
    }

    /// The stores that are meant.
    pub(super) fn which(&self, plane: &Plane) -> Result<Which, Failure> {
        let Some(named) = &plane.tenant else {
            return Ok(match (plane.control_only, plane.all_tenants) {
                (true, _) => Which::Control,
                (_, true) => Which::Companies,
                _ => Which::All,
            });
        };
        if self.options.database_url.is_some() {
            return Err(Failure::new(
                Exit::Usage,
                "on PostgreSQL all companies share one schema, so none is migrated by itself: pass --all-tenants for that schema, or --control-only",
            ));
        }
        if let Ok(tenant) = named.parse() {
            return Ok(Which::Tenant(tenant));
        }
        if !boot::stands(&self.loaded)? {
            return Err(nothing_there(&self.loaded));
        }
        let Some(companies) = self.companies()? else {
            return Err(Failure::failed(format!(
                "the registry waits for migrations, so {named} cannot be looked up: run steading migrate up --control-only first, or name the company by its id (tnt_…)"
            )));
        };
        companies
            .iter()
            .find(|company| company.slug == *named)
            .map(|company| Which::Tenant(company.tenant))
            .ok_or_else(|| {
                Failure::failed(format!(
                    "there is no company {named}; steading tenant list shows those there are"
                ))
            })
    }

    /// What is in place and what waits. What the registry says of a failed upgrade is said here too.
    pub(super) fn status(&self, which: Which) -> Result<Vec<StoreReport>, Failure> {
        let mut reports = migrate::status(&self.options, which).map_err(BootError::from)?;
        let companies = self.companies()?.unwrap_or_default();
        for report in &mut reports {
            let company = companies
                .iter()
                .find(|company| company.tenant.to_string() == report.store);
            report.failed = report
                .failed
                .take()
                .or_else(|| company?.upgrade_failed.clone());
        }
        Ok(reports)
    }

    /// Runs or takes back steps, and lets the registry know which companies' stores failed.
    pub(super) fn step(
        &self,
        which: Which,
        direction: Direction,
        told: Told,
    ) -> Result<Vec<StoreReport>, Failure> {
        let _lock = signed(&self.loaded)?;
        let options = StoreOptions {
            told,
            ..self.options.clone()
        };
        let outcome = migrate::run(&options, which, direction);
        let only = match which {
            Which::Tenant(tenant) => Some(tenant),
            Which::All | Which::Control | Which::Companies => None,
        };
        let failed: Vec<(TenantId, String)> = match (&outcome, only) {
            (Ok(reports), _) => reports
                .iter()
                .filter_map(|report| Some((report.store.parse().ok()?, report.failed.clone()?)))
                .collect(),
            (Err(error @ MigrateError::Failed { .. }), Some(tenant)) => {
                vec![(tenant, error.to_string())]
            }
            (Err(_), _) => return outcome.map_err(|error| BootError::from(error).into()),
        };
        // A step taken back leaves a store that the next start brings forward again: nothing to note.
        if direction == Direction::Up && which != Which::Control {
            self.note("that some upgrades failed", move |control| {
                Box::pin(async move {
                    tenancy::note_upgrades(&control, Actor::shell(), only, failed).await
                })
            });
        }
        outcome.map_err(|error| BootError::from(error).into())
    }

    /// Marks stores as being at a step, and writes it into the trail.
    pub(super) fn force(
        &self,
        which: Which,
        version: Option<&str>,
        is_sure: bool,
    ) -> Result<Vec<Forced>, Failure> {
        let _lock = if is_sure { signed(&self.loaded)? } else { None };
        let forced = migrate::force(&self.options, which, version, is_sure)?;
        if is_sure {
            let noted = forced.clone();
            self.note("this in the trail", move |control| {
                Box::pin(async move { tenancy::note_forced(&control, Actor::shell(), noted).await })
            });
        }
        Ok(forced)
    }

    /// A company's name for people, by the name of its store.
    pub(super) fn names(&self) -> Result<Vec<(String, String)>, Failure> {
        let companies = self.companies()?.unwrap_or_default();
        Ok(companies
            .into_iter()
            .map(|company| (company.tenant.to_string(), company.slug))
            .collect())
    }

    /// The companies of a registry that can be read; none where it still waits for steps. On PostgreSQL no report is of one
    /// company, so nobody needs to know.
    fn companies(&self) -> Result<Option<Vec<Registered>>, Failure> {
        if self.options.database_url.is_some() || !self.is_up_to_date()? {
            return Ok(None);
        }
        let read = migrate::registered(&self.options).map_err(BootError::from)?;
        Ok(Some(read))
    }

    fn is_up_to_date(&self) -> Result<bool, Failure> {
        if !boot::stands(&self.loaded)? {
            return Ok(false);
        }
        match migrate::status(&self.options, Which::Control) {
            Ok(reports) => Ok(reports.iter().all(|report| report.pending.is_empty())),
            Err(MigrateError::Newer { .. }) => Ok(false),
            Err(error) => Err(BootError::from(error).into()),
        }
    }

    /// Writes into the registry what happened to the stores. They are as they are, so a registry that cannot take it is no failure;
    /// it is said.
    fn note<F>(&self, what: &str, work: F)
    where
        F: FnOnce(Control) -> Later<'static, crate::Result<()>>,
    {
        let noted = self.is_up_to_date().and_then(|is_ready| {
            if !is_ready {
                return Err(Failure::failed("it waits for migrations itself"));
            }
            let stores = Stores::open(&self.options).map_err(BootError::from)?;
            let written = actix_web::rt::System::new().block_on(async move {
                let done = work(stores.control.clone()).await;
                stores.shutdown().await;
                done
            });
            written.map_err(|error| BootError::from(error).into())
        });
        if let Err(failure) = noted {
            out::say(format!(
                "The registry could not note {what}: {}.",
                failure.message.trim_end_matches('.')
            ));
        }
    }
}

/// The data folder, with word of who works in it.
fn signed(loaded: &Loaded) -> Result<Option<DataLock>, Failure> {
    let mut lock = boot::take_folder(loaded)?;
    if let Some(lock) = &mut lock {
        lock.sign().map_err(BootError::from)?;
    }
    Ok(lock)
}
