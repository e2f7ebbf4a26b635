//! Archives a link: it answers that it is no longer here, and its key is never given out again.

use actix_web::{HttpResponse, web};

use super::list::LinkView;
use super::update::save;
use crate::actor::Actor;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::LinkId;
use crate::partners::api;
use crate::partners::model::{Link, LinkState};
use crate::partners::permissions::WriteLinks;
use crate::partners::store::links;
use crate::web::Allowed;
use crate::web::once::Answer;
use crate::{Error, Result};

/// Archives one; an archived one stays so.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`].
pub fn archive(
    c: &mut TenantConn,
    actor: &Actor,
    id: LinkId,
    expected: Option<i64>,
) -> Result<Link> {
    let before = links::find(c, id)?.ok_or(Error::NotFound)?;
    api::expect(expected, before.version)?;
    let after = Link {
        state: LinkState::Archived,
        ..before.clone()
    };
    save(c, actor, "link.archived", &before, after)
}

/// `DELETE /links/{id}`
///
/// # Errors
/// As [`archive`].
pub async fn delete(
    allowed: Allowed<InProject<WriteLinks>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let (id, expected) = (api::id(&path)?, api::expected(&allowed)?);
    let start = LinkView::start(&allowed);
    api::change_ways(&allowed, &[], move |c, actor| {
        let link = archive(c, actor, id, expected)?;
        let version = link.version;
        Ok(Answer::ok(&LinkView::new(&start, link))?.version(version))
    })
    .await
}
