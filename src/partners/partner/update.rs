//! Changes what is known of a partner.

use actix_web::{HttpResponse, web};

use super::create::TAKEN;
use super::input::{self, PartnerChange};
use super::payee;
use crate::actor::Actor;
use crate::audit;
use crate::crypto::Vault;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::PartnerId;
use crate::partners::api;
use crate::partners::model::{Partner, Payee};
use crate::partners::permissions::WritePartners;
use crate::partners::store::partners;
use crate::web::once::Answer;
use crate::web::{Allowed, Json};
use crate::{Error, Result};

/// Changes one. Where they stand is decided elsewhere.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`].
pub fn update(
    c: &mut TenantConn,
    actor: &Actor,
    vault: &Vault,
    id: PartnerId,
    expected: Option<i64>,
    change: &PartnerChange,
) -> Result<Partner> {
    let before = partners::find(c, id)?.ok_or(Error::NotFound)?;
    super::only_here(c, id)?;
    api::expect(expected, before.version)?;
    let mut after = before.clone();
    if let Some(name) = &change.name {
        after.name.clone_from(name);
    }
    if let Some(email) = &change.email {
        after.email.clone_from(email);
    }
    if let Some(company) = &change.company {
        after.company.clone_from(company);
    }
    if let Some(website) = &change.website {
        after.website.clone_from(website);
    }
    if let Some(note) = &change.note {
        after.note.clone_from(note);
    }
    let details = input::check(&mut after, change.payee.as_ref().and_then(Option::as_ref))?;
    if change.payee.is_some() {
        after.payee_hint = details.as_ref().map(Payee::hint);
        let owner = c.owner();
        let sealed = details
            .map(|details| payee::seal(vault, owner, id, &details))
            .transpose()?;
        partners::set_payee(c, id, sealed.as_deref())?;
    } else if after == before {
        return Ok(after);
    }
    let mut event = audit::Event::new("partner.updated")
        .product("partners")
        .target("partner", &id, &after.name);
    event = event.before_after(&before, &after);
    if change.payee.is_some() {
        event = event.secret("payee");
    }
    after.updated_at = c.now();
    after.version = before.version.saturating_add(1);
    partners::update(c, &before, &after).map_err(|error| error.duplicate_of("email", TAKEN))?;
    audit::record(c, actor, event)?;
    Ok(after)
}

/// `PATCH /partners/{id}`
///
/// # Errors
/// As [`update`].
pub async fn patch(
    allowed: Allowed<InProject<WritePartners>>,
    path: web::Path<String>,
    body: Json<PartnerChange>,
) -> Result<HttpResponse> {
    let (id, expected, change) = (api::id(&path)?, api::expected(&allowed)?, body.value);
    let vault = allowed.app.vault.clone();
    api::change(&allowed, &body.bytes, move |c, actor| {
        let partner = update(c, actor, &vault, id, expected, &change)?;
        Ok(Answer::ok(&partner)?.version(partner.version))
    })
    .await
}
