//! `GET T/admin/system/jobs`: what comes back by itself, what waits, what was given up.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::ReadJobs;
use super::kinds;
use super::model::{Filter, State};
use super::queue::{Queue, QueueName};
use super::store::{self, Counts, Job};
use crate::app::App;
use crate::config::Tenancy;
use crate::db::{Plane, Scoped};
use crate::slice::JobKind;
use crate::web::form::Choice;
use crate::web::format::Format;
use crate::web::list::{ListView, Pager};
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{Link, State as Pill, Tone};
use crate::web::{Allowed, Cursor, Page, Paging, Query};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "jobs/list.html")]
struct Jobs {
    shell: PageShell,
    tabs: Vec<Link>,
    tab: String,
    queue: &'static str,
    may_act: bool,
    recurring: Vec<Recurring>,
    list: ListView,
    pager: Pager,
    states: Vec<Choice>,
    kinds: Vec<Choice>,
    rows: Vec<Row>,
}

struct Recurring {
    kind: &'static str,
    every: String,
    last: Markup,
    state: Option<Pill>,
    next: Markup,
    run: Option<String>,
}

struct Row {
    kind: String,
    state: Pill,
    due: Markup,
    attempts: String,
    error: String,
    run: Option<String>,
    retry: Option<String>,
    cancel: Option<String>,
}

/// What one read of a queue brings.
pub(super) struct Seen {
    counts: Counts,
    page: Page<Job>,
    recurring: Vec<(JobKind, Option<Job>, Option<Job>)>,
}

/// Shows the queue.
///
/// # Errors
/// [`Error::Invalid`] for a filter that does not fit.
pub async fn list(allowed: Allowed<ReadJobs>, request: HttpRequest) -> Result<HttpResponse> {
    let query = Query::of(&request);
    query.only(&["state", "kind", "queue"])?;
    let name = QueueName::of(&allowed.app, query.get("queue"))?;
    let filter = filter(&query)?;
    let paging = query.paging()?;
    let app = allowed.app.clone();
    let seen = match name.open(&allowed) {
        Queue::Company(scope) => scope.read(move |c| see(c, &app, &filter, &paging)).await?,
        Queue::Accounts(control) => {
            control
                .read(move |c| see(c, &app, &filter, &paging))
                .await?
        }
    };
    let list = ListView::new(request.path(), request.query_string());
    let format = allowed.format();
    let may_act = allowed
        .rights
        .allows(<super::ManageJobs as crate::gate::Permission>::NAME);
    let here = allowed.url("/admin/system/jobs");
    let act = |job: &Job, verb: &str| may_act.then(|| format!("{here}/{}/{verb}", job.id));
    let rows = seen
        .page
        .rows
        .iter()
        .map(|job| row(&allowed.app, name, job, &format, &act))
        .collect();
    let recurring = seen
        .recurring
        .iter()
        .map(|(kind, last, next)| Recurring {
            kind: kind.name,
            every: format.duration(kind.every.unwrap_or_default().as_secs()),
            last: format.when_or_none(last.as_ref().and_then(|job| job.finished_at)),
            state: last.as_ref().map(pill),
            next: match next {
                None if kind.needed.is_some() => Markup::text("When there is something to do"),
                next => format.when_or_none(next.as_ref().map(|job| job.run_at)),
            },
            run: next
                .as_ref()
                .filter(|job| job.state == State::Ready.as_str())
                .and_then(|job| act(job, "run")),
        })
        .collect();
    let tabs = if allowed.app.config.tenancy == Tenancy::Single {
        vec![
            Link::new("Company", here.clone()),
            Link::new("Accounts and sign-in", format!("{here}?queue=accounts")),
        ]
    } else {
        Vec::new()
    };
    let tab = tabs
        .get(usize::from(name == QueueName::Accounts))
        .map_or_else(String::new, |link| link.href.clone());
    let kinds = kinds::all(&allowed.app, name.plane())
        .map(|kind| Choice::new(kind.name, kind.name))
        .collect();
    Ok(page::ok(&Jobs {
        shell: allowed
            .shell(Place::System, "Jobs")
            .crumb("System", Place::System.path())
            .lead(lead(&seen.counts, &format)),
        pager: list.pager(&seen.page),
        states: State::ALL
            .map(|state| Choice::new(state.as_str(), label(state)))
            .to_vec(),
        tabs,
        tab,
        queue: name.as_str(),
        may_act,
        recurring,
        list,
        kinds,
        rows,
    }))
}

fn filter(query: &Query) -> Result<Filter> {
    let state = match query.get("state") {
        "" => None,
        word => Some(
            State::read(word).ok_or_else(|| Error::invalid("state", "There is no such state."))?,
        ),
    };
    Ok(Filter {
        state,
        all: false,
        kind: Some(query.get("kind").to_owned()).filter(|kind| !kind.is_empty()),
    })
}

fn see<P: Plane>(
    c: &mut Scoped<'_, P>,
    app: &App,
    filter: &Filter,
    paging: &Paging,
) -> Result<Seen> {
    let after = match &paging.cursor {
        None => None,
        Some(cursor) => Some(cursor.id.parse().map_err(|_| {
            Error::invalid("cursor", "Take the cursor from the page before, unchanged.")
        })?),
    };
    let rows = store::page(c, filter, after, paging.fetch())?;
    let mut page = paging.page(rows, |job| Cursor::after("", job.id));
    if paging.total {
        page.total = Some(store::total(c, filter)?);
    }
    let mut recurring = Vec::new();
    for kind in kinds::all(app, kinds::plane_of::<P>()) {
        if kind.every.is_some() {
            let (last, next) = (store::last_run(c, kind.name)?, store::alive(c, kind.name)?);
            recurring.push((kind, last, next));
        }
    }
    Ok(Seen {
        counts: store::counts(c)?,
        page,
        recurring,
    })
}

fn row(
    app: &App,
    name: QueueName,
    job: &Job,
    format: &Format,
    act: &impl Fn(&Job, &str) -> Option<String>,
) -> Row {
    let state = State::read(&job.state);
    let recurs = kinds::find(app, name.plane(), &job.kind).is_some_and(|kind| kind.every.is_some());
    let when = |wanted: &[State], verb: &str| {
        state
            .filter(|state| wanted.contains(state))
            .and_then(|_| act(job, verb))
    };
    Row {
        kind: job.kind.clone(),
        state: pill(job),
        due: format.when(job.finished_at.unwrap_or(job.run_at)),
        attempts: format!("{} of {}", job.attempts, job.max_attempts),
        error: job.last_error.clone().unwrap_or_default(),
        run: when(&[State::Ready], "run"),
        retry: when(&[State::Dead, State::Cancelled], "retry"),
        cancel: when(&[State::Ready, State::Dead], "cancel")
            .filter(|_| !recurs || state == Some(State::Dead)),
    }
}

fn pill(job: &Job) -> Pill {
    let Some(state) = State::read(&job.state) else {
        return Pill::new(Tone::Quiet, job.state.clone());
    };
    let tone = match state {
        State::Ready if job.last_error.is_some() => Tone::Warn,
        State::Ready | State::Cancelled => Tone::Quiet,
        State::Running => Tone::Info,
        State::Done => Tone::Good,
        State::Dead => Tone::Bad,
    };
    let label = if state == State::Ready && job.last_error.is_some() {
        "Tried again later"
    } else {
        label(state)
    };
    Pill::new(tone, label)
}

fn label(state: State) -> &'static str {
    match state {
        State::Ready => "Waiting",
        State::Running => "Under way",
        State::Done => "Done",
        State::Dead => "Given up",
        State::Cancelled => "Called off",
    }
}

fn lead(counts: &Counts, format: &Format) -> String {
    let dead = match counts.dead {
        0 => String::new(),
        dead => format!(" {} given up and waiting for you.", format.number(dead)),
    };
    format!(
        "{} due, {} planned, {} under way.{dead}",
        format.number(counts.due),
        format.number(counts.waiting - counts.due),
        format.number(counts.running)
    )
}
