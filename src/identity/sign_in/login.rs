//! `GET /login`, `POST /login`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Refused, begin, device, normal, prove};
use crate::app::App;
use crate::crypto::{PlainPassword, PlainToken};
use crate::gate::{Ask, Credential, Gate};
use crate::identity::companies;
use crate::identity::keeper::Keeper;
use crate::identity::open_page::{Open, too_many, with_cookie};
use crate::identity::sessions;
use crate::web::form::FormErrors;
use crate::web::page::PageShell;
use crate::web::{Form, Query, answer, csrf, request as facts};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "identity/login.html")]
struct Page {
    shell: PageShell,
    errors: FormErrors,
    email: String,
    next: String,
}

/// Shows the form; whoever is signed in goes on.
///
/// # Errors
/// While the program is starting.
pub async fn show(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse> {
    let keeper = Keeper::of(&app)?;
    if !keeper.is_owned() {
        return Ok(answer::see_other("/setup"));
    }
    let query = Query::of(&request);
    let next = answer::local_next(query.get("next"));
    let slug = facts::facts(&request).tenant_slug;
    if let Some(cookie) = request.cookie(csrf::session_cookie_name(app.is_https())) {
        let ask = Ask {
            credential: Credential::Cookie(cookie.value().to_owned()),
            tenant_slug: slug.clone(),
            origin: facts::origin(&request),
        };
        if let Ok(admission) = keeper.admit(ask).await {
            let to = companies::onward(keeper, slug.as_deref(), &admission.slug, next);
            return Ok(answer::see_other(&to));
        }
    }
    let open = Open::new(&request, &app, "Sign in")?;
    let next = next.to_owned();
    Ok(open.answer(StatusCode::OK, |shell| Page {
        shell,
        errors: FormErrors::none(),
        email: String::new(),
        next,
    }))
}

/// Signs in.
///
/// # Errors
/// Where the store or the hasher is too busy.
pub async fn enter(request: HttpRequest, app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let keeper = Keeper::of(&app)?;
    if !keeper.is_owned() {
        return Ok(answer::see_other("/setup"));
    }
    let slug = facts::facts(&request).tenant_slug;
    let at = slug
        .as_deref()
        .and_then(|slug| keeper.company(Some(slug)))
        .map(|company| company.tenant);
    let origin = facts::origin(&request);
    let (email, next) = (
        form.text("email").to_owned(),
        answer::local_next(form.text("next")).to_owned(),
    );
    let password = PlainPassword::from(form.raw("password"));
    let again = |message: String, status| -> Result<HttpResponse> {
        let open = Open::new(&request, &app, "Sign in")?;
        let errors = FormErrors::none().with("", message);
        Ok(open.answer(status, |shell| Page {
            shell,
            errors,
            email: email.clone(),
            next: next.clone(),
        }))
    };
    let known = device::known(&request, &app, &normal(&email));
    match prove(&app, &email, &password, known.as_deref(), at, &origin).await {
        Ok(proven) => {
            let old = request
                .cookie(csrf::session_cookie_name(app.is_https()))
                .and_then(|cookie| PlainToken::parse(cookie.value()))
                .map(|token| token.hash());
            let arrival = companies::arrival(keeper, slug.as_deref(), &proven.companies, &next)
                .ok_or(Error::Unauthenticated)?;
            let token = begin(&app, proven, arrival.tenant, old, origin).await?;
            let signed_in = sessions::cookie(&app, &token);
            let response = with_cookie(answer::see_other(&arrival.to), Some(signed_in));
            let by_device = match known {
                Some(_) => None,
                None => Some(device::cookie(&app, &normal(&email))?),
            };
            Ok(with_cookie(response, by_device))
        }
        Err(Refused::Mismatch) => again(
            "This address and this password do not belong together.".to_owned(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        Err(Refused::Other(error @ Error::TooMany { .. })) => Ok(too_many(
            again(error.to_string(), StatusCode::TOO_MANY_REQUESTS)?,
            &error,
        )),
        Err(Refused::Other(error)) => Err(error),
    }
}
