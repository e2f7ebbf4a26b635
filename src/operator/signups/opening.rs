//! From a sign-up to a company that stands.

use std::sync::Arc;

use super::{Signup, State, letters, store};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::crypto::HashedPassword;
use crate::identity::{Also, NewOwner, open_with};
use crate::mailing::{self, Mail};
use crate::tenancy::{Company, NewCompany, Slug, Status};
use crate::{Error, Result};

/// Opens the company a sign-up asks for. All of it is one write: the company with its owner, the sign-up's end, word and trail. A crash
/// leaves all of that or nothing, and in the second case the link and the operators' answer still work. Of two who try at once, one does.
pub(super) async fn open(
    app: &App,
    actor: &Actor,
    signup: &Signup,
    from: State,
    by: Option<String>,
) -> Result<Company> {
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
    let also = ended(app, actor, signup, from, by)?;
    let opened = open_with(app, actor, new, Some(owner), also).await;
    match opened {
        // Of two at once, the second finds the first one's company; somebody else's is another matter.
        Err(Error::Conflict { code, message }) => {
            let id = signup.id;
            match app.control.read(move |c| store::by_id(c, id)).await? {
                Some(now) if now.state != from => Err(over()),
                _ => Err(Error::Conflict { code, message }),
            }
        }
        opened => Ok(opened?.company),
    }
}

fn over() -> Error {
    Error::Gone("This was done already, or is over.".to_owned())
}

/// What is written beside the company.
fn ended(
    app: &App,
    actor: &Actor,
    signup: &Signup,
    from: State,
    by: Option<String>,
) -> Result<Also> {
    // Whoever came by the link sees that it is open; word by mail is for those who waited.
    let mail = match &by {
        Some(_) => {
            let link = format!("{}/t/{}/admin", app.public_url, signup.slug);
            let letter = letters::approved(&signup.company, &link)?;
            Some(Mail::of("signup_approved", &signup.email, letter))
        }
        None => None,
    };
    let (vault, actor, signup) = (app.vault.clone(), actor.clone(), signup.clone());
    Ok(Arc::new(move |c, _| {
        if !store::step(c, signup.id, from, State::Opened)? {
            return Err(over());
        }
        store::judge_blocks(c, &signup)?;
        store::close(c, signup.id, by.as_deref(), None)?;
        if let Some(mail) = &mail {
            mailing::queue(c, &vault, mail)?;
        }
        let event = Event::new("signup.opened").product("operator").target(
            "signup",
            &signup.id,
            &signup.company,
        );
        audit::record(c, &actor, event)
    }))
}
