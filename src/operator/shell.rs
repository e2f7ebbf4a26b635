//! Operators and their keys, from the shell of the machine.

use serde::Serialize;

use super::model::{Key, Operator};
use super::{keys, store};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::config::Tenancy;
use crate::crypto::PlainPassword;
use crate::id::{OperatorId, OperatorKeyId};
use crate::identity::{acceptable, normal};
use crate::web::Fields;
use crate::{Error, Result};

/// An operator, for people at the shell.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// Their id.
    pub id: OperatorId,
    /// The address they sign in with.
    pub email: String,
    /// May be empty.
    pub name: String,
    /// `active` or `disabled`.
    pub state: &'static str,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// When they were made.
    pub created_at: Timestamp,
}

impl Shown {
    fn of(operator: Operator) -> Self {
        Self {
            id: operator.id,
            email: operator.email,
            name: operator.name,
            state: match operator.disabled_at {
                Some(_) => "disabled",
                None => "active",
            },
            last_sign_in_at: operator.last_login_at,
            created_at: operator.created_at,
        }
    }
}

/// A key, without its secret.
#[derive(Debug, Serialize)]
pub struct ShownKey {
    /// Its id.
    pub id: OperatorKeyId,
    /// Its name.
    pub name: String,
    /// How it begins.
    pub prefix: String,
    /// `active` or `revoked`.
    pub state: &'static str,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl ShownKey {
    fn of(key: Key) -> Self {
        Self {
            id: key.id,
            name: key.name,
            prefix: format!("st_{}", key.public_id),
            state: match key.revoked_at {
                Some(_) => "revoked",
                None => "active",
            },
            created_at: key.created_at,
            last_used_at: key.last_used_at,
        }
    }
}

fn where_many_are_served(app: &App) -> Result<()> {
    match app.config.tenancy {
        Tenancy::Multi => Ok(()),
        Tenancy::Single => Err(Error::conflict(
            "single",
            "This instance serves one company and has no operators. Set STEADING_TENANCY=multi to serve many.",
        )),
    }
}

/// Makes an operator who can sign in at once.
///
/// # Errors
/// [`Error::Conflict`] for an address that is taken or where one company is served, [`Error::Invalid`] for a password that is
/// guessed.
pub async fn create(
    app: &App,
    email: &str,
    name: &str,
    password: &PlainPassword,
) -> Result<OperatorId> {
    where_many_are_served(app)?;
    let mut fields = Fields::default();
    let email = fields.email("email", email);
    let name = fields.text("name", name, 0..=120, "A name has at most 120 characters.");
    if let Err(error) = acceptable(password, &email, "") {
        fields.add("password", error.message);
    }
    fields.check()?;
    let hash = app.hasher.hash(password).await?;
    let id = OperatorId::new(app.clock.now());
    let said = email.clone();
    app.control
        .write(move |c| {
            if store::by_email(c, &email)?.is_some() {
                return Err(Error::Duplicate);
            }
            store::insert(c, id, &email, &name, &hash)?;
            let event = Event::new("operator.created")
                .product("operator")
                .target("operator", &id, &email)
                .created(&serde_json::json!({ "email": email, "name": name }));
            audit::record(c, &Actor::shell(), event)
        })
        .await
        .map_err(|error| match error {
            Error::Duplicate => Error::conflict(
                "exists",
                format!(
                    "There is an operator with the address {said} already. steading operator password gives them another password, steading operator enable lets them in again."
                ),
            ),
            other => other,
        })?;
    Ok(id)
}

/// Every operator, by address.
///
/// # Errors
/// Where the store does not answer.
pub async fn all(app: &App) -> Result<Vec<Shown>> {
    let operators = app.control.read(store::all).await?;
    Ok(operators.into_iter().map(Shown::of).collect())
}

/// Shuts an operator out, or lets them in again with the password they had; their session ends.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn set_disabled(app: &App, email: &str, disabled: bool) -> Result<Shown> {
    let email = normal(email);
    app.control
        .write(move |c| {
            let mut operator = store::by_email(c, &email)?.ok_or(Error::NotFound)?;
            if operator.disabled_at.is_some() == disabled {
                return Ok(Shown::of(operator));
            }
            operator.disabled_at = disabled.then(|| c.now());
            store::set_disabled(c, operator.id, operator.disabled_at)?;
            let action = if disabled {
                "operator.disabled"
            } else {
                "operator.enabled"
            };
            audit::record(c, &Actor::shell(), about(Event::new(action), &operator))?;
            Ok(Shown::of(operator))
        })
        .await
}

/// Gives an operator another password; their session ends.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a password that is guessed.
pub async fn set_password(app: &App, email: &str, password: &PlainPassword) -> Result<Shown> {
    let email = normal(email);
    acceptable(password, &email, "").map_err(|error| Error::Invalid(vec![error]))?;
    let hash = app.hasher.hash(password).await?;
    app.control
        .write(move |c| {
            let operator = store::by_email(c, &email)?.ok_or(Error::NotFound)?;
            store::set_password(c, operator.id, &hash)?;
            let event = about(Event::new("operator.password_changed"), &operator);
            audit::record(c, &Actor::shell(), event.secret("password"))?;
            Ok(Shown::of(operator))
        })
        .await
}

fn about(event: Event, operator: &Operator) -> Event {
    event
        .product("operator")
        .target("operator", &operator.id, &operator.email)
}

/// Makes a key; its secret is told this one time.
///
/// # Errors
/// [`Error::Conflict`] for a name that is taken or where one company is served.
pub async fn create_key(app: &App, name: &str) -> Result<(ShownKey, String)> {
    where_many_are_served(app)?;
    let (key, secret) = keys::create(app, Actor::shell(), name).await?;
    Ok((ShownKey::of(key), secret))
}

/// Every key, the newest first.
///
/// # Errors
/// Where the store does not answer.
pub async fn all_keys(app: &App) -> Result<Vec<ShownKey>> {
    let keys = app.control.read(store::keys).await?;
    Ok(keys.into_iter().map(ShownKey::of).collect())
}

/// Revokes the live key of this name.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn revoke_key(app: &App, name: &str) -> Result<()> {
    keys::revoke(app, Actor::shell(), name).await
}
