//! Figures for Prometheus: counted where things happen, written in its text format, shown to its token or to this machine.
//!
//! A figure never names a company, a person or a path: whoever reads them learns how much happens, not to whom.

use std::fmt::{Display, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::Method;
use subtle::ConstantTimeEq;

use super::request;
use crate::app::App;

/// The media type of the text format.
pub const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Methods with a figure of their own; the rest is `other`.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PATCH", "DELETE", "other"];
/// The classes of a status.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// Upper ends of the buckets a request's time falls into: microseconds, and the same in seconds as text.
const BUCKETS: [(u64, &str); 6] = [
    (1_000, "0.001"),
    (5_000, "0.005"),
    (25_000, "0.025"),
    (100_000, "0.1"),
    (500_000, "0.5"),
    (2_500_000, "2.5"),
];

/// One figure that only rises.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts so many more.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// What it stands at.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a process counts from its start.
#[derive(Debug, Default)]
pub struct Counters {
    requests: [[Counter; CLASSES.len()]; METHODS.len()],
    /// Each time in the first bucket it fits; the last is for those that fit none.
    times: [Counter; BUCKETS.len() + 1],
    time_micros: Counter,
    /// Clicks written.
    pub clicks: Counter,
    /// Events written.
    pub events: Counter,
    /// Jobs done.
    pub jobs_done: Counter,
    /// Attempts at jobs that failed.
    pub jobs_failed: Counter,
}

impl Counters {
    /// Those of this program.
    pub fn of(app: &App) -> Arc<Self> {
        app.memory.of::<Self>()
    }

    /// Counts an answered request.
    pub fn answered(&self, method: &Method, status: u16, took: Duration) {
        let other = METHODS.len() - 1;
        let row = METHODS
            .iter()
            .position(|name| *name == method.as_str())
            .unwrap_or(other);
        let class = usize::from(status / 100).saturating_sub(1);
        if let Some(counter) = self.requests.get(row).and_then(|row| row.get(class)) {
            counter.add(1);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS
            .iter()
            .position(|(end, _)| micros <= *end)
            .unwrap_or(BUCKETS.len());
        if let Some(counter) = self.times.get(bucket) {
            counter.add(1);
        }
        self.time_micros.add(micros);
    }

    /// Writes them.
    pub fn write(&self, page: &mut Exposition) {
        page.family(
            "steading_http_requests_total",
            "counter",
            "Requests answered.",
        );
        for (method, row) in METHODS.iter().zip(&self.requests) {
            for (class, counter) in CLASSES.iter().zip(row) {
                let labels = [("method", *method), ("status", *class)];
                page.sample("steading_http_requests_total", &labels, counter.get());
            }
        }
        let name = "steading_http_request_duration_seconds";
        page.family(
            name,
            "histogram",
            "Time from a request's head to its answer.",
        );
        let bucket = format!("{name}_bucket");
        let mut so_far = 0;
        let ends = BUCKETS.iter().map(|(_, text)| *text).chain(["+Inf"]);
        for (end, counter) in ends.zip(&self.times) {
            so_far += counter.get();
            page.sample(&bucket, &[("le", end)], so_far);
        }
        let micros = self.time_micros.get();
        let seconds = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        page.sample(&format!("{name}_sum"), &[], seconds);
        page.sample(&format!("{name}_count"), &[], so_far);
        for (name, help, counter) in [
            ("steading_clicks_total", "Clicks written.", &self.clicks),
            ("steading_events_total", "Events written.", &self.events),
            ("steading_jobs_done_total", "Jobs done.", &self.jobs_done),
            (
                "steading_jobs_failed_total",
                "Attempts at jobs that failed.",
                &self.jobs_failed,
            ),
        ] {
            page.one(name, "counter", help, counter.get());
        }
    }
}

/// The text format, family by family.
#[derive(Debug, Default)]
pub struct Exposition(String);

impl Exposition {
    /// Opens a family: its samples follow.
    pub fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing into a String cannot fail, here and below.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A sample of the family opened last. Labels hold no quotes, backslashes or line ends.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(label, is)| format!("{label}=\"{is}\""))
            .collect();
        let _ = if labels.is_empty() {
            writeln!(self.0, "{name} {value}")
        } else {
            writeln!(self.0, "{name}{{{}}} {value}", labels.join(","))
        };
    }

    /// A family of one sample.
    pub fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.0
    }
}

/// Whether somebody on this machine asks, for themselves: what a proxy passed on came from elsewhere.
pub fn is_from_here(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let passed_on = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    let address = request::facts(request).address;
    !passed_on && address.is_some_and(|address| address.is_loopback())
}

/// Whether this request may read the figures: with the token where one is configured, else from this machine itself. What a
/// proxy passed on came from elsewhere, whether the proxy is trusted or not.
pub fn may_read(request: &HttpRequest, app: &App) -> bool {
    let Some(token) = &app.config.metrics.token else {
        return is_from_here(request);
    };
    request
        .headers()
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .is_some_and(|(_, given)| {
            bool::from(given.trim().as_bytes().ct_eq(token.expose().as_bytes()))
        })
}
