//! Opening a company together with its owner.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
use crate::tenancy::{self, Company, NewCompany};
use crate::web::Fields;

/// Whoever is to own a company about to be opened.
#[derive(Debug, Clone)]
pub struct NewOwner {
    /// The address to sign in with. Somebody who has an account already becomes the owner with it, once it is proven to be theirs.
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
    /// The link with which its owner chooses a password, where they are new here and have none.
    pub invitation: Option<InvitationLink>,
    /// Whether the owner has an account here already: they enter with it where its address is proven, and are mailed a link else.
    pub is_known: bool,
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
                is_known: false,
            };
            also(c, &opened)
        })
        .await?;
        return Ok(Opened {
            company,
            invitation: None,
            is_known: false,
        });
    };
    let owner = judged(owner)?;
    let keeper = Keeper::of(app)?;
    let name = &company.settings.name;
    let roles = Roles::one(Role::Owner);
    let sent = Arc::new(Sent::to(app, actor, name, &owner.email, &roles)?);
    let shown = sent.shown(app.clock.now(), true);
    let link = InvitationLink {
        url: shown.link,
        expires_at: shown.expires_at,
    };
    let has_password = owner.password.is_some();
    let handed_on = move |is_known: bool| (!is_known && !has_password).then(|| link.clone());
    // Said by the write itself: only there it is certain who is known.
    let known = Arc::new(AtomicBool::new(false));
    let (by, is_known, told) = (actor.clone(), Arc::clone(&known), handed_on.clone());
    let company = tenancy::open(app, actor, company, move |c, company| {
        let found = enter_owner(c, &by, company, &owner, &sent)?;
        is_known.store(found, Ordering::Release);
        let opened = Opened {
            company: company.clone(),
            invitation: told(found),
            is_known: found,
        };
        also(c, &opened)
    })
    .await?;
    let is_known = known.load(Ordering::Acquire);
    reset::look_for_owner(app, keeper).await?;
    Ok(Opened {
        company,
        invitation: handed_on(is_known),
        is_known,
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

/// Account where there is none, membership, link and event; says whether there was an account. Runs inside the write that registers
/// the company.
///
/// Nobody is shown a link of an account that is there: whoever knows its password may not be who reads its mail, so it has to be
/// proven first.
fn enter_owner(
    c: &mut ControlConn,
    by: &Actor,
    company: &Company,
    owner: &NewOwner,
    sent: &Sent,
) -> Result<bool> {
    let known = people::user_by_email(c, &owner.email)?;
    let is_known = known.is_some();
    let user = match known {
        Some(user) => user,
        None => {
            let name = owner.name.as_deref().unwrap_or_default();
            let user = User {
                password: owner.password.clone(),
                ..User::new(c.now(), &owner.email, name)
            };
            people::insert_user(c, user.id, &user.email, &user.name, user.password.as_ref())?;
            user
        }
    };
    let has_password = user.password.is_some();
    let mut member = Member {
        is_accepted: !is_known && has_password,
        user,
        roles: Roles::one(Role::Owner),
        last_login_at: None,
        disabled_at: None,
        joined_at: c.now(),
    };
    let (id, is_proven) = (member.user.id, member.user.is_proven);
    people::insert_membership(c, company.id, id, &member.roles, member.is_accepted)?;
    if has_password && (is_proven || !is_known) {
        one_time::kill(c, Purpose::Setup, None)?;
    } else {
        sent.issue(c, company.id, id, !is_known)?;
    }
    let action = if member.is_accepted || is_proven && has_password {
        "member.created"
    } else {
        "member.invited"
    };
    if is_known {
        member.user.name.clear();
    }
    let event = people::acts::about(Event::new(action), &member);
    audit::record(c, by, event)?;
    Ok(is_known)
}
