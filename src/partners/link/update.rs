//! Changes where a link leads and what it is called.

use actix_web::{HttpResponse, web};

use super::input::{self, LinkChange};
use super::list::LinkView;
use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::LinkId;
use crate::partners::api;
use crate::partners::model::{Link, LinkState};
use crate::partners::permissions::WriteLinks;
use crate::partners::store::links;
use crate::web::once::Answer;
use crate::web::{Allowed, Fields, Json};
use crate::{Error, Result};

/// Changes one.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`], or a conflict where it is archived.
pub fn update(
    c: &mut TenantConn,
    actor: &Actor,
    id: LinkId,
    expected: Option<i64>,
    change: &LinkChange,
) -> Result<Link> {
    let before = links::find(c, id)?.ok_or(Error::NotFound)?;
    api::expect(expected, before.version)?;
    if before.state == LinkState::Archived {
        return Err(api::wrong_state(
            "This link is archived and stays as it was.",
        ));
    }
    let mut after = before.clone();
    let mut fields = Fields::default();
    let wish = |wish: &Option<Option<String>>| wish.clone().flatten();
    let (url, label) = input::check(
        &mut fields,
        wish(&change.destination_url).as_deref(),
        wish(&change.label).as_deref(),
    );
    fields.check()?;
    if change.destination_url.is_some() {
        after.destination_url = url;
    }
    if change.label.is_some() {
        after.label = label;
    }
    save(c, actor, "link.updated", &before, after)
}

/// Writes a changed link, with its event.
pub(super) fn save(
    c: &mut TenantConn,
    actor: &Actor,
    action: &'static str,
    before: &Link,
    mut after: Link,
) -> Result<Link> {
    if after == *before {
        return Ok(after);
    }
    let event = audit::Event::new(action)
        .product("partners")
        .target("link", &after.id, &after.key);
    let event = event.before_after(before, &after);
    after.updated_at = c.now();
    after.version = before.version.saturating_add(1);
    links::update(c, before, &after)?;
    audit::record(c, actor, event)?;
    Ok(after)
}

/// `PATCH /links/{id}`
///
/// # Errors
/// As [`update`].
pub async fn patch(
    allowed: Allowed<InProject<WriteLinks>>,
    path: web::Path<String>,
    body: Json<LinkChange>,
) -> Result<HttpResponse> {
    let (id, expected, change) = (api::id(&path)?, api::expected(&allowed)?, body.value);
    let start = LinkView::start(&allowed);
    api::change_ways(&allowed, &body.bytes, move |c, actor| {
        let link = update(c, actor, id, expected, &change)?;
        let version = link.version;
        Ok(Answer::ok(&LinkView::new(&start, link))?.version(version))
    })
    .await
}
