//! Flags a click by hand, so that it earns nothing from now on, or takes a flag away. Events it got before stay its partner's.

use actix_web::{HttpResponse, web};

use super::roll_up;
use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::ClickId;
use crate::partners::api;
use crate::partners::model::{Click, ClickFlag};
use crate::partners::permissions::WriteClicks;
use crate::partners::store::clicks;
use crate::web::Allowed;
use crate::web::once::Answer;
use crate::{Error, Result};

/// Flags a click (`true`), or takes its flag away. What is so already stays so.
///
/// # Errors
/// [`Error::NotFound`].
pub fn flag(c: &mut TenantConn, actor: &Actor, id: ClickId, flagged: bool) -> Result<Click> {
    let before = clicks::find(c, id)?.ok_or(Error::NotFound)?;
    if before.flag.is_some() == flagged {
        return Ok(before);
    }
    let after = Click {
        flag: flagged.then_some(ClickFlag::Manual),
        ..before.clone()
    };
    clicks::set_flag(c, id, after.flag)?;
    roll_up::correct(c, &after)?;
    let action = if flagged {
        "click.flagged"
    } else {
        "click.unflagged"
    };
    let event = audit::Event::new(action)
        .product("partners")
        .target("click", &id, &id.to_string());
    audit::record(c, actor, event.before_after(&before, &after))?;
    Ok(after)
}

async fn answer(
    allowed: &Allowed<InProject<WriteClicks>>,
    path: &str,
    flagged: bool,
) -> Result<HttpResponse> {
    let id = api::id(path)?;
    api::change(allowed, &[], move |c, actor| {
        Answer::ok(&flag(c, actor, id, flagged)?)
    })
    .await
}

/// `POST /clicks/{id}/flag`
///
/// # Errors
/// As [`flag`].
pub async fn post_flag(
    allowed: Allowed<InProject<WriteClicks>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    answer(&allowed, &path, true).await
}

/// `POST /clicks/{id}/unflag`
///
/// # Errors
/// As [`flag`].
pub async fn post_unflag(
    allowed: Allowed<InProject<WriteClicks>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    answer(&allowed, &path, false).await
}
