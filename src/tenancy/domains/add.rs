//! A company says which host name it wants to answer under.

use super::host::{HostName, OwnNames};
use super::model::Domain;
use super::store;
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::config::Config;
use crate::crypto::PlainToken;
use crate::db::ControlConn;
use crate::id::{DomainId, TenantId};
use crate::tenancy::mode::serves_many;
use crate::tenancy::status::Status;
use crate::tenancy::store as registry;
use crate::{Error, Result};

/// Names a company has at most, verified or not: each costs a question to a name server every day.
const MOST: usize = 20;

/// A name that may be added.
#[derive(Debug, Clone)]
pub struct NewDomain {
    /// The company.
    pub tenant: TenantId,
    /// The name.
    pub host: HostName,
}

impl NewDomain {
    /// Reads the name as people write it.
    ///
    /// # Errors
    /// [`Error::Conflict`] where one company is served; [`Error::Invalid`] for what is no name of a company.
    pub fn read(config: &Config, tenant: TenantId, text: &str) -> Result<Self> {
        serves_many(config.tenancy)?;
        let host = HostName::parse(text, &OwnNames::of(config))
            .map_err(|why| Error::invalid("host", why.to_string()))?;
        Ok(Self { tenant, host })
    }
}

/// That a name can be added now.
///
/// # Errors
/// [`Error::NotFound`] for a company that is not there or archived; [`Error::Invalid`] for a name it has already, or one too many.
pub fn judge_domain(c: &mut ControlConn, new: &NewDomain) -> Result<()> {
    let company = registry::by_id(c, new.tenant)?.ok_or(Error::NotFound)?;
    if company.status == Status::Archived {
        return Err(Error::NotFound);
    }
    let all = store::of(c, new.tenant)?;
    if all.iter().any(|one| one.host == new.host.as_str()) {
        return Err(Error::invalid(
            "host",
            "This domain is in the list already.",
        ));
    }
    if all.len() >= MOST {
        return Err(Error::invalid(
            "host",
            format!("A company has {MOST} domains at most. Remove one first."),
        ));
    }
    Ok(())
}

/// Adds a name; it serves nothing before its record is found.
///
/// # Errors
/// As [`judge_domain`].
pub async fn add_domain(app: &App, actor: &Actor, new: NewDomain) -> Result<Domain> {
    let token = PlainToken::generate().map_err(|e| Error::Internal(Box::new(e)))?;
    let (actor, token) = (actor.clone(), token.expose().to_owned());
    app.control
        .write(move |c| {
            judge_domain(c, &new)?;
            let now = c.now();
            let domain = Domain {
                id: DomainId::new(now),
                tenant: new.tenant,
                host: new.host.to_string(),
                token: token.clone(),
                verified_at: None,
                checked_at: None,
                failing_since: None,
                last_error: None,
                created_at: now,
            };
            store::insert(c, &domain)?;
            let event = Event::new("domain.added")
                .of(domain.tenant)
                .product("tenancy")
                .target("domain", &domain.id, &domain.host)
                .created(&on_record(c, &domain)?);
            audit::record(c, &actor, event)?;
            Ok(domain)
        })
        .await
}

/// A domain as the trail knows it: whose it is, and how it stands.
pub(super) fn on_record(c: &mut ControlConn, domain: &Domain) -> Result<serde_json::Value> {
    let company = registry::by_id(c, domain.tenant)?.ok_or(Error::NotFound)?;
    Ok(serde_json::json!({
        "company": company.slug.as_str(),
        "host": domain.host,
        "state": domain.standing(),
        "last_error": domain.last_error,
    }))
}
