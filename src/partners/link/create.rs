//! Makes a link.

use actix_web::HttpResponse;

use super::input::{self, NewLink};
use super::list::LinkView;
use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::gate::{Counted, Limits};
use crate::id::LinkId;
use crate::partners::api;
use crate::partners::model::{Enrolment, EnrolmentState, Link, LinkKey, LinkState};
use crate::partners::permissions::WriteLinks;
use crate::partners::store::{enrolments, links, usage};
use crate::web::once::Answer;
use crate::web::{Allowed, Fields, Json};
use crate::{Error, Result};

/// Times a key is drawn before it is given up.
const DRAWS: usize = 5;

/// Makes one.
///
/// # Errors
/// [`Error::NotFound`] for an enrolment that is not there, [`Error::Invalid`] for values that do not fit or a key that is taken, a
/// conflict where the enrolment has ended, [`Error::PlanLimit`].
pub fn create(c: &mut TenantConn, actor: &Actor, new: &NewLink, limits: Limits) -> Result<Link> {
    limits.one_more(Counted::Links, |most| usage::links(c, most))?;
    let enrolment = enrolment_of(c, new)?;
    if enrolment.state == EnrolmentState::Ended {
        return Err(api::wrong_state("This enrolment has ended."));
    }
    let mut fields = Fields::default();
    let (destination_url, label, wanted) = check(&mut fields, new);
    fields.check()?;
    let key = match wanted {
        Some(key) if links::key_is_taken(c, &key)? => return Err(Error::invalid("key", TAKEN)),
        Some(key) => key,
        None => draw(c)?,
    };
    let now = c.now();
    let link = Link {
        id: LinkId::new(now),
        enrolment_id: enrolment.id,
        partner_id: enrolment.partner_id,
        program_id: enrolment.program_id,
        key: key.to_string(),
        destination_url,
        label,
        state: LinkState::Active,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    links::insert(c, &link).map_err(|error| error.duplicate_of("key", TAKEN))?;
    let event = audit::Event::new("link.created")
        .product("partners")
        .target("link", &link.id, &link.key);
    audit::record(c, actor, event.created(&link))?;
    Ok(link)
}

/// What of a new link fits or not whoever's it is: destination, label and key.
pub fn check(
    fields: &mut Fields,
    new: &NewLink,
) -> (Option<String>, Option<String>, Option<LinkKey>) {
    let (destination_url, label) =
        input::check(fields, new.destination_url.as_deref(), new.label.as_deref());
    let key = new
        .key
        .as_deref()
        .and_then(|key| fields.parse::<LinkKey>("key", key));
    (destination_url, label, key)
}

const TAKEN: &str = "Another link has this key already.";

fn enrolment_of(c: &mut TenantConn, new: &NewLink) -> Result<Enrolment> {
    let found = match (new.enrolment_id, new.partner_id, new.program_id) {
        (Some(id), None, None) => enrolments::find(c, id)?,
        (None, Some(partner), Some(program)) => enrolments::find_place(c, partner, program)?,
        _ => {
            return Err(Error::invalid(
                "enrolment_id",
                "Name the enrolment, or partner_id and program_id together.",
            ));
        }
    };
    found.ok_or(Error::NotFound)
}

fn draw(c: &mut TenantConn) -> Result<LinkKey> {
    for _ in 0..DRAWS {
        let key = LinkKey::drawn();
        if !links::key_is_taken(c, &key)? {
            return Ok(key);
        }
    }
    Err(Error::internal("every drawn key was taken"))
}

/// `POST /links`
///
/// # Errors
/// As [`create`].
pub async fn post(
    allowed: Allowed<InProject<WriteLinks>>,
    body: Json<NewLink>,
) -> Result<HttpResponse> {
    let (new, start, limits) = (body.value, LinkView::start(&allowed), allowed.limits());
    api::change_ways(&allowed, &body.bytes, move |c, actor| {
        let link = create(c, actor, &new, limits)?;
        let version = link.version;
        Ok(Answer::created(&LinkView::new(&start, link))?.version(version))
    })
    .await
}
