//! Brings a demo company back to what a visitor is meant to find: whatever was made since goes, the year begins anew.

use super::clear;
use super::load::load_alone;
use crate::Result;
use crate::actor::Actor;
use crate::app::App;
use crate::db::Scope;
use crate::gate::Later;
use crate::partners::store::demo;

/// Rows of one write.
const PIECE: i64 = 500;

/// Labels everything that is there as demo data, takes it away and loads the demo. Stopped half way, it may be run again.
pub fn reset(app: App, scope: Scope, actor: Actor) -> Later<'static, Result<()>> {
    Box::pin(async move {
        scope.write(demo::label_all).await?;
        clear(&app, &scope, &actor, |_| {}).await?;
        // Reported without a customer, so no label led to them.
        while scope.write(|c| demo::forget_events(c, PIECE)).await? > 0 {}
        load_alone(&app, &scope, &actor).await?;
        Ok(())
    })
}
