//! `T/admin/domains`: a company's own domains, the records they need, and how they stand. Only where many companies are served.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::add::{NewDomain, add_domain};
use super::list::domains_of;
use super::model::{Domain, GRACE, Standing};
use super::remove::remove_domain;
use super::verify::check_domain;
use crate::config::Tenancy;
use crate::gate::Permission;
use crate::id::DomainId;
use crate::tenancy::{ReadSettings, WriteSettings};
use crate::web::confirm::Confirm;
use crate::web::form::FormErrors;
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{State, Toast, Tone};
use crate::web::{Allowed, Form, answer, flash, shown_in_form};
use crate::{Error, Result};

/// One domain.
struct Line {
    id: String,
    host: String,
    state: State,
    /// What that means.
    about: String,
    /// What was wrong at the last look.
    trouble: String,
    checked: Option<Markup>,
    record_name: String,
    record_value: String,
    /// Where it leads; empty while it leads nowhere.
    url: String,
}

#[derive(Template)]
#[template(path = "tenancy/domains.html")]
struct DomainsPage {
    shell: PageShell,
    errors: FormErrors,
    may_write: bool,
    host: String,
    lines: Vec<Line>,
}

/// Where one company is served, hosts choose nothing.
fn only_among_many<P>(allowed: &Allowed<P>) -> Result<()> {
    match allowed.app.config.tenancy {
        Tenancy::Multi => Ok(()),
        Tenancy::Single => Err(Error::NotFound),
    }
}

/// `GET T/admin/domains`
///
/// # Errors
/// [`Error::NotFound`] where one company is served; where the store does not answer.
pub async fn list(allowed: Allowed<ReadSettings>) -> Result<HttpResponse> {
    only_among_many(&allowed)?;
    respond(&allowed, StatusCode::OK, String::new(), FormErrors::none()).await
}

/// `POST T/admin/domains`
///
/// # Errors
/// As [`list`].
pub async fn create(allowed: Allowed<WriteSettings>, form: Form) -> Result<HttpResponse> {
    only_among_many(&allowed)?;
    let typed = form.text("host").to_owned();
    let added = match NewDomain::read(&allowed.app.config, allowed.scope.tenant(), &typed) {
        Ok(new) => add_domain(&allowed.app, &allowed.actor, new).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(domain) => Ok(back(
            &allowed,
            &Toast::good(format!(
                "{} is in the list. Set its record, then check it.",
                domain.host
            )),
        )),
        Err(error) => {
            let errors = shown_in_form(error)?;
            respond(&allowed, StatusCode::UNPROCESSABLE_ENTITY, typed, errors).await
        }
    }
}

/// `POST T/admin/domains/{id}/check`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn check(
    allowed: Allowed<WriteSettings>,
    id: web::Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    only_among_many(&allowed)?;
    let (tenant, id) = (allowed.scope.tenant(), read_id(&id)?);
    let checked = check_domain(&allowed.app, &allowed.actor, tenant, id).await;
    let toast = match checked {
        Ok(domain) => match &domain.last_error {
            None => Toast::good(format!("{} is verified and leads here.", domain.host)),
            Some(why) => Toast::bad(format!("{}: {why}", domain.host)),
        },
        Err(Error::TooMany {
            retry_after_seconds,
        }) => Toast::bad(format!(
            "Domains were checked often just now. Check again in {retry_after_seconds} s; we look once a day by ourselves too."
        )),
        Err(error) => return Err(error),
    };
    Ok(back(&allowed, &toast))
}

/// `GET T/admin/domains/{id}/remove`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn ask(allowed: Allowed<WriteSettings>, id: web::Path<String>) -> Result<HttpResponse> {
    only_among_many(&allowed)?;
    let (tenant, id) = (allowed.scope.tenant(), read_id(&id)?);
    let all = domains_of(&allowed.app.control, tenant).await?;
    let domain = all
        .into_iter()
        .find(|one| one.id == id)
        .ok_or(Error::NotFound)?;
    let shell = allowed.shell(Place::Domains, format!("Remove {}?", domain.host));
    let list = allowed.url(Place::Domains.path());
    let question = Confirm::new(shell, "Remove domain", format!("{list}/{id}/remove"), list)
        .consequence(match domain.standing() {
            Standing::Pending => "It leads nowhere yet, so no link changes.",
            Standing::Verified | Standing::Failing => {
                "Pages and links under this name stop working at once. The same links under this instance’s own address go on."
            }
        })
        .consequence("To use it again it has to be proven anew, with another record.")
        .destructive();
    Ok(page::ok(&question))
}

/// `POST T/admin/domains/{id}/remove`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn remove(
    allowed: Allowed<WriteSettings>,
    id: web::Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    only_among_many(&allowed)?;
    let (tenant, id) = (allowed.scope.tenant(), read_id(&id)?);
    let domain = remove_domain(&allowed.app, &allowed.actor, tenant, id).await?;
    Ok(back(
        &allowed,
        &Toast::good(format!("{} is removed.", domain.host)),
    ))
}

fn read_id(id: &str) -> Result<DomainId> {
    id.parse().map_err(|_| Error::NotFound)
}

fn back<P>(allowed: &Allowed<P>, toast: &Toast) -> HttpResponse {
    let list = answer::see_other(&allowed.url(Place::Domains.path()));
    flash::with(list, &allowed.app, toast)
}

async fn respond<P>(
    allowed: &Allowed<P>,
    status: StatusCode,
    host: String,
    errors: FormErrors,
) -> Result<HttpResponse> {
    let all = domains_of(&allowed.app.control, allowed.scope.tenant()).await?;
    let lines = all.iter().map(|domain| line(allowed, domain)).collect();
    let shell = allowed.shell(Place::Domains, "Domains").lead(
        "Host names of your own under which your pages and links answer. A DNS record proves that a name is yours, and has to stay.",
    );
    Ok(page::html(
        status,
        &DomainsPage {
            shell,
            errors,
            may_write: allowed.rights.allows(WriteSettings::NAME),
            host,
            lines,
        },
    ))
}

fn line<P>(allowed: &Allowed<P>, domain: &Domain) -> Line {
    let format = allowed.format();
    let (state, about, leads) = match domain.standing() {
        Standing::Pending => (
            State::new(Tone::Warn, "Waits for its record"),
            "Set this record where the domain’s DNS is kept, and let the name itself lead to this instance as whoever runs it tells you. Then check it; we look once a day by ourselves too.".to_owned(),
            false,
        ),
        Standing::Verified => (
            State::new(Tone::Good, "Verified"),
            "Your pages and links answer under this name. Leave the record where it is: we look once a day.".to_owned(),
            true,
        ),
        Standing::Failing => {
            let until = domain.failing_since.map(|since| since.plus(GRACE));
            (
                State::new(Tone::Bad, "Record missing"),
                format!(
                    "The name still answers, until {}. Set its record again before that.",
                    until.map_or_else(String::new, |at| format.moment(at))
                ),
                true,
            )
        }
    };
    let url = if leads {
        address(&allowed.app.public_url, &domain.host)
    } else {
        String::new()
    };
    Line {
        id: domain.id.to_string(),
        host: domain.host.clone(),
        state,
        about,
        trouble: domain.last_error.clone().unwrap_or_default(),
        checked: domain.checked_at.map(|at| format.when(at)),
        record_name: domain.record_name(),
        record_value: domain.record_value(),
        url,
    }
}

/// Where a host leads: the scheme and port are the instance's.
fn address(public_url: &str, host: &str) -> String {
    url::Url::parse(public_url)
        .ok()
        .and_then(|mut url| {
            url.set_host(Some(host)).ok()?;
            Some(url.join("/admin").ok()?.to_string())
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_has_the_instances_scheme_and_port() {
        for (public, wanted) in [
            ("https://steading.example", "https://acme.test/admin"),
            ("http://127.0.0.1:8080", "http://acme.test:8080/admin"),
        ] {
            assert_eq!(address(public, "acme.test"), wanted);
        }
    }
}
