//! What a company may use of a product: switched on or off, until when, with limits of its own.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::store::{self, Kept};
use super::{PRODUCTS, knobs};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::db::ControlConn;
use crate::gate::Counted;
use crate::id::TenantId;
use crate::tenancy::life::told_of;
use crate::{Error, Result};

/// A decision about one company and one product. What is left out stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entitlement {
    /// The product.
    pub product: String,
    /// On or off.
    pub is_enabled: Option<bool>,
    /// Until when it is on; `Some(None)` for good.
    pub expires_at: Option<Option<Timestamp>>,
    /// Limits of this company's own; none of a thing puts it back to the plan's.
    pub knobs: Vec<(Counted, Option<u64>)>,
}

impl Entitlement {
    /// Whether it decides anything.
    pub fn is_empty(&self) -> bool {
        self.is_enabled.is_none() && self.expires_at.is_none() && self.knobs.is_empty()
    }
}

/// What stands of a product, as the trail and the command line show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "TenantProduct")]
pub struct EntitlementView {
    /// The product.
    pub product: String,
    /// On or off.
    pub is_enabled: bool,
    /// Until when it is on; for good where absent.
    pub expires_at: Option<Timestamp>,
    /// Limits of the company's own.
    pub limits: BTreeMap<&'static str, u64>,
}

fn view(product: &str, kept: &Kept) -> EntitlementView {
    let limits = knobs::read(&kept.knobs);
    EntitlementView {
        product: product.to_owned(),
        is_enabled: kept.is_enabled,
        expires_at: kept.expires_at,
        limits: limits
            .into_iter()
            .map(|(what, most)| (what.as_str(), most))
            .collect(),
    }
}

/// That there is such a product.
///
/// # Errors
/// [`Error::Invalid`] naming those there are.
pub fn known_product(product: &str) -> Result<()> {
    if PRODUCTS.contains(&product) {
        return Ok(());
    }
    let known = PRODUCTS.join(", ");
    Err(Error::invalid(
        "product",
        format!("There is no product “{product}”. There is {known}."),
    ))
}

impl EntitlementView {
    /// What stands, in one line: `on until 2026-12-31T00:00:00Z, members at most 5`.
    pub fn words(&self) -> String {
        let mut line = if self.is_enabled { "on" } else { "off" }.to_owned();
        if let Some(until) = self.expires_at {
            line.push_str(&format!(" until {until}"));
        }
        for (name, most) in &self.limits {
            line.push_str(&format!(", {} at most {most}", name.replace('_', " ")));
        }
        line
    }
}

/// What a company that nobody decided about may use of a product.
fn undecided() -> Kept {
    Kept {
        is_enabled: true,
        knobs: "{}".to_owned(),
        expires_at: None,
    }
}

/// What stands of every product there is.
///
/// # Errors
/// Where the control plane does not answer.
pub fn entitlements(c: &mut ControlConn, tenant: TenantId) -> Result<Vec<EntitlementView>> {
    PRODUCTS
        .into_iter()
        .map(|product| {
            let kept = store::entitlement(c, tenant, product)?.unwrap_or_else(undecided);
            Ok(view(product, &kept))
        })
        .collect()
}

fn decided(before: &Kept, wanted: &Entitlement) -> Kept {
    Kept {
        is_enabled: wanted.is_enabled.unwrap_or(before.is_enabled),
        expires_at: wanted.expires_at.unwrap_or(before.expires_at),
        knobs: knobs::changed(&before.knobs, &wanted.knobs),
    }
}

/// What would stand after a decision. Nothing is written.
///
/// # Errors
/// As [`set_entitlement`].
pub fn judge_entitlement(
    c: &mut ControlConn,
    tenant: TenantId,
    wanted: &Entitlement,
) -> Result<EntitlementView> {
    let product = wanted.product.as_str();
    known_product(product)?;
    let before = store::entitlement(c, tenant, product)?.unwrap_or_else(undecided);
    Ok(view(product, &decided(&before, wanted)))
}

/// Writes a decision with its event, in the transaction at hand. One that changes nothing leaves no trace.
///
/// # Errors
/// [`Error::NotFound`] for a company that is not there, [`Error::Invalid`] for a product that is not.
pub fn set_entitlement(
    c: &mut ControlConn,
    actor: &Actor,
    tenant: TenantId,
    wanted: &Entitlement,
) -> Result<EntitlementView> {
    let product = wanted.product.as_str();
    known_product(product)?;
    let (name, _) = store::name_and_plan(c, tenant)?.ok_or(Error::NotFound)?;
    let held = store::entitlement(c, tenant, product)?;
    let before = held.clone().unwrap_or_else(undecided);
    let after = decided(&before, wanted);
    let (was, is) = (view(product, &before), view(product, &after));
    if before == after {
        return Ok(is);
    }
    match held {
        Some(_) => store::update_entitlement(c, tenant, product, &after)?,
        None => store::insert_entitlement(c, tenant, product, &after)?,
    }
    let event = Event::new("company.entitled")
        .product("tenancy")
        .target("company", &tenant, &name)
        .before_after(&was, &is);
    audit::record(c, actor, event)?;
    Ok(is)
}

/// Decides what a company may use of a product; every page and door of it follows at once.
///
/// # Errors
/// As [`set_entitlement`].
pub async fn entitle(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    wanted: Entitlement,
) -> Result<EntitlementView> {
    let actor = actor.clone();
    let written = app
        .control
        .write(move |c| set_entitlement(c, &actor, tenant, &wanted))
        .await?;
    told_of(app, tenant).await;
    Ok(written)
}
