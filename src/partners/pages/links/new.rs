//! `GET T/admin/links/new`, `POST T/admin/links`: makes a link for a partner in a programme.

use actix_web::HttpResponse;

use super::super::act;
use super::form::{self, Way};
use crate::Result;
use crate::db::TenantConn;
use crate::id::{EnrolmentId, PartnerId, ProgramId};
use crate::partners::link::{self, LinkView, NewLink};
use crate::partners::model::EnrolmentState;
use crate::partners::permissions::WriteLinks;
use crate::partners::store::enrolments::{self, EnrolmentFilter};
use crate::partners::store::pages;
use crate::web::form::{Choice, FormErrors};
use crate::web::nav::Place;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Fields, Form, Paging, Query};

/// Enrolments offered at most; the page of a partner leads to a form with theirs alone.
const MOST: usize = 200;

/// The empty form; `?partner=` offers that partner's programmes only.
///
/// # Errors
/// [`crate::Error::Invalid`] for a partner that is none.
pub async fn new(allowed: Allowed<WriteLinks>) -> Result<HttpResponse> {
    let partner = Query::of(&allowed.request)
        .parsed::<PartnerId>("partner")?
        .map_or_else(String::new, |id| id.to_string());
    let values = Form::from_pairs([("partner", partner)]);
    show(&allowed, values, FormErrors::none()).await
}

/// Makes it, or shows the form again.
///
/// # Errors
/// [`crate::Error::NotFound`] for an enrolment that is not there.
pub async fn create(allowed: Allowed<WriteLinks>, sent: Form) -> Result<HttpResponse> {
    let made = match read(&sent) {
        Ok(new) => {
            let limits = allowed.limits();
            act::act_on_ways(&allowed, &sent, move |c, actor| {
                let link = link::create(c, actor, &new, limits)?;
                let toast = Toast::good(format!("The link {} leads on from now.", link.key));
                Ok(Done::new(format!("/admin/links/{}", link.id), toast))
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

fn read(sent: &Form) -> Result<NewLink> {
    let mut fields = Fields::default();
    let enrolment: Option<EnrolmentId> = match sent.text("enrolment_id") {
        "" => {
            fields.add("enrolment_id", "Choose whose link it is.");
            None
        }
        text => fields.parse("enrolment_id", text),
    };
    let new = NewLink {
        enrolment_id: enrolment,
        key: act::optional(sent, "key"),
        destination_url: act::optional(sent, "destination_url"),
        label: act::optional(sent, "label"),
        ..NewLink::default()
    };
    // Everything that does not fit is said at once.
    link::check(&mut fields, &new);
    fields.check()?;
    Ok(new)
}

/// Running enrolments, as `Slow Kettle in Spring launch`.
fn offered(c: &mut TenantConn, partner: Option<PartnerId>) -> Result<Vec<Choice>> {
    let filter = EnrolmentFilter {
        state: Some(EnrolmentState::Active),
        partner,
        program: None,
    };
    let paging = Paging {
        limit: MOST,
        ..Paging::default()
    };
    let places = enrolments::list(c, &filter, &paging)?.rows;
    let who: Vec<PartnerId> = places.iter().map(|place| place.partner_id).collect();
    let which: Vec<ProgramId> = places.iter().map(|place| place.program_id).collect();
    let partners = pages::partner_names(c, who)?;
    let programs = pages::program_names(c, which)?;
    let mut offered: Vec<Choice> = places
        .iter()
        .filter_map(|place| {
            let (who, what) = (
                partners.get(&place.partner_id)?,
                programs.get(&place.program_id)?,
            );
            Some(Choice::new(
                place.id.to_string(),
                format!("{who} in {what}"),
            ))
        })
        .collect();
    offered.sort_by_key(|choice| choice.label.to_lowercase());
    Ok(offered)
}

/// Where there is one enrolment only, it is whose link it is.
fn with_the_only_choice(values: Form, enrolments: &[Choice]) -> Form {
    match enrolments {
        [only] if values.text("enrolment_id").is_empty() => {
            let kept = values.pairs().iter().cloned();
            let kept = kept.filter(|(name, _)| name != "enrolment_id");
            let chosen = ("enrolment_id".to_owned(), only.value.clone());
            Form::from_pairs(kept.chain(std::iter::once(chosen)))
        }
        _ => values,
    }
}

async fn show(
    allowed: &Allowed<WriteLinks>,
    values: Form,
    errors: FormErrors,
) -> Result<HttpResponse> {
    let partner: Option<PartnerId> = values.text("partner").parse().ok();
    let enrolments = allowed.scope.read(move |c| offered(c, partner)).await?;
    let values = with_the_only_choice(values, &enrolments);
    let shell = allowed
        .shell(Place::Links, "New link")
        .lead("An address of a partner's own. Whoever follows it is remembered as theirs.")
        .crumb("Links", "/admin/links");
    let cancel = match partner {
        Some(id) => allowed.url(&format!("/admin/partners/{id}")),
        None => allowed.url("/admin/links"),
    };
    let way = Way {
        enrolments: Some(enrolments),
        start: LinkView::start(allowed),
        general: String::new(),
        action: allowed.url("/admin/links"),
        verb: "Create link",
        cancel,
    };
    Ok(form::show(shell, values, errors, way))
}
