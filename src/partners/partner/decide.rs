//! Decides about a partner: approve, decline, suspend, reinstate, archive.

use actix_web::{HttpResponse, web};

use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::gate::{Counted, Limits};
use crate::id::PartnerId;
use crate::partners::api;
use crate::partners::model::{Partner, PartnerState};
use crate::partners::permissions::WritePartners;
use crate::partners::store::{partners, usage};
use crate::web::Allowed;
use crate::web::once::Answer;
use crate::{Error, Result};

/// A decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Takes part from now on.
    Approve,
    /// Does not.
    Decline,
    /// Stops for now: links close, nothing is earned or paid.
    Suspend,
    /// Goes on.
    Reinstate,
    /// Is over; what was earned is still paid.
    Archive,
}

impl Decision {
    fn leads_to(self) -> PartnerState {
        match self {
            Self::Approve | Self::Reinstate => PartnerState::Approved,
            Self::Decline => PartnerState::Declined,
            Self::Suspend => PartnerState::Suspended,
            Self::Archive => PartnerState::Archived,
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::Approve => "partner.approved",
            Self::Decline => "partner.declined",
            Self::Suspend => "partner.suspended",
            Self::Reinstate => "partner.reinstated",
            Self::Archive => "partner.archived",
        }
    }

    /// Whether a partner in this state may be decided about so. A suspended partner is reinstated, not approved again.
    pub fn fits(self, state: PartnerState) -> bool {
        let comes_back =
            state == PartnerState::Suspended && self.leads_to() == PartnerState::Approved;
        state.may_become(self.leads_to()) && comes_back == (self == Self::Reinstate)
    }
}

/// Decides. A decision that stands already changes nothing.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::PlanLimit`], or a conflict where the decision does not fit.
pub fn decide(
    c: &mut TenantConn,
    actor: &Actor,
    id: PartnerId,
    expected: Option<i64>,
    decision: Decision,
    limits: Limits,
) -> Result<Partner> {
    let before = partners::find(c, id)?.ok_or(Error::NotFound)?;
    super::only_here(c, id)?;
    api::expect(expected, before.version)?;
    let state = decision.leads_to();
    if before.state == state {
        return Ok(before);
    }
    if !decision.fits(before.state) {
        return Err(api::wrong_state(format!(
            "A partner who is {} cannot become {state} this way.",
            before.state
        )));
    }
    // Declined partners do not count; one who is taken on after all does.
    if !before.state.counts() && state.counts() {
        limits.one_more(Counted::Partners, |most| usage::partners(c, most))?;
    }
    let mut after = Partner {
        state,
        ..before.clone()
    };
    let event = audit::Event::new(decision.action())
        .product("partners")
        .target("partner", &id, &after.name);
    let event = event.before_after(&before, &after);
    after.updated_at = c.now();
    after.version = before.version.saturating_add(1);
    partners::update(c, &before, &after)?;
    audit::record(c, actor, event)?;
    Ok(after)
}

async fn answer(
    allowed: &Allowed<InProject<WritePartners>>,
    path: &str,
    decision: Decision,
) -> Result<HttpResponse> {
    let (id, expected, limits) = (api::id(path)?, api::expected(allowed)?, allowed.limits());
    api::change_ways(allowed, &[], move |c, actor| {
        let partner = decide(c, actor, id, expected, decision, limits)?;
        Ok(Answer::ok(&partner)?.version(partner.version))
    })
    .await
}

/// `POST /partners/{id}/approve`
///
/// # Errors
/// As [`decide`].
pub async fn approve(
    allowed: Allowed<InProject<WritePartners>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    answer(&allowed, &path, Decision::Approve).await
}

/// `POST /partners/{id}/decline`
///
/// # Errors
/// As [`decide`].
pub async fn decline(
    allowed: Allowed<InProject<WritePartners>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    answer(&allowed, &path, Decision::Decline).await
}

/// `POST /partners/{id}/suspend`
///
/// # Errors
/// As [`decide`].
pub async fn suspend(
    allowed: Allowed<InProject<WritePartners>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    answer(&allowed, &path, Decision::Suspend).await
}

/// `POST /partners/{id}/reinstate`
///
/// # Errors
/// As [`decide`].
pub async fn reinstate(
    allowed: Allowed<InProject<WritePartners>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    answer(&allowed, &path, Decision::Reinstate).await
}

/// `POST /partners/{id}/archive`
///
/// # Errors
/// As [`decide`].
pub async fn archive(
    allowed: Allowed<InProject<WritePartners>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    answer(&allowed, &path, Decision::Archive).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suspended_partners_are_reinstated_and_applicants_approved() {
        for (decision, state, fits) in [
            (Decision::Approve, PartnerState::Applied, true),
            (Decision::Approve, PartnerState::Declined, true),
            (Decision::Approve, PartnerState::Suspended, false),
            (Decision::Reinstate, PartnerState::Suspended, true),
            (Decision::Reinstate, PartnerState::Applied, false),
            (Decision::Decline, PartnerState::Approved, false),
            (Decision::Suspend, PartnerState::Approved, true),
            (Decision::Archive, PartnerState::Suspended, true),
            (Decision::Archive, PartnerState::Archived, false),
        ] {
            assert_eq!(decision.fits(state), fits, "{decision:?} {state}");
        }
    }
}
