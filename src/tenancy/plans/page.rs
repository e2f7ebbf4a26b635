//! `GET T/admin/usage` and `GET /api/v1/usage`: how much of its plan a company uses.

use actix_web::HttpResponse;
use askama::Template;

use super::usage::{Figure, Usage, usage_of};
use crate::Result;
use crate::gate::Counted;
use crate::tenancy::ReadSettings;
use crate::web::format::Format;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{State, Tone};
use crate::web::{Allowed, answer};

/// From this part of a limit on somebody should know.
const NEARLY: u64 = 90;

/// One line: a figure, its limit, and how full that is.
struct Line {
    label: &'static str,
    note: &'static str,
    used: String,
    /// "of 200", or that there is no limit.
    limit: String,
    /// How full, in percent; nothing without a limit.
    percent: Option<u64>,
    state: State,
}

#[derive(Template)]
#[template(path = "tenancy/usage.html")]
struct UsagePage {
    shell: PageShell,
    plan: String,
    month: String,
    size: Option<String>,
    lines: Vec<Line>,
}

/// `GET T/admin/usage`
///
/// # Errors
/// Where a store does not answer.
pub async fn show(allowed: Allowed<ReadSettings>) -> Result<HttpResponse> {
    let usage = usage_of(&allowed.app, allowed.scope.tenant()).await?;
    let format = allowed.format();
    let lines = Counted::ALL
        .into_iter()
        .map(|what| line(&format, what, usage.of(what)))
        .collect();
    let shell = allowed
        .shell(Place::Usage, "Usage")
        .lead("What your company uses, beside what its plan allows.");
    Ok(page::ok(&UsagePage {
        shell,
        plan: usage.plan,
        month: usage.month,
        size: usage.size_bytes.map(|bytes| format.bytes(bytes)),
        lines,
    }))
}

fn line(format: &Format, what: Counted, figure: Figure) -> Line {
    let (label, note) = match what {
        Counted::Members => ("Members", "People who may sign in, invitations among them."),
        Counted::Partners => ("Partners", "All but those who were declined or archived."),
        Counted::Links => ("Links", "All but archived ones."),
        Counted::EventsPerMonth => (
            "Events this month",
            "Reported in this calendar month (UTC), refunds among them.",
        ),
    };
    let percent = figure.limit.map(|limit| match limit {
        0 => 100,
        limit => figure.used.saturating_mul(100) / limit,
    });
    let state = match percent {
        None => State::new(Tone::Quiet, "No limit"),
        Some(100..) => State::new(Tone::Bad, "Used up"),
        Some(NEARLY..) => State::new(Tone::Warn, "Nearly used up"),
        Some(_) => State::new(Tone::Good, "Room left"),
    };
    Line {
        label,
        note,
        used: format.count(figure.used),
        limit: figure.limit.map_or_else(
            || "as many as you like".to_owned(),
            |limit| format!("of {}", format.count(limit)),
        ),
        percent: percent.map(|percent| percent.min(100)),
        state,
    }
}

/// `GET /api/v1/usage`
///
/// # Errors
/// Where a store does not answer.
pub async fn get(allowed: Allowed<ReadSettings>) -> Result<HttpResponse> {
    let usage: Usage = usage_of(&allowed.app, allowed.scope.tenant()).await?;
    Ok(answer::ok(&usage))
}
