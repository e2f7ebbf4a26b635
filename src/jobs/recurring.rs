//! Work that comes back by itself: one job of each such kind waits in every store, under its own name as the key.

use super::enqueue::enqueue;
use super::kinds;
use super::store;
use crate::Result;
use crate::app::App;
use crate::db::{Plane, Scoped};

/// Makes sure that every recurring kind waits or runs; a new one is due at once.
///
/// # Errors
/// Where the store fails.
pub fn ensure<P: Plane>(c: &mut Scoped<'_, P>, app: &App) -> Result<()> {
    let now = c.now();
    for kind in kinds::all(app, kinds::plane_of::<P>()) {
        if kind.every.is_some() && store::alive(c, kind.name)?.is_none() {
            enqueue(c, kind.name, &serde_json::json!({}), now, Some(kind.name))?;
        }
    }
    Ok(())
}

/// Enqueues the next run of a kind that has just ended, if it comes back by itself.
pub(super) fn again<P: Plane>(c: &mut Scoped<'_, P>, app: &App, kind: &str) -> Result<()> {
    let Some(known) = kinds::find(app, kinds::plane_of::<P>(), kind) else {
        return Ok(());
    };
    if let Some(every) = known.every {
        let at = c.now().plus(every);
        enqueue(c, kind, &serde_json::json!({}), at, Some(kind))?;
    }
    Ok(())
}
