//! What a company may use of a product, decided by an operator: at the API and on the company's page. Both say all of it, so what is
//! left out is as it is where nobody decided anything.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Path;
use schemars::JsonSchema;
use serde::Deserialize;

use super::companies::record::{A_MOMENT, moment};
use super::companies::{address, find};
use super::door::{Keyed, Operating};
use crate::actor::Actor;
use crate::app::App;
use crate::error::FieldError;
use crate::gate::Counted;
use crate::tenancy::plans::{EntitlementView, known_product};
use crate::tenancy::{self, Entitlement, Status};
use crate::web::parts::Toast;
use crate::web::{Form, Json, answer, flash};
use crate::{Error, Result};

/// What a company may use of a product; what is absent is as the plan has it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TenantProductDecision")]
pub struct Decision {
    /// On, where absent, or off.
    pub is_enabled: Option<bool>,
    /// Until when it is on: a time, or the last day of it; for good where absent.
    pub expires_at: Option<String>,
    /// Limits of this company's own, by `members`, `partners`, `links` and `events_per_month`.
    #[serde(default)]
    pub limits: BTreeMap<String, u64>,
}

impl Decision {
    fn read(self, product: String) -> Result<Entitlement> {
        known_product(&product).map_err(|_| Error::NotFound)?;
        let mut wrong = Vec::new();
        let expires_at = match self.expires_at.as_deref() {
            None | Some("") => None,
            Some(text) => {
                let read = moment(text);
                if read.is_none() {
                    wrong.push(FieldError::new("expires_at", A_MOMENT));
                }
                read
            }
        };
        for name in self.limits.keys() {
            if Counted::read(name).is_none() {
                let known = Counted::ALL.map(Counted::as_str).join(", ");
                let place = format!("/limits/{name}");
                wrong.push(FieldError::new(&place, format!("There is {known}.")));
            }
        }
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        let knob = |what: Counted| (what, self.limits.get(what.as_str()).copied());
        Ok(Entitlement {
            product,
            is_enabled: Some(self.is_enabled.unwrap_or(true)),
            expires_at: Some(expires_at),
            knobs: Counted::ALL.map(knob).to_vec(),
        })
    }
}

async fn decide(
    app: &App,
    actor: &Actor,
    slug: &str,
    product: String,
    decision: Decision,
) -> Result<(String, EntitlementView)> {
    let company = find(app, slug).await?;
    if company.status == Status::Archived {
        return Err(Error::conflict(
            "archived",
            "This company is archived: its record stays as it is.",
        ));
    }
    let wanted = decision.read(product)?;
    let view = tenancy::entitle(app, actor, company.id, wanted).await?;
    Ok((address(&company), view))
}

/// `PUT /operator/tenants/{slug}/products/{product}`.
///
/// # Errors
/// [`Error::NotFound`] for a company or product that is not there; [`Error::Invalid`] for values that do not fit.
pub async fn put(
    who: Keyed,
    path: Path<(String, String)>,
    body: Json<Decision>,
) -> Result<HttpResponse> {
    let (slug, product) = path.into_inner();
    let (_, view) = decide(&who.app, &who.actor, &slug, product, body.value).await?;
    Ok(answer::ok(&view))
}

/// `POST /operator/companies/{slug}/products/{product}`: the form on a company's page.
///
/// # Errors
/// As [`put`].
pub async fn save(
    who: Operating,
    path: Path<(String, String)>,
    form: Form,
) -> Result<HttpResponse> {
    let (slug, product) = path.into_inner();
    let mut decision = Decision {
        is_enabled: Some(form.text("is_enabled") != "no"),
        expires_at: Some(form.text("expires_at").to_owned()),
        limits: BTreeMap::new(),
    };
    for what in Counted::ALL {
        let name = what.as_str();
        match form.text(name) {
            "" => {}
            text => {
                let most = text.parse().map_err(|_| {
                    Error::invalid(name, "A limit is a whole number; the plan’s where empty.")
                })?;
                decision.limits.insert(name.to_owned(), most);
            }
        }
    }
    let (back, view) = decide(&who.app, &who.actor, &slug, product, decision).await?;
    let said = Toast::good(format!("{} is {}.", view.product, view.words()));
    Ok(flash::with(answer::see_other(&back), &who.app, &said))
}
