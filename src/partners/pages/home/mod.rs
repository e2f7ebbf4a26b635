//! `GET T/admin`: the month so far against the same days of the last, what waits, and how to begin.

mod figures;
mod month;
mod sales;
mod steps;

use actix_web::HttpResponse;
use askama::Template;

use crate::Result;
use crate::clock::Timestamp;
use crate::money::Currency;
use crate::partners::demo::{self, page::labelled};
use crate::partners::permissions::ReadReports;
use crate::web::format::Format;
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{Figure, Link};
use crate::web::{Allowed, Query};

#[derive(Template)]
#[template(path = "partners/home.html")]
struct Home {
    shell: PageShell,
    figures: Vec<Figure>,
    chart: Markup,
    /// The currency of the chart.
    currency: Currency,
    /// Stretches of time and currencies of the chart; the one at hand has no address.
    choices: Vec<Link>,
    steps: Vec<steps::Step>,
    waiting: Vec<steps::Waiting>,
    /// Where demo data can be loaded; empty where it cannot, or where there is something to see already.
    demo: String,
}

/// Shows it.
///
/// # Errors
/// [`crate::Error::Invalid`] for an address that does not fit.
pub async fn home(allowed: Allowed<ReadReports>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&["days", "currency"])?;
    let wish = sales::Wish::of(&query)?;
    let now = allowed.app.clock.now();
    let month = month::Month::of(now);
    let own = allowed.company.currency;
    let format = allowed.format();
    let (figures, chart, state) = allowed
        .scope
        .read(move |c| {
            let figures = figures::Found::of(c, month, now)?;
            let sales = sales::Found::of(c, &wish, own, now)?;
            let state = steps::Found::of(c, now)?;
            Ok((figures, sales, state))
        })
        .await?;
    let steps = state.steps(&allowed);
    let offers_demo = state.is_new() && allowed.rights.allows("settings:write");
    Ok(page::ok(&Home {
        shell: labelled(
            &allowed,
            allowed
                .shell(Place::Home, greeting(now, &format))
                .lead(month.words()),
        )
        .await?,
        figures: figures.cards(&allowed, own, &format),
        choices: chart.choices(&allowed),
        currency: chart.currency(),
        chart: chart.render(&format),
        waiting: state.waiting(&allowed, &format),
        steps,
        demo: if offers_demo {
            allowed.url(demo::page::LOAD)
        } else {
            String::new()
        },
    }))
}

/// A word for the hour of the company's day.
fn greeting(now: Timestamp, format: &Format) -> &'static str {
    match format.hour_of(now) {
        5..12 => "Good morning",
        12..18 => "Good afternoon",
        _ => "Good evening",
    }
}
