//! **Every URL of the program, in one list, by slice.** A page's file is named by its last word.

mod admin;
mod earnings;
mod operator;
mod programme;

use actix_web::http::Method;

use crate::identity::permissions::{ReadApiKeys, ReadMembers, WriteApiKeys, WriteMembers};
use crate::identity::{account, companies, keys, people, reset, setup, sign_in};
use crate::tenancy::domains::{ask, page as domains};
use crate::tenancy::projects::{Project, api as projects};
use crate::web::request::{CLOSE, KEEP};
use crate::web::route::{Parameter, Route, api, get, instance, post};
use crate::web::{assets, describe, health, openapi, start, theme};
use crate::{audit, jobs, mailing, tenancy, transfer};

/// All routes.
pub fn all() -> Vec<Route> {
    [
        the_instance(),
        audit_jobs_and_mail(),
        tenancy_and_identity(),
        partners_open(),
        partners_api(),
        admin::pages(),
        operator::api_routes(),
        operator::pages(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The API's description, as `GET /api/v1/openapi.json` and `steading openapi` give it.
pub fn description() -> serde_json::Value {
    openapi::document(&all(), "")
}

fn the_instance() -> Vec<Route> {
    vec![
        instance(get("/healthz", health::alive)),
        instance(get("/readyz", health::ready)),
        instance(get("/metrics", tenancy::metrics::show)),
        instance(get("/domains/ask", ask::show)),
        instance(get("/", start::root)),
        instance(get("/favicon.ico", start::icon)),
        instance(get("/static/{hash}/{name:.*}", assets::serve)),
        instance(post("/theme", theme::save)),
        get("/api/v1/openapi.json", describe::document),
        get("/api/docs", describe::page),
    ]
}

fn audit_jobs_and_mail() -> Vec<Route> {
    vec![
        get("/admin/audit", audit::list::list),
        get("/admin/audit.csv", audit::export::download),
        api(
            Method::GET,
            "/api/v1/audit",
            "Audit",
            "Who changed what, newest first",
            audit::api::list,
        )
        .needs::<audit::ReadAudit>()
        .lists::<audit::api::AuditEventView>(audit::api::PARAMETERS),
        get("/admin/system/jobs", jobs::list::list),
        post("/admin/system/jobs/{id}/{verb}", jobs::change::change),
        get("/admin/mail", mailing::list::list),
        get("/admin/mail/settings", mailing::server::show),
        post("/admin/mail/settings", mailing::server::save),
        post("/admin/mail/test", mailing::server::test),
        get("/admin/mail/{id}", mailing::one::show),
        post("/admin/mail/{id}/resend", mailing::one::resend),
    ]
}

const MEMBER_FILTERS: &[Parameter] = &[
    Parameter {
        name: "q",
        about: "Part of a name or an address.",
    },
    Parameter {
        name: "state",
        about: "`active`, `invited` or `disabled`.",
    },
    Parameter {
        name: "role",
        about: "`owner`, `admin`, `member` or `viewer`.",
    },
];

const KEY_FILTERS: &[Parameter] = &[
    Parameter {
        name: "q",
        about: "Part of a name.",
    },
    Parameter {
        name: "state",
        about: "`active`, `expired` or `revoked`.",
    },
];

fn tenancy_and_identity() -> Vec<Route> {
    vec![
        get("/admin/system", tenancy::system::system),
        get("/admin/system/export", transfer::download::download),
        get("/admin/about/licences", tenancy::licences::show),
        get("/admin/usage", tenancy::plans::page::show),
        api(
            Method::GET,
            "/api/v1/usage",
            "Account",
            "What is used of the plan",
            tenancy::plans::page::get,
        )
        .needs::<tenancy::ReadSettings>()
        .gives::<tenancy::Usage>(200),
        api(
            Method::GET,
            "/api/v1/projects",
            "Projects",
            "List projects",
            projects::list,
        )
        .needs::<tenancy::ReadSettings>()
        .lists::<Project>(&[]),
        api(
            Method::POST,
            "/api/v1/projects",
            "Projects",
            "Make a project",
            projects::create,
        )
        .imprecise()
        .needs::<tenancy::WriteSettings>()
        .takes::<projects::NewProject>()
        .gives::<Project>(201),
        api(
            Method::GET,
            "/api/v1/projects/{id}",
            "Projects",
            "Show a project",
            projects::one,
        )
        .needs::<tenancy::ReadSettings>()
        .gives::<Project>(200),
        api(
            Method::PATCH,
            "/api/v1/projects/{id}",
            "Projects",
            "Rename or archive a project",
            projects::change,
        )
        .imprecise()
        .needs::<tenancy::WriteSettings>()
        .takes::<projects::ProjectChange>()
        .gives::<Project>(200),
        get("/admin/settings", tenancy::settings::show),
        post("/admin/settings", tenancy::settings::save),
        get(CLOSE, transfer::closing::ask),
        post(CLOSE, transfer::closing::close),
        post(KEEP, transfer::closing::keep),
        get("/admin/domains", domains::list),
        post("/admin/domains", domains::create),
        post("/admin/domains/{id}/check", domains::check),
        get("/admin/domains/{id}/remove", domains::ask),
        post("/admin/domains/{id}/remove", domains::remove),
        instance(get("/setup", setup::page::show)),
        instance(post("/setup", setup::page::save)),
        instance(get("/login", sign_in::login::show)),
        instance(post("/login", sign_in::login::enter)),
        instance(post("/logout", sign_in::logout::leave)),
        instance(get("/companies", companies::page::show)),
        instance(post("/companies", companies::page::enter)),
        instance(get("/forgot", reset::forgot::show)),
        instance(post("/forgot", reset::forgot::ask)),
        instance(get("/reset", reset::choose::show)),
        instance(post("/reset", reset::choose::save)),
        instance(get("/invite", reset::choose::show_invitation)),
        instance(post("/invite", reset::choose::accept)),
        instance(get("/account", account::page::show)),
        instance(post("/account/name", account::name::save)),
        instance(post("/account/password", account::password::save)),
        instance(post(
            "/account/sessions/end-others",
            account::end_sessions::others,
        )),
        instance(post(
            "/account/sessions/{id}/end",
            account::end_sessions::one,
        )),
        get("/admin/people", people::pages::list),
        post("/admin/people", people::pages::create),
        get("/admin/people/new", people::pages::new),
        get("/admin/people/{id}", people::pages::one),
        post("/admin/people/{id}", people::pages::save),
        get("/admin/people/{id}/disable", people::pages::ask_disable),
        post("/admin/people/{id}/disable", people::pages::disable),
        post("/admin/people/{id}/enable", people::pages::enable),
        post("/admin/people/{id}/invite", people::pages::invite_again),
        get("/admin/api-keys", keys::pages::list),
        post("/admin/api-keys", keys::pages::create),
        get("/admin/api-keys/new", keys::pages::new),
        get("/admin/api-keys/{id}/revoke", keys::pages::ask_revoke),
        post("/admin/api-keys/{id}/revoke", keys::pages::revoke),
        api(
            Method::GET,
            "/api/v1/me",
            "Account",
            "Who is asking",
            keys::api::me,
        )
        .gives::<keys::api::Me>(200),
        api(
            Method::GET,
            "/api/v1/members",
            "People",
            "List members",
            people::api::list,
        )
        .needs::<ReadMembers>()
        .lists::<people::api::MemberBody>(MEMBER_FILTERS),
        api(
            Method::POST,
            "/api/v1/members",
            "People",
            "Invite somebody",
            people::api::create,
        )
        .imprecise()
        .needs::<WriteMembers>()
        .takes::<people::api::NewMember>()
        .gives::<people::api::InvitedMember>(201)
        .problems(&[402]),
        api(
            Method::GET,
            "/api/v1/members/{id}",
            "People",
            "Read a member",
            people::api::one,
        )
        .needs::<ReadMembers>()
        .gives::<people::api::MemberBody>(200),
        api(
            Method::PATCH,
            "/api/v1/members/{id}",
            "People",
            "Change roles or standing",
            people::api::update,
        )
        .imprecise()
        .needs::<WriteMembers>()
        .takes::<people::api::MemberChange>()
        .gives::<people::api::MemberBody>(200)
        .problems(&[402, 409]),
        api(
            Method::DELETE,
            "/api/v1/members/{id}",
            "People",
            "Disable a member",
            people::api::delete,
        )
        .needs::<WriteMembers>()
        .gives_nothing(204)
        .problems(&[409]),
        api(
            Method::POST,
            "/api/v1/members/{id}/invite",
            "People",
            "Make a new invitation",
            people::api::invite,
        )
        .imprecise()
        .needs::<WriteMembers>()
        .gives::<people::api::InvitedMember>(200)
        .problems(&[409]),
        api(
            Method::GET,
            "/api/v1/roles",
            "People",
            "List roles",
            people::api::roles,
        )
        .needs::<ReadMembers>()
        .lists::<people::api::RoleBody>(&[]),
        api(
            Method::GET,
            "/api/v1/api-keys",
            "API keys",
            "List keys",
            keys::api::list,
        )
        .needs::<ReadApiKeys>()
        .lists::<keys::api::KeyBody>(KEY_FILTERS),
        api(
            Method::POST,
            "/api/v1/api-keys",
            "API keys",
            "Make a key",
            keys::api::create,
        )
        .imprecise()
        .needs::<WriteApiKeys>()
        .takes::<keys::api::NewApiKey>()
        .gives::<keys::api::CreatedKey>(201),
        api(
            Method::GET,
            "/api/v1/api-keys/{id}",
            "API keys",
            "Read a key",
            keys::api::one,
        )
        .needs::<ReadApiKeys>()
        .gives::<keys::api::KeyBody>(200),
        api(
            Method::DELETE,
            "/api/v1/api-keys/{id}",
            "API keys",
            "Revoke a key",
            keys::api::delete,
        )
        .needs::<WriteApiKeys>()
        .gives_nothing(204),
    ]
}

/// What visitors and other sites' pages reach without a key.
fn partners_open() -> Vec<Route> {
    programme::open()
}

fn partners_api() -> Vec<Route> {
    [programme::api_routes(), earnings::api_routes()]
        .into_iter()
        .flatten()
        .collect()
}
