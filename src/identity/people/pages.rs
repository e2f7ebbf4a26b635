//! `GET /admin/people`: who belongs to the company.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::acts::{self, By, Change, Invitation};
use super::{Member, Standing, member_by_id, members};
use crate::audit;
use crate::config::Tenancy;
use crate::gate::Permission;
use crate::id::UserId;
use crate::identity::model::{Role, may_change_roles};
use crate::identity::permissions::{ReadMembers, WriteMembers, WriteOwners};
use crate::web::confirm::Confirm;
use crate::web::form::{Choice, FormErrors};
use crate::web::list::ListView;
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{HistoryEntry, State, Toast, Tone};
use crate::web::{Allowed, Fields, Form, answer, flash, shown_in_form};
use crate::{Error, Result};

const LIST: &str = "/admin/people";
/// Steps of somebody's history that their page shows.
const HISTORY: i64 = 200;

#[derive(Template)]
#[template(path = "identity/people.html")]
struct List {
    shell: PageShell,
    list: ListView,
    rows: Vec<Row>,
    roles: Vec<Choice>,
    states: Vec<Choice>,
    may_write: bool,
}

struct Row {
    label: String,
    email: String,
    href: String,
    role: &'static str,
    state: State,
    signed_in: Markup,
}

/// Shows everybody, by search and filter.
///
/// # Errors
/// Where the store does not answer.
pub async fn list(allowed: Allowed<ReadMembers>, request: HttpRequest) -> Result<HttpResponse> {
    let list = ListView::new(request.path(), request.query_string()).sorted_by("email");
    let tenant = allowed.scope.tenant();
    let mut all = allowed
        .app
        .control
        .read(move |c| members(c, tenant))
        .await?;
    let search = list.get("q").to_lowercase();
    all.retain(|member| {
        let fits = |filter: &str, found: bool| list.get(filter).is_empty() || found;
        fits("state", member.standing().as_str() == list.get("state"))
            && fits(
                "role",
                list.get("role")
                    .parse()
                    .is_ok_and(|role| member.roles.has(role)),
            )
            && (member.user.email.contains(&search)
                || member.user.name.to_lowercase().contains(&search))
    });
    match list.sort().trim_start_matches('-') {
        "role" => all.sort_by_key(|member| member.roles.strongest()),
        "seen" => all.sort_by_key(|member| member.last_login_at),
        _ => {}
    }
    if list.sort().starts_with('-') {
        all.reverse();
    }
    let format = allowed.format();
    let rows = all
        .iter()
        .map(|member| Row {
            label: member.user.label().to_owned(),
            email: member.user.email.clone(),
            href: allowed.url(&format!("{LIST}/{}", member.user.id)),
            role: member.roles.strongest().label(),
            state: state(member),
            signed_in: format.when_or_none(member.last_login_at),
        })
        .collect();
    let shell = allowed
        .shell(Place::People, "People")
        .lead("Who works on this company here, and what each may do.");
    let page = List {
        shell,
        list,
        rows,
        roles: Role::ALL
            .map(|role| Choice::new(role.as_str(), role.label()))
            .to_vec(),
        states: Standing::ALL
            .map(|one| Choice::new(one.as_str(), one.label()))
            .to_vec(),
        may_write: allowed.rights.allows(WriteMembers::NAME),
    };
    Ok(page::ok(&page))
}

fn state(member: &Member) -> State {
    let tone = match member.standing() {
        Standing::Active => Tone::Good,
        Standing::Invited => Tone::Warn,
        Standing::Disabled => Tone::Quiet,
    };
    State::new(tone, member.standing().label())
}

#[derive(Template)]
#[template(path = "identity/person_new.html")]
struct New {
    shell: PageShell,
    errors: FormErrors,
    email: String,
    name: String,
    roles: Vec<Choice>,
    role: Vec<String>,
}

/// The form to invite somebody.
///
/// # Errors
/// None of its own.
pub async fn new(allowed: Allowed<WriteMembers>) -> Result<HttpResponse> {
    Ok(invite_form(
        &allowed,
        StatusCode::OK,
        FormErrors::none(),
        ["", "", Role::Member.as_str()],
    ))
}

fn invite_form<P>(
    allowed: &Allowed<P>,
    status: StatusCode,
    errors: FormErrors,
    typed: [&str; 3],
) -> HttpResponse {
    let shell = allowed
        .shell(Place::People, "Invite somebody")
        .lead("They get a mail with a link to choose their own password. It works once, for seven days.")
        .crumb("People", LIST);
    let [email, name, role] = typed.map(ToOwned::to_owned);
    page::html(
        status,
        &New {
            shell,
            errors,
            email,
            name,
            roles: role_choices(allowed),
            role: vec![role],
        },
    )
}

/// The roles this person may give.
fn role_choices<P>(allowed: &Allowed<P>) -> Vec<Choice> {
    let may_own = allowed.rights.allows(WriteOwners::NAME);
    Role::ALL
        .into_iter()
        .filter(|role| may_own || *role != Role::Owner)
        .map(|role| Choice::new(role.as_str(), role.label()).hint(role.about()))
        .collect()
}

#[derive(Template)]
#[template(path = "identity/invited.html")]
struct Invited {
    shell: PageShell,
    link: String,
    /// Otherwise only where to sign in.
    is_one_time: bool,
    until: Markup,
    mails_leave: bool,
    back: String,
}

/// Invites somebody and shows the link this one time.
///
/// # Errors
/// [`Error::Forbidden`] for an owner made by no owner; where the store does not answer.
pub async fn create(allowed: Allowed<WriteMembers>, form: Form) -> Result<HttpResponse> {
    let mut fields = Fields::default();
    let email = fields.form_email(&form, "email");
    let name = fields.form_text(&form, "name", 0..=120, "A name has at most 120 characters.");
    let roles = fields.parse("role", form.text("role"));
    let outcome = match (fields.check(), roles) {
        (Ok(()), Some(roles)) => acts::invite(&allowed.app, by(&allowed), &email, &name, roles)
            .await
            .map_err(acts::address_taken),
        (Err(error), _) => Err(error),
        (Ok(()), None) => Err(Error::invalid("role", "Choose a role.")),
    };
    match outcome {
        Ok((member, invitation)) => Ok(invited(&allowed, &member, invitation)),
        Err(error) => {
            let errors = shown_in_form(error)?;
            let typed = [form.text("email"), form.text("name"), form.text("role")];
            Ok(invite_form(
                &allowed,
                StatusCode::UNPROCESSABLE_ENTITY,
                errors,
                typed,
            ))
        }
    }
}

fn invited(
    allowed: &Allowed<WriteMembers>,
    member: &Member,
    invitation: Invitation,
) -> HttpResponse {
    let shell = allowed
        .shell(Place::People, format!("{} is invited", member.user.label()))
        .crumb("People", LIST);
    page::ok(&Invited {
        shell,
        link: invitation.link,
        is_one_time: invitation.is_one_time,
        until: allowed.format().when(invitation.expires_at),
        mails_leave: allowed.app.config.mail.smtp_url.is_some(),
        back: allowed.url(LIST),
    })
}

#[derive(Template)]
#[template(path = "identity/person.html")]
struct One {
    shell: PageShell,
    errors: FormErrors,
    state: State,
    email: String,
    here: String,
    joined: Markup,
    signed_in: Markup,
    may_change: bool,
    is_invited: bool,
    is_disabled: bool,
    roles: Vec<Choice>,
    role: Vec<String>,
    history: Vec<HistoryEntry>,
}

/// Shows somebody, with what happened to them.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn one(allowed: Allowed<ReadMembers>, id: web::Path<String>) -> Result<HttpResponse> {
    person(&allowed, read_id(&id)?, StatusCode::OK, FormErrors::none()).await
}

async fn person<P>(
    allowed: &Allowed<P>,
    id: UserId,
    status: StatusCode,
    errors: FormErrors,
) -> Result<HttpResponse> {
    let tenant = allowed.scope.tenant();
    let company = (allowed.app.config.tenancy == Tenancy::Multi).then_some(tenant);
    let found = allowed.app.control.read(move |c| {
        let Some(member) = member_by_id(c, tenant, id)? else {
            return Ok(None);
        };
        // What else happened to the person's account is no concern of a company among many.
        let filter = audit::Filter {
            target: Some(id.to_string()),
            company,
            ..audit::Filter::default()
        };
        Ok(Some((member, audit::page(c, &filter, None, HISTORY)?)))
    });
    let (member, events) = found.await?.ok_or(Error::NotFound)?;
    let format = allowed.format();
    let may_change = allowed.rights.allows(WriteMembers::NAME)
        && may_change_roles(&allowed.rights, Some(&member.roles), None);
    let page = One {
        shell: allowed
            .shell(Place::People, member.user.label())
            .crumb("People", LIST),
        errors,
        state: state(&member),
        email: member.user.email.clone(),
        here: allowed.url(&format!("{LIST}/{id}")),
        joined: format.day(member.joined_at),
        signed_in: format.when_or_none(member.last_login_at),
        may_change,
        is_invited: member.standing() == Standing::Invited,
        is_disabled: member.standing() == Standing::Disabled,
        roles: role_choices(allowed),
        role: vec![member.roles.strongest().as_str().to_owned()],
        history: events.iter().map(|event| event.entry(&format)).collect(),
    };
    Ok(page::html(status, &page))
}

/// Changes somebody's role.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`]; the last owner's own words are shown beside the form.
pub async fn save(
    allowed: Allowed<WriteMembers>,
    id: web::Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let id = read_id(&id)?;
    let mut fields = Fields::default();
    let roles = fields.parse("role", form.text("role"));
    let outcome = match fields.check() {
        Ok(()) => {
            acts::change(
                &allowed.app,
                by(&allowed),
                id,
                Change {
                    roles,
                    disabled: None,
                },
            )
            .await
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(member) => {
            let text = format!(
                "{} is {} now.",
                member.user.label(),
                article(member.roles.strongest())
            );
            let back = answer::see_other(&allowed.url(&format!("{LIST}/{id}")));
            Ok(flash::with(back, &allowed.app, &Toast::good(text)))
        }
        Err(error) => {
            person(
                &allowed,
                id,
                StatusCode::UNPROCESSABLE_ENTITY,
                shown_in_form(error)?,
            )
            .await
        }
    }
}

fn article(role: Role) -> String {
    let word = role.as_str();
    let begins_with_vowel = word.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {word}", if begins_with_vowel { "an" } else { "a" })
}

/// Asks before somebody is shut out.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn ask_disable(
    allowed: Allowed<WriteMembers>,
    id: web::Path<String>,
) -> Result<HttpResponse> {
    let (tenant, id) = (allowed.scope.tenant(), read_id(&id)?);
    let member = allowed
        .app
        .control
        .read(move |c| member_by_id(c, tenant, id))
        .await?
        .ok_or(Error::NotFound)?;
    let here = allowed.url(&format!("{LIST}/{id}"));
    let shell = allowed.shell(Place::People, format!("Disable {}?", member.user.label()));
    let question = Confirm::new(shell, "Disable", format!("{here}/disable"), here)
        .consequence("They are signed out everywhere at once and cannot sign in.")
        .consequence("What they did stays in the trail. You can enable them again.")
        .destructive();
    Ok(page::ok(&question))
}

/// Shuts somebody out.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn disable(
    allowed: Allowed<WriteMembers>,
    id: web::Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    set_disabled(allowed, &id, true).await
}

/// Lets somebody in again.
///
/// # Errors
/// As [`disable`].
pub async fn enable(
    allowed: Allowed<WriteMembers>,
    id: web::Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    set_disabled(allowed, &id, false).await
}

async fn set_disabled(
    allowed: Allowed<WriteMembers>,
    id: &str,
    disabled: bool,
) -> Result<HttpResponse> {
    let id = read_id(id)?;
    let change = Change {
        roles: None,
        disabled: Some(disabled),
    };
    match acts::change(&allowed.app, by(&allowed), id, change).await {
        Ok(member) => {
            let text = format!(
                "{} is {}.",
                member.user.label(),
                if disabled {
                    "disabled"
                } else {
                    "enabled again"
                }
            );
            let back = answer::see_other(&allowed.url(&format!("{LIST}/{id}")));
            Ok(flash::with(back, &allowed.app, &Toast::good(text)))
        }
        Err(error) => {
            person(
                &allowed,
                id,
                StatusCode::UNPROCESSABLE_ENTITY,
                shown_in_form(error)?,
            )
            .await
        }
    }
}

/// Makes a new invitation and shows its link this one time.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] where the person accepted already.
pub async fn invite_again(
    allowed: Allowed<WriteMembers>,
    id: web::Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    let (member, invitation) =
        acts::invite_again(&allowed.app, by(&allowed), read_id(&id)?).await?;
    Ok(invited(&allowed, &member, invitation))
}

fn by(allowed: &Allowed<WriteMembers>) -> By {
    By {
        actor: allowed.actor.clone(),
        tenant: allowed.scope.tenant(),
        rights: allowed.rights.clone(),
    }
}

fn read_id(id: &str) -> Result<UserId> {
    id.parse().map_err(|_| Error::NotFound)
}
