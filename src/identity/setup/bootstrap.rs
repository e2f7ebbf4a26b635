//! The first owner from the configuration, for set-ups without a browser. Read only while no user exists; never logged.

use super::first_owner;
use crate::actor::Origin;
use crate::app::App;
use crate::config::{Config, FirstOwner};
use crate::crypto::policy::{self, PersonalWords};
use crate::crypto::{HashedPassword, PlainPassword};
use crate::identity::keeper::Keeper;
use crate::identity::people;
use crate::identity::sign_in::normal;
use crate::tenancy::Settings;
use crate::{Error, Result};

/// Refuses a first owner whom a new instance would not take. Asks no store.
///
/// # Errors
/// [`Error::Invalid`].
pub fn judge_first_owner(config: &Config) -> Result<()> {
    match &config.bootstrap.owner {
        Some(owner) => judged(owner, &Settings::blank().name).map(drop),
        None => Ok(()),
    }
}

/// The first password, unless it is one that is guessed.
fn judged(owner: &FirstOwner, company: &str) -> Result<PlainPassword> {
    let email = normal(&owner.email);
    let password = PlainPassword::from(owner.password.expose());
    let person = PersonalWords {
        email: &email,
        company,
    };
    policy::check(&password, person)
        .map_err(|weak| Error::invalid("bootstrap.owner_password", weak.to_string()))?;
    Ok(password)
}

/// Makes the first owner that the configuration names, unless there is anybody already.
///
/// # Errors
/// [`Error::Invalid`] where the password is one that is guessed; other errors where the store does not answer.
pub(in crate::identity) async fn bootstrap(app: &App) -> Result<()> {
    let Some(owner) = &app.config.bootstrap.owner else {
        return Ok(());
    };
    if app.control.read(people::has_users).await? {
        return Ok(());
    }
    let keeper = Keeper::of(app)?;
    let Some(company) = keeper.directory().home() else {
        tracing::warn!("The configured first owner waits for a company");
        return Ok(());
    };
    let email = normal(&owner.email);
    let password = judged(owner, &company.view.name)?;
    let hash: HashedPassword = app.hasher.hash(&password).await?;
    let (tenant, user) = (company.tenant, people::new_id(app.clock.now()));
    let made = app
        .control
        .write(move |c| {
            if people::has_users(c)? {
                return Ok(false);
            }
            first_owner(c, tenant, user, &email, &hash, &Origin::default())?;
            Ok(true)
        })
        .await?;
    if made {
        keeper.owned();
        tracing::info!(user.id = %user, "The first owner was made from the configuration");
    }
    Ok(())
}
