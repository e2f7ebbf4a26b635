//! Brings a demo company back to what a visitor is meant to find: whatever was made since goes, the year begins anew.

use super::{clear, load};
use crate::Result;
use crate::actor::Actor;
use crate::app::App;
use crate::db::Scope;
use crate::gate::Later;
use crate::partners::store::demo;

/// Labels everything that is there as demo data, takes it away and loads the demo. Stopped half way, it may be run again.
pub fn reset(app: App, scope: Scope, actor: Actor) -> Later<'static, Result<()>> {
    Box::pin(async move {
        scope.write(demo::label_all).await?;
        clear(&app, &scope, &actor, |_| {}).await?;
        load(&app, &scope, &actor, |_| {}).await?;
        Ok(())
    })
}
