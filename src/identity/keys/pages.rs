//! `GET /admin/api-keys` and what is done there: make a key, see it once, revoke it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::acts::{self, Wanted, Which};
use super::{ApiKey, all, by_id};
use crate::clock::Timestamp;
use crate::gate::Permission;
use crate::id::ApiKeyId;
use crate::identity::keeper::Keeper;
use crate::identity::permissions::{ReadApiKeys, WriteApiKeys};
use crate::tenancy::projects;
use crate::web::confirm::Confirm;
use crate::web::form::{Choice, FormErrors};
use crate::web::list::ListView;
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{State, Toast, Tone};
use crate::web::{Allowed, Fields, Form, answer, flash, shown_in_form};
use crate::{Error, Result};

const LIST: &str = "/admin/api-keys";
/// How long a new key may live, in days; 0 for ever.
const LIFETIMES: [(i64, &str); 5] = [
    (0, "Never"),
    (30, "In 30 days"),
    (90, "In 90 days"),
    (180, "In 180 days"),
    (365, "In a year"),
];

#[derive(Template)]
#[template(path = "identity/keys.html")]
struct List {
    shell: PageShell,
    list: ListView,
    rows: Vec<Row>,
    states: Vec<Choice>,
    may_write: bool,
}

struct Row {
    name: String,
    prefix: String,
    scopes: String,
    state: State,
    used: Markup,
    expires: Markup,
    made_by: String,
    /// Where it is revoked; empty where there is nothing to revoke.
    revoke: String,
}

/// Shows the keys, never a secret.
///
/// # Errors
/// Where the store does not answer.
pub async fn list(allowed: Allowed<ReadApiKeys>, request: HttpRequest) -> Result<HttpResponse> {
    let list = ListView::new(request.path(), request.query_string()).sorted_by("-made");
    let (tenant, now, format) = (
        allowed.scope.tenant(),
        allowed.app.clock.now(),
        allowed.format(),
    );
    Keeper::of(&allowed.app)?.flush().await?;
    let mut keys = allowed.app.control.read(move |c| all(c, tenant)).await?;
    let search = list.get("q").to_lowercase();
    keys.retain(|key| {
        // A revoked key is history: it is shown to whoever asks for it.
        let state = list.get("state");
        let fits = if state.is_empty() {
            key.revoked_at.is_none()
        } else {
            state == "all" || key.state(now) == state
        };
        fits && (key.name.to_lowercase().contains(&search) || key.prefix().contains(&search))
    });
    match list.sort().trim_start_matches('-') {
        "name" => keys.sort_by_key(|key| key.name.to_lowercase()),
        "used" => keys.sort_by_key(|key| key.last_used_at),
        _ => keys.sort_by_key(|key| key.id),
    }
    if list.sort().starts_with('-') {
        keys.reverse();
    }
    let may_write = allowed.rights.allows(WriteApiKeys::NAME);
    let rows = keys
        .iter()
        .map(|key| Row {
            name: key.name.clone(),
            prefix: key.prefix(),
            scopes: match &key.project {
                Some(project) => format!("{}, in {} only", key.scopes.join(", "), project.slug),
                None => key.scopes.join(", "),
            },
            state: state(key, now),
            used: format.when_or_none(key.last_used_at),
            expires: key
                .expires_at
                .map_or_else(|| Markup::text("Never"), |at| format.day(at)),
            made_by: key.created_by.clone().unwrap_or_default(),
            revoke: if may_write && key.revoked_at.is_none() {
                allowed.url(&format!("{LIST}/{}/revoke", key.id))
            } else {
                String::new()
            },
        })
        .collect();
    let shell = allowed
        .shell(Place::ApiKeys, "API keys")
        .lead("How other programs work with this company’s data.");
    let mut states: Vec<Choice> = ApiKey::STATES
        .map(|one| Choice::new(one, capital(one)))
        .to_vec();
    states.push(Choice::new("all", "All"));
    Ok(page::ok(&List {
        shell,
        list,
        rows,
        states,
        may_write,
    }))
}

fn state(key: &ApiKey, now: Timestamp) -> State {
    let word = key.state(now);
    let tone = if word == "active" {
        Tone::Good
    } else {
        Tone::Quiet
    };
    State::new(tone, capital(word))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[derive(Template)]
#[template(path = "identity/key_new.html")]
struct New {
    shell: PageShell,
    errors: FormErrors,
    name: String,
    expires: String,
    lifetimes: Vec<Choice>,
    scopes: Vec<Choice>,
    chosen: Vec<String>,
    projects: Vec<Choice>,
    project: String,
}

/// The projects a key may be limited to; none where the company has none.
async fn projects_of<P>(allowed: &Allowed<P>) -> Result<Vec<Choice>> {
    let tenant = allowed.scope.tenant();
    let all = allowed
        .app
        .control
        .read(move |c| projects::all(c, tenant))
        .await?;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let open = all.into_iter().filter(projects::Project::is_active);
    let choices = open.map(|one| Choice::new(one.slug, one.name));
    let first = Choice::new("", "All of the company");
    Ok(std::iter::once(first).chain(choices).collect())
}

/// The form to make a key.
///
/// # Errors
/// None of its own.
pub async fn new(allowed: Allowed<WriteApiKeys>) -> Result<HttpResponse> {
    Ok(form_page(
        &allowed,
        StatusCode::OK,
        FormErrors::none(),
        String::new(),
        ("0".to_owned(), String::new()),
        Vec::new(),
        projects_of(&allowed).await?,
    ))
}

fn form_page<P>(
    allowed: &Allowed<P>,
    status: StatusCode,
    errors: FormErrors,
    name: String,
    (expires, project): (String, String),
    chosen: Vec<String>,
    projects: Vec<Choice>,
) -> HttpResponse {
    let shell = allowed
        .shell(Place::ApiKeys, "New API key")
        .lead("Give it what its program needs and no more.")
        .crumb("API keys", LIST);
    let all = [("*", "Everything"), ("*:read", "Read everything")];
    let wide = all
        .into_iter()
        .filter(|(name, _)| *name != "*" || allowed.rights.allows("*:*"));
    let each = allowed
        .app
        .slices
        .iter()
        .flat_map(|slice| slice.permissions)
        .filter(|one| allowed.rights.allows(one.name));
    let scopes = wide
        .map(|(name, about)| Choice::new(name, name).hint(about))
        .chain(each.map(|one| Choice::new(one.name, one.name).hint(one.about)))
        .collect();
    let lifetimes = LIFETIMES
        .map(|(days, label)| Choice::new(days.to_string(), label))
        .to_vec();
    page::html(
        status,
        &New {
            shell,
            errors,
            name,
            expires,
            lifetimes,
            scopes,
            chosen,
            projects,
            project,
        },
    )
}

#[derive(Template)]
#[template(path = "identity/key_made.html")]
struct Made {
    shell: PageShell,
    key: String,
    name: String,
    example: String,
    back: String,
}

/// Makes a key and shows it this one time.
///
/// # Errors
/// [`Error::Forbidden`] for a scope the maker lacks; where the store does not answer.
pub async fn create(allowed: Allowed<WriteApiKeys>, form: Form) -> Result<HttpResponse> {
    let mut fields = Fields::default();
    let name = fields.form_text(
        &form,
        "name",
        1..=120,
        "Give the key a name, such as the program that uses it.",
    );
    let chosen: Vec<String> = form
        .all("scopes")
        .into_iter()
        .map(ToOwned::to_owned)
        .collect();
    let days = fields.number("expires", form.text("expires"), 0..=3_650);
    let expires_at = (days > 0).then(|| allowed.app.clock.now().plus_days(days));
    let outcome = match fields.check() {
        Ok(()) => {
            let wanted = Wanted {
                name: name.clone(),
                scopes: chosen.clone(),
                expires_at,
                project: Some(form.text("project"))
                    .filter(|slug| !slug.is_empty())
                    .map(|slug| projects::Which::Slug(slug.to_owned())),
            };
            acts::create(
                &allowed.app,
                allowed.actor.clone(),
                &allowed.rights,
                allowed.scope.tenant(),
                wanted,
            )
            .await
            .map_err(acts::name_taken)
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok((key, secret)) => {
            let shell = allowed
                .shell(Place::ApiKeys, "The key is made")
                .crumb("API keys", LIST);
            let example = format!(
                "curl -H \"Authorization: Bearer {}…\" {}/api/v1/me",
                key.prefix(),
                allowed.home()
            );
            let made = Made {
                shell,
                key: secret.to_string(),
                name: key.name,
                example,
                back: allowed.url(LIST),
            };
            Ok(page::ok(&made))
        }
        Err(error) => {
            let errors = shown_in_form(error)?;
            let expires = form.text("expires").to_owned();
            Ok(form_page(
                &allowed,
                StatusCode::UNPROCESSABLE_ENTITY,
                errors,
                name,
                (expires, form.text("project").to_owned()),
                chosen,
                projects_of(&allowed).await?,
            ))
        }
    }
}

/// Asks before a key is revoked.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn ask_revoke(
    allowed: Allowed<WriteApiKeys>,
    id: web::Path<String>,
) -> Result<HttpResponse> {
    let (tenant, id) = (allowed.scope.tenant(), read_id(&id)?);
    let key = allowed
        .app
        .control
        .read(move |c| by_id(c, tenant, id))
        .await?
        .ok_or(Error::NotFound)?;
    let format = allowed.format();
    let used = match key.last_used_at {
        Some(at) => format!("It was last used {}.", format.moment(at)),
        None => "It was never used.".to_owned(),
    };
    let shell = allowed.shell(Place::ApiKeys, format!("Revoke {}?", key.name));
    let question = Confirm::new(
        shell,
        "Revoke key",
        allowed.url(&format!("{LIST}/{id}/revoke")),
        allowed.url(LIST),
    )
    .consequence(
        "The program that uses it is shut out with its next request. This cannot be taken back.",
    )
    .consequence(used)
    .destructive();
    Ok(page::ok(&question))
}

/// Revokes a key.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn revoke(
    allowed: Allowed<WriteApiKeys>,
    id: web::Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    let which = Which::Id(read_id(&id)?);
    let key = acts::revoke(
        &allowed.app,
        allowed.actor.clone(),
        allowed.scope.tenant(),
        which,
    )
    .await?;
    let back = answer::see_other(&allowed.url(LIST));
    Ok(flash::with(
        back,
        &allowed.app,
        &Toast::good(format!("{} is revoked.", key.name)),
    ))
}

fn read_id(id: &str) -> Result<ApiKeyId> {
    id.parse().map_err(|_| Error::NotFound)
}
