//! `GET /operator/report`: the last thirty days of every company, each read from its own store within a bounded time. One that
//! does not answer is named, and the others stand.

use actix_web::HttpResponse;
use askama::Template;

use super::door::Operating;
use super::place::Place;
use super::usage;
use crate::Result;
use crate::money::Money;
use crate::tenancy::{self, Status};
use crate::web::page::{self, PageShell};

#[derive(Template)]
#[template(path = "operator/report.html")]
struct Report {
    shell: PageShell,
    rows: Vec<Row>,
    total: Row,
    missing: Vec<Missing>,
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

struct Missing {
    href: String,
    name: String,
    why: String,
}

#[derive(Default)]
struct Sums {
    partners: i64,
    links: i64,
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

/// Shows the report.
///
/// # Errors
/// Where the control plane does not answer.
pub async fn show(who: Operating) -> Result<HttpResponse> {
    let mut companies = who.app.control.read(tenancy::companies).await?;
    companies.retain(|company| company.status != Status::Archived);
    let ids: Vec<_> = companies.iter().map(|company| company.id).collect();
    let told = usage::thirty_days(&who.app, &ids).await;
    let format = who.format();
    let row = |href: String, name: String, sums: &Sums| Row {
        href,
        name,
        partners: format.number(sums.partners),
        links: format.number(sums.links),
        clicks: format.number(sums.clicks),
        events: format.number(sums.events),
        commissions: format.sums(&sums.commissions),
    };
    let (mut rows, mut missing, mut total) = (Vec::new(), Vec::new(), Sums::default());
    for (company, (_, told)) in companies.iter().zip(told) {
        let (href, name) = (
            super::companies::address(company),
            company.settings.name.clone(),
        );
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
    Ok(page::ok(&Report {
        shell: who.shell(Place::Report, "Report").lead(
            "What all companies did in the last 30 days, in UTC. Commissions are what was earned in that time, each currency by itself.",
        ),
        rows,
        total,
        missing,
    }))
}
