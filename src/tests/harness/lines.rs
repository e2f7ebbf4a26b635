//! What a child process says: every line is kept, and a test can wait for the one it needs.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// How long a test waits for a sentence before it gives up; generous, since it only costs time when something is wrong.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The lines of one stream, read by a thread of its own so that the child never blocks on a full pipe.
#[derive(Clone)]
pub struct Lines {
    shared: Arc<(Mutex<Heard>, Condvar)>,
}

#[derive(Default)]
struct Heard {
    lines: Vec<String>,
    ended: bool,
}

impl Lines {
    /// Reads `stream` to its end in the background.
    pub fn follow(stream: impl Read + Send + 'static) -> Self {
        let shared = Arc::new((Mutex::new(Heard::default()), Condvar::new()));
        let writer = Arc::clone(&shared);
        std::thread::spawn(move || {
            let (heard, changed) = &*writer;
            for line in BufReader::new(stream).split(b'\n') {
                let Ok(line) = line else { break };
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                heard.lock().unwrap().lines.push(text);
                changed.notify_all();
            }
            heard.lock().unwrap().ended = true;
            changed.notify_all();
        });
        Self { shared }
    }

    /// The first line, said already or still to come, from which `pick` makes something.
    ///
    /// Panics with all that was said when the stream ends or patience runs out first.
    pub fn wait_for<T>(&self, what: &str, pick: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let (heard, changed) = &*self.shared;
        let mut guard = heard.lock().unwrap();
        let mut seen = 0;
        loop {
            while seen < guard.lines.len() {
                if let Some(found) = pick(&guard.lines[seen]) {
                    return found;
                }
                seen += 1;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if guard.ended || left.is_zero() {
                let why = if guard.ended {
                    "it ended"
                } else {
                    "it stayed silent"
                };
                panic!(
                    "waited for {what}, but {why}; it said:\n{}",
                    guard.lines.join("\n")
                );
            }
            guard = changed.wait_timeout(guard, left).unwrap().0;
        }
    }

    /// All that was said so far.
    pub fn text(&self) -> String {
        self.shared.0.lock().unwrap().lines.join("\n")
    }

    /// All that was ever said: waits for the end of the stream.
    pub fn text_at_end(&self) -> String {
        let (heard, changed) = &*self.shared;
        let mut guard = heard.lock().unwrap();
        while !guard.ended {
            guard = changed.wait(guard).unwrap();
        }
        guard.lines.join("\n")
    }

    /// Whether the stream has ended, which for a child means it is gone.
    pub fn ended(&self) -> bool {
        self.shared.0.lock().unwrap().ended
    }
}
