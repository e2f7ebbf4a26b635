//! `GET /operator/companies/{slug}`: what the registry knows of one company, what it uses, what happened to it.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::{address, find, owners, size, state};
use crate::Result;
use crate::app::App;
use crate::audit::{self, Filter};
use crate::gate::Counted;
use crate::identity::shell::company_health;
use crate::operator::door::Operating;
use crate::operator::place::Place;
use crate::operator::usage::{self, Usage};
use crate::slice::{Check, Level};
use crate::tenancy::plans::{EntitlementView, entitlements};
use crate::tenancy::{Company, Status};
use crate::web::form::{Choice, FormErrors};
use crate::web::format::Format;
use crate::web::markup::Markup;
use crate::web::page::{self, Notice, PageShell};
use crate::web::parts::{Figure, HistoryEntry, State, Tone};

/// Events of an archived company's own trail that its page shows; the command line has them all.
const TRAIL: i64 = 200;

#[derive(Template)]
#[template(path = "operator/company.html")]
struct One {
    shell: PageShell,
    state: State,
    here: String,
    figures: Vec<Figure>,
    facts: Vec<(&'static str, Markup)>,
    steps: Vec<(&'static str, &'static str)>,
    checks: Vec<Looked>,
    is_archived: bool,
    products: Vec<Product>,
    errors: FormErrors,
    history: Vec<HistoryEntry>,
}

/// What the form of a product shows.
struct Product {
    name: String,
    switch: &'static str,
    switches: Vec<Choice>,
    /// The last day of it.
    until: String,
    /// Word, label and figure of each limit of the company's own.
    limits: Vec<(&'static str, &'static str, String)>,
}

fn product(held: &EntitlementView) -> Product {
    let figure = |(what, label): (Counted, &'static str)| {
        let most = held.limits.get(what.as_str());
        (
            what.as_str(),
            label,
            most.map(u64::to_string).unwrap_or_default(),
        )
    };
    Product {
        name: held.product.clone(),
        switch: if held.is_enabled { "yes" } else { "no" },
        switches: vec![Choice::new("yes", "On"), Choice::new("no", "Off")],
        until: held
            .expires_at
            .map(|at| at.minus(Duration::from_secs(1)).day())
            .unwrap_or_default(),
        limits: LIMITS.map(figure).to_vec(),
    }
}

/// Limits a company may have of its own, in the order shown.
const LIMITS: [(Counted, &str); 4] = [
    (Counted::Members, "People at most"),
    (Counted::Partners, "Partners at most"),
    (Counted::Links, "Links at most"),
    (Counted::EventsPerMonth, "Events a month at most"),
];

/// One of the nine checks.
struct Looked {
    label: String,
    state: State,
    finding: String,
}

/// Shows a company.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn show(who: Operating, slug: Path<String>) -> Result<HttpResponse> {
    let company = find(&who.app, &slug).await?;
    let id = company.id;
    let used = if company.status == Status::Archived {
        Usage::default()
    } else {
        let mut all = usage::of(&who.app, &[id]).await?;
        all.remove(&id).unwrap_or_default()
    };
    let checks = checks(&who.app, &company).await?;
    let mut events = who
        .app
        .control
        .read(move |c| audit::history_of(c, &id))
        .await?;
    if company.status == Status::Archived {
        // Nobody else can look at what is left of it any more.
        let scope = who.app.tenants.scope(id)?;
        events.extend(audit::read(&who.app, &scope, &Filter::default(), None, TRAIL).await?);
        events.sort_by_key(|event| std::cmp::Reverse(event.id));
        events.dedup_by_key(|event| event.id);
    }
    let entitlements = who.app.control.read(move |c| entitlements(c, id)).await?;
    let owners = owners(&who.app, &company).await?.join(", ");
    let format = who.format();
    let mut shell = who
        .shell(Place::Companies, company.settings.name.clone())
        .crumb("Companies", Place::Companies.path());
    // Where an archived company was there is nothing any more.
    if company.status != Status::Archived {
        shell = shell.lead(format!("{}/t/{}/admin", who.app.public_url, company.slug));
    }
    let bad = |text: String| Notice {
        tone: Tone::Bad,
        text,
        link: None,
    };
    if let Some(why) = &company.upgrade_failed {
        let text = format!(
            "Its store could not be brought to this version, so its pages answer 503: {why}"
        );
        shell.notices.push(bad(text));
    }
    if let Some(why) = &used.missing {
        shell.notices.push(bad(format!("Its store {why}.")));
    }
    Ok(page::ok(&One {
        shell,
        state: state(&company),
        here: address(&company),
        figures: figures(&used, &format),
        facts: facts(&who.app, &company, &used, &owners, &entitlements, &format),
        steps: steps(&company),
        checks,
        is_archived: company.status == Status::Archived,
        products: entitlements.iter().map(product).collect(),
        errors: FormErrors::none(),
        history: events.iter().map(|event| event.entry(&format)).collect(),
    }))
}

/// The checks, with a bound on their time: a store that hangs must not take this page along.
async fn checks(app: &App, company: &Company) -> Result<Vec<Looked>> {
    if company.status == Status::Archived {
        return Ok(Vec::new());
    }
    let looking = company_health(app, company);
    let Ok(found) = tokio::time::timeout(usage::PATIENCE, looking).await else {
        return Ok(vec![Looked {
            label: "Health".to_owned(),
            state: State::new(Tone::Bad, "No answer"),
            finding: "Its store was not examined within five seconds.".to_owned(),
        }]);
    };
    let looked = |check: Check| Looked {
        label: check.label,
        finding: check.finding,
        state: match check.level {
            Level::Good => State::new(Tone::Good, "Good"),
            Level::Warn => State::new(Tone::Warn, "Look at it"),
            Level::Bad => State::new(Tone::Bad, "Wrong"),
        },
    };
    Ok(found?.into_iter().map(looked).collect())
}

fn figures(used: &Usage, format: &Format) -> Vec<Figure> {
    let figure = |label: &str, value: Option<u64>| Figure {
        label: label.to_owned(),
        value: value.map_or_else(|| "–".to_owned(), |value| format.count(value)),
        ..Figure::default()
    };
    vec![
        figure("People", u64::try_from(used.people).ok()),
        figure("Partners", used.partners),
        figure("Links", used.links),
        figure("Events this month", used.events_this_month),
    ]
}

fn facts(
    app: &App,
    company: &Company,
    used: &Usage,
    owners: &str,
    entitlements: &[EntitlementView],
    format: &Format,
) -> Vec<(&'static str, Markup)> {
    let text = |value: Option<&String>| Markup::text(value.map_or("–", String::as_str));
    let closing = company.closing.as_ref();
    let day = |value: Option<jiff::civil::Date>| {
        Markup::text(&value.map_or_else(|| "–".to_owned(), |day| format.date(day)))
    };
    let product = entitlements.iter().find(|one| one.product == "partners");
    vec![
        ("Slug", Markup::text(company.slug.as_str())),
        ("Kind", Markup::text(company.kind.as_str())),
        ("Plan", Markup::text(&company.plan)),
        (
            "Partner programme",
            Markup::text(&product.map_or_else(|| "–".to_owned(), EntitlementView::words)),
        ),
        (
            "Owned by",
            Markup::text(if owners.is_empty() { "nobody" } else { owners }),
        ),
        ("Name by law", text(company.legal_name.as_ref())),
        ("Tax id", text(company.tax_id.as_ref())),
        ("Industry", text(company.industry.as_ref())),
        ("Logo", text(company.logo_url.as_ref())),
        ("Colour", text(company.color.as_ref())),
        ("Opened", format.when(company.created_at)),
        ("Trial ends", format.when_or_none(company.trial_ends_at)),
        ("Contract from", day(company.contract_start)),
        ("Contract until", day(company.contract_end)),
        (
            "Number in our books",
            text(company.erp_customer_id.as_ref()),
        ),
        (
            "Number at Stripe",
            text(company.stripe_customer_id.as_ref()),
        ),
        ("Looked after by", text(company.sales_owner.as_ref())),
        ("On disk", Markup::text(&size(app, used, format))),
        ("Schema version", text(used.schema_version.as_ref())),
        ("Last change", format.when_or_none(used.last_activity_at)),
        ("Frozen since", format.when_or_none(company.frozen_at)),
        (
            "Deleted on",
            format.when_or_none(closing.map(|closing| closing.at)),
        ),
        (
            "Why it goes",
            text(closing.and_then(|closing| closing.reason.as_ref())),
        ),
        ("Archived", format.when_or_none(company.archived_at)),
    ]
}

/// The steps of life there are from here, each with its verb.
fn steps(company: &Company) -> Vec<(&'static str, &'static str)> {
    let keep = company.closing.as_ref().map(|_| ("keep", "Keep"));
    let others = [
        (Status::Active, "activate", "Activate"),
        (Status::Frozen, "freeze", "Freeze"),
        (Status::Archived, "archive", "Archive"),
    ];
    let others = others
        .into_iter()
        .filter(|(to, _, _)| company.status.may_become(*to))
        .map(|(_, step, verb)| (step, verb));
    keep.into_iter().chain(others).collect()
}
