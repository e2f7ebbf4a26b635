//! `GET /account`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::own;
use crate::Result;
use crate::identity::keeper::Keeper;
use crate::identity::permissions::OwnAccount;
use crate::identity::sessions;
use crate::web::Allowed;
use crate::web::form::FormErrors;
use crate::web::markup::Markup;
use crate::web::page::{self, PageShell};

#[derive(Template)]
#[template(path = "identity/account.html")]
struct Page {
    shell: PageShell,
    email: String,
    name: String,
    name_errors: FormErrors,
    password_errors: FormErrors,
    sessions: Vec<Row>,
}

struct Row {
    id: String,
    browser: String,
    address: String,
    began: Markup,
    seen: Markup,
    is_this: bool,
}

/// Shows the account.
///
/// # Errors
/// Where the store does not answer.
pub async fn show(allowed: Allowed<OwnAccount>) -> Result<HttpResponse> {
    render(
        &allowed,
        StatusCode::OK,
        None,
        FormErrors::none(),
        FormErrors::none(),
    )
    .await
}

/// The account with what was typed wrong.
pub(super) async fn render(
    allowed: &Allowed<OwnAccount>,
    status: StatusCode,
    name: Option<String>,
    name_errors: FormErrors,
    password_errors: FormErrors,
) -> Result<HttpResponse> {
    let (user, session) = own(allowed)?;
    Keeper::of(&allowed.app)?.flush().await?;
    let entries = allowed
        .app
        .control
        .read(move |c| sessions::of_user(c, user))
        .await?;
    let format = allowed.format();
    let rows = entries
        .into_iter()
        .map(|entry| Row {
            browser: sessions::browser(entry.user_agent.as_deref()),
            address: entry.address.unwrap_or_default(),
            began: format.when(entry.created_at),
            seen: format.when(entry.last_seen_at),
            is_this: entry.id == session.id,
            id: entry.id.to_string(),
        })
        .collect();
    let shell = allowed
        .shell_apart("Your account")
        .lead("How you are called, how you sign in, and where you are signed in now.");
    let page = Page {
        shell,
        name: name.unwrap_or(session.user_name),
        email: session.user_email,
        name_errors,
        password_errors,
        sessions: rows,
    };
    Ok(page::html(status, &page))
}
