//! `/api/v1/operator/tenants`: companies, for programs with an operator's key.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::companies::record::{Record, owner, slug};
use super::companies::{find, select};
use super::door::Keyed;
use super::once::{Keep, once};
use super::usage::{self, Usage};
use crate::clock::Timestamp;
use crate::db::ControlConn;
use crate::id::TenantId;
use crate::identity::{self, NewOwner, Opened, open_with};
use crate::tenancy::plans::{EntitlementView, entitlements};
use crate::tenancy::{self, Also, Company, NewCompany, Status};
use crate::web::once::Answer;
use crate::web::route::Parameter;
use crate::web::{Json, Query, answer};
use crate::{Error, Result};

/// The list's filters.
pub const FILTERS: &[Parameter] = &[
    Parameter {
        name: "q",
        about: "Part of a name, slug or number.",
    },
    Parameter {
        name: "status",
        about: "`demo`, `trial`, `active`, `frozen` or `archived`.",
    },
    Parameter {
        name: "sort",
        about: "`name`, `slug`, `status`, `plan` or `opened`; a minus in front turns it around.",
    },
];

/// A company, as the registry knows it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Tenant")]
pub struct TenantBody {
    /// Its id.
    pub id: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// `demo`, `trial`, `active`, `frozen` or `archived`.
    pub status: String,
    /// `customer` or `demo`.
    pub kind: String,
    /// What it bought.
    pub plan: String,
    /// Its name by law.
    pub legal_name: Option<String>,
    /// Its VAT number, or a Romanian CIF.
    pub tax_id: Option<String>,
    /// What it does.
    pub industry: Option<String>,
    /// The address of its logo, over https.
    pub logo_url: Option<String>,
    /// Its colour, `#rrggbb`, dark enough for white text.
    pub color: Option<String>,
    /// When its trial ends.
    pub trial_ends_at: Option<Timestamp>,
    /// The first day of its contract.
    pub contract_start: Option<String>,
    /// The last day of its contract.
    pub contract_end: Option<String>,
    /// Its number in the operator's own books.
    pub erp_customer_id: Option<String>,
    /// Its number at Stripe.
    pub stripe_customer_id: Option<String>,
    /// Who looks after it.
    pub sales_owner: Option<String>,
    /// Why its store could not be brought to this version.
    pub upgrade_failed: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Since when it only reads.
    pub frozen_at: Option<Timestamp>,
    /// Since when it is gone from sight.
    pub archived_at: Option<Timestamp>,
    /// When it is deleted, where it is being closed; until then it can be kept.
    pub closing_at: Option<Timestamp>,
    /// Why it goes, where its people said.
    pub closing_reason: Option<String>,
}

impl TenantBody {
    fn of(company: Company) -> Self {
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
        Self {
            id: company.id,
            slug: company.slug.to_string(),
            status: company.status.as_str().to_owned(),
            kind: company.kind.as_str().to_owned(),
            contract_start: day(company.contract_start),
            contract_end: day(company.contract_end),
            name: company.settings.name,
            plan: company.plan,
            legal_name: company.legal_name,
            tax_id: company.tax_id,
            industry: company.industry,
            logo_url: company.logo_url,
            color: company.color,
            trial_ends_at: company.trial_ends_at,
            erp_customer_id: company.erp_customer_id,
            stripe_customer_id: company.stripe_customer_id,
            sales_owner: company.sales_owner,
            upgrade_failed: company.upgrade_failed,
            created_at: company.created_at,
            frozen_at: company.frozen_at,
            archived_at: company.archived_at,
            closing_at: company.closing.as_ref().map(|closing| closing.at),
            closing_reason: company.closing.and_then(|closing| closing.reason),
        }
    }
}

/// A company with what it uses.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TenantWithUsage {
    /// The company.
    #[serde(flatten)]
    pub tenant: TenantBody,
    /// What it uses now.
    pub usage: Usage,
    /// What it may use of each product.
    pub products: Vec<EntitlementView>,
}

/// A company that was opened.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OpenedTenant {
    /// The company.
    #[serde(flatten)]
    pub tenant: TenantBody,
    /// The link with which its owner chooses a password, where they are new here; shown this one time.
    pub owner_link: Option<String>,
}

/// A company to open.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    /// Its name in addresses; it stays.
    pub slug: String,
    /// What people call it; from the slug where absent.
    pub name: Option<String>,
    /// `active` (where absent, and no demo by its kind), `trial` or `demo`.
    pub status: Option<String>,
    /// Its owner's address; an account that is there already goes on with it, once its address is proven: a link is mailed for that.
    pub owner_email: Option<String>,
    /// Its owner's name.
    pub owner_name: Option<String>,
    /// `customer`, or `demo` for one that begins as a demo.
    pub kind: Option<String>,
    /// What it bought.
    pub plan: Option<String>,
    /// Its name by law.
    pub legal_name: Option<String>,
    /// Its VAT number, or a Romanian CIF.
    pub tax_id: Option<String>,
    /// What it does.
    pub industry: Option<String>,
    /// The address of its logo, over https.
    pub logo_url: Option<String>,
    /// Its colour, `#rrggbb`, dark enough for white text.
    pub color: Option<String>,
    /// When its trial ends: a time, or the last day of it; a trial has an end, in `trial_days` where absent.
    pub trial_ends_at: Option<String>,
    /// The first day of its contract.
    pub contract_start: Option<String>,
    /// The last day of its contract.
    pub contract_end: Option<String>,
    /// Its number in the operator's own books; no two share one.
    pub erp_customer_id: Option<String>,
    /// Its number at Stripe; no two share one.
    pub stripe_customer_id: Option<String>,
    /// Who looks after it.
    pub sales_owner: Option<String>,
}

/// What changes of a company; what is absent stays, an empty text takes a value away.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantChange {
    /// What people call it.
    pub name: Option<String>,
    /// `customer` or `demo`.
    pub kind: Option<String>,
    /// What it bought.
    pub plan: Option<String>,
    /// Its name by law.
    pub legal_name: Option<String>,
    /// Its VAT number, or a Romanian CIF.
    pub tax_id: Option<String>,
    /// What it does.
    pub industry: Option<String>,
    /// The address of its logo, over https.
    pub logo_url: Option<String>,
    /// Its colour, `#rrggbb`, dark enough for white text.
    pub color: Option<String>,
    /// When its trial ends: a time, or the last day of it.
    pub trial_ends_at: Option<String>,
    /// The first day of its contract.
    pub contract_start: Option<String>,
    /// The last day of its contract.
    pub contract_end: Option<String>,
    /// Its number in the operator's own books; no two share one.
    pub erp_customer_id: Option<String>,
    /// Its number at Stripe; no two share one.
    pub stripe_customer_id: Option<String>,
    /// Who looks after it.
    pub sales_owner: Option<String>,
}

fn over(mut record: Record, change: TenantChange) -> Record {
    let set = |value: &mut String, new: Option<String>| {
        if let Some(new) = new {
            *value = new;
        }
    };
    set(&mut record.name, change.name);
    set(&mut record.kind, change.kind);
    set(&mut record.plan, change.plan);
    set(&mut record.legal_name, change.legal_name);
    set(&mut record.tax_id, change.tax_id);
    set(&mut record.industry, change.industry);
    set(&mut record.logo_url, change.logo_url);
    set(&mut record.color, change.color);
    set(&mut record.trial_ends_at, change.trial_ends_at);
    set(&mut record.contract_start, change.contract_start);
    set(&mut record.contract_end, change.contract_end);
    set(&mut record.erp_customer_id, change.erp_customer_id);
    set(&mut record.stripe_customer_id, change.stripe_customer_id);
    set(&mut record.sales_owner, change.sales_owner);
    record
}

/// `GET /operator/tenants`.
///
/// # Errors
/// [`Error::Invalid`] for a filter that does not fit.
pub async fn list(who: Keyed, request: HttpRequest) -> Result<HttpResponse> {
    let page = select::page(&who.app, &Query::of(&request)).await?;
    Ok(answer::list(&request, page.map(TenantBody::of)))
}

/// `GET /operator/tenants/{slug}`.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn one(who: Keyed, slug: Path<String>) -> Result<HttpResponse> {
    let company = find(&who.app, &slug).await?;
    let mut used = usage::of(&who.app, &[company.id]).await?;
    let id = company.id;
    let products = who.app.control.read(move |c| entitlements(c, id)).await?;
    let version = version(&company);
    let mut response = answer::ok(&TenantWithUsage {
        usage: used.remove(&company.id).unwrap_or_default(),
        products,
        tenant: TenantBody::of(company),
    });
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Which state of the registry's record this is: what a change may be made from. What the company uses is no part of it.
fn version(company: &Company) -> i64 {
    let hash = Sha256::digest(company.record().to_string());
    let first = hash.iter().take(7);
    first.fold(0, |number, byte| number << 8 | i64::from(*byte))
}

fn said(company: &Company) -> Result<Answer> {
    let answer = Answer::ok(&TenantBody::of(company.clone()))?;
    Ok(answer.version(version(company)))
}

fn opened(opened: &Opened) -> Result<Answer> {
    let answer = Answer::created(&OpenedTenant {
        tenant: TenantBody::of(opened.company.clone()),
        owner_link: opened.invitation.as_ref().map(|link| link.url.clone()),
    })?;
    Ok(answer.version(version(&opened.company)))
}

/// `POST /operator/tenants`.
///
/// # Errors
/// [`Error::Invalid`] for values that do not fit; [`Error::Conflict`] for a slug that is taken.
pub async fn create(who: Keyed, body: Json<NewTenant>) -> Result<HttpResponse> {
    once(&who, &body.bytes, |keep| async {
        let (new, owner) = wanted(body.value)?;
        let also = move |c: &mut ControlConn<'_>, done: &Opened| keep.keep(c, &opened(done)?);
        let done = open_with(&who.app, &who.actor, new, owner, Arc::new(also)).await?;
        opened(&done)
    })
    .await
}

fn wanted(sent: NewTenant) -> Result<(NewCompany, Option<NewOwner>)> {
    let slug = slug(&sent.slug).map_err(|why| Error::Invalid(vec![why]))?;
    let (status, owner_email, owner_name) = (sent.status, sent.owner_email, sent.owner_name);
    let record = over(
        Record::blank(),
        TenantChange {
            name: sent.name,
            kind: sent.kind,
            plan: sent.plan,
            legal_name: sent.legal_name,
            tax_id: sent.tax_id,
            industry: sent.industry,
            logo_url: sent.logo_url,
            color: sent.color,
            trial_ends_at: sent.trial_ends_at,
            contract_start: sent.contract_start,
            contract_end: sent.contract_end,
            erp_customer_id: sent.erp_customer_id,
            stripe_customer_id: sent.stripe_customer_id,
            sales_owner: sent.sales_owner,
        },
    );
    let begins = match status.as_deref() {
        None => None,
        Some("active") => Some(Status::Active),
        Some("trial") => Some(Status::Trial),
        Some("demo") => Some(Status::Demo),
        Some(_) => {
            return Err(Error::invalid(
                "status",
                "A company begins active, as a trial or as a demo.",
            ));
        }
    };
    let new = record.read()?.into_new(slug).beginning(begins)?;
    let owner = owner(owner_email, owner_name)?;
    Ok((new, owner))
}

/// `PATCH /operator/tenants/{slug}`.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for values that do not fit.
pub async fn change(
    who: Keyed,
    slug: Path<String>,
    body: Json<TenantChange>,
) -> Result<HttpResponse> {
    let (company, expected) = (
        find(&who.app, &slug).await?,
        answer::if_match(&who.request)?,
    );
    let sent = body.value;
    let change = move |company: &mut Company| {
        if expected.is_some_and(|expected| expected != version(company)) {
            return Err(Error::Stale);
        }
        let read = over(Record::of(company), sent.clone()).read()?;
        read.apply(company);
        Ok(())
    };
    let change = Box::new(change);
    let company = tenancy::try_change_record(&who.app, &who.actor, company.id, change).await?;
    Ok(said(&company)?.respond(false))
}

async fn step(who: &Keyed, slug: &str, to: Status) -> Result<HttpResponse> {
    once(who, &[], |keep| async {
        let company = find(&who.app, slug).await?;
        let also = kept(keep);
        let (app, actor) = (&who.app, &who.actor);
        said(&tenancy::change_status_and(app, actor, company.id, to, also).await?)
    })
    .await
}

fn kept(keep: Keep) -> Also {
    Box::new(move |c, company| keep.keep(c, &said(company)?))
}

/// `POST /operator/tenants/{slug}/activate`.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] where there is no such step from here.
pub async fn activate(who: Keyed, slug: Path<String>) -> Result<HttpResponse> {
    step(&who, &slug, Status::Active).await
}

/// `POST /operator/tenants/{slug}/freeze`.
///
/// # Errors
/// As [`activate`].
pub async fn freeze(who: Keyed, slug: Path<String>) -> Result<HttpResponse> {
    step(&who, &slug, Status::Frozen).await
}

/// `POST /operator/tenants/{slug}/archive`: its data is removed.
///
/// # Errors
/// As [`activate`].
pub async fn archive(who: Keyed, slug: Path<String>) -> Result<HttpResponse> {
    step(&who, &slug, Status::Archived).await
}

/// `POST /operator/tenants/{slug}/keep`: a company that is being closed stays, as it was before.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] where it is not being closed.
pub async fn keep(who: Keyed, slug: Path<String>) -> Result<HttpResponse> {
    once(&who, &[], |keep| async {
        let company = find(&who.app, &slug).await?;
        let (app, actor) = (&who.app, &who.actor);
        said(&identity::keep_company_and(app, actor, company.id, kept(keep)).await?)
    })
    .await
}

/// What deleting asks for.
pub const CONFIRM: &[Parameter] = &[Parameter {
    name: "confirm",
    about: "The company's slug once more: it is deleted with everything it has, and cannot be brought back.",
}];

/// `DELETE /operator/tenants/{slug}?confirm={slug}`: the company goes with everything it has.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] without its slug as confirmation.
pub async fn delete(who: Keyed, slug: Path<String>) -> Result<HttpResponse> {
    let company = find(&who.app, &slug).await?;
    if Query::of(&who.request).get("confirm") != company.slug.as_str() {
        let said = format!("Add ?confirm={0} to delete {0} for good.", company.slug);
        return Err(Error::invalid("confirm", said));
    }
    tenancy::delete(&who.app, &who.actor, company.id).await?;
    Ok(HttpResponse::NoContent().finish())
}
