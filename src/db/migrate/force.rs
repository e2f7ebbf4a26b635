//! Marking a store as being at a step without running anything: the way out where somebody mended a store by hand, or where its
//! list of steps says what is not so.

use super::store::Store;
use super::{Direction, MigrateError, Touch, Which, each, files, on_postgres};
use crate::db::stores::StoreOptions;

/// A store that was marked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Forced {
    /// `control` or the tenant's id (`tenant` on PostgreSQL).
    pub store: String,
    /// The steps that stood in its list.
    pub before: Vec<String>,
    /// The steps that stand there now.
    pub after: Vec<String>,
    /// Why this company's file could not be marked, while the others were.
    pub failed: Option<String>,
}

/// Marks stores as being at `version` (none: without any step), and says what changed. Runs no step; a file is copied to the
/// backups first. With `is_sure` unset nothing is written.
///
/// # Errors
/// [`MigrateError::Unknown`] where a store has no such step, with nothing changed; [`MigrateError`] where one cannot be marked.
pub fn force(
    options: &StoreOptions,
    which: Which,
    version: Option<&str>,
    is_sure: bool,
) -> Result<Vec<Forced>, MigrateError> {
    let backups = options.data_dir.join("backups");
    let mark = |store: &mut Store| {
        let after = store.steps_until(version)?;
        let before = store.applied()?;
        if is_sure && before != after {
            store.snapshot_before(&backups, Direction::Down, options.clock.now())?;
            store.mark(&after)?;
        }
        Ok(Forced {
            store: store.name.clone(),
            before,
            after,
            failed: None,
        })
    };
    if options.is_postgres() {
        let touch = if is_sure { Touch::Mark } else { Touch::Look };
        return on_postgres(options, which, touch, &mut |store| mark(store));
    }
    let stores = files(options, which)?;
    let marked = each(&stores, &|file| mark(&mut file.open()?));
    let forced = stores
        .iter()
        .zip(marked)
        .map(|(file, outcome)| match outcome {
            Err(error @ MigrateError::Failed { .. }) if stores.len() > 1 => Ok(Forced {
                store: file.name.clone(),
                before: Vec::new(),
                after: Vec::new(),
                failed: Some(error.to_string()),
            }),
            outcome => outcome,
        });
    forced.collect()
}
