//! `GET /operator`: every company, with what it uses.

use actix_web::HttpResponse;
use askama::Template;

use super::{address, select, size, state};
use crate::Result;
use crate::audit;
use crate::config::BACKUP_SCHEDULE;
use crate::db::ControlConn;
use crate::operator::door::Operating;
use crate::operator::place::Place;
use crate::operator::usage::{self, Usage};
use crate::tenancy::{Company, Status};
use crate::web::Query;
use crate::web::form::Choice;
use crate::web::format::Format;
use crate::web::list::{ListView, Pager};
use crate::web::markup::Markup;
use crate::web::page::{self, Notice, PageShell};
use crate::web::parts::{State, Tone};

#[derive(Template)]
#[template(path = "operator/companies.html")]
struct List {
    shell: PageShell,
    list: ListView,
    pager: Pager,
    statuses: Vec<Choice>,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    name: String,
    slug: String,
    state: State,
    plan: String,
    people: String,
    partners: String,
    links: String,
    events: String,
    size: String,
    version: String,
    active: Markup,
    missing: String,
    /// Why its store could not be brought to this version.
    upgrade_failed: String,
}

/// Shows the companies.
///
/// # Errors
/// [`crate::Error::Invalid`] for a filter that does not fit.
pub async fn list(who: Operating) -> Result<HttpResponse> {
    let companies = select::page(&who.app, &Query::of(&who.request)).await?;
    let list = ListView::new(who.request.path(), who.request.query_string()).sorted_by("name");
    let ids: Vec<_> = companies
        .rows
        .iter()
        .filter(|company| company.status != Status::Archived)
        .map(|company| company.id)
        .collect();
    let used = usage::of(&who.app, &ids).await?;
    let pager = list.pager(&companies);
    let format = who.format();
    let rows = companies
        .rows
        .iter()
        .map(|company| row(&who, company, used.get(&company.id), &format))
        .collect();
    let mut shell = who
        .shell(Place::Companies, "Companies")
        .lead("Who works on this instance, where they stand and what they use; events are those of this month.");
    let failure = |c: &mut ControlConn<'_>| audit::standing_failure(c, BACKUP_SCHEDULE);
    if let Some(event) = who.app.control.read(failure).await? {
        shell.notices.push(Notice {
            tone: Tone::Bad,
            text: format!(
                "The scheduled backup failed. {}",
                event.became("why").unwrap_or_default()
            ),
            link: None,
        });
    }
    Ok(page::ok(&List {
        shell,
        statuses: statuses(),
        list,
        pager,
        rows,
    }))
}

fn row(who: &Operating, company: &Company, used: Option<&Usage>, format: &Format) -> Row {
    let count =
        |value: Option<u64>| value.map_or_else(|| "–".to_owned(), |value| format.count(value));
    let told = |pick: fn(&Usage) -> Option<u64>| count(used.and_then(pick));
    Row {
        href: address(company),
        name: company.settings.name.clone(),
        slug: company.slug.to_string(),
        state: state(company),
        plan: company.plan.clone(),
        people: told(|used| u64::try_from(used.people).ok()),
        partners: told(|used| used.partners),
        links: told(|used| used.links),
        events: told(|used| used.events_this_month),
        size: used.map_or_else(|| "–".to_owned(), |used| size(&who.app, used, format)),
        version: used
            .and_then(|used| used.schema_version.clone())
            .unwrap_or_default(),
        active: format.when_or_none(used.and_then(|used| used.last_activity_at)),
        missing: used
            .and_then(|used| used.missing.clone())
            .unwrap_or_default(),
        upgrade_failed: company.upgrade_failed.clone().unwrap_or_default(),
    }
}

fn statuses() -> Vec<Choice> {
    [
        (Status::Demo, "Demo"),
        (Status::Trial, "Trial"),
        (Status::Active, "Active"),
        (Status::Frozen, "Frozen"),
        (Status::Archived, "Archived"),
    ]
    .into_iter()
    .map(|(status, label)| Choice::new(status.as_str(), label))
    .collect()
}
