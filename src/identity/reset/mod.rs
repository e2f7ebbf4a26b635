//! A new password for one that was forgotten: by a mailed link, or from the shell of the machine.

pub mod choose;
pub mod forgot;

use super::keeper::Keeper;
use super::one_time::{self, NewOneTime, Purpose};
use super::people::{self, User};
use super::sessions;
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::crypto::policy::{self, PersonalWords};
use crate::crypto::{HashedPassword, PlainPassword, PlainToken};
use crate::db::ControlConn;
use crate::error::FieldError;
use crate::gate::Gate;
use crate::{Error, Result};

/// A password somebody wants, if it is one that is taken.
///
/// # Errors
/// Where it is one that is guessed.
pub fn acceptable(password: &PlainPassword, email: &str, company: &str) -> Result<(), FieldError> {
    policy::check(password, PersonalWords { email, company })
        .map_err(|weak| FieldError::new("password", weak.to_string()))
}

/// Writes a new password. Every session of the person ends and every link they had dies.
pub(super) fn replace_password(
    c: &mut ControlConn,
    actor: &Actor,
    user: &User,
    password: &HashedPassword,
) -> Result<()> {
    people::set_password(c, user.id, password)?;
    sessions::end_all(c, user.id, None)?;
    one_time::kill_all_of(c, user.id)?;
    let event =
        Event::new("password.changed")
            .product("identity")
            .target("user", &user.id, &user.email);
    audit::record(c, actor, event.secret("password"))
}

/// Sets somebody's password from the shell.
///
/// # Errors
/// [`Error::NotFound`] for an address nobody has, [`Error::Invalid`] for a password that is guessed.
pub async fn set_password(
    app: &App,
    actor: &Actor,
    email: &str,
    password: &PlainPassword,
) -> Result<()> {
    let keeper = Keeper::of(app)?;
    let user = find(app, email).await?;
    let company = keeper
        .company(None)
        .map(|company| company.view.name.clone())
        .unwrap_or_default();
    acceptable(password, &user.email, &company).map_err(|error| Error::Invalid(vec![error]))?;
    let hash = app.hasher.hash(password).await?;
    let (id, actor) = (user.id, actor.clone());
    app.control
        .write(move |c| replace_password(c, &actor, &user, &hash))
        .await?;
    keeper.forget_person(id);
    look_for_owner(app, keeper).await
}

/// A link with which somebody chooses a new password, for the person at the shell to hand on.
///
/// # Errors
/// [`Error::NotFound`] for an address nobody has.
pub async fn reset_link(app: &App, actor: &Actor, email: &str) -> Result<String> {
    let user = find(app, email).await?;
    let token = PlainToken::generate()?;
    let (hash, actor) = (token.hash(), actor.clone());
    app.control
        .write(move |c| {
            let link = NewOneTime::shown(Purpose::Reset, Some(user.id), &hash);
            one_time::issue(c, &link)?;
            let event = Event::new("password.reset_link_made")
                .product("identity")
                .target("user", &user.id, &user.email);
            audit::record(c, &actor, event)
        })
        .await?;
    Ok(format!("{}/reset?token={}", app.public_url, token.expose()))
}

async fn find(app: &App, email: &str) -> Result<User> {
    let email = super::sign_in::normal(email);
    app.control
        .read(move |c| people::user_by_email(c, &email))
        .await?
        .ok_or(Error::NotFound)
}

/// An invited owner who got a password owns the instance from now on.
pub(super) async fn look_for_owner(app: &App, keeper: &Keeper) -> Result<()> {
    let only = keeper.directory().only();
    if !keeper.has_owner() && app.control.read(move |c| people::owners(c, only)).await? > 0 {
        keeper.owned();
    }
    Ok(())
}
