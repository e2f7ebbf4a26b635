//! The scale bench: what a company notices of thousands of others on the same machine. `scripts/bench-scale` runs it.
//!
//! Everything is a ratio within one run: a company's slowest answers among many companies against the same among ten.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench that meets the unexpected should stop right there"
)]

mod client;
mod crowd;
mod host;

use std::time::Duration;

use client::{Ask, ROUNDS, Timing, drive, drive_rounds, median};
use crowd::Crowd;
use host::Host;

/// Companies that are asked for something.
const ACTIVE: usize = 500;
/// Companies whose stores are all open at once.
const OPEN: usize = 1_000;
/// Requests a second, over all companies.
const RATE: f64 = 1_000.0;
/// How long a round takes.
const ROUND: Duration = Duration::from_secs(3);

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--bench"));
    let mut first = arguments.next();
    let database = (first.as_deref() == Some("postgres")).then(|| {
        first = None;
        arguments
            .next()
            .expect("the URL of an empty database's owner")
    });
    let given = first
        .or_else(|| arguments.next())
        .and_then(|many| many.parse().ok());
    let many: usize = given.unwrap_or(if database.is_some() { 10_000 } else { 5_000 });

    let mut crowd = Crowd::new(database.as_deref());
    crowd.grow_to(10);
    let few = measure(&mut crowd, 10, "10 companies");
    let began = std::time::Instant::now();
    crowd.grow_to(many);
    let rate = (many - 10) as f64 / began.elapsed().as_secs_f64();
    println!(
        "{:<52} {rate:>9.0}/s",
        format!("{many} companies opened, without an owner")
    );
    println!(
        "{:<52} {:>9.0}/s",
        "companies opened, with an owner",
        crowd.with_owners(100)
    );
    println!(
        "{:<52} {:>9.0} KB",
        "an empty company's store",
        crowd.empty_bytes() / 1e3
    );
    let active = ACTIVE.min(many);
    let among_many = measure(
        &mut crowd,
        active,
        &format!("{many} companies, {active} of them active"),
    );

    println!();
    promise("p99 among many against ten", among_many.p99 / few.p99, 2.0);
    if let Some(ready) = crowd.boot_ms_each(many) {
        promise("boot with nothing to migrate, ms a company", ready, 1.0);
    }
    if database.is_none() {
        let (megabytes, files, companies) = open_stores(&mut crowd, OPEN.min(many));
        promise(&format!("{companies} stores open, MB"), megabytes, 300.0);
        println!(
            "{:<52} {files:>9} descriptors",
            format!("{companies} stores open")
        );
    }
    let others = noisy(&mut crowd);
    promise(
        "others' p99 beside a company at 50 times its rate",
        others,
        1.2,
    );
}

fn promise(what: &str, found: f64, most: f64) {
    let verdict = if found <= most { "holds " } else { "MISSED" };
    println!("{verdict} {what}: {found:.2} (promised ≤ {most})");
}

/// Clicks and reads over so many companies, at a rate that leaves CPU free.
fn measure(crowd: &mut Crowd, active: usize, when: &str) -> Timing {
    let host = Host::start(crowd, None);
    let asks = crowd.asks(&host, active);
    drive(&host, &asks, RATE, Duration::from_secs(2));
    let timing = drive_rounds(&host, &asks, RATE, ROUND);
    println!(
        "{:<52} p50 {:>6.2} ms  p99 {:>6.2} ms  {} refused  {:.0} MB",
        format!("clicks and reads, {when}"),
        timing.p50,
        timing.p99,
        timing.refused,
        host.memory_mb()
    );
    timing
}

/// Asks so many companies once: memory, descriptors, and how many there were.
fn open_stores(crowd: &mut Crowd, companies: usize) -> (f64, usize, usize) {
    let host = Host::start(crowd, None);
    let asks: Vec<Ask> = (0..companies)
        .map(|n| Ask::get(&format!("/t/{}/r/nothing-here", crowd.slug(n))))
        .collect();
    drive(
        &host,
        &asks,
        500.0,
        Duration::from_millis(companies as u64 * 3),
    );
    (host.memory_mb(), host.descriptors(), companies)
}

/// Fifty companies at their rate, then one more at fifty times that: how much slower the slowest answers of the others get.
fn noisy(crowd: &mut Crowd) -> f64 {
    let host = Host::start(crowd, Some(20));
    let mut asks = crowd.asks(&host, 51.min(crowd.len()));
    let loud = asks.split_off(asks.len().saturating_sub(2));
    drive(&host, &asks, 500.0, Duration::from_secs(2));
    // In turn, so that what the machine does beside falls on both.
    let (mut alone, mut beside, mut turned_away) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        alone.push(drive(&host, &asks, 500.0, ROUND));
        std::thread::scope(|threads| {
            let noise = threads.spawn(|| drive(&host, &loud, 500.0, ROUND));
            beside.push(drive(&host, &asks, 500.0, ROUND));
            turned_away += noise.join().unwrap().refused;
        });
    }
    let (alone, beside) = (median(&alone), median(&beside));
    println!(
        "{:<52} p99 {:.2} ms, then {:.2} ms; {turned_away} of the loud one's were turned away",
        "fifty companies alone, then beside a loud one", alone.p99, beside.p99
    );
    beside.p99 / alone.p99
}
