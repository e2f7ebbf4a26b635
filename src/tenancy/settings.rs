//! `GET /admin/settings`, `POST /admin/settings`: what a company's people set.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::model::Settings;
use super::{CloseCompany, ReadSettings, WriteSettings, projects, store};
use crate::actor::Actor;
use crate::audit::{self, Event};
use crate::config::Tenancy;
use crate::db::ControlConn;
use crate::gate::Permission;
use crate::id::TenantId;
use crate::money::Currency;
use crate::web::form::{Choice, FormErrors};
use crate::web::locale::LOCALES;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{Link, Toast};
use crate::web::{Allowed, Form, answer, flash, shown_in_form};
use crate::{Error, Result};

/// Writes a company's settings with their event. A change that changes nothing leaves no trace.
///
/// # Errors
/// [`Error::NotFound`] for a company that is not there.
pub fn change_settings(
    c: &mut ControlConn,
    actor: &Actor,
    tenant: TenantId,
    settings: &Settings,
) -> Result<()> {
    let before = store::by_id(c, tenant)?.ok_or(Error::NotFound)?.settings;
    if before == *settings {
        return Ok(());
    }
    store::save_settings(c, tenant, settings)?;
    let event = Event::new("company.changed")
        .of(tenant)
        .product("tenancy")
        .target("company", &tenant, &settings.name);
    audit::record(c, actor, event.before_after(&before, settings))
}

#[derive(Template)]
#[template(path = "tenancy/settings.html")]
struct Page {
    shell: PageShell,
    tabs: Vec<Link>,
    here: String,
    errors: FormErrors,
    may_write: bool,
    may_close: bool,
    name: String,
    currency: String,
    time_zone: String,
    locale: String,
    currencies: Vec<Choice>,
    time_zones: Vec<Choice>,
    locales: Vec<Choice>,
}

/// Shows the settings.
///
/// # Errors
/// None of its own.
pub async fn show(allowed: Allowed<ReadSettings>) -> Result<HttpResponse> {
    let company = &allowed.company;
    let typed = [
        &company.name,
        company.currency.code(),
        &company.time_zone,
        &company.locale,
    ]
    .map(ToOwned::to_owned);
    Ok(respond(&allowed, StatusCode::OK, typed, FormErrors::none()))
}

/// Saves them.
///
/// # Errors
/// Where the store does not answer.
pub async fn save(allowed: Allowed<WriteSettings>, form: Form) -> Result<HttpResponse> {
    let typed = ["name", "currency", "time_zone", "locale"].map(|name| form.text(name).to_owned());
    let [name, currency, time_zone, locale] = &typed;
    match Settings::parse(name, currency, time_zone, locale) {
        Ok(settings) => {
            let (actor, tenant) = (allowed.actor.clone(), allowed.scope.tenant());
            allowed
                .app
                .control
                .write(move |c| change_settings(c, &actor, tenant, &settings))
                .await?;
            allowed.app.control.tell(Some(tenant));
            let gate = allowed.app.gate.get().ok_or(Error::Busy)?;
            gate.company_changed(tenant).await?;
            let back = answer::see_other(&allowed.url(Place::Settings.path()));
            Ok(flash::with(
                back,
                &allowed.app,
                &Toast::good("Settings saved."),
            ))
        }
        Err(errors) => {
            let errors = shown_in_form(Error::Invalid(errors))?;
            Ok(respond(
                &allowed,
                StatusCode::UNPROCESSABLE_ENTITY,
                typed,
                errors,
            ))
        }
    }
}

/// The pages of the settings.
pub fn tabs<P>(allowed: &Allowed<P>) -> Vec<Link> {
    vec![
        Link::new("Company", allowed.url(Place::Settings.path())),
        Link::new("Projects", allowed.url(projects::PAGE)),
    ]
}

fn respond<P>(
    allowed: &Allowed<P>,
    status: StatusCode,
    typed: [String; 4],
    errors: FormErrors,
) -> HttpResponse {
    let shell = allowed
        .shell(Place::Settings, "Settings")
        .lead("How your company is called and how its figures and times are written. Stored amounts and times do not change.");
    let [name, currency, time_zone, locale] = typed;
    let mut time_zones: Vec<Choice> = jiff::tz::db()
        .available()
        .map(|zone| Choice::new(zone.as_str(), zone.as_str().replace('_', " ")))
        .collect();
    time_zones.sort_by(|a, b| a.value.cmp(&b.value));
    page::html(
        status,
        &Page {
            shell,
            tabs: tabs(allowed),
            here: allowed.url(Place::Settings.path()),
            errors,
            may_write: allowed.rights.allows(WriteSettings::NAME),
            may_close: allowed.rights.allows(CloseCompany::NAME)
                && allowed.app.config.tenancy == Tenancy::Multi
                && allowed.open.closing_at.is_none(),
            name,
            currency,
            time_zone,
            locale,
            currencies: Currency::all()
                .map(|one| Choice::new(one.code(), one.code()))
                .collect(),
            time_zones,
            locales: LOCALES
                .iter()
                .map(|one| Choice::new(one.tag, one.name))
                .collect(),
        },
    )
}
