//! A look at a domain's record. The name server is asked first, with no transaction open; what it said is judged against the row as
//! it is then.

use super::add::on_record;
use super::limit::Looks;
use super::model::Domain;
use super::store;
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::dns::Resolver;
use crate::id::{DomainId, TenantId};
use crate::tenancy::life::told;
use crate::{Error, Result};

/// Looks at a company's domain now. What was found stands in the domain.
///
/// # Errors
/// [`Error::NotFound`], also for another company's.
pub async fn verify_domain(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    id: DomainId,
) -> Result<Domain> {
    let domain = found(app, tenant, id).await?;
    looked(app, actor, domain).await
}

/// The same for a company's people, who may not have it done as often as they like.
///
/// # Errors
/// [`Error::NotFound`], also for another company's; [`Error::TooMany`].
pub async fn check_domain(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    id: DomainId,
) -> Result<Domain> {
    let domain = found(app, tenant, id).await?;
    app.memory.of::<Looks>().take(tenant, id, app.clock.now())?;
    looked(app, actor, domain).await
}

async fn found(app: &App, tenant: TenantId, id: DomainId) -> Result<Domain> {
    let found = app.control.read(move |c| store::by_id(c, id)).await?;
    found
        .filter(|domain| domain.tenant == tenant)
        .ok_or(Error::NotFound)
}

/// Looks, and has every page of this process show what came of it.
async fn looked(app: &App, actor: &Actor, domain: Domain) -> Result<Domain> {
    let (domain, _) = look(app, actor, domain).await?;
    // Not only where this look changed it: the daily one may just have, and not have told yet.
    if domain.verified_at.is_some() != is_served(app, &domain) {
        told(app).await;
    }
    Ok(domain)
}

/// Whether requests of this process reach the company under the name.
fn is_served(app: &App, domain: &Domain) -> bool {
    app.gate
        .get()
        .and_then(|gate| gate.company_at(&domain.host))
        .is_some_and(|company| company.tenant == domain.tenant)
}

/// Looks at one; says whether that changed anything but the time of the look.
///
/// # Errors
/// [`Error::NotFound`] where it was taken away meanwhile.
pub(super) async fn look(app: &App, actor: &Actor, domain: Domain) -> Result<(Domain, bool)> {
    let answer = Resolver::of(&app.config.outbound)
        .texts(&domain.record_name())
        .await;
    let seen = domain.seen(answer);
    let (actor, id) = (actor.clone(), domain.id);
    app.control
        .write(move |c| {
            let before = store::by_id(c, id)?.ok_or(Error::NotFound)?;
            let is_taken = before.verified_at.is_none() && store::is_taken(c, &before)?;
            let (after, step) = before.after(&seen, is_taken, c.now());
            store::save(c, &after)?;
            if let Some(step) = step {
                let event = Event::new(step.action())
                    .of(after.tenant)
                    .product("tenancy")
                    .target("domain", &after.id, &after.host)
                    .before_after(&on_record(c, &before)?, &on_record(c, &after)?);
                audit::record(c, &actor, event)?;
            }
            Ok((after, step.is_some()))
        })
        .await
}
