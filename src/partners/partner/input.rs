//! What is known of a partner, as sent, and the rules it must fit.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::Result;
use crate::id::ProgramId;
use crate::partners::model::{Destination, Partner, PartnerState, Payee};
use crate::web::Fields;

/// How a partner begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NewPartnerState {
    /// Added by the company, which is its approval.
    #[default]
    Approved,
    /// Waits to be decided about.
    Applied,
}

impl From<NewPartnerState> for PartnerState {
    fn from(state: NewPartnerState) -> Self {
        match state {
            NewPartnerState::Approved => Self::Approved,
            NewPartnerState::Applied => Self::Applied,
        }
    }
}

/// A new partner.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPartner {
    /// Their name.
    pub name: String,
    /// Their address; each partner has one of their own.
    pub email: String,
    /// Their company.
    #[serde(default)]
    pub company: Option<String>,
    /// Their website.
    #[serde(default)]
    pub website: Option<String>,
    /// What the company notes about them.
    #[serde(default)]
    pub note: Option<String>,
    /// Approved at once, or to be decided about.
    #[serde(default)]
    pub state: NewPartnerState,
    /// How they are paid; sealed, and shown as a hint only.
    #[serde(default)]
    pub payee: Option<Payee>,
    /// The programme they are enrolled in at once. A key that is limited to a project must name one of its programmes, or it would
    /// not see whom it added.
    #[serde(default)]
    pub program_id: Option<ProgramId>,
}

/// A change of a partner: what is absent stays, null takes away.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PartnerChange {
    /// Their name.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their company.
    #[serde(deserialize_with = "crate::partners::api::present")]
    #[schemars(with = "Option<String>")]
    pub company: Option<Option<String>>,
    /// Their website.
    #[serde(deserialize_with = "crate::partners::api::present")]
    #[schemars(with = "Option<String>")]
    pub website: Option<Option<String>>,
    /// What the company notes about them.
    #[serde(deserialize_with = "crate::partners::api::present")]
    #[schemars(with = "Option<String>")]
    pub note: Option<Option<String>>,
    /// How they are paid.
    #[serde(deserialize_with = "crate::partners::api::present")]
    #[schemars(with = "Option<Payee>")]
    pub payee: Option<Option<Payee>>,
}

/// The rules every partner fits. Tidies what may be tidied.
pub(super) fn check(partner: &mut Partner, payee: Option<&Payee>) -> Result<Option<Payee>> {
    let mut fields = Fields::default();
    partner.name = fields.text(
        "name",
        &partner.name,
        1..=120,
        "Give a name of at most 120 characters.",
    );
    partner.email = fields.email("email", &partner.email);
    let mut optional = |name: &str, text: &Option<String>, most: usize, message: &str| {
        text.as_deref()
            .and_then(|text| fields.optional_text(name, text, most, message))
    };
    partner.company = optional(
        "company",
        &partner.company,
        120,
        "Use at most 120 characters.",
    );
    partner.website = optional(
        "website",
        &partner.website,
        2_048,
        "Use at most 2,048 characters.",
    );
    partner.note = optional(
        "note",
        &partner.note,
        4_000,
        "Use at most 4,000 characters.",
    );
    if let Some(website) = &partner.website {
        fields.parse::<Destination>("website", website);
    }
    let payee = match payee.cloned().map(Payee::checked) {
        Some(Ok(payee)) => Some(payee),
        Some(Err(bad)) => {
            fields.add(&format!("/payee/{}", bad.field), bad.message);
            None
        }
        None => None,
    };
    fields.check().map(|()| payee)
}
