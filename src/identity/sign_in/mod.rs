//! Signing in with a password. Whoever asks about an account learns nothing: unknown, disabled and wrong are one answer and one
//! amount of work.

mod device;
pub mod login;
pub mod logout;

use crate::actor::{Actor, ActorKind, Origin};
use crate::app::App;
use crate::audit::{self, Event};
use crate::crypto::{HashedPassword, HashedToken, PlainPassword, PlainToken};
use crate::id::{TenantId, UserId};
use crate::{Error, Result};

use super::keeper::Keeper;
use super::people::{self, User};
use super::sessions::{self, NewSession};
use super::throttle;

/// Longest address looked at; the form takes no longer one.
const EMAIL_LIMIT: usize = 254;

/// Why somebody was not let in.
#[derive(Debug)]
pub(super) enum Refused {
    /// Address and password do not belong together, or the person may not enter: nobody is told which.
    Mismatch,
    /// Too often, or the machine is too busy.
    Other(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// Somebody who proved who they are.
pub(super) struct Proven {
    user: User,
    /// The companies they may enter, the one they were in last in front; at least one.
    pub(super) companies: Vec<TenantId>,
    stronger: Option<(HashedPassword, HashedPassword)>,
}

/// An address as it is looked up.
pub fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Judges address and password, slowing down whoever guesses. Tries from a browser the person is known by are counted apart.
/// On a company's own host only its people get in.
pub(super) async fn prove(
    app: &App,
    email: &str,
    password: &PlainPassword,
    device: Option<&str>,
    at: Option<TenantId>,
    origin: &Origin,
) -> Result<Proven, Refused> {
    let keeper = Keeper::of(app)?;
    let guards = keeper.guards();
    let (email, now) = (normal(email), app.clock.now());
    let place = throttle::place(origin.address.as_deref().and_then(|text| text.parse().ok()));
    guards.places.take(place, now)?;
    let counted = device.map_or_else(|| email.clone(), |device| format!("{email} {device}"));
    guards.accounts.begin(&counted, now)?;
    let judged = judge(app, email.clone(), password, at).await;
    match judged {
        Ok(proven) => {
            guards.accounts.succeeded(&counted);
            guards.places.give_back(place);
            Ok(proven)
        }
        Err(Refused::Other(error)) => {
            guards.accounts.abandoned(&counted, now);
            guards.places.give_back(place);
            Err(error.into())
        }
        Err(Refused::Mismatch) => Err(Refused::Mismatch),
    }
}

async fn judge(
    app: &App,
    email: String,
    password: &PlainPassword,
    at: Option<TenantId>,
) -> Result<Proven, Refused> {
    let directory = Keeper::of(app)?.directory().clone();
    let looked_up = email.chars().take(EMAIL_LIMIT).collect::<String>();
    // The same two queries for everybody: a name nobody has is looked up with an id nobody has.
    let (user, memberships) = app
        .control
        .read(move |c| {
            let user = people::user_by_email(c, &looked_up)?;
            let id = user
                .as_ref()
                .map_or(UserId::from_uuid(uuid::Uuid::nil()), |user| user.id);
            let memberships = people::open_memberships(c, id)?;
            Ok((user, memberships))
        })
        .await?;
    let held = user.as_ref().and_then(|user| user.password.clone());
    let matches = app
        .hasher
        .verify_or_dummy(held.as_ref(), password)
        .await
        .map_err(Error::from)?;
    let companies: Vec<TenantId> = memberships
        .iter()
        .map(|one| one.tenant)
        .filter(|tenant| at.is_none_or(|at| at == *tenant))
        .filter(|tenant| directory.by_id(*tenant).is_some())
        .collect();
    let (Some(user), Some(held), false, true) = (user, held, companies.is_empty(), matches) else {
        return Err(Refused::Mismatch);
    };
    let stronger = if app.hasher.needs_rehash(&held) {
        let new = app.hasher.hash(password).await.map_err(Error::from)?;
        Some((held, new))
    } else {
        None
    };
    Ok(Proven {
        user,
        companies,
        stronger,
    })
}

/// Begins a session in one of their companies for somebody who proved who they are. The token they came with, if any, opens nothing any more.
pub(super) async fn begin(
    app: &App,
    proven: Proven,
    tenant: TenantId,
    old: Option<HashedToken>,
    origin: Origin,
) -> Result<PlainToken> {
    let token = PlainToken::generate()?;
    let Proven { user, stronger, .. } = proven;
    let session = NewSession::new(app.clock.now(), user.id, tenant, token.hash(), &origin);
    let actor = person(user.id, &user.email, origin);
    app.control
        .write(move |c| {
            if let Some(old) = &old {
                sessions::end_by_token(c, old)?;
            }
            if let Some((held, new)) = &stronger {
                people::strengthen_password(c, user.id, held, new)?;
            }
            people::entered(c, tenant, user.id)?;
            sessions::insert(c, &session)?;
            audit::record(
                c,
                &actor,
                Event::new("session.started").product("identity").target(
                    "user",
                    &user.id,
                    &user.email,
                ),
            )
        })
        .await?;
    Ok(token)
}

/// Somebody, as the audit trail writes them down.
pub(super) fn person(id: UserId, email: &str, origin: Origin) -> Actor {
    Actor {
        kind: ActorKind::User,
        id: Some(id.to_string()),
        name: email.to_owned(),
        origin,
    }
}
