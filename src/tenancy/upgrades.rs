//! Companies whose store could not be brought to this version: their doors stay shut, and the registry says why until a later start
//! succeeds.

use super::store;
use crate::Result;
use crate::actor::Actor;
use crate::audit::{self, Event};
use crate::db::Control;
use crate::id::TenantId;

/// Notes how the stores came through this start: which of them failed and why. Those that failed before and did not now are whole
/// again. Nothing is written where nothing changed.
///
/// # Errors
/// Where the control plane does not answer.
pub async fn note_upgrades(control: &Control, failed: Vec<(TenantId, String)>) -> Result<()> {
    let before = control.read(store::failed_upgrades).await?;
    if before.is_empty() && failed.is_empty() {
        return Ok(());
    }
    control
        .write(move |c| {
            let actor = Actor::system("start");
            for (tenant, slug, held) in store::failed_upgrades(c)? {
                if !failed.iter().any(|(one, _)| *one == tenant) {
                    store::save_upgrade(c, tenant, None)?;
                    let event = Event::new("tenant.upgrade_mended").product("tenancy");
                    audit::record(
                        c,
                        &actor,
                        event
                            .target("tenant", &tenant, &slug)
                            .removed(&Why { held }),
                    )?;
                }
            }
            for (tenant, why) in &failed {
                let Some(company) = store::by_id(c, *tenant)? else {
                    continue;
                };
                if company.upgrade_failed.as_ref() == Some(why) {
                    continue;
                }
                store::save_upgrade(c, *tenant, Some(why))?;
                let event = Event::new("tenant.upgrade_failed").product("tenancy");
                let event = event.target("tenant", tenant, company.slug.as_str());
                audit::record(c, &actor, event.created(&Why { held: why.clone() }))?;
            }
            Ok(())
        })
        .await
}

#[derive(serde::Serialize)]
struct Why {
    #[serde(rename = "upgrade_failed")]
    held: String,
}
