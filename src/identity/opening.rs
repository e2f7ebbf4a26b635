//! Opening a company together with its owner.

use std::sync::Arc;

use super::keeper::Keeper;
use super::model::{Role, Roles};
use super::one_time::{self, Purpose};
use super::people::acts::Sent;
use super::people::{self, Member, User};
use super::reset;
use crate::Result;
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::config::Tenancy;
use crate::crypto::HashedPassword;
use crate::db::{Control, ControlConn};
use crate::id::UserId;
use crate::tenancy::{self, Company, NewCompany};
use crate::web::Fields;

/// Whoever is to own a company about to be opened.
#[derive(Debug, Clone)]
pub struct NewOwner {
    /// The address to sign in with. Somebody who has an account already becomes the owner with it, as it is.
    pub email: String,
    /// Their name, where somebody gave one.
    pub name: Option<String>,
    /// Their password; without one they are sent a link to choose one. Of no effect on an account that is there already.
    pub password: Option<HashedPassword>,
}

/// A company that was opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The company.
    pub company: Company,
    /// The link with which its owner chooses a password, where they have none yet.
    pub invitation: Option<InvitationLink>,
}

/// A link to hand on.
#[derive(Debug, Clone)]
pub struct InvitationLink {
    /// Where it leads.
    pub url: String,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// What is entered beside a company, in the write that registers it. It may run again.
pub type Also = Arc<dyn Fn(&mut ControlConn, &Opened) -> Result<()> + Send + Sync>;

/// Opens a company, with its store, data key and owner, or leaves nothing of it.
///
/// # Errors
/// [`crate::Error::Conflict`] for a slug that is taken or an instance that serves one company, [`crate::Error::Invalid`] for values that do not
/// fit.
pub async fn open_company(
    app: &App,
    actor: &Actor,
    company: NewCompany,
    owner: Option<NewOwner>,
) -> Result<Company> {
    Ok(open_with_link(app, actor, company, owner).await?.company)
}

/// The same, with the link that its owner is sent, for whoever may hand it on.
///
/// # Errors
/// As [`open_company`].
pub async fn open_with_link(
    app: &App,
    actor: &Actor,
    company: NewCompany,
    owner: Option<NewOwner>,
) -> Result<Opened> {
    open_with(app, actor, company, owner, Arc::new(|_, _| Ok(()))).await
}

/// The same; `also` does what belongs to it in the same write, and may run again.
///
/// # Errors
/// As [`open_company`], and what `also` returns; then nothing is left of the company.
pub async fn open_with(
    app: &App,
    actor: &Actor,
    company: NewCompany,
    owner: Option<NewOwner>,
    also: Also,
) -> Result<Opened> {
    let Some(owner) = owner else {
        let company = tenancy::open(app, actor, company, move |c, company| {
            let opened = Opened {
                company: company.clone(),
                invitation: None,
            };
            also(c, &opened)
        })
        .await?;
        return Ok(Opened {
            company,
            invitation: None,
        });
    };
    let owner = judged(owner)?;
    let keeper = Keeper::of(app)?;
    let email = owner.email.clone();
    let known = app
        .control
        .read(move |c| people::user_by_email(c, &email))
        .await?;
    let has_password = known.as_ref().is_some_and(|user| user.password.is_some());
    let sent = if has_password || owner.password.is_some() && known.is_none() {
        None
    } else {
        let name = &company.settings.name;
        let roles = Roles::one(Role::Owner);
        Some(Arc::new(Sent::to(app, actor, name, &owner.email, &roles)?))
    };
    let invitation = sent.as_ref().map(|sent| {
        let invitation = sent.invitation(app.clock.now());
        InvitationLink {
            url: invitation.link,
            expires_at: invitation.expires_at,
        }
    });
    let (by, handed_on) = (actor.clone(), invitation.clone());
    let company = tenancy::open(app, actor, company, move |c, company| {
        enter_owner(c, &by, company, &owner, sent.as_deref())?;
        let opened = Opened {
            company: company.clone(),
            invitation: handed_on.clone(),
        };
        also(c, &opened)
    })
    .await?;
    reset::look_for_owner(app, keeper).await?;
    Ok(Opened {
        company,
        invitation,
    })
}

/// The company that would be opened, with everything judged as [`open_company`] does and nothing made.
///
/// # Errors
/// As [`open_company`].
pub async fn judge_company(
    control: &Control,
    tenancy: Tenancy,
    company: NewCompany,
    owner: Option<NewOwner>,
    now: Timestamp,
) -> Result<Company> {
    owner.map(judged).transpose()?;
    tenancy::judge_opening(control, tenancy, company, now).await
}

/// The same without asking a store: whether the slug is free is not known.
///
/// # Errors
/// As [`open_company`].
pub fn judge_values(
    tenancy: Tenancy,
    company: NewCompany,
    owner: Option<NewOwner>,
    now: Timestamp,
) -> Result<Company> {
    owner.map(judged).transpose()?;
    tenancy::judge_values(tenancy, company, now)
}

fn judged(owner: NewOwner) -> Result<NewOwner> {
    let mut fields = Fields::default();
    let email = fields.email("owner_email", &owner.email);
    let name = fields.optional_text(
        "owner_name",
        owner.name.as_deref().unwrap_or_default(),
        120,
        "Write a name of at most 120 characters.",
    );
    fields.check()?;
    Ok(NewOwner {
        email,
        name,
        password: owner.password,
    })
}

/// Account where there is none, membership, link and event. Runs inside the write that registers the company.
fn enter_owner(
    c: &mut ControlConn,
    by: &Actor,
    company: &Company,
    owner: &NewOwner,
    sent: Option<&Sent>,
) -> Result<()> {
    let roles = Roles::one(Role::Owner);
    let (user, is_new) = match people::user_by_email(c, &owner.email)? {
        Some(user) => (user, false),
        None => {
            let user = User {
                id: UserId::new(c.now()),
                email: owner.email.clone(),
                name: owner.name.clone().unwrap_or_default(),
                password: owner.password.clone(),
            };
            people::insert_user(c, user.id, &user.email, &user.name, user.password.as_ref())?;
            (user, true)
        }
    };
    people::insert_membership(c, company.id, user.id, &roles)?;
    if user.password.is_some() {
        one_time::kill(c, Purpose::Setup, None)?;
    } else if let Some(sent) = sent {
        sent.issue(c, user.id)?;
    }
    let member = Member {
        user,
        roles,
        last_login_at: None,
        disabled_at: None,
        joined_at: c.now(),
    };
    let action = if is_new && member.user.password.is_none() {
        "member.invited"
    } else {
        "member.created"
    };
    let event = people::acts::about(Event::new(action), &member);
    audit::record(c, by, event)
}
