//! The doors of the console and of its API: an operator's session, an operator's key. A person's session and a company's key open
//! neither.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::model::{Operator, Session};
use super::place::{Place, navigation};
use super::{keys, signups, store};
use crate::actor::Actor;
use crate::app::App;
use crate::config::Tenancy;
use crate::crypto::PlainToken;
use crate::gate::Later;
use crate::web::allowed::open_line;
use crate::web::format::Format;
use crate::web::page::{PageShell, Person};
use crate::web::{body, csrf, flash, request};
use crate::{Error, Result};

/// When a session was last used is written this often at most.
const WRITE_SEEN_EVERY: Duration = Duration::from_secs(30);

/// An operator at a page.
pub struct Operating {
    /// The program.
    pub app: App,
    /// Who acts.
    pub actor: Actor,
    /// The request.
    pub request: HttpRequest,
    operator: Operator,
    waiting: u64,
}

/// A program with an operator's key.
pub struct Keyed {
    /// The program.
    pub app: App,
    /// Who acts.
    pub actor: Actor,
    /// The request.
    pub request: HttpRequest,
}

/// The program, where many companies are served and the address is nobody's own.
pub(super) fn of_many(request: &HttpRequest) -> Result<App> {
    let app: &App = request.app_data::<web::Data<App>>().ok_or(Error::Busy)?;
    if app.config.tenancy != Tenancy::Multi || request::facts(request).tenant_slug.is_some() {
        return Err(Error::NotFound);
    }
    Ok(app.clone())
}

/// The live session this browser shows, if any.
pub(super) async fn session(request: &HttpRequest, app: &App) -> Result<Option<Session>> {
    let cookie = request.cookie(csrf::operator_cookie_name(app.is_https()));
    let Some(token) = cookie.and_then(|cookie| PlainToken::parse(cookie.value())) else {
        return Ok(None);
    };
    let hash = token.hash();
    let found = app.control.read(move |c| store::session(c, &hash)).await?;
    let now = app.clock.now();
    Ok(found.filter(|session| session.is_live(now)))
}

impl FromRequest for Operating {
    type Error = Error;
    type Future = Later<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let asking = body::waits_for_door(request);
        let request = request.clone();
        Box::pin(async move {
            let _asking = asking;
            let app = of_many(&request)?;
            let session = session(&request, &app)
                .await?
                .ok_or(Error::Unauthenticated)?;
            let id = session.id;
            if app.clock.now().since(session.last_seen_at) >= WRITE_SEEN_EVERY {
                app.control.write(move |c| store::seen(c, id)).await?;
            }
            let waiting = app.control.read(signups::waiting).await?;
            Ok(Self {
                actor: session.operator.actor(request::origin(&request)),
                operator: session.operator,
                waiting,
                app,
                request,
            })
        })
    }
}

impl Operating {
    /// The shell of a page under `place`.
    pub fn shell(&self, place: Place, title: impl Into<String>) -> PageShell {
        let mut shell = PageShell::new(&self.request, "").titled(title);
        shell.is_console = true;
        shell.company = "Operators".to_owned();
        shell.user = Some(Person {
            name: self.operator.name.clone(),
            email: self.operator.email.clone(),
        });
        shell.nav = navigation(place, self.waiting);
        shell.csrf = csrf::session_token(&self.request, &self.app);
        shell.toasts.extend(flash::read(&self.request, &self.app));
        shell.format = self.format();
        shell.notices.extend(open_line(&self.app.public_url));
        shell
    }

    /// How figures and times are written here.
    pub fn format(&self) -> Format {
        Format::named("en", "UTC")
    }
}

impl FromRequest for Keyed {
    type Error = Error;
    type Future = Later<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let asking = body::waits_for_door(request);
        let request = request.clone();
        Box::pin(async move {
            let _asking = asking;
            let app = of_many(&request)?;
            let actor = keys::admit(&app, &request).await?;
            Ok(Self {
                app,
                actor,
                request,
            })
        })
    }
}
