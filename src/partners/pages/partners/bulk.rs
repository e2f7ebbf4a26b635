//! `POST T/admin/partners/bulk`: approves or suspends many. What the decision does not fit is left as it was, and counted.

use actix_web::HttpResponse;

use super::super::listing::{self, MOST_AT_ONCE, Meant};
use super::super::{act, words};
use super::list;
use crate::actor::Actor;
use crate::db::TenantConn;
use crate::gate::Limits;
use crate::id::{Partner, PartnerId};
use crate::partners::partner::{self, Decision, PartnerFilter};
use crate::partners::permissions::WritePartners;
use crate::partners::store::partners;
use crate::web::confirm::Confirm;
use crate::web::nav::Place;
use crate::web::page;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form, Paging, sent_once};
use crate::{Error, Result};

/// Where the form stands.
const LIST: &str = "/admin/partners";

/// Carries it out; suspending asks first.
///
/// # Errors
/// [`Error::Invalid`] for rows or acts that there are not.
pub async fn bulk(allowed: Allowed<WritePartners>, sent: Form) -> Result<HttpResponse> {
    let decision = match sent.text("do") {
        "approve" => Decision::Approve,
        "suspend" => Decision::Suspend,
        _ => return Err(Error::invalid("do", "Choose what to do.")),
    };
    if listing::nothing_ticked(&sent) {
        return Ok(listing::tick_first(&allowed, &sent, LIST));
    }
    let meant = match listing::meant::<Partner>(&sent)? {
        Meant::These(ids) => Wanted::These(ids),
        Meant::Matching(query) => Wanted::Matching(list::filter(&query, false)?),
    };
    if decision == Decision::Suspend && !sent.is_set("sure") {
        return ask(&allowed, &sent, meant).await;
    }
    let (back, limits) = (listing::back(&sent, LIST), allowed.limits());
    act::act_on_ways(&allowed, &sent, move |c, actor| {
        let outcome = carry_out(c, actor, &meant, decision, limits)?;
        Ok(Done::new(back.clone(), outcome))
    })
    .await
}

enum Wanted {
    These(Vec<PartnerId>),
    Matching(PartnerFilter),
}

fn ids(c: &mut TenantConn, wanted: &Wanted) -> Result<Vec<PartnerId>> {
    match wanted {
        Wanted::These(ids) => Ok(ids.clone()),
        Wanted::Matching(filter) => {
            let paging = Paging {
                limit: MOST_AT_ONCE,
                ..Paging::default()
            };
            let found = partners::list(c, filter, &paging)?;
            Ok(found.rows.into_iter().map(|partner| partner.id).collect())
        }
    }
}

fn carry_out(
    c: &mut TenantConn,
    actor: &Actor,
    wanted: &Wanted,
    decision: Decision,
    limits: Limits,
) -> Result<Toast> {
    let ids = ids(c, wanted)?;
    let (mut changed, mut left) = (0, 0);
    for partner in partners::find_all(c, &ids)? {
        if decision.fits(partner.state) {
            partner::decide(c, actor, partner.id, None, decision, limits)?;
            changed += 1;
        } else {
            left += 1;
        }
    }
    let format = crate::web::format::Format::default();
    let verb = if decision == Decision::Approve {
        "approved"
    } else {
        "suspended"
    };
    let mut text = format!(
        "{} {verb}.",
        words::many(changed, "partner", "partners", &format)
    );
    if left > 0 {
        text.push_str(&format!(
            " {} stayed as they were, because this does not fit where they stand.",
            format.number(left)
        ));
    }
    if ids.len() == MOST_AT_ONCE {
        text.push_str(" More may match: this takes the first 500, so look again.");
    }
    Ok(if changed > 0 {
        Toast::good(text)
    } else {
        Toast::new(crate::web::parts::Tone::Info, text)
    })
}

async fn ask(
    allowed: &Allowed<WritePartners>,
    sent: &Form,
    wanted: Wanted,
) -> Result<HttpResponse> {
    let meant = allowed
        .scope
        .read(move |c| {
            let ids = ids(c, &wanted)?;
            partners::find_all(c, &ids)
        })
        .await?;
    let format = allowed.format();
    let fitting: Vec<&str> = meant
        .iter()
        .filter(|partner| Decision::Suspend.fits(partner.state))
        .map(|partner| partner.name.as_str())
        .collect();
    let left = meant.len() - fitting.len();
    let many = i64::try_from(fitting.len()).unwrap_or(i64::MAX);
    let title = format!(
        "Suspend {}?",
        words::many(many, "partner", "partners", &format)
    );
    let mut confirm = Confirm::new(
        allowed.shell(Place::Partners, title),
        format!("Suspend {}", format.number(many)),
        allowed.url("/admin/partners/bulk"),
        allowed.url(&listing::back(sent, LIST)),
    )
    .consequence(words::some(&fitting))
    .consequence(
        "Their links stop leading on, and they are left out of payouts, until you reinstate them.",
    )
    .field("do", "suspend")
    .field("sure", "true")
    .field(sent_once::FIELD, sent_once::number())
    .destructive();
    if left > 0 {
        confirm = confirm.consequence(format!(
            "{left} others that you ticked stay as they are: only approved partners are suspended."
        ));
    }
    for (name, value) in listing::rows_of(sent) {
        confirm = confirm.field(name, value);
    }
    Ok(page::ok(&confirm))
}
