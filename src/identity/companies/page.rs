//! `GET /companies`, `POST /companies`: choosing the company one works in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::{LIST, home};
use crate::audit::{self, Event};
use crate::crypto::PlainToken;
use crate::gate::Gate;
use crate::identity::account::own;
use crate::identity::keeper::Keeper;
use crate::identity::open_page::{Open, with_cookie};
use crate::identity::people;
use crate::identity::permissions::OwnAccount;
use crate::identity::sessions;
use crate::web::markup::Markup;
use crate::web::page::PageShell;
use crate::web::request::{self as facts, slug_in};
use crate::web::{Allowed, Form, Query, answer};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "identity/companies.html")]
struct Page {
    shell: PageShell,
    rows: Vec<Row>,
    next: String,
    /// The address somebody came from leads to none of these.
    is_elsewhere: bool,
}

struct Row {
    slug: String,
    name: String,
    role: &'static str,
    used: Markup,
    /// Where it leads, if the session is for it already.
    href: Option<String>,
}

/// Shows the companies somebody may enter, the last used first.
///
/// # Errors
/// [`Error::NotFound`] where one company is served; where the store does not answer.
pub async fn show(allowed: Allowed<OwnAccount>) -> Result<HttpResponse> {
    let keeper = Keeper::of(&allowed.app)?;
    if !keeper.directory().serves_many() {
        return Err(Error::NotFound);
    }
    // A session of a company's own host is for that company alone.
    if facts::facts(&allowed.request).tenant_slug.is_some() {
        let bare = format!("{}{LIST}", allowed.app.public_url);
        return Ok(answer::see_other(&bare));
    }
    let (user, _) = own(&allowed)?;
    let memberships = allowed
        .app
        .control
        .read(move |c| people::open_memberships(c, user))
        .await?;
    let format = allowed.format();
    let query = Query::of(&allowed.request);
    let next = answer::local_next(query.get("next")).to_owned();
    let current = allowed.scope.tenant();
    let mut rows = Vec::new();
    for one in memberships {
        let Some(company) = keeper.directory().by_id(one.tenant) else {
            continue;
        };
        rows.push(Row {
            slug: company.slug.clone(),
            name: company.view.name.clone(),
            role: one.roles.strongest().label(),
            used: format.when_or_none(one.last_used_at),
            href: (one.tenant == current).then(|| home(keeper, current)),
        });
    }
    let wanted = slug_in(&next);
    let is_elsewhere = wanted.is_some_and(|slug| !rows.iter().any(|row| row.slug == slug));
    let mut open = Open::new(&allowed.request, &allowed.app, "Choose a company")?;
    open.shell.lead = "You work in one company at a time; what you do is seen there.".to_owned();
    Ok(open.answer(StatusCode::OK, |shell| Page {
        shell,
        rows,
        next,
        is_elsewhere,
    }))
}

/// Enters another company: the session is for it from now on, under a new token.
///
/// # Errors
/// [`Error::NotFound`] for a company that is not there or not theirs.
pub async fn enter(allowed: Allowed<OwnAccount>, form: Form) -> Result<HttpResponse> {
    let app = &allowed.app;
    let keeper = Keeper::of(app)?;
    if !keeper.directory().serves_many() || facts::facts(&allowed.request).tenant_slug.is_some() {
        return Err(Error::NotFound);
    }
    let (user, session) = own(&allowed)?;
    let company = keeper
        .company(Some(form.text("slug")))
        .ok_or(Error::NotFound)?;
    let next = answer::local_next(form.text("next"));
    let to = match slug_in(next) {
        Some(slug) if slug == company.slug => next.to_owned(),
        _ => home(keeper, company.tenant),
    };
    let token = PlainToken::generate()?;
    let (hash, actor, id) = (token.hash(), allowed.actor.clone(), session.id);
    let (tenant, name) = (company.tenant, company.view.name.clone());
    app.control
        .write(move |c| {
            let theirs = people::open_memberships(c, user)?;
            if !theirs.iter().any(|one| one.tenant == tenant) {
                return Err(Error::NotFound);
            }
            sessions::switch(c, id, tenant, &hash)?;
            people::entered(c, tenant, user)?;
            let event = Event::new("tenant.switched")
                .product("identity")
                .target("tenant", &tenant, &name);
            audit::record(c, &actor, event)
        })
        .await?;
    keeper.forget_session(session.id);
    Ok(with_cookie(
        answer::see_other(&to),
        Some(sessions::cookie(app, &token)),
    ))
}
