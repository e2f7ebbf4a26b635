//! A company lets go of a domain.

use super::add::on_record;
use super::model::Domain;
use super::store;
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::db::ControlConn;
use crate::id::{DomainId, TenantId};
use crate::tenancy::life::told;
use crate::{Error, Result};

/// Takes a domain away: the company does not answer under it any more.
///
/// # Errors
/// [`Error::NotFound`], also for another company's.
pub async fn remove_domain(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    id: DomainId,
) -> Result<Domain> {
    let actor = actor.clone();
    let domain = app
        .control
        .write(move |c| {
            let domain = store::by_id(c, id)?
                .filter(|domain| domain.tenant == tenant)
                .ok_or(Error::NotFound)?;
            remove(c, &actor, &domain)?;
            Ok(domain)
        })
        .await?;
    told(app).await;
    Ok(domain)
}

/// Takes all of a company's away, in the transaction at hand: somebody else may have the names.
pub(in crate::tenancy) fn remove_all(
    c: &mut ControlConn,
    actor: &Actor,
    tenant: TenantId,
) -> Result<()> {
    let all = store::of(c, tenant)?;
    all.iter().try_for_each(|domain| remove(c, actor, domain))
}

fn remove(c: &mut ControlConn, actor: &Actor, domain: &Domain) -> Result<()> {
    let event = Event::new("domain.removed")
        .of(domain.tenant)
        .product("tenancy")
        .target("domain", &domain.id, &domain.host)
        .removed(&on_record(c, domain)?);
    store::remove(c, domain.id)?;
    audit::record(c, actor, event)
}
