//! The first owner of an instance that nobody owns: by the one-time link in the terminal, or without a browser by the configuration.

mod bootstrap;
mod guess;
pub mod page;

pub(super) use self::bootstrap::bootstrap;
pub use self::bootstrap::judge_first_owner;
use super::keeper::Keeper;
use super::model::{Role, Roles};
use super::one_time::{self, NewOneTime, Purpose};
use super::people;
use super::sessions::{self, NewSession};
use super::sign_in::person;
use crate::actor::Origin;
use crate::app::App;
use crate::audit::{self, Event};
use crate::crypto::{HashedPassword, HashedToken, PlainToken};
use crate::db::ControlConn;
use crate::id::{TenantId, UserId};
use crate::tenancy::{self, Settings};
use crate::{Error, Result};

/// A new link with which the instance can be made one's own; nothing once somebody owns it: where one company is served, that one.
/// Older links stop working.
///
/// # Errors
/// Where the store does not answer.
pub async fn setup_link(app: &App) -> Result<Option<String>> {
    let token = PlainToken::generate()?;
    let hash = token.hash();
    let only = Keeper::of(app)?.directory().only();
    let issued = app
        .control
        .write(move |c| {
            if people::owners(c, only)? > 0 {
                return Ok(false);
            }
            let link = NewOneTime::shown(Purpose::Setup, None, &hash);
            one_time::issue(c, &link)?;
            Ok(true)
        })
        .await?;
    Ok(issued.then(|| format!("{}/setup?token={}", app.public_url, token.expose())))
}

/// What the setup form gives, checked.
#[derive(Clone)]
struct Claim {
    link: HashedToken,
    email: String,
    password: HashedPassword,
    settings: Settings,
}

/// Makes the first owner and signs them in.
async fn claim(app: &App, claim: Claim, origin: Origin) -> Result<PlainToken> {
    let keeper = Keeper::of(app)?;
    let tenant = keeper.directory().home().ok_or(Error::NotFound)?.tenant;
    let only = keeper.directory().only();
    let now = app.clock.now();
    let user = people::new_id(now);
    let token = PlainToken::generate()?;
    let (hash, from) = (token.hash(), origin.clone());
    let session = move |user| NewSession::new(now, user, tenant, hash, &from);
    app.control
        .write(move |c| {
            if people::owners(c, only)? > 0 {
                return Err(owned_already());
            }
            let link = one_time::usable(c, Purpose::Setup, &claim.link)?.ok_or_else(dead_link)?;
            one_time::use_up(c, link.id)?;
            let user = first_owner(c, tenant, user, &claim.email, &claim.password, &origin)?;
            let actor = person(user, &claim.email, origin.clone());
            tenancy::change_settings(c, &actor, tenant, &claim.settings)?;
            people::entered(c, tenant, user)?;
            sessions::insert(c, &session(user))
        })
        .await
        .map_err(|error| {
            error.duplicate_of(
                "email",
                "Somebody with this address is here already. Use another.",
            )
        })?;
    keeper.owned();
    keeper.directory().reload().await?;
    Ok(token)
}

/// Enters the first owner of a company: somebody new, or somebody who came with it and has no password yet.
fn first_owner(
    c: &mut ControlConn,
    tenant: TenantId,
    user: UserId,
    email: &str,
    password: &HashedPassword,
    origin: &Origin,
) -> Result<UserId> {
    let user = match people::claim_address(c, tenant, email, password)? {
        Some(known) => known,
        None => {
            people::insert_user(c, user, email, "", Some(password))?;
            people::insert_membership(c, tenant, user, &Roles::one(Role::Owner), true)?;
            user
        }
    };
    one_time::kill(c, Purpose::Setup, None)?;
    let event = Event::new("instance.claimed")
        .product("identity")
        .target("user", &user, email);
    audit::record(c, &person(user, email, origin.clone()), event)?;
    Ok(user)
}

fn owned_already() -> Error {
    Error::Gone("This instance has an owner, so the setup link does nothing any more.".to_owned())
}

fn dead_link() -> Error {
    Error::Refused(
        "This setup link was used, replaced by a newer one, or is older than 30 minutes. Run “steading setup-url” on the machine for a new one."
            .to_owned(),
    )
}

fn no_link() -> Error {
    Error::Refused(
        "Nobody owns this instance yet. Open the setup link that stands in the terminal where Steading was started, or run “steading setup-url” on that machine for a new one."
            .to_owned(),
    )
}
