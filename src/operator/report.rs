//! `GET /operator/report`: the last thirty days of every company, each read from its own store within a bounded time. One that
//! does not answer is named, and the others stand.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use actix_web::HttpResponse;
use askama::Template;

use super::door::Operating;
use super::place::Place;
use super::usage;
use crate::Result;
use crate::app::App;
use crate::clock::Timestamp;
use crate::id::TenantId;
use crate::money::Money;
use crate::partners::report::{Held, Overview};
use crate::tenancy::{self, Status};
use crate::web::Query;
use crate::web::markup::Markup;
use crate::web::page::{self, PageShell};

#[derive(Template)]
#[template(path = "operator/report.html")]
struct Report {
    shell: PageShell,
    rows: Vec<Row>,
    total: Row,
    missing: Vec<Missing>,
    /// The instance's own work that was given up.
    given_up: Vec<Job>,
    /// When the oldest of these figures was read.
    read_at: Markup,
}

struct Row {
    href: String,
    name: String,
    partners: String,
    links: String,
    clicks: String,
    events: String,
    commissions: String,
}

struct Job {
    here: String,
    kind: String,
    ended: Markup,
    error: String,
}

struct Missing {
    href: String,
    name: String,
    why: String,
}

#[derive(Default)]
struct Sums {
    partners: u64,
    links: u64,
    clicks: i64,
    events: i64,
    commissions: Vec<Money>,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.partners += other.partners;
        self.links += other.links;
        self.clicks += other.clicks;
        self.events += other.events;
        for money in &other.commissions {
            match self
                .commissions
                .iter_mut()
                .find(|sum| sum.currency == money.currency)
            {
                Some(sum) => {
                    sum.amount_minor = sum.amount_minor.saturating_add(money.amount_minor);
                }
                None => self.commissions.push(*money),
            }
        }
        self.commissions.sort_by_key(|sum| sum.currency);
    }
}

/// For so long a company's figures are shown again without asking its store.
const KEPT: Duration = Duration::from_secs(60);

/// What one company's store told, or why it did not.
type Told = std::result::Result<(Overview, Held), String>;

/// The figures of the last thirty days that were read last, with their time.
#[derive(Default)]
struct Kept(Mutex<HashMap<TenantId, (Timestamp, Told)>>);

/// The figures of these companies and since when they stand. A company that was read within a minute is not asked again, unless
/// somebody wants it so.
async fn figures(app: &App, ids: &[TenantId], again: bool) -> (Timestamp, HashMap<TenantId, Told>) {
    let (kept, now) = (app.memory.of::<Kept>(), app.clock.now());
    let fresh = |at: Timestamp| !again && now.since(at) < KEPT;
    let asked: Vec<TenantId> = {
        let mut held = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, (at, _)| fresh(*at));
        ids.iter()
            .filter(|id| !held.contains_key(id))
            .copied()
            .collect()
    };
    let told = usage::thirty_days(app, &asked).await;
    let mut held = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
    held.extend(told.into_iter().map(|(id, told)| (id, (now, told))));
    let since = held.values().map(|(at, _)| *at).min().unwrap_or(now);
    let told = held
        .iter()
        .map(|(id, (_, told))| (*id, told.clone()))
        .collect();
    (since, told)
}

/// Shows the report. With `?again=1` every store is asked, whatever was kept.
///
/// # Errors
/// Where the control plane does not answer.
pub async fn show(who: Operating) -> Result<HttpResponse> {
    let mut companies = who.app.control.read(tenancy::companies).await?;
    companies.retain(|company| company.status != Status::Archived);
    let ids: Vec<_> = companies.iter().map(|company| company.id).collect();
    let again = Query::of(&who.request).get("again") == "1";
    let (read_at, mut told) = figures(&who.app, &ids, again).await;
    let format = who.format();
    let row = |href: String, name: String, sums: &Sums| Row {
        href,
        name,
        partners: format.count(sums.partners),
        links: format.count(sums.links),
        clicks: format.number(sums.clicks),
        events: format.number(sums.events),
        commissions: format.sums(&sums.commissions),
    };
    let (mut rows, mut missing, mut total) = (Vec::new(), Vec::new(), Sums::default());
    for company in &companies {
        let Some(told) = told.remove(&company.id) else {
            continue;
        };
        let (href, name) = (
            super::companies::address(company),
            company.settings.name.clone(),
        );
        // What was kept is no news of a company whose file is gone since.
        let told = usage::lost(&who.app, company.id).map_or(told, Err);
        match told {
            Ok((overview, held)) => {
                let sums = Sums {
                    partners: held.partners,
                    links: held.links,
                    clicks: overview.clicks,
                    events: overview.events,
                    commissions: overview.earned,
                };
                total.add(&sums);
                rows.push(row(href, name, &sums));
            }
            Err(why) => missing.push(Missing { href, name, why }),
        }
    }
    let total = row(String::new(), "All".to_owned(), &total);
    let given_up = super::jobs::given_up(&who.app).await?;
    let given_up = given_up.into_iter().map(|job| Job {
        here: format!("/operator/jobs/{}", job.id),
        kind: job.kind,
        ended: format.when(job.finished_at.unwrap_or(job.updated_at)),
        error: job.last_error.unwrap_or_default(),
    });
    Ok(page::ok(&Report {
        shell: who.shell(Place::Report, "Report").lead(
            "What all companies did in the last 30 days, in UTC. Commissions are what was earned in that time, each currency by itself.",
        ),
        rows,
        total,
        missing,
        given_up: given_up.collect(),
        read_at: format.when(read_at),
    }))
}
