//! What can be done with members: invite, change roles, disable and enable. The last owner stays.

use super::{
    Member, User, insert_membership, insert_user, member_by_id, owners, save_membership,
    user_by_email,
};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::crypto::PlainToken;
use crate::db::ControlConn;
use crate::gate::{Permission, Rights};
use crate::id::{TenantId, UserId};
use crate::identity::keeper::Keeper;
use crate::identity::model::{Role, Roles, may_change_roles};
use crate::identity::one_time::{self, Purpose};
use crate::identity::permissions::WriteOwners;
use crate::identity::{letters, sessions};
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
    pub(in crate::identity) link: String,
    pub(in crate::identity) expires_at: Timestamp,
}

/// Invites somebody: they are a member from now on and enter once they chose a password.
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
    let user = User {
        id: UserId::new(now),
        email: email.to_owned(),
        name: name.to_owned(),
        password: None,
    };
    let sent = Sent::new(app, &by, &user.email, &roles)?;
    let invitation = sent.invitation(now);
    let member = Member {
        user,
        roles,
        last_login_at: None,
        disabled_at: None,
        joined_at: now,
    };
    let made = member.clone();
    app.control
        .write(move |c| {
            if user_by_email(c, &made.user.email)?.is_some() {
                return Err(Error::Duplicate);
            }
            insert_user(c, made.user.id, &made.user.email, &made.user.name, None)?;
            insert_membership(c, by.tenant, made.user.id, &made.roles)?;
            sent.issue(c, made.user.id)?;
            let event = target(Event::new("member.invited"), &made).created(&shown(&made));
            audit::record(c, &by.actor, event)
        })
        .await?;
    Ok((member, invitation))
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
    let id = UserId::new(now);
    let user = User {
        id,
        email: email.to_owned(),
        name: String::new(),
        password: Some(password),
    };
    let member = Member {
        user,
        roles,
        last_login_at: None,
        disabled_at: None,
        joined_at: now,
    };
    app.control
        .write(move |c| {
            if user_by_email(c, &member.user.email)?.is_some() {
                return Err(Error::Duplicate);
            }
            insert_user(c, id, &member.user.email, "", member.user.password.as_ref())?;
            insert_membership(c, by.tenant, id, &member.roles)?;
            if member.roles.has(Role::Owner) {
                one_time::kill(c, Purpose::Setup, None)?;
            }
            let event = target(Event::new("member.created"), &member).created(&shown(&member));
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
    let invitation = sent.invitation(app.clock.now());
    let member = app
        .control
        .write(move |c| {
            let member = member_by_id(c, by.tenant, id)?.ok_or(Error::NotFound)?;
            if !may_change_roles(&by.rights, Some(&member.roles), None) {
                return Err(Error::Forbidden(WriteOwners::NAME.to_owned()));
            }
            if member.user.password.is_some() {
                return Err(Error::conflict(
                    "accepted",
                    "The invitation was accepted already.",
                ));
            }
            sent.issue(c, id)?;
            audit::record(
                c,
                &by.actor,
                target(Event::new("member.invited_again"), &member),
            )?;
            Ok(member)
        })
        .await?;
    Ok((member, invitation))
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
                one_time::kill_all_of(c, id)?;
            }
            let event =
                target(Event::new(action), &after).before_after(&shown(&before), &shown(&after));
            audit::record(c, &by.actor, event)?;
            Ok(after)
        })
        .await?;
    Keeper::of(app)?.forget_person(id);
    Ok(member)
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
    mail: Mail,
    vault: crate::crypto::Vault,
}

impl Sent {
    fn new(app: &App, by: &By, email: &str, roles: &Roles) -> Result<Self> {
        let company = Keeper::of(app)?
            .directory()
            .by_id(by.tenant)
            .map(|one| one.view.name.clone())
            .unwrap_or_default();
        Self::to(app, &by.actor, &company, email, roles)
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
            mail,
            vault: app.vault.clone(),
        })
    }

    pub(in crate::identity) fn invitation(&self, now: Timestamp) -> Invitation {
        Invitation {
            link: self.link.clone(),
            expires_at: now.plus(Purpose::Invite.lifetime()),
        }
    }

    pub(in crate::identity) fn issue(&self, c: &mut ControlConn, user: UserId) -> Result<()> {
        let expires_at = c.now().plus(Purpose::Invite.lifetime());
        one_time::issue(
            c,
            Purpose::Invite,
            Some(user),
            &self.token.hash(),
            expires_at,
        )?;
        mailing::queue(c, &self.vault, &self.mail).map(drop)
    }
}
