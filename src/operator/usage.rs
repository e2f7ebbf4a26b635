//! What each company uses, read from its own store with a bound on the time: one that is slow or broken is named and holds up
//! nobody else's figures.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use serde::Serialize;

use crate::app::App;
use crate::audit;
use crate::clock::Timestamp;
use crate::db;
use crate::id::TenantId;
use crate::identity;
use crate::partners::report::{self, Held, Overview, Window};
use crate::{Error, Result};

/// Stores read side by side.
const AT_ONCE: usize = 25;
/// A store has this long to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// A company's figures; what its store did not tell is missing.
#[derive(Debug, Clone, Default, Serialize, schemars::JsonSchema)]
pub struct Usage {
    /// People who may sign in, those who were invited among them.
    pub people: i64,
    /// Partners who take part, apply or are suspended.
    pub partners: Option<u64>,
    /// Links in use.
    pub links: Option<u64>,
    /// Events reported since the first of the month, in UTC, refunds among them.
    pub events_this_month: Option<u64>,
    /// Bytes of its store on disk, where it is a file; in a database that companies share no part of it is one company's.
    pub size_bytes: Option<u64>,
    /// The newest migration step of its store.
    pub schema_version: Option<String>,
    /// When something was last changed in it.
    pub last_activity_at: Option<Timestamp>,
    /// Why figures are missing.
    pub missing: Option<String>,
}

/// The figures of these companies.
pub(super) async fn of(app: &App, tenants: &[TenantId]) -> Result<HashMap<TenantId, Usage>> {
    let counts = app.control.read(identity::head_counts).await?;
    let people: HashMap<TenantId, i64> = counts.into_iter().collect();
    let now = app.clock.now();
    let read = each(app, tenants, move |c| {
        let held = report::held(c, now)?;
        let last = audit::page(c, &audit::Filter::default(), None, 1)?;
        let last = last.first().map(|event| event.at);
        Ok((held, last, db::schema_version(c)?))
    });
    let mut all = HashMap::new();
    for (tenant, told) in read.await {
        let mut usage = Usage {
            people: people.get(&tenant).copied().unwrap_or_default(),
            size_bytes: app.tenants.size_bytes(tenant),
            ..Usage::default()
        };
        match told {
            Ok((held, last, version)) => fill(&mut usage, held, last, version),
            Err(why) => usage.missing = Some(why),
        }
        all.insert(tenant, usage);
    }
    Ok(all)
}

fn fill(usage: &mut Usage, held: Held, last: Option<Timestamp>, version: Option<String>) {
    usage.partners = Some(held.partners);
    usage.links = Some(held.links);
    usage.events_this_month = Some(held.events_this_month);
    usage.last_activity_at = last;
    usage.schema_version = version;
}

/// The last thirty days of these companies.
pub(super) async fn thirty_days(
    app: &App,
    tenants: &[TenantId],
) -> Vec<(TenantId, Result<(Overview, Held), String>)> {
    let now = app.clock.now();
    let window = Window::last_days(30, now);
    each(app, tenants, move |c| {
        Ok((report::overview(c, window)?, report::held(c, now)?))
    })
    .await
}

/// Reads something of each company, some side by side, each with a bound on its time.
async fn each<T, F>(app: &App, tenants: &[TenantId], work: F) -> Vec<(TenantId, Result<T, String>)>
where
    T: Send + 'static,
    F: Fn(&mut db::TenantConn) -> Result<T> + Clone + Send + 'static,
{
    let mut all = Vec::with_capacity(tenants.len());
    for some in tenants.chunks(AT_ONCE) {
        let reading = some.iter().map(|tenant| one(app, *tenant, work.clone()));
        all.extend(join_all(reading).await);
    }
    all
}

async fn one<T, F>(app: &App, tenant: TenantId, work: F) -> (TenantId, Result<T, String>)
where
    T: Send + 'static,
    F: Fn(&mut db::TenantConn) -> Result<T> + Send + 'static,
{
    // A file that is still open goes on being read after it is gone.
    if let Some(why) = lost(app, tenant) {
        return (tenant, Err(why));
    }
    let read = async { app.tenants.scope(tenant)?.read(work).await };
    let told = match tokio::time::timeout(PATIENCE, read).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::warn!(%error, tenant.id = %tenant, "A company's figures could not be read");
            Err(said(&error))
        }
        Err(_) => Err(format!(
            "did not answer within {} seconds",
            PATIENCE.as_secs()
        )),
    };
    (tenant, told)
}

/// Why a company's store cannot tell anything, where its file is gone.
pub(super) fn lost(app: &App, tenant: TenantId) -> Option<String> {
    let file = app.tenants.missing_file(tenant)?;
    Some(format!("has lost its file: {file} is missing"))
}

fn said(error: &Error) -> String {
    match error {
        Error::Busy => "is out of reach".to_owned(),
        _ => "could not be read; the log says why".to_owned(),
    }
}
