//! Companies whose store could not be brought to this version: their doors stay shut, and the registry says why until a later start
//! succeeds. And stores that somebody marked by hand.

use super::store;
use crate::Result;
use crate::actor::Actor;
use crate::audit::{self, Event};
use crate::db::migrate::Forced;
use crate::db::{Control, ControlConn};
use crate::id::TenantId;

/// Notes how the stores came through an upgrade: which of them failed and why. Those that failed before and did not now are whole
/// again; where `only` one company's store was upgraded, nothing is said of the others. Nothing is written where nothing changed.
///
/// # Errors
/// Where the control plane does not answer.
pub async fn note_upgrades(
    control: &Control,
    actor: Actor,
    only: Option<TenantId>,
    failed: Vec<(TenantId, String)>,
) -> Result<()> {
    let before = control.read(store::failed_upgrades).await?;
    if before.is_empty() && failed.is_empty() {
        return Ok(());
    }
    control
        .write(move |c| {
            for (tenant, slug, held) in store::failed_upgrades(c)? {
                let is_meant = only.is_none_or(|one| one == tenant);
                if is_meant && !failed.iter().any(|(one, _)| *one == tenant) {
                    mend(c, &actor, tenant, &slug, held)?;
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

/// Takes the mark of a failed upgrade away.
fn mend(
    c: &mut ControlConn,
    actor: &Actor,
    tenant: TenantId,
    slug: &str,
    held: String,
) -> Result<()> {
    store::save_upgrade(c, tenant, None)?;
    let event = Event::new("tenant.upgrade_mended").product("tenancy");
    let event = event.target("tenant", &tenant, slug);
    audit::record(c, actor, event.removed(&Why { held }))
}

/// Notes which stores were marked as being at another step, and takes the marks of failed upgrades from them.
///
/// # Errors
/// Where the control plane does not answer.
pub async fn note_forced(control: &Control, actor: Actor, forced: Vec<Forced>) -> Result<()> {
    control
        .write(move |c| {
            for one in forced.iter().filter(|one| one.failed.is_none()) {
                let company = match one.store.parse::<TenantId>() {
                    Ok(tenant) => store::by_id(c, tenant)?,
                    Err(_) => None,
                };
                if one.before != one.after {
                    let event = Event::new("store.forced").product("tenancy");
                    let event = match &company {
                        Some(company) => event.target("tenant", &company.id, company.slug.as_str()),
                        None => event.target("store", &one.store, &one.store),
                    };
                    let at = |steps: &[String]| serde_json::json!({ "step": steps.last() });
                    let event = event.before_after(&at(&one.before), &at(&one.after));
                    audit::record(c, &actor, event)?;
                }
                if let Some(company) = company
                    && let Some(held) = company.upgrade_failed
                {
                    mend(c, &actor, company.id, company.slug.as_str(), held)?;
                }
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
