//! `/metrics`: what the process counted, how its stores are, what work waits.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::app::App;
use crate::config::Tenancy;
use crate::db::{PoolUse, StoreHealth};
use crate::jobs::{self, Counts};
use crate::version::VERSION;
use crate::web::metrics::{Counters, Exposition, MEDIA, may_read};
use crate::{Error, Result};

/// `GET /metrics`.
///
/// # Errors
/// [`Error::NotFound`] for whoever may not read them: that there is something to read is not told.
pub async fn show(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse> {
    if !may_read(&request, &app) {
        return Err(Error::NotFound);
    }
    let mut page = Exposition::default();
    process(&mut page, &app);
    Counters::of(&app).write(&mut page);
    stores(&mut page, &app.tenants.health(), app.tenants.open_files());
    if let Some(pool) = app.tenants.pool_use() {
        connections(&mut page, pool);
    }
    // A store that is away has no figures; the rest is told all the same.
    match queues(&app).await {
        Ok(counts) => work(&mut page, &counts),
        Err(error) => tracing::debug!(%error, "The queues could not be counted"),
    }
    Ok(HttpResponse::Ok()
        .content_type(MEDIA)
        .body(page.into_text()))
}

fn process(page: &mut Exposition, app: &App) {
    page.family(
        "steading_build_info",
        "gauge",
        "Version and engine, as labels.",
    );
    let labels = [("version", VERSION), ("engine", app.tenants.engine())];
    page.sample("steading_build_info", &labels, 1);
    page.one(
        "process_start_time_seconds",
        "gauge",
        "When this process started, in seconds since 1970.",
        app.started_at.as_micros() / 1_000_000,
    );
    if let Some(bytes) = resident_bytes() {
        page.one(
            "process_resident_memory_bytes",
            "gauge",
            "Memory this process holds.",
            bytes,
        );
    }
}

/// What the kernel says of this process.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
}

fn stores(page: &mut Exposition, health: &StoreHealth, open_files: usize) {
    for (name, help, value) in [
        (
            "steading_store_writes_total",
            "Writes on disk.",
            health.commits(),
        ),
        (
            "steading_store_commits_total",
            "Commits; with the writes, how many share one.",
            health.batches(),
        ),
        (
            "steading_store_failed_commits_total",
            "Commits that were given up.",
            health.poisoned(),
        ),
        (
            "steading_store_refused_writes_total",
            "Writes turned away at once.",
            health.refused_full(),
        ),
        (
            "steading_store_checkpoints_total",
            "Checkpoints of the write-ahead logs.",
            health.checkpoints(),
        ),
    ] {
        page.one(name, "counter", help, value);
    }
    page.one(
        "steading_store_writes_waiting",
        "gauge",
        "Writes that wait for their commit.",
        health.waiting(),
    );
    page.one(
        "steading_store_failing",
        "gauge",
        "1 from a failed commit until the next one that works.",
        u8::from(health.is_failing()),
    );
    page.one(
        "steading_store_open_files",
        "gauge",
        "Companies' files open now.",
        open_files,
    );
}

fn connections(page: &mut Exposition, pool: PoolUse) {
    let name = "steading_store_connections";
    page.family(name, "gauge", "Connections to PostgreSQL.");
    page.sample(name, &[("state", "in_use")], pool.in_use);
    page.sample(name, &[("state", "idle")], pool.idle);
}

/// The accounts' queue, and in single mode the company's beside it: walking many companies' stores is not for a scrape.
async fn queues(app: &App) -> Result<Counts> {
    let control = app.control.read(jobs::counts).await?;
    let company = match app.config.tenancy {
        Tenancy::Single => app.gate.get().and_then(|gate| gate.company(None)),
        Tenancy::Multi => None,
    };
    match company {
        Some(company) => {
            let scope = app.tenants.scope(company.tenant)?;
            Ok(control.and(scope.read(jobs::counts).await?))
        }
        None => Ok(control),
    }
}

fn work(page: &mut Exposition, counts: &Counts) {
    let name = "steading_jobs";
    page.family(name, "gauge", "Jobs by state.");
    for (state, count) in [
        ("waiting", counts.waiting),
        ("due", counts.due),
        ("running", counts.running),
        ("dead", counts.dead),
    ] {
        page.sample(name, &[("state", state)], count);
    }
}
