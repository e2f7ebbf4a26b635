//! What `steading migrate` says: one line a store, a company under its slug.

use serde::Serialize;

use crate::cli::exit::{Failure, Outcome};
use crate::cli::out;
use crate::db::migrate::{Direction, Forced, StoreReport};

/// Stores' names with the slugs of their companies.
pub(super) type Names = Vec<(String, String)>;

fn slug<'a>(names: &'a Names, store: &str) -> Option<&'a str> {
    let found = names.iter().find(|(id, _)| id == store);
    found.map(|(_, slug)| slug.as_str())
}

/// Something about a store, with the slug of its company.
#[derive(Serialize)]
struct Of<'a, T> {
    #[serde(flatten)]
    what: &'a T,
    tenant: Option<&'a str>,
}

fn json<T: Serialize>(all: &[T], names: &Names, store: fn(&T) -> &str) -> Outcome {
    let named: Vec<Of<'_, T>> = all
        .iter()
        .map(|what| Of {
            what,
            tenant: slug(names, store(what)),
        })
        .collect();
    out::json(&named)
}

/// A table; the column of slugs only where some store is a company's, that of failures only where there is one.
fn table(
    head: &[&str],
    names: &Names,
    rows: Vec<(String, Vec<String>, Option<String>)>,
) -> Outcome {
    let has_names = rows
        .iter()
        .any(|(store, _, _)| slug(names, store).is_some());
    let has_failed = rows.iter().any(|(_, _, failed)| failed.is_some());
    let line = |store: String, name: &str, mut cells: Vec<String>, failed: String| {
        let mut line = vec![store];
        if has_names {
            line.push(name.to_owned());
        }
        line.append(&mut cells);
        if has_failed {
            line.push(failed);
        }
        line
    };
    let heads = head.iter().copied().map(ToOwned::to_owned).collect();
    let mut lines = vec![line(
        "STORE".to_owned(),
        "COMPANY",
        heads,
        "FAILED".to_owned(),
    )];
    lines.extend(rows.into_iter().map(|(store, cells, failed)| {
        let name = slug(names, &store).unwrap_or_default().to_owned();
        line(store, &name, cells, failed.unwrap_or_default())
    }));
    out::data(&out::columns(&lines))
}

fn last(steps: &[String]) -> String {
    steps.last().cloned().unwrap_or_else(|| "none".to_owned())
}

/// What is in place, what waits and what failed.
pub(super) fn show(reports: &[StoreReport], names: &Names, as_json: bool) -> Outcome {
    if as_json {
        return json(reports, names, |report| &report.store);
    }
    let rows = reports.iter().map(|report| {
        let cells = vec![
            report.applied.len().to_string(),
            report.pending.len().to_string(),
            last(&report.applied),
        ];
        (report.store.clone(), cells, report.failed.clone())
    });
    table(&["IN PLACE", "WAITING", "NEWEST"], names, rows.collect())
}

/// The newest step in place of each store.
pub(super) fn newest(reports: &[StoreReport], names: &Names, as_json: bool) -> Outcome {
    if as_json {
        return json(reports, names, |report| &report.store);
    }
    let rows = reports.iter().map(|report| {
        let cells = vec![last(&report.applied)];
        (report.store.clone(), cells, report.failed.clone())
    });
    table(&["NEWEST"], names, rows.collect())
}

/// What was forced, or would be.
pub(super) fn forced(forced: &[Forced], names: &Names, as_json: bool) -> Outcome {
    if as_json {
        return json(forced, names, |one| &one.store);
    }
    let rows = forced.iter().map(|one| {
        let cells = vec![last(&one.before), last(&one.after)];
        (one.store.clone(), cells, one.failed.clone())
    });
    table(&["WAS AT", "IS AT"], names, rows.collect())
}

/// Fails where a store did, once everything was shown.
pub(super) fn none_failed(failed: usize, all: usize) -> Outcome {
    match failed {
        0 => Ok(()),
        some => Err(Failure::failed(format!(
            "{some} of {all} stores failed, the others are as shown; steading migrate up --tenant SLUG tries one again"
        ))),
    }
}

/// What a step would do to a store.
#[derive(Serialize)]
struct Would {
    store: String,
    /// Steps that would be run.
    run: Vec<String>,
    /// Steps that would be taken back.
    take_back: Vec<String>,
}

/// Says which steps would be run or taken back.
pub(super) fn preview(
    reports: &[StoreReport],
    names: &Names,
    direction: Direction,
    as_json: bool,
) -> Outcome {
    let would: Vec<Would> = reports
        .iter()
        .map(|report| {
            let (run, take_back) = match direction {
                Direction::Up => (report.pending.clone(), Vec::new()),
                Direction::Down => (
                    Vec::new(),
                    report.applied.last().cloned().into_iter().collect(),
                ),
            };
            Would {
                store: report.store.clone(),
                run,
                take_back,
            }
        })
        .collect();
    if as_json {
        return json(&would, names, |one| &one.store);
    }
    let mut rows = Vec::new();
    for one in &would {
        let run = one.run.iter().map(|step| (step, "run"));
        let back = one.take_back.iter().map(|step| (step, "taken back"));
        rows.extend(run.chain(back).map(|(step, word)| {
            let cells = vec![step.clone(), word.to_owned()];
            (one.store.clone(), cells, None)
        }));
    }
    if rows.is_empty() {
        out::say("Nothing would be done.");
        return Ok(());
    }
    table(&["STEP", "WOULD BE"], names, rows)
}
