//! What can be done with members: invite, change roles, disable and enable. The last owner stays.

use super::{
    Member, User, belongs_to, held_members, insert_membership, insert_user, member_by_id, owners,
    save_membership, user_by_email,
};
use crate::actor::{Actor, ActorKind};
use crate::app::App;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::config::Tenancy;
use crate::crypto::PlainToken;
use crate::db::ControlConn;
use crate::gate::{Counted, Limits, Permission, Rights};
use crate::id::{TenantId, UserId};
use crate::identity::keeper::Keeper;
use crate::identity::model::{Role, Roles, may_change_roles};
use crate::identity::one_time::{self, NewOneTime, Purpose};
use crate::identity::permissions::WriteOwners;
use crate::identity::{companies, letters, sessions};
use crate::mailing::{self, Mail};
use crate::{Error, Result};

/// Who acts, on which company, with which rights.
#[derive(Debug, Clone)]
pub(in crate::identity) struct By {
    pub(in crate::identity) actor: Actor,
    pub(in crate::identity) tenant: TenantId,
    pub(in crate::identity) rights: Rights,
}

/// A one-time link somebody is to be handed.
#[derive(Debug, Clone)]
pub(in crate::identity) struct Invitation {
    /// A one-time link; only where to sign in, where the link is in the person's mail alone.
    pub(in crate::identity) link: String,
    pub(in crate::identity) is_one_time: bool,
    pub(in crate::identity) expires_at: Timestamp,
}

/// Invites somebody: they are a member from now on and enter once they chose a password.
///
/// Where many companies are served, nobody of a company sees the link, and whoever is known here already looks like everybody else:
/// a proven account enters with its password, every other waits until the mailed link is followed.
pub(in crate::identity) async fn invite(
    app: &App,
    by: By,
    email: &str,
    name: &str,
    roles: Roles,
) -> Result<(Member, Invitation)> {
    if !may_change_roles(&by.rights, None, Some(&roles)) {
        return Err(Error::Forbidden(WriteOwners::NAME.to_owned()));
    }
    let now = app.clock.now();
    let user = User::new(now, email, name);
    let limits = limits_of(app, by.tenant)?;
    let sent = Sent::new(app, &by, &user.email, &roles)?;
    let member = Member {
        user,
        roles,
        last_login_at: None,
        disabled_at: None,
        joined_at: now,
        is_accepted: !sent.serves_many,
    };
    let outcome = app.control.write(move |c| {
        let mut made = member.clone();
        let known = user_by_email(c, &made.user.email)?;
        let is_shown = known.is_none() && sent.may_show(&by.actor);
        match known {
            Some(user) => {
                if member_by_id(c, by.tenant, user.id)?.is_some() {
                    return Err(Error::Duplicate);
                }
                made.user = user;
            }
            None => insert_user(c, made.user.id, &made.user.email, &made.user.name, None)?,
        }
        limits.one_more(Counted::Members, |_| held_members(c, by.tenant))?;
        insert_membership(c, by.tenant, made.user.id, &made.roles, made.is_accepted)?;
        sent.send(c, by.tenant, &made.user, is_shown)?;
        if !made.is_accepted {
            made.user.name.clear();
        }
        let event =
            target(Event::new("member.invited").of(by.tenant), &made).created(&shown(&made));
        audit::record(c, &by.actor, event)?;
        Ok((made, sent.shown(now, is_shown)))
    });
    outcome.await
}

/// Says of the field of a form or body that the address is taken.
pub(in crate::identity) fn address_taken(error: Error) -> Error {
    error.duplicate_of("email", "Somebody with this address is here already.")
}

/// Makes somebody who can sign in at once, with a password that was chosen for them: for the shell.
pub(in crate::identity) async fn create(
    app: &App,
    by: By,
    email: &str,
    roles: Roles,
    password: crate::crypto::HashedPassword,
) -> Result<UserId> {
    let now = app.clock.now();
    let limits = limits_of(app, by.tenant)?;
    let user = User {
        password: Some(password),
        ..User::new(now, email, "")
    };
    let id = user.id;
    let member = Member {
        user,
        roles,
        last_login_at: None,
        disabled_at: None,
        joined_at: now,
        is_accepted: true,
    };
    app.control
        .write(move |c| {
            if user_by_email(c, &member.user.email)?.is_some() {
                return Err(Error::Duplicate);
            }
            limits.one_more(Counted::Members, |_| held_members(c, by.tenant))?;
            insert_user(c, id, &member.user.email, "", member.user.password.as_ref())?;
            insert_membership(c, by.tenant, id, &member.roles, true)?;
            if member.roles.has(Role::Owner) {
                one_time::kill(c, Purpose::Setup, None)?;
            }
            let event = target(Event::new("member.created").of(by.tenant), &member)
                .created(&shown(&member));
            audit::record(c, &by.actor, event)
        })
        .await?;
    Ok(id)
}

/// A new invitation for somebody who has not accepted theirs; the old link dies.
pub(in crate::identity) async fn invite_again(
    app: &App,
    by: By,
    id: UserId,
) -> Result<(Member, Invitation)> {
    let tenant = by.tenant;
    let member = app
        .control
        .read(move |c| member_by_id(c, tenant, id))
        .await?
        .ok_or(Error::NotFound)?;
    let sent = Sent::new(app, &by, &member.user.email, &member.roles)?;
    let now = app.clock.now();
    app.control
        .write(move |c| {
            let member = member_by_id(c, by.tenant, id)?.ok_or(Error::NotFound)?;
            if !may_change_roles(&by.rights, Some(&member.roles), None) {
                return Err(Error::Forbidden(WriteOwners::NAME.to_owned()));
            }
            if member.is_accepted && member.user.password.is_some() {
                return Err(Error::conflict(
                    "accepted",
                    "The invitation was accepted already.",
                ));
            }
            let is_shown = sent.may_show(&by.actor)
                && member.user.password.is_none()
                && belongs_to(c, id)? <= 1;
            sent.send(c, by.tenant, &member.user, is_shown)?;
            audit::record(
                c,
                &by.actor,
                target(Event::new("member.invited_again").of(by.tenant), &member),
            )?;
            let invitation = sent.shown(now, is_shown);
            Ok((member, invitation))
        })
        .await
}

/// What changes about a member.
#[derive(Debug, Clone, Default)]
pub(in crate::identity) struct Change {
    pub(in crate::identity) roles: Option<Roles>,
    pub(in crate::identity) disabled: Option<bool>,
}

/// Changes a member's roles or standing. Whoever is disabled is out at once, everywhere in this company.
pub(in crate::identity) async fn change(
    app: &App,
    by: By,
    id: UserId,
    change: Change,
) -> Result<Member> {
    let limits = limits_of(app, by.tenant)?;
    let member = app
        .control
        .write(move |c| {
            let before = member_by_id(c, by.tenant, id)?.ok_or(Error::NotFound)?;
            let mut after = before.clone();
            if let Some(roles) = &change.roles {
                after.roles = roles.clone();
            }
            match change.disabled {
                Some(true) if before.disabled_at.is_none() => after.disabled_at = Some(c.now()),
                Some(false) => after.disabled_at = None,
                _ => {}
            }
            if after.roles == before.roles && after.disabled_at == before.disabled_at {
                return Ok(before);
            }
            if !may_change_roles(&by.rights, Some(&before.roles), Some(&after.roles)) {
                return Err(Error::Forbidden(WriteOwners::NAME.to_owned()));
            }
            if before.disabled_at.is_some() && after.disabled_at.is_none() {
                limits.one_more(Counted::Members, |_| held_members(c, by.tenant))?;
            }
            save_membership(c, by.tenant, id, &after.roles, after.disabled_at)?;
            // Counted after the change, in its transaction: two who leave at once cannot both be the last but one.
            if before.roles.has(Role::Owner) && owners(c, Some(by.tenant))? == 0 {
                return Err(Error::conflict(
                    "last_owner",
                    "This is the last owner who can sign in. Make somebody else an owner first.",
                ));
            }
            let action = match (before.disabled_at, after.disabled_at) {
                (None, Some(_)) => "member.disabled",
                (Some(_), None) => "member.enabled",
                _ => "member.changed",
            };
            if after.disabled_at.is_some() {
                sessions::end_in(c, by.tenant, id)?;
                if belongs_to(c, id)? == 0 {
                    one_time::kill_all_of(c, id)?;
                }
            }
            let event = target(Event::new(action).of(by.tenant), &after)
                .before_after(&shown(&before), &shown(&after));
            audit::record(c, &by.actor, event)?;
            Ok(after)
        })
        .await?;
    Keeper::of(app)?.forget_person(id);
    Ok(member)
}

/// What the company's plan allows now, whoever asks: a browser, a key or somebody at the shell.
fn limits_of(app: &App, tenant: TenantId) -> Result<Limits> {
    let company = Keeper::of(app)?.directory().by_id(tenant);
    Ok(company.map_or(Limits::NONE, |company| company.standing.limits))
}

fn target(event: Event, member: &Member) -> Event {
    event
        .product("identity")
        .target("member", &member.user.id, &member.user.email)
}

/// An event about a new member, with what they hold.
pub(in crate::identity) fn about(event: Event, member: &Member) -> Event {
    target(event, member).created(&shown(member))
}

/// A member as the trail shows it.
fn shown(member: &Member) -> serde_json::Value {
    serde_json::json!({
        "email": member.user.email,
        "name": member.user.name,
        "roles": member.roles.words(),
        "state": member.standing().as_str(),
    })
}

/// An invitation about to be sent: its secret is made once, however often the write runs.
pub(in crate::identity) struct Sent {
    token: PlainToken,
    link: String,
    /// Where somebody signs in who has a password.
    door: String,
    mail: Mail,
    mail_to_known: Option<Mail>,
    vault: crate::crypto::Vault,
    serves_many: bool,
}

impl Sent {
    fn new(app: &App, by: &By, email: &str, roles: &Roles) -> Result<Self> {
        let keeper = Keeper::of(app)?;
        let company = keeper
            .directory()
            .by_id(by.tenant)
            .map(|one| one.view.name.clone())
            .unwrap_or_default();
        let door = format!("{}{}", app.public_url, companies::home(keeper, by.tenant));
        let role = roles.strongest().as_str();
        let word = letters::added(&by.actor.name, &company, role, &door)?;
        let sent = Self::to(app, &by.actor, &company, email, roles)?;
        Ok(Self {
            door,
            mail_to_known: Some(Mail::of("added", email, word)),
            ..sent
        })
    }

    /// For a company by its name: one about to be opened is in no directory yet.
    pub(in crate::identity) fn to(
        app: &App,
        by: &Actor,
        company: &str,
        email: &str,
        roles: &Roles,
    ) -> Result<Self> {
        let token = PlainToken::generate()?;
        let link = format!("{}/invite?token={}", app.public_url, token.expose());
        let days = Purpose::Invite.lifetime().as_secs() / 86_400;
        let role = roles.strongest().as_str();
        let letter = letters::invitation(&by.name, company, role, &link, days)?;
        let mail = Mail::of("invitation", email, letter).confidential();
        Ok(Self {
            token,
            link,
            door: format!("{}/login", app.public_url),
            mail,
            mail_to_known: None,
            vault: app.vault.clone(),
            serves_many: app.config.tenancy == Tenancy::Multi,
        })
    }

    /// Whether whoever invites may see the link of somebody new. With many companies on one instance that is for its operators:
    /// a company could else speak for a mailbox that is not its own.
    fn may_show(&self, by: &Actor) -> bool {
        !self.serves_many || !matches!(by.kind, ActorKind::User | ActorKind::ApiKey)
    }

    /// What whoever invites sees.
    pub(in crate::identity) fn shown(&self, now: Timestamp, is_one_time: bool) -> Invitation {
        let link = if is_one_time { &self.link } else { &self.door };
        Invitation {
            link: link.clone(),
            is_one_time,
            expires_at: now.plus(Purpose::Invite.lifetime()),
        }
    }

    /// Writes to somebody: a link to choose a password, or word to whoever has one of their own.
    fn send(
        &self,
        c: &mut ControlConn,
        tenant: TenantId,
        user: &User,
        is_shown: bool,
    ) -> Result<()> {
        let is_theirs = user.is_proven || !self.serves_many;
        match &self.mail_to_known {
            Some(mail) if is_theirs && user.password.is_some() => {
                mailing::queue(c, &self.vault, mail).map(drop)
            }
            _ => self.issue(c, tenant, user.id, is_shown),
        }
    }

    /// Issues and mails the link. One that nobody else is shown proves the mailbox, where no company's server carries it.
    pub(in crate::identity) fn issue(
        &self,
        c: &mut ControlConn,
        tenant: TenantId,
        user: UserId,
        is_shown: bool,
    ) -> Result<()> {
        let token = self.token.hash();
        let link = NewOneTime {
            tenant: Some(tenant),
            proves: self.serves_many && !is_shown,
            ..NewOneTime::shown(Purpose::Invite, Some(user), &token)
        };
        one_time::issue(c, &link)?;
        mailing::queue(c, &self.vault, &self.mail).map(drop)
    }
}
