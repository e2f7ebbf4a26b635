//! A bar on standard error for work that takes a while: one line that is written over and gone at the end. Only where a person looks
//! on: not in a pipe, not beside `--json`, and not where `NO_COLOR` or `CI` asks for plain output.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::context::Context;
use crate::clock::{Clock, Timestamp};
use crate::db::Told;

/// How often it is written anew.
const EVERY: Duration = Duration::from_millis(100);
/// Its parts.
const PARTS: u64 = 24;

/// The line.
#[derive(Clone)]
pub struct Bar(Option<Arc<Mutex<Line>>>);

#[derive(Default)]
struct Line {
    what: String,
    began: Option<Timestamp>,
    drawn: Option<Timestamp>,
    width: usize,
}

impl Bar {
    /// One where somebody sees it.
    pub(super) fn of(context: &Context, is_quiet: bool) -> Self {
        let is_shown = !is_quiet
            && !context.sources.environment.wants_plain()
            && std::io::stderr().is_terminal();
        Self(is_shown.then(Arc::default))
    }

    /// Whether somebody sees it.
    pub(super) fn is_shown(&self) -> bool {
        self.0.is_some()
    }

    /// Where work tells how far it is.
    pub(super) fn told(&self) -> Told {
        let Some(line) = self.0.clone() else {
            return Told::default();
        };
        let clock = Clock::system();
        Told::to(move |what, done, of| {
            let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
            line.draw(what, done, of, clock.now());
        })
    }

    /// Takes it away.
    pub(super) fn end(&self) {
        if let Some(line) = &self.0 {
            line.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .write("");
        }
    }
}

impl Line {
    fn draw(&mut self, what: &str, done: u64, of: u64, now: Timestamp) {
        if self.what != what {
            what.clone_into(&mut self.what);
            self.began = Some(now);
            self.drawn = None;
        }
        let is_new = self.drawn.is_none_or(|drawn| now.since(drawn) >= EVERY);
        if is_new || done == of {
            self.drawn = Some(now);
            let seconds = self.began.map_or(0, |began| now.since(began).as_secs());
            self.write(&text(what, done, of, seconds));
        }
    }

    /// Over what stood there. If nobody looks any more, nothing is lost.
    fn write(&mut self, text: &str) {
        let width = text.chars().count();
        let rest = " ".repeat(self.width.saturating_sub(width));
        self.width = width;
        let end = if text.is_empty() { "\r" } else { "" };
        match std::io::stderr()
            .lock()
            .write_all(format!("\r{text}{rest}{end}").as_bytes())
        {
            Ok(()) | Err(_) => {}
        }
    }
}

/// What the line says: the bar and percents where the end is known, and how many in a second once there was one.
fn text(what: &str, done: u64, of: u64, seconds: u64) -> String {
    let what: String = what.chars().take(24).collect();
    let rate = match done.checked_div(seconds) {
        Some(rate) if rate > 0 => format!("  {rate}/s"),
        _ => String::new(),
    };
    let part = |whole: u64| done.min(of).saturating_mul(whole).checked_div(of);
    match (part(PARTS), part(100)) {
        (Some(parts), Some(percent)) => {
            let full = "#".repeat(usize::try_from(parts).unwrap_or_default());
            format!("{what} [{full:.<24}] {done}/{of} {percent} %{rate}")
        }
        _ => format!("{what} {done}{rate}"),
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn the_line_says_how_far_and_how_fast() {
        assert_eq!(
            text("companies", 5, 10, 0),
            "companies [############............] 5/10 50 %"
        );
        assert_eq!(
            text("companies", 10, 10, 2),
            "companies [########################] 10/10 100 %  5/s"
        );
        assert_eq!(text("clicks", 3_000, 0, 0), "clicks 3000");
    }
}
