//! Says which customer a click was.
//!
//! The company's server says it with a key and is believed. A browser may say it too ([`claim`]), and anybody can imitate one: it
//! is believed only for a young click that is nobody's yet, and for a customer whom neither the server nor, within the programme's
//! window, a browser has tied to a click before.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{input, judge};
use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::{ClickId, CustomerId};
use crate::partners::api;
use crate::partners::model::{Click, Customer, Identity, IdentitySource};
use crate::partners::permissions::WriteEvents;
use crate::partners::store::{clicks, customers, events};
use crate::web::once::Answer;
use crate::web::{Allowed, Fields, Json};
use crate::{Error, Result};

/// Earlier events of a customer that are looked at again when a click of theirs becomes known.
const LOOKED_AT_AGAIN: i64 = 200;

/// Which customer a click was.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIdentity {
    /// The click's reference, as `steading.js` gives it.
    pub click: ClickId,
    /// The company's id of the customer.
    pub customer_id: String,
}

/// What is known of a customer's click.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Identified {
    /// The click.
    pub click: ClickId,
    /// The company's id of the customer.
    pub customer_id: String,
    /// Our id of the customer.
    pub customer: CustomerId,
    /// Whether this was not known before.
    pub is_new: bool,
    /// Earlier events that this click gets, now that it is known.
    pub attributed: usize,
}

/// A customer by the company's name for them, made where it is new.
pub(super) fn customer(c: &mut TenantConn, name: &str) -> Result<Customer> {
    if let Some(customer) = customers::find_external(c, name)? {
        return Ok(customer);
    }
    let now = c.now();
    let customer = Customer {
        id: CustomerId::new(now),
        external_id: name.to_owned(),
        enrolment_id: None,
        converted_at: None,
        created_at: now,
    };
    customers::insert(c, &customer, false)?;
    Ok(customer)
}

/// Ties a click to a customer; false where it was tied before.
pub(super) fn tie(
    c: &mut TenantConn,
    customer: CustomerId,
    click: &Click,
    source: IdentitySource,
) -> Result<bool> {
    let identity = Identity {
        customer_id: customer,
        click_id: click.id,
        link_id: click.link_id,
        clicked_at: click.clicked_at,
        source,
        created_at: c.now(),
    };
    customers::identify(c, &identity)
}

/// Says it on the word of the company's server. Events of the customer that went to nobody are looked at again.
///
/// # Errors
/// [`Error::NotFound`] for a click that is not there, [`Error::Invalid`] for a name that does not fit.
pub fn identify(c: &mut TenantConn, actor: &Actor, new: &NewIdentity) -> Result<Identified> {
    let mut fields = Fields::default();
    input::external_id(&mut fields, "customer_id", &new.customer_id);
    fields.check()?;
    let click = clicks::find(c, new.click)?.ok_or(Error::NotFound)?;
    let customer = customer(c, &new.customer_id)?;
    let is_new = tie(c, customer.id, &click, IdentitySource::Server)?;
    let mut attributed = 0;
    if is_new {
        attributed = look_again(c, &customer, &click)?;
        record(c, actor, new)?;
    }
    Ok(Identified {
        click: click.id,
        customer_id: customer.external_id,
        customer: customer.id,
        is_new,
        attributed,
    })
}

fn record(c: &mut TenantConn, actor: &Actor, new: &NewIdentity) -> Result<()> {
    let event = audit::Event::new("customer.identified").product("partners");
    let event = event
        .target("customer", &new.customer_id, &new.customer_id)
        .created(new);
    audit::record(c, actor, event)
}

/// Judges events again that nobody had got: a shop may report a sign-up before it says whose click it was.
fn look_again(c: &mut TenantConn, customer: &Customer, click: &Click) -> Result<usize> {
    let since = click.clicked_at.minus(std::time::Duration::from_secs(300));
    let waiting = events::unattributed(c, customer.id, since, LOOKED_AT_AGAIN)?;
    let (mut attributed, mut known) = (0, judge::Known::default());
    for event in waiting {
        let judged = judge::judge(c, &event)?;
        // Whoever sees the clicks of one project only cannot say why an event went to nobody.
        if Some(judged.outcome) == event.outcome
            || (judged.winner.is_none() && c.project().is_some())
        {
            continue;
        }
        events::set_outcome(c, event.id, judged.outcome)?;
        if let Some(winner) = &judged.winner {
            judge::reward(c, &event, Some(customer), winner, &mut known)?;
            attributed += 1;
        }
    }
    Ok(attributed)
}

/// Says it on the word of a browser. Returns whether it was believed; the browser is not told.
///
/// # Errors
/// [`Error::Invalid`] for a name that does not fit.
pub fn claim(c: &mut TenantConn, actor: &Actor, new: &NewIdentity) -> Result<bool> {
    let mut fields = Fields::default();
    input::external_id(&mut fields, "customer_id", &new.customer_id);
    fields.check()?;
    let now = c.now();
    let Some(candidate) = customers::candidate_of(c, new.click)? else {
        return Ok(false);
    };
    if now > candidate.clicked_at.plus_days(candidate.window_days)
        || customers::click_is_claimed(c, new.click)?
    {
        return Ok(false);
    }
    if let Some(known) = customers::find_external(c, &new.customer_id)? {
        let since = now.plus_days(-candidate.window_days);
        let taken = customers::identities_of(c, known.id)?;
        if taken
            .iter()
            .any(|(_, at, source)| *source == IdentitySource::Server || *at >= since)
        {
            return Ok(false);
        }
    }
    let Some(click) = clicks::find(c, new.click)? else {
        return Ok(false);
    };
    let customer = customer(c, &new.customer_id)?;
    tie(c, customer.id, &click, IdentitySource::Browser)?;
    record(c, actor, new)?;
    Ok(true)
}

/// `POST /identify`
///
/// # Errors
/// As [`identify`].
pub async fn post(
    allowed: Allowed<InProject<WriteEvents>>,
    body: Json<NewIdentity>,
) -> Result<HttpResponse> {
    let new = body.value;
    api::change(&allowed, &body.bytes, move |c, actor| {
        Answer::ok(&identify(c, actor, &new)?)
    })
    .await
}
