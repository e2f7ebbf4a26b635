//! Word of a scheduled backup that failed: one event of the trail and one mail where it begins, once a day while it lasts, and an
//! event when it is over. The trail's newest event says how it stands, so a restart forgets nothing.

use std::time::Duration;

use askama::Template;

use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, AuditEvent, Event};
use crate::config::{BACKUP_SCHEDULE, Schedule, Tenancy};
use crate::db::{ControlConn, Scope};
use crate::gate::Later;
use crate::mailing::{self, Letter, Mail};
use crate::slice::{Check, Level};
use crate::tenancy;
use crate::{Error, Result, identity, operator};

/// How long one word lasts.
const AGAIN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Template)]
#[template(path = "email/backup_failed/subject.txt")]
struct Subject {}

#[derive(Template)]
#[template(path = "email/backup_failed/body.txt")]
struct Text<'a> {
    address: &'a str,
    why: &'a str,
}

#[derive(Template)]
#[template(path = "email/backup_failed/body.html")]
struct Html<'a> {
    address: &'a str,
    why: &'a str,
}

fn letter(address: &str, why: &str) -> Result<Letter> {
    let write = |written: askama::Result<String>| written.map_err(|e| Error::Internal(Box::new(e)));
    Ok(Letter {
        subject: write(Subject {}.render())?.trim().to_owned(),
        text: write(Text { address, why }.render())?,
        html: write(Html { address, why }.render())?,
    })
}

fn event(action: &'static str) -> Event {
    Event::new(action).product("transfer").target(
        "schedule",
        &BACKUP_SCHEDULE,
        "The scheduled backup",
    )
}

fn standing(c: &mut ControlConn) -> Result<Option<AuditEvent>> {
    audit::standing_failure(c, BACKUP_SCHEDULE)
}

/// Tells that the scheduled backup failed, unless that was told within a day.
///
/// # Errors
/// Where the control plane does not answer.
pub(super) async fn failed(app: &App, actor: &Actor, why: &str) -> Result<()> {
    let letter = letter(&app.public_url, why)?;
    let whose = match app.config.tenancy {
        Tenancy::Single => None,
        Tenancy::Multi => {
            let mut all = operator::shell::all(app).await?;
            all.retain(|one| one.state == "active");
            Some(all.into_iter().map(|one| one.email).collect::<Vec<_>>())
        }
    };
    let (actor, vault, why) = (actor.clone(), app.vault.clone(), why.to_owned());
    app.control
        .write(move |c| {
            let now = c.now();
            if standing(c)?.is_some_and(|last| now.since(last.at) < AGAIN_AFTER) {
                return Ok(());
            }
            let to = match &whose {
                Some(operators) => operators.clone(),
                None => owners(c)?,
            };
            for to in to {
                mailing::queue(c, &vault, &Mail::of("backup_failed", &to, letter.clone()))?;
            }
            let told = event("backup.failed").created(&serde_json::json!({ "why": why }));
            audit::record(c, &actor, told)
        })
        .await
}

/// The addresses of those who own the one company there is.
fn owners(c: &mut ControlConn) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for company in tenancy::companies(c)? {
        all.extend(identity::owner_addresses(c, company.id)?);
    }
    Ok(all)
}

/// Tells that backups are made again, where they were not.
///
/// # Errors
/// Where the control plane does not answer.
pub(super) async fn fine(app: &App, actor: &Actor) -> Result<()> {
    if app.control.read(standing).await?.is_none() {
        return Ok(());
    }
    let actor = actor.clone();
    app.control
        .write(move |c| match standing(c)? {
            Some(_) => audit::record(c, &actor, event("backup.mended")),
            None => Ok(()),
        })
        .await
}

/// How scheduled backups go, for the system page of the one company there is. With many, that is their operators' business.
pub(in crate::transfer) fn look(app: App, _: Scope) -> Later<'static, Result<Vec<Check>>> {
    Box::pin(async move {
        if app.config.tenancy == Tenancy::Multi {
            return Ok(Vec::new());
        }
        Ok(check(&app).await?.into_iter().collect())
    })
}

/// How scheduled backups go; nothing where none is scheduled.
///
/// # Errors
/// Where the control plane does not answer.
pub async fn check(app: &App) -> Result<Option<Check>> {
    let failure = app.control.read(standing).await?;
    if app.config.backup.schedule == Schedule::Off {
        return Ok(None);
    }
    let why = failure.map(|event| (event.at, event.became("why").unwrap_or_default()));
    Ok(Some(Check {
        name: "backup.schedule",
        label: "Scheduled backup".to_owned(),
        level: match why {
            Some(_) => Level::Bad,
            None => Level::Good,
        },
        finding: match why {
            Some((at, why)) => format!(
                "The last one failed. {why} This was written down on {at}. It is tried again every few minutes."
            ),
            None => "The last one that was due was made, or is not due yet.".to_owned(),
        },
    }))
}
