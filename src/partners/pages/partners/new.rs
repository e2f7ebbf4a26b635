//! `GET T/admin/partners/new`, `POST T/admin/partners`: adds a partner, and where a programme is chosen, enrols them and gives
//! them a link at once.

use actix_web::HttpResponse;

use super::super::act;
use super::form::{self, Way};
use crate::Result;
use crate::actor::Actor;
use crate::db::TenantConn;
use crate::gate::Limits;
use crate::id::{EnrolmentId, ProgramId};
use crate::partners::enrolment::{self, NewEnrolment};
use crate::partners::link::{self, NewLink};
use crate::partners::model::LinkKey;
use crate::partners::partner::{self, NewPartner, NewPartnerState};
use crate::partners::permissions::WritePartners;
use crate::partners::store::{links, pages};
use crate::web::form::{Choice, FormErrors};
use crate::web::nav::Place;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Fields, Form, Query};

/// Longest key made of a name.
const KEY_LENGTH: usize = 32;

/// The empty form; `?program=` chooses the programme.
///
/// # Errors
/// Where the store fails.
pub async fn new(allowed: Allowed<WritePartners>) -> Result<HttpResponse> {
    let program = Query::of(&allowed.request).get("program").to_owned();
    let values = Form::from_pairs([("program_id", program)]);
    show(&allowed, values, FormErrors::none()).await
}

/// Adds them, or shows the form again.
///
/// # Errors
/// Where the store fails.
pub async fn create(allowed: Allowed<WritePartners>, sent: Form) -> Result<HttpResponse> {
    let (vault, limits) = (allowed.app.vault.clone(), allowed.limits());
    let made = match read(&sent) {
        Ok((new, program)) => {
            act::act_on_ways(&allowed, &sent, move |c, actor| {
                let partner = partner::create(c, actor, &vault, &new, limits)?;
                let path = format!("/admin/partners/{}", partner.id);
                let Some(program_id) = program else {
                    let toast = Toast::good(format!("{} was added.", partner.name));
                    let enrol = format!("{path}/enrol");
                    return Ok(Done::new(path, toast.link("Enrol in a programme", enrol)));
                };
                let place = NewEnrolment {
                    partner_id: partner.id,
                    program_id,
                    commission: None,
                    holding_days: None,
                };
                let place = enrolment::create(c, actor, &place)?;
                give_link(c, actor, place.id, &partner.name, limits)?;
                let text = format!("{} was added and has a link.", partner.name);
                Ok(Done::new(path, Toast::good(text)))
            })
            .await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(answer) => Ok(answer),
        Err(error) => show(&allowed, sent, act::beside_fields(error)?).await,
    }
}

fn read(sent: &Form) -> Result<(NewPartner, Option<ProgramId>)> {
    let mut fields = Fields::default();
    let name = fields.form_text(
        sent,
        "name",
        1..=120,
        "Give a name of at most 120 characters.",
    );
    let email = fields.form_email(sent, "email");
    let program = fields.optional("program_id", sent.text("program_id"));
    fields.check()?;
    let new = NewPartner {
        program_id: None,
        name,
        email,
        company: act::optional(sent, "company"),
        website: act::optional(sent, "website"),
        note: act::optional(sent, "note"),
        state: NewPartnerState::Approved,
        payee: None,
    };
    Ok((new, program))
}

/// A link for an enrolment: named after the partner where that key is free, else drawn.
pub(in crate::partners::pages) fn give_link(
    c: &mut TenantConn,
    actor: &Actor,
    enrolment: EnrolmentId,
    name: &str,
    limits: Limits,
) -> Result<()> {
    let key = match key_of(name) {
        Some(key) if !links::key_is_taken(c, &key)? => Some(key.to_string()),
        _ => None,
    };
    let new = NewLink {
        enrolment_id: Some(enrolment),
        key,
        ..NewLink::default()
    };
    link::create(c, actor, &new, limits).map(|_| ())
}

/// `Tea & Talk` as `tea-talk`.
fn key_of(name: &str) -> Option<LinkKey> {
    let mut key = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            key.push(c.to_ascii_lowercase());
        } else if !key.is_empty() && !key.ends_with('-') && !c.is_alphanumeric() {
            key.push('-');
        }
        if key.len() >= KEY_LENGTH {
            break;
        }
    }
    key.trim_end_matches('-').parse().ok()
}

async fn show(
    allowed: &Allowed<WritePartners>,
    values: Form,
    errors: FormErrors,
) -> Result<HttpResponse> {
    let programs = allowed
        .scope
        .read(|c| pages::program_choices(c, false))
        .await?;
    let programs = programs
        .into_iter()
        .map(|(id, name)| Choice::new(id.to_string(), name))
        .collect();
    let shell = allowed
        .shell(Place::Partners, "New partner")
        .lead("Somebody who brings you customers.")
        .crumb("Partners", "/admin/partners");
    let way = Way {
        action: allowed.url("/admin/partners"),
        verb: "Add partner",
        cancel: allowed.url("/admin/partners"),
    };
    Ok(form::show(shell, values, errors, programs, way))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_of_names() {
        let key = |name: &str| key_of(name).map(|key| key.to_string());
        assert_eq!(key("Slow Kettle"), Some("slow-kettle".into()));
        assert_eq!(key("Tea & Talk!"), Some("tea-talk".into()));
        assert_eq!(key("Ștefan Pop"), Some("tefan-pop".into()));
        assert_eq!(key("ab"), None);
        assert_eq!(key("茶"), None);
        assert!(key(&"long name ".repeat(20)).is_some_and(|key| key.len() <= KEY_LENGTH));
    }
}
