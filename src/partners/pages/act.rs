//! What forms of these pages share: acting once, the version a form was made from, errors beside fields, two versions of a record.

use actix_web::HttpResponse;

use crate::actor::Actor;
use crate::db::TenantConn;
use crate::partners::links_changed;
use crate::web::conflict::ConflictPage;
use crate::web::form::FormErrors;
use crate::web::page::PageShell;
use crate::web::{Allowed, Done, Form, sent_once, shown_in_form};
use crate::{Error, Result};

/// Carries out a form's change once and leads on.
pub(super) async fn act<P, F>(allowed: &Allowed<P>, form: &Form, change: F) -> Result<HttpResponse>
where
    F: Fn(&mut TenantConn, &Actor) -> Result<Done> + Send + Sync + 'static,
{
    let actor = allowed.actor.clone();
    sent_once(allowed, form, move |c| change(c, &actor)).await
}

/// The same for a change that redirects must know of.
pub(super) async fn act_on_ways<P, F>(
    allowed: &Allowed<P>,
    form: &Form,
    change: F,
) -> Result<HttpResponse>
where
    F: Fn(&mut TenantConn, &Actor) -> Result<Done> + Send + Sync + 'static,
{
    let answered = act(allowed, form, change).await;
    links_changed(&allowed.app, allowed.scope.tenant());
    answered
}

/// The version the form was made from; none where it names none.
pub(super) fn version(form: &Form) -> Result<Option<i64>> {
    match form.text("version") {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Error::Stale),
    }
}

/// The errors of an action beside the form's fields: `/commission/rate` stands at the field `rate`.
pub(super) fn beside_fields(error: Error) -> Result<FormErrors> {
    let errors = shown_in_form(error)?;
    Ok(errors
        .iter()
        .fold(FormErrors::none(), |all, (pointer, message)| {
            let field = pointer.rsplit('/').next().unwrap_or_default();
            all.with(field, message.clone())
        }))
}

/// The page with what is saved and what was typed. `labels` names the fields to compare.
pub(super) fn two_versions(
    shell: PageShell,
    labels: &[(&str, &str)],
    saved: &Form,
    typed: &Form,
    version: i64,
    (action, cancel): (String, String),
) -> HttpResponse {
    labels
        .iter()
        .fold(
            ConflictPage::new(shell, typed, version, action, cancel),
            |page, (name, label)| page.field(label, saved.text(name), typed.text(name)),
        )
        .answer()
}

/// A text that may be left empty.
pub(super) fn optional(form: &Form, name: &str) -> Option<String> {
    let text = form.text(name);
    (!text.is_empty()).then(|| text.to_owned())
}
