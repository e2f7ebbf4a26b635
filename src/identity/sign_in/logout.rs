//! `POST /logout`.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::Result;
use crate::app::App;
use crate::audit::{self, Event};
use crate::crypto::PlainToken;
use crate::identity::keeper::Keeper;
use crate::identity::open_page::with_cookie;
use crate::identity::sessions;
use crate::identity::sign_in::person;
use crate::web::parts::Toast;
use crate::web::{Form, answer, csrf, flash, request as facts};

/// Ends the session of this browser; whoever has none is where they wanted to be.
///
/// # Errors
/// Where the store does not answer.
pub async fn leave(request: HttpRequest, app: web::Data<App>, _form: Form) -> Result<HttpResponse> {
    let token = request
        .cookie(csrf::session_cookie_name(app.is_https()))
        .and_then(|cookie| PlainToken::parse(cookie.value()))
        .map(|token| token.hash());
    if let Some(token) = token {
        let origin = facts::origin(&request);
        let ended = app
            .control
            .write(move |c| {
                let Some(session) = sessions::by_token(c, &token)? else {
                    return sessions::end_by_token(c, &token).map(|()| None);
                };
                sessions::end_by_token(c, &token)?;
                let actor = person(session.user, &session.email, origin.clone());
                let event = Event::new("session.ended").product("identity").target(
                    "user",
                    &session.user,
                    &session.email,
                );
                audit::record(c, &actor, event)?;
                Ok(Some(session.id))
            })
            .await?;
        if let Some(id) = ended {
            Keeper::of(&app)?.forget_session(id);
        }
    }
    let response = answer::see_other("/login");
    let response = flash::with(response, &app, &Toast::good("You are signed out."));
    Ok(with_cookie(response, Some(sessions::no_cookie(&app))))
}
