//! The system page: versions, store, disk, jobs, clock, proxy, checks, and every setting with its origin.

use actix_web::HttpResponse;
use askama::Template;

use super::ReadSystem;
use crate::Result;
use crate::gate::Permission;
use crate::slice::{Check, Level};
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::Tone;
use crate::web::{Allowed, request};
use crate::{app::App, version};

/// A line of facts.
struct Fact {
    label: &'static str,
    value: String,
}

struct Finding {
    tone: Tone,
    word: &'static str,
    label: String,
    text: String,
}

struct SettingRow {
    name: &'static str,
    value: String,
    origin: String,
}

#[derive(Template)]
#[template(path = "tenancy/system.html")]
struct SystemPage {
    shell: PageShell,
    findings: Vec<Finding>,
    build: Vec<Fact>,
    store: Vec<Fact>,
    server_time: Markup,
    settings: Vec<SettingRow>,
    support: String,
    may_export: bool,
}

/// `GET T/admin/system`.
pub async fn system(allowed: Allowed<ReadSystem>) -> Result<HttpResponse> {
    let app = &allowed.app;
    let format = allowed.format();
    let mut checks = own_checks(&allowed);
    for slice in app.slices {
        if let Some(look) = slice.checks {
            checks.extend(look(app.clone(), allowed.scope.clone()).await?);
        }
    }
    let health = app.tenants.health();
    let size = app.tenants.size_bytes(allowed.scope.tenant());
    let mut store = vec![
        Fact {
            label: "Engine",
            value: app.tenants.engine().to_owned(),
        },
        Fact {
            label: "Data folder",
            value: app.config.data_dir.display().to_string(),
        },
        Fact {
            label: "Writes on disk",
            value: format.count(health.commits()),
        },
        Fact {
            label: "Commits",
            value: format.count(health.batches()),
        },
        Fact {
            label: "Batches given up",
            value: format.count(health.poisoned()),
        },
        Fact {
            label: "Writes turned away",
            value: format.count(health.refused_full()),
        },
    ];
    if let Some(bytes) = size {
        store.push(Fact {
            label: "Store with its log",
            value: format.bytes(bytes),
        });
    }
    if let Some(bytes) = free_bytes(app) {
        store.push(Fact {
            label: "Free on the disk",
            value: format.bytes(bytes),
        });
    }
    let up = app.clock.now().since(app.started_at).as_secs();
    let build = vec![
        Fact {
            label: "Version",
            value: version::VERSION.to_owned(),
        },
        Fact {
            label: "Commit",
            value: version::COMMIT.unwrap_or("unknown").to_owned(),
        },
        Fact {
            label: "Compiler",
            value: version::RUSTC.unwrap_or("unknown").to_owned(),
        },
        Fact {
            label: "Running for",
            value: format.duration(up),
        },
        Fact {
            label: "Public address",
            value: app.public_url.clone(),
        },
    ];
    let settings: Vec<SettingRow> = app
        .settings
        .iter()
        .map(|setting| SettingRow {
            name: setting.key.name,
            value: setting.shown().unwrap_or_else(|| "not set".to_owned()),
            origin: setting.origin.to_string(),
        })
        .collect();
    let support = support_text(&build, &store, &checks, &settings);
    let page = SystemPage {
        shell: allowed
            .shell(Place::System, "System")
            .lead("What runs here, how it is, and what to see to."),
        findings: checks.into_iter().map(finding).collect(),
        server_time: format.when(app.clock.now()),
        build,
        store,
        settings,
        support,
        may_export: allowed.rights.allows(super::WriteSettings::NAME),
    };
    Ok(page::ok(&page))
}

fn finding(check: Check) -> Finding {
    let (tone, word) = match check.level {
        Level::Good => (Tone::Good, "Good"),
        Level::Warn => (Tone::Warn, "See to it"),
        Level::Bad => (Tone::Bad, "Broken"),
    };
    Finding {
        tone,
        word,
        label: check.label,
        text: check.finding,
    }
}

/// What the program knows of itself without asking a slice.
fn own_checks(allowed: &Allowed<ReadSystem>) -> Vec<Check> {
    let app = &allowed.app;
    let facts = request::facts(&allowed.request);
    let check = |name, label: &str, level, finding: &str| Check {
        name,
        label: label.to_owned(),
        level,
        finding: finding.to_owned(),
    };
    let mut all = vec![if app.tenants.health().is_failing() {
        check(
            "store.writes",
            "Writing",
            Level::Bad,
            "The last write failed: look at the disk and the log. Reading goes on.",
        )
    } else {
        check(
            "store.writes",
            "Writing",
            Level::Good,
            "Every write so far reached the disk.",
        )
    }];
    all.push(match free_bytes(app) {
        Some(bytes) if bytes < LOW_DISK_BYTES => check(
            "store.disk",
            "Disk",
            Level::Warn,
            "Less than 1 GiB is free. A full disk stops every write.",
        ),
        Some(_) => check(
            "store.disk",
            "Disk",
            Level::Good,
            "There is room on the disk.",
        ),
        None => check(
            "store.disk",
            "Disk",
            Level::Warn,
            "The free room on the disk is not known.",
        ),
    });
    all.push(if facts.untrusted_proxy {
        check(
            "proxy.trust",
            "Proxy",
            Level::Warn,
            "A proxy's header came with this request but is not believed. Put the proxy's network into server.trusted_proxies, or everybody seems to come from it.",
        )
    } else {
        check("proxy.trust", "Proxy", Level::Good, "No unknown proxy stands in front.")
    });
    let is_local = app.config.server.listen.ip().is_loopback();
    all.push(if app.is_https() {
        check("address.https", "Encryption", Level::Good, "The public address is https.")
    } else if is_local {
        check("address.https", "Encryption", Level::Good, "Only this machine is listened to.")
    } else {
        check(
            "address.https",
            "Encryption",
            Level::Warn,
            "The public address is plain http, so passwords and cookies can be read on the way. Put a proxy with TLS in front and set server.public_url.",
        )
    });
    all
}

const LOW_DISK_BYTES: u64 = 1 << 30;

fn free_bytes(app: &App) -> Option<u64> {
    let stat = rustix::fs::statvfs(&app.config.data_dir).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// What to send along when asking for help: nothing secret, since settings are shown redacted.
fn support_text(
    build: &[Fact],
    store: &[Fact],
    checks: &[Check],
    settings: &[SettingRow],
) -> String {
    let facts = build
        .iter()
        .chain(store)
        .map(|fact| format!("{}: {}", fact.label, fact.value));
    let checks = checks
        .iter()
        .map(|check| format!("{} {:?}: {}", check.name, check.level, check.finding));
    let settings = settings
        .iter()
        .filter(|row| !row.origin.starts_with("default"))
        .map(|row| format!("{} = {} ({})", row.name, row.value, row.origin));
    facts
        .chain(checks)
        .chain(settings)
        .collect::<Vec<_>>()
        .join("\n")
}
