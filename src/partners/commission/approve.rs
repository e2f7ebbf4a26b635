//! Approves a commission by hand, before its hold is over too: the person decides.

use actix_web::{HttpResponse, web};

use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::CommissionId;
use crate::partners::api;
use crate::partners::model::{Commission, CommissionState};
use crate::partners::permissions::WriteCommissions;
use crate::partners::store::commissions;
use crate::web::Allowed;
use crate::web::once::Answer;
use crate::{Error, Result};

/// Approves one; an approved one stays so.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], or a conflict where it is paid or reversed.
pub fn approve(
    c: &mut TenantConn,
    actor: &Actor,
    id: CommissionId,
    expected: Option<i64>,
) -> Result<Commission> {
    let before = commissions::find(c, id)?.ok_or(Error::NotFound)?;
    api::expect(expected, before.version)?;
    match before.state {
        CommissionState::Approved => Ok(before),
        CommissionState::Pending => write(c, actor, &before),
        CommissionState::Paid | CommissionState::Reversed => Err(api::wrong_state(format!(
            "This commission is {}.",
            before.state
        ))),
    }
}

/// Approves a pending one.
pub(super) fn write(c: &mut TenantConn, actor: &Actor, before: &Commission) -> Result<Commission> {
    let now = c.now();
    let after = Commission {
        state: CommissionState::Approved,
        approved_at: Some(now),
        updated_at: now,
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    commissions::update(c, before, &after)?;
    let event = audit::Event::new("commission.approved")
        .product("partners")
        .target("commission", &before.id, &before.id.to_string());
    let (was, is) = (
        serde_json::json!({ "state": before.state }),
        serde_json::json!({ "state": after.state }),
    );
    audit::record(c, actor, event.before_after(&was, &is))?;
    Ok(after)
}

/// `POST /commissions/{id}/approve`
///
/// # Errors
/// As [`approve`].
pub async fn post(
    allowed: Allowed<InProject<WriteCommissions>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let (id, expected) = (api::id(&path)?, api::expected(&allowed)?);
    api::change(&allowed, &[], move |c, actor| {
        let commission = approve(c, actor, id, expected)?;
        Ok(Answer::ok(&commission)?.version(commission.version))
    })
    .await
}
