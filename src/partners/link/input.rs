//! What a link is made of, as sent.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::id::{EnrolmentId, PartnerId, ProgramId};
use crate::partners::model::Destination;
use crate::web::Fields;

/// A new link: of an enrolment, named by its id or by partner and programme.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewLink {
    /// The enrolment.
    pub enrolment_id: Option<EnrolmentId>,
    /// The partner, together with the programme.
    pub partner_id: Option<PartnerId>,
    /// The programme, together with the partner.
    pub program_id: Option<ProgramId>,
    /// The last part of its address, 3 to 64 letters, digits, `-` or `_`; drawn where absent.
    pub key: Option<String>,
    /// Where it leads; the programme's destination where absent.
    pub destination_url: Option<String>,
    /// What the partner calls it.
    pub label: Option<String>,
}

/// A change of a link: what is absent stays, null takes away. Its key stays as long as it lives.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LinkChange {
    /// Where it leads; null for the programme's destination.
    #[serde(deserialize_with = "crate::partners::api::present")]
    #[schemars(with = "Option<String>")]
    pub destination_url: Option<Option<String>>,
    /// What the partner calls it.
    #[serde(deserialize_with = "crate::partners::api::present")]
    #[schemars(with = "Option<String>")]
    pub label: Option<Option<String>>,
}

/// The rules of a destination and a label of a link's own.
pub(super) fn check(
    fields: &mut Fields,
    destination: Option<&str>,
    label: Option<&str>,
) -> (Option<String>, Option<String>) {
    let destination =
        destination.and_then(|url| fields.optional::<Destination>("destination_url", url));
    let label = label
        .and_then(|label| fields.optional_text("label", label, 120, "Use at most 120 characters."));
    (destination.map(|url| url.to_string()), label)
}
