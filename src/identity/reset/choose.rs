//! `GET /reset?token=…`, `POST /reset` and the same at `/invite`: opening the link shows a form, sending the form uses it up.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{acceptable, look_for_owner, replace_password};
use crate::app::App;
use crate::audit::{self, Event};
use crate::crypto::{HashedToken, PlainPassword, PlainToken};
use crate::gate::Gate;
use crate::identity::companies;
use crate::identity::keeper::Keeper;
use crate::identity::one_time::{self, OneTime, Purpose};
use crate::identity::open_page::{Open, told, with_cookie};
use crate::identity::people::{self, User};
use crate::identity::sessions::{self, NewSession};
use crate::identity::sign_in::person;
use crate::identity::throttle;
use crate::web::form::FormErrors;
use crate::web::page::PageShell;
use crate::web::parts::{self, Toast};
use crate::web::{Fields, Form, Query, answer, flash, request as facts, shown_in_form};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "identity/choose.html")]
struct Page {
    shell: PageShell,
    errors: FormErrors,
    action: &'static str,
    verb: &'static str,
    token: String,
    email: String,
    /// Asked for where somebody comes for the first time.
    name: Option<String>,
}

/// Shows the form to whoever holds a link for a new password.
///
/// # Errors
/// [`Error::Gone`] for a link that was used or is too old.
pub async fn show(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse> {
    shown(&request, &app, Purpose::Reset).await
}

/// Sets the new password; the person then signs in with it.
///
/// # Errors
/// As [`show`].
pub async fn save(request: HttpRequest, app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    saved(&request, &app, Purpose::Reset, &form).await
}

/// Shows the form to whoever holds an invitation.
///
/// # Errors
/// As [`show`].
pub async fn show_invitation(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse> {
    shown(&request, &app, Purpose::Invite).await
}

/// Accepts an invitation: sets the first password and signs the person in.
///
/// # Errors
/// As [`show`].
pub async fn accept(request: HttpRequest, app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    saved(&request, &app, Purpose::Invite, &form).await
}

async fn shown(request: &HttpRequest, app: &App, purpose: Purpose) -> Result<HttpResponse> {
    let token = Query::of(request).get("token").to_owned();
    let link = match open_link(request, app, purpose, &token).await {
        Ok(link) => link,
        Err(error) => return shut(request, app, purpose, error),
    };
    respond(
        request,
        app,
        StatusCode::OK,
        purpose,
        &token,
        &link.user,
        FormErrors::none(),
        None,
    )
}

async fn saved(
    request: &HttpRequest,
    app: &App,
    purpose: Purpose,
    form: &Form,
) -> Result<HttpResponse> {
    let token = form.text("token");
    let link = match open_link(request, app, purpose, token).await {
        Ok(link) => link,
        Err(error) => return shut(request, app, purpose, error),
    };
    let password = PlainPassword::from(form.raw("password"));
    let mut fields = Fields::default();
    let name = match purpose {
        Purpose::Invite => {
            fields.form_text(form, "name", 0..=120, "A name has at most 120 characters.")
        }
        _ => link.user.name.clone(),
    };
    let company = Keeper::of(app)?
        .company(None)
        .map(|company| company.view.name.clone())
        .unwrap_or_default();
    if let Err(error) = acceptable(&password, &link.user.email, &company) {
        fields.add("password", error.message);
    }
    match fields.check() {
        Ok(()) => finish(request, app, purpose, link, &name, &password).await,
        Err(error) => {
            let errors = shown_in_form(error)?;
            respond(
                request,
                app,
                StatusCode::UNPROCESSABLE_ENTITY,
                purpose,
                token,
                &link.user,
                errors,
                Some(name),
            )
        }
    }
}

/// What somebody sees whose link opens nothing any more, with the way to another.
fn shut(request: &HttpRequest, app: &App, purpose: Purpose, error: Error) -> Result<HttpResponse> {
    let Error::Gone(sentence) = error else {
        return Err(error);
    };
    let words = ("This link does not work any more", sentence);
    let link = match purpose {
        Purpose::Reset => parts::Link::new("Ask for a new link", "/forgot"),
        _ => parts::Link::new("Sign in", "/login"),
    };
    told(request, app, StatusCode::GONE, words, Some(link))
}

struct Link {
    hash: HashedToken,
    user: User,
}

/// The link somebody came with and whose it is. Guessing is slowed down by place.
async fn open_link(
    request: &HttpRequest,
    app: &App,
    purpose: Purpose,
    token: &str,
) -> Result<Link> {
    let keeper = Keeper::of(app)?;
    let (place, now) = (
        throttle::place(facts::facts(request).address),
        app.clock.now(),
    );
    keeper.guards().places.take(place, now)?;
    let hash = PlainToken::parse(token).ok_or_else(over)?.hash();
    let user = app
        .control
        .read(move |c| match one_time::usable(c, purpose, &hash)? {
            Some(OneTime {
                user: Some(user), ..
            }) => people::user_by_id(c, user),
            _ => Ok(None),
        })
        .await?
        .ok_or_else(over)?;
    keeper.guards().places.give_back(place);
    Ok(Link { hash, user })
}

async fn finish(
    request: &HttpRequest,
    app: &App,
    purpose: Purpose,
    link: Link,
    name: &str,
    password: &PlainPassword,
) -> Result<HttpResponse> {
    let keeper = Keeper::of(app)?;
    let hash = app.hasher.hash(password).await?;
    let origin = facts::origin(request);
    let token = PlainToken::generate()?;
    let (now, name, id, new) = (app.clock.now(), name.to_owned(), link.user.id, token.hash());
    let signs_in = app
        .control
        .write(move |c| {
            let held = one_time::usable(c, purpose, &link.hash)?.ok_or_else(over)?;
            one_time::use_up(c, held.id)?;
            let actor = person(link.user.id, &link.user.email, origin.clone());
            if name != link.user.name {
                people::set_name(c, link.user.id, &name)?;
            }
            replace_password(c, &actor, &link.user, &hash)?;
            if held.proves && !link.user.is_proven {
                people::prove(c, id)?;
                let event = Event::new("account.proven").product("identity");
                audit::record(c, &actor, event.target("user", &id, &link.user.email))?;
            }
            if purpose != Purpose::Invite {
                return Ok(None);
            }
            if let Some(tenant) = held.tenant {
                people::accept(c, tenant, id)?;
            }
            let open = people::open_memberships(c, id)?;
            let mut open = open.iter().map(|one| one.tenant);
            let Some(tenant) = open.find(|one| held.tenant.is_none_or(|wanted| wanted == *one))
            else {
                return Ok(None);
            };
            people::entered(c, tenant, link.user.id)?;
            sessions::insert(c, &NewSession::new(now, link.user.id, tenant, new, &origin))?;
            Ok(Some(tenant))
        })
        .await?;
    keeper.forget_person(id);
    look_for_owner(app, keeper).await?;
    if let Some(tenant) = signs_in {
        return Ok(with_cookie(
            answer::see_other(&companies::home(keeper, tenant)),
            Some(sessions::cookie(app, &token)),
        ));
    }
    let response = answer::see_other("/login");
    Ok(flash::with(
        response,
        app,
        &Toast::good(
            "Your password is changed and every browser was signed out. Sign in with the new one.",
        ),
    ))
}

#[expect(clippy::too_many_arguments, reason = "one form in two situations")]
fn respond(
    request: &HttpRequest,
    app: &App,
    status: StatusCode,
    purpose: Purpose,
    token: &str,
    user: &User,
    errors: FormErrors,
    name: Option<String>,
) -> Result<HttpResponse> {
    let is_new = purpose == Purpose::Invite;
    let mut open = Open::new(
        request,
        app,
        if is_new {
            "Welcome"
        } else {
            "Choose a new password"
        },
    )?;
    open.shell.lead = format!("For {}.", user.email);
    if is_new && user.password.is_some() {
        open.shell.lead.push_str(
            " There is an account with this address; the password you choose here takes the place of its own, and every browser is signed out of it.",
        );
    }
    let (action, verb) = if is_new {
        ("/invite", "Accept and sign in")
    } else {
        ("/reset", "Change the password")
    };
    let name = is_new.then(|| name.unwrap_or_else(|| user.name.clone()));
    let (token, email) = (token.to_owned(), user.email.clone());
    Ok(open.answer(status, |shell| Page {
        shell,
        errors,
        action,
        verb,
        token,
        email,
        name,
    }))
}

fn over() -> Error {
    Error::Gone("This link was used already, was replaced by a newer one, or is too old. Ask for a new one; nothing was changed.".to_owned())
}
