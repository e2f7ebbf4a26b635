//! From a sign-up to a company that stands.

use super::{Signup, State, letters, store};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::crypto::HashedPassword;
use crate::identity::{NewOwner, open_company};
use crate::mailing::{self, Mail};
use crate::tenancy::{Company, NewCompany, Slug, Status};
use crate::{Error, Result};

/// Opens the company a sign-up asks for. Of two who try at once, one does; where it cannot be opened, the sign-up stays as it was.
pub(super) async fn open(
    app: &App,
    actor: &Actor,
    signup: &Signup,
    from: State,
    by: Option<String>,
) -> Result<Company> {
    let id = signup.id;
    let is_ours = app
        .control
        .write(move |c| store::step(c, id, from, State::Opened))
        .await?;
    if !is_ours {
        return Err(Error::Gone("This was done already, or is over.".to_owned()));
    }
    match opened(app, actor, signup).await {
        Ok(company) => {
            closed(app, actor, signup, &company, by).await?;
            Ok(company)
        }
        Err(error) => {
            app.control
                .write(move |c| store::step(c, id, State::Opened, from).map(drop))
                .await?;
            Err(error)
        }
    }
}

async fn opened(app: &App, actor: &Actor, signup: &Signup) -> Result<Company> {
    let slug =
        Slug::parse(&signup.slug).map_err(|why| Error::conflict("slug_taken", why.to_string()))?;
    let mut new = NewCompany::named(slug);
    new.settings.name.clone_from(&signup.company);
    new.status = Status::Trial;
    let owner = NewOwner {
        email: signup.email.clone(),
        name: Some(signup.name.clone()),
        password: Some(HashedPassword::parse(&signup.password)?),
    };
    open_company(app, actor, new, Some(owner)).await
}

async fn closed(
    app: &App,
    actor: &Actor,
    signup: &Signup,
    company: &Company,
    by: Option<String>,
) -> Result<()> {
    // Whoever came by the link sees that it is open; word by mail is for those who waited.
    let mail = match &by {
        Some(_) => {
            let link = format!("{}/t/{}/admin", app.public_url, company.slug);
            let letter = letters::approved(&signup.company, &link)?;
            Some(Mail::of("signup_approved", &signup.email, letter))
        }
        None => None,
    };
    let (vault, actor, id) = (app.vault.clone(), actor.clone(), signup.id);
    let name = signup.company.clone();
    app.control
        .write(move |c| {
            store::close(c, id, by.as_deref(), None)?;
            if let Some(mail) = &mail {
                mailing::queue(c, &vault, mail)?;
            }
            let event = Event::new("signup.opened")
                .product("operator")
                .target("signup", &id, &name);
            audit::record(c, &actor, event)
        })
        .await
}
