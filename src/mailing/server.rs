//! `T/admin/mail/settings`: the company's mail server, and the test mail. What the operator configured wins and is shown as it is.

use actix_web::HttpResponse;
use askama::Template;

use super::settings::{self, Settings, Wanted};
use super::test_send::send_test;
use super::{ReadMail, WriteMail, settings_store};
use crate::Result;
use crate::mail::{Security, Transport};
use crate::web::form::{Choice, FormErrors};
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{Toast, Tone};
use crate::web::{Allowed, Fields, Form, answer, flash, shown_in_form};

#[derive(Template)]
#[template(path = "mailing/settings.html")]
struct Server {
    shell: PageShell,
    /// What the operator configured: server and origin.
    fixed: Option<(String, String)>,
    /// The configured sender and its origin.
    fixed_from: Option<(String, String)>,
    usual_from: String,
    may_write: bool,
    host: String,
    port: String,
    security: String,
    securities: Vec<Choice>,
    user: String,
    stored: String,
    from: String,
    errors: FormErrors,
    test_to: String,
    test_errors: FormErrors,
}

/// Shows the settings.
///
/// # Errors
/// Where the store fails.
pub async fn show(allowed: Allowed<ReadMail>) -> Result<HttpResponse> {
    let settings = allowed.scope.read(settings_store::load).await?;
    Ok(page::ok(&view(&allowed, &settings)))
}

/// Saves the settings.
///
/// # Errors
/// Where the store fails; what does not fit is told beside the form.
pub async fn save(allowed: Allowed<WriteMail>, form: Form) -> Result<HttpResponse> {
    let saved = match Wanted::read(&form) {
        Ok(wanted) => {
            let (vault, actor) = (allowed.app.vault.clone(), allowed.actor.clone());
            allowed
                .scope
                .write(move |c| settings::save(c, &vault, &actor, &wanted))
                .await
        }
        Err(error) => Err(error),
    };
    if let Err(error) = saved {
        let errors = shown_in_form(error)?;
        let settings = allowed.scope.read(settings_store::load).await?;
        let text = |name: &str| form.text(name).to_owned();
        return Ok(page::unprocessable(&Server {
            host: text("host"),
            port: text("port"),
            security: text("security"),
            user: text("user"),
            from: text("from"),
            errors,
            ..view(&allowed, &settings)
        }));
    }
    let back = allowed.url("/admin/mail/settings");
    let toast = Toast::good("Mail settings saved. A test mail shows whether they work.");
    Ok(flash::with(answer::see_other(&back), &allowed.app, &toast))
}

/// Sends a test mail and tells the server's answer.
///
/// # Errors
/// Where the store fails; a refusal is told on the page.
pub async fn test(allowed: Allowed<WriteMail>, form: Form) -> Result<HttpResponse> {
    let mut fields = Fields::default();
    let to = fields.form_email(&form, "to");
    if let Err(error) = fields.check() {
        let settings = allowed.scope.read(settings_store::load).await?;
        return Ok(page::unprocessable(&Server {
            test_to: form.text("to").to_owned(),
            test_errors: shown_in_form(error)?,
            ..view(&allowed, &settings)
        }));
    }
    let tested = send_test(&allowed.app, &allowed.scope, &allowed.actor, &to).await?;
    let words = format!("After {} ms: {}", tested.took_ms, tested.answer);
    let toast = match tested.state {
        "sent" => Toast::good(format!("The server took the test mail. {words}")),
        "logged" if allowed.app.mailer.transport().is_some() => Toast::new(
            Tone::Warn,
            "Not sent: this instance writes mails to its log. It is kept on the outbox page.",
        ),
        "logged" => Toast::new(
            Tone::Warn,
            "Not sent: no mail server is set. It is kept on the outbox page.",
        ),
        _ => Toast::bad(format!("The test mail was not taken. {words}")),
    };
    let toast = toast.link(
        "See the mail",
        allowed.url(&format!("/admin/mail/{}", tested.mail)),
    );
    let back = allowed.url("/admin/mail/settings");
    Ok(flash::with(answer::see_other(&back), &allowed.app, &toast))
}

fn view<P>(allowed: &Allowed<P>, settings: &Settings) -> Server {
    let mailer = &allowed.app.mailer;
    let fixed = mailer.transport().map(|transport| {
        let server = match transport {
            Transport::Smtp(server) => server.to_string(),
            Transport::Log => "the log".to_owned(),
            Transport::Memory(_) => "memory".to_owned(),
        };
        (server, mailer.transport_origin().to_owned())
    });
    let own_address = allowed
        .session
        .as_ref()
        .map_or_else(String::new, |session| session.user_email.clone());
    let port = if settings.is_set() {
        settings.port.to_string()
    } else {
        String::new()
    };
    Server {
        shell: allowed
            .shell(Place::Mail, "Mail settings")
            .crumb("Mail", Place::Mail.path())
            .lead("The server that takes our mail, and the name it carries."),
        fixed,
        fixed_from: mailer
            .from()
            .map(|from| (from.to_owned(), mailer.from_origin().to_owned())),
        usual_from: mailer.usual_from().to_owned(),
        may_write: allowed
            .rights
            .allows(<WriteMail as crate::gate::Permission>::NAME),
        host: settings.host.clone(),
        port,
        security: Some(settings.security.clone())
            .filter(|word| !word.is_empty())
            .unwrap_or_else(|| Security::Tls.as_str().to_owned()),
        securities: vec![
            Choice::new(Security::Tls.as_str(), "TLS (usually port 465)"),
            Choice::new(
                Security::StartTls.as_str(),
                "STARTTLS, required (usually port 587)",
            ),
            Choice::new(
                Security::Opportunistic.as_str(),
                "STARTTLS where the server offers it",
            ),
            Choice::new(
                Security::None.as_str(),
                "None, for a server on this machine (port 25)",
            ),
        ],
        user: settings.user.clone(),
        stored: match (&settings.password_sealed, &settings.password_last4) {
            (None, _) => String::new(),
            (Some(_), Some(last)) => format!("ends in {last}"),
            (Some(_), None) => "kept sealed".to_owned(),
        },
        from: settings.from.clone(),
        errors: FormErrors::none(),
        test_to: own_address,
        test_errors: FormErrors::none(),
    }
}
