//! From a configuration to an [`App`]: folder, lock, keys, migrations, stores, the default company. The same for the server and for
//! a command that finds no server running.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::doctor;
use crate::actor::Actor;
use crate::app::{App, DerivedKeys, JobBell, Memory, Parts, Phase};
use crate::clock::Clock;
use crate::config::{Keys, Loaded};
use crate::crypto::vault::purpose;
use crate::crypto::{CryptoError, KeyRing, KeySources, PasswordHasher, PlainSecret, Vault};
use crate::db::lock::{DataLock, LockError};
use crate::db::migrate::{self, Direction, MigrateError, Which};
use crate::db::{StoreOptions, Stores, Told};
use crate::mail::Mailer;
use crate::slices::SLICES;
use crate::transfer::backup;
use crate::{Error, identity, tenancy};

/// Why the program cannot start. Each kind has its exit code.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The configuration or the keys do not fit what is there.
    #[error("{0}")]
    Configuration(String),
    /// Another process works on this data folder.
    #[error("{0}")]
    Locked(String),
    /// The database is out of reach.
    #[error("{0}")]
    Unavailable(String),
    /// The data folder cannot be written.
    #[error("{0}")]
    CannotWrite(String),
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl From<Error> for BootError {
    fn from(error: Error) -> Self {
        match error {
            Error::Busy => Self::Unavailable("The database is out of reach.".to_owned()),
            Error::Database(source) | Error::Internal(source) => Self::Failed(source.to_string()),
            Error::Invalid(fields) => Self::Configuration(
                fields
                    .iter()
                    .map(|field| {
                        format!(
                            "{}: {}",
                            field.pointer.trim_start_matches('/'),
                            field.message
                        )
                    })
                    .collect::<Vec<_>>()
                    .join("\n"),
            ),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<CryptoError> for BootError {
    fn from(error: CryptoError) -> Self {
        if error.is_configuration() {
            Self::Configuration(error.to_string())
        } else {
            Self::Failed(error.to_string())
        }
    }
}

impl From<MigrateError> for BootError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Newer { .. } | MigrateError::Refused(_) => {
                Self::Configuration(error.to_string())
            }
            MigrateError::Busy(_) => Self::Locked(error.to_string()),
            MigrateError::Unreachable(_) => Self::Unavailable(error.to_string()),
            MigrateError::Failed { .. } | MigrateError::Unknown { .. } => {
                Self::Failed(error.to_string())
            }
        }
    }
}

/// The file in a data folder that says: what is here is being made from an export and is not whole.
pub const BEGUN: &str = ".beginning";

/// An [`App`] and what must live as long as it does.
pub struct Standing {
    /// The program.
    pub app: App,
    /// The stores, to close at the end.
    pub stores: Stores,
    /// The lock of the data folder.
    pub lock: Option<DataLock>,
}

/// The options of the stores that a configuration names.
pub fn store_options(loaded: &Loaded, clock: Clock, bell: &JobBell) -> StoreOptions {
    let config = &loaded.config;
    let bell = bell.clone();
    let postgres = config.database.postgres.as_ref();
    StoreOptions {
        data_dir: config.data_dir.clone(),
        database_url: postgres.map(|pg| pg.url.expose().to_owned()),
        owner_url: postgres.map(|pg| pg.owner_url.expose().to_owned()),
        listen_url: postgres.map(|pg| pg.listen_url.expose().to_owned()),
        statement_cache: config.database.statement_cache,
        pool: config.database.pool,
        clock,
        after_commit: Arc::new(move |store, is_due| {
            bell.stir(store);
            if is_due {
                bell.ring(store);
            }
        }),
        told: Told::default(),
    }
}

/// Makes the data folder, 0700, and takes its lock where the data is in it. A restore that broke off after it was decided is finished.
///
/// # Errors
/// [`BootError::CannotWrite`], [`BootError::Locked`]; [`BootError::Configuration`] where companies are there without the control plane.
pub fn take_folder(loaded: &Loaded) -> Result<Option<DataLock>, BootError> {
    let lock = take_folder_to_restore(loaded)?;
    let folder = &loaded.config.data_dir;
    if lock.is_some() && folder.join(BEGUN).is_file() {
        return Err(BootError::Configuration(format!(
            "An instance was begun in {} from a file and broke off. Run `steading serve --from` again, which begins anew, or name another folder with --data-dir.",
            folder.display()
        )));
    }
    if lock.is_some() && is_torn(folder) {
        return Err(BootError::Configuration(format!(
            "There are files of companies in {0}/tenants and no {0}/control.db that knows them: it was moved away, or a copy broke off. Nothing was made. Put it back, bring everything back with `steading restore`, or name another folder with --data-dir.",
            folder.display()
        )));
    }
    Ok(lock)
}

/// [`take_folder`] for what brings everything back: whatever is missing there.
///
/// # Errors
/// [`BootError::CannotWrite`], [`BootError::Locked`].
pub fn take_folder_to_restore(loaded: &Loaded) -> Result<Option<DataLock>, BootError> {
    let folder = &loaded.config.data_dir;
    make_folder(folder).map_err(|e| {
        BootError::CannotWrite(format!(
            "The data folder {} cannot be used: {e}.",
            folder.display()
        ))
    })?;
    if loaded.config.database.postgres.is_some() {
        return Ok(None);
    }
    let lock = DataLock::take(folder)?;
    backup::finish_restore(folder).map_err(|error| {
        BootError::CannotWrite(format!(
            "A restore in {} broke off and cannot be finished: {error}. Nothing else was changed; make that right and start again.",
            folder.display()
        ))
    })?;
    Ok(Some(lock))
}

/// Files of companies without the control plane that knows them: not a place to begin anew.
fn is_torn(folder: &Path) -> bool {
    let is_store = |path: &Path| path.extension().is_some_and(|ending| ending == "db");
    let tenants = std::fs::read_dir(folder.join("tenants"));
    !folder.join("control.db").exists()
        && tenants.is_ok_and(|all| all.flatten().any(|entry| is_store(&entry.path())))
}

impl From<LockError> for BootError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Held { .. } => Self::Locked(error.to_string()),
            LockError::NetworkFileSystem { .. } => Self::Configuration(error.to_string()),
            LockError::Unusable { .. } => Self::CannotWrite(error.to_string()),
        }
    }
}

/// Refuses what can be seen to be wrong before anything is made: the text of the key ring, and where there is no instance yet,
/// a first owner's password that it would not take.
///
/// # Errors
/// [`BootError::Configuration`].
pub fn judge(loaded: &Loaded) -> Result<(), BootError> {
    if let Keys::Ring(ring) = &loaded.config.keys {
        KeyRing::parse("keys.ring", ring.expose())?;
    }
    let is_new = !loaded.config.data_dir.join("control.db").exists();
    // Whether a database holds an instance is known once it was asked; what is made before is the folder for the keys.
    if loaded.config.database.postgres.is_none() && is_new {
        identity::judge_first_owner(&loaded.config)?;
    }
    Ok(())
}

/// Whether an instance stands where the configuration points. Makes nothing. Blocks.
///
/// # Errors
/// [`BootError::Unavailable`] where the database does not answer.
pub fn stands(loaded: &Loaded) -> Result<bool, BootError> {
    let options = store_options(loaded, Clock::system(), &JobBell::default());
    if options.database_url.is_none() {
        let folder = &options.data_dir;
        return Ok(folder.join("control.db").is_file()
            || backup::is_half_done(folder)
            || is_torn(folder));
    }
    match migrate::status(&options, Which::Control) {
        // What it is cannot be said here; it is there.
        Err(MigrateError::Newer { .. }) => Ok(true),
        reports => Ok(reports?.iter().any(|report| !report.applied.is_empty())),
    }
}

/// Refuses a PostgreSQL database that is there and waits for steps: other processes may serve it, so only a server that starts and
/// `steading migrate up` bring it forward. A folder is this process's alone. Blocks.
///
/// # Errors
/// [`BootError::Configuration`] where steps wait or the database is newer; [`BootError::Unavailable`].
pub fn refuse_waiting(loaded: &Loaded) -> Result<(), BootError> {
    let options = store_options(loaded, Clock::system(), &JobBell::default());
    if options.database_url.is_none() {
        return Ok(());
    }
    let reports = migrate::status(&options, Which::All)?;
    let waits = reports.iter().any(|report| !report.pending.is_empty());
    if waits && reports.iter().any(|report| !report.applied.is_empty()) {
        return Err(BootError::Configuration(
            "The database waits for migrations, so nothing was done. Run steading migrate up first.".to_owned(),
        ));
    }
    Ok(())
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    if !folder.exists() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let held = std::fs::metadata(folder)?.permissions().mode();
    if held & 0o077 != 0 {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Brings everything up: keys first, so that a wrong one changes nothing; then migrations; then what must be there.
///
/// # Errors
/// [`BootError`], with nothing half done that the next start does not finish.
pub async fn stand_up(
    loaded: &Loaded,
    public_url: &str,
    clock: Clock,
    mut lock: Option<DataLock>,
) -> Result<Standing, BootError> {
    let bell = JobBell::default();
    let options = store_options(loaded, clock.clone(), &bell);
    let is_new = options.database_url.is_none() && !options.data_dir.join("control.db").exists();
    let ring = if is_new {
        key_ring(loaded, false)?
    } else {
        check_keys(loaded, &options).await?
    };

    let for_migrations = options.clone();
    let run = move || migrate::run(&for_migrations, Which::All, Direction::Up);
    let reports = tokio::task::spawn_blocking(run)
        .await
        .map_err(|e| BootError::Failed(e.to_string()))??;
    let (for_rights, tenancy) = (options.clone(), loaded.config.tenancy);
    tokio::task::spawn_blocking(move || doctor::refuse_open_rights(&for_rights, tenancy))
        .await
        .map_err(|e| BootError::Failed(e.to_string()))??;
    // From here on nothing refuses the start for what it found.
    if let Some(lock) = &mut lock {
        lock.sign()?;
    }

    let stores = Stores::open(&options)?;
    let failed: Vec<_> = reports
        .iter()
        .filter_map(|report| Some((report.store.parse().ok()?, report.failed.clone()?)))
        .collect();
    for (tenant, _) in &failed {
        stores.tenants.bar(*tenant);
    }
    tenancy::note_upgrades(&stores.control, Actor::system("start"), None, failed).await?;
    let vault = Vault::new(ring, tenancy::data_keys(&stores.control).await?)?;
    tenancy::ensure_system_key(&stores.control, &vault).await?;
    tenancy::ensure_default(&stores, &vault, loaded.config.tenancy, clock.now()).await?;

    let keys = DerivedKeys {
        csrf: vault.derive(purpose::CSRF)?,
        api_key_pepper: vault.derive(purpose::API_KEY)?,
        visitor: vault.derive(purpose::IP_HASH)?,
        flash: vault.derive(purpose::FLASH)?,
    };
    let public = loaded
        .config
        .server
        .given_public_url
        .clone()
        .map_or_else(|| public_url.to_owned(), |url| url.as_str().to_owned());
    let app = App::new(Parts {
        config: loaded.config.clone(),
        settings: loaded.settings.clone(),
        public_url: public,
        started_at: clock.now(),
        clock,
        control: stores.control.clone(),
        tenants: stores.tenants.clone(),
        vault,
        hasher: PasswordHasher::new()?,
        mailer: Mailer::from_config(
            &loaded.config.mail,
            &loaded.config.server.public_url(loaded.config.server.listen),
            &loaded.settings,
        ),
        jobs: bell,
        keys,
        slices: SLICES,
        gate: OnceLock::new(),
        phase: Phase::default(),
        memory: Memory::default(),
    });
    identity::stand_up(&app).await?;
    Ok(Standing { app, stores, lock })
}

/// The ring for a store that exists: it must open what is sealed there, before anything is written.
async fn check_keys(loaded: &Loaded, options: &StoreOptions) -> Result<KeyRing, BootError> {
    let for_status = options.clone();
    let reports = tokio::task::spawn_blocking(move || migrate::status(&for_status, Which::Control))
        .await
        .map_err(|e| BootError::Failed(e.to_string()))??;
    let has_registry = reports.iter().any(|report| !report.applied.is_empty());
    if !has_registry {
        identity::judge_first_owner(&loaded.config)?;
        return key_ring(loaded, false);
    }
    let stores = Stores::open(options)?;
    tenancy::judge_mode(&stores.control, loaded.config.tenancy)
        .await?
        .map_err(BootError::Configuration)?;
    let wrapped = tenancy::data_keys(&stores.control).await?;
    let ring = key_ring(loaded, !wrapped.is_empty())?;
    ring.check(&wrapped)?;
    Ok(ring)
}

/// The ring of keys that the configuration names; one that is not there is made where nothing is sealed yet.
///
/// # Errors
/// [`BootError::Configuration`].
pub fn key_ring(loaded: &Loaded, sealed_data_exists: bool) -> Result<KeyRing, BootError> {
    let config = &loaded.config;
    let (file, ring) = match &config.keys {
        Keys::File(file) => (file.clone(), None),
        Keys::Ring(ring) => (
            config.data_dir.join("keys"),
            Some(PlainSecret::from(ring.expose())),
        ),
    };
    let sources = KeySources {
        credentials_directory: loaded.manager.credentials_directory.clone(),
        file,
        ring,
    };
    Ok(sources.load_or_generate(sealed_data_exists)?)
}
