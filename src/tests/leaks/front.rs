//! A fault to plant: something before the server that remembers answers and leaves the company out of its key, as a cache of the
//! program would that is not kept for each company by itself.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crate::harness::process::Server;

/// What is remembered for all companies alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// Where the key of a link leads.
    Ways,
    /// That somebody is turned away for the minute.
    Floods,
    /// What an Idempotency-Key was answered first.
    Answers,
    /// That a session or key was let in.
    Entrants,
    /// That the month's events are used up.
    Months,
    /// What stands behind a seal.
    Secrets,
    /// That too much was asked at once.
    Rates,
}

impl Memory {
    /// Under what an answer is remembered, and which ones are.
    fn key(self, asked: &Asked) -> Option<(String, u16)> {
        let (method, path) = asked.what();
        // `/t/<slug>` is what this memory leaves out.
        let path = path
            .strip_prefix("/t/")
            .and_then(|rest| rest.find('/').map(|at| &rest[at..]))?;
        let is = |wanted: &str, begins: &str| method == wanted && path.starts_with(begins);
        match self {
            Self::Ways => is("GET", "/r/").then(|| (path.to_owned(), 302)),
            Self::Floods => is("POST", "/r/identify").then(|| (path.to_owned(), 429)),
            Self::Answers => Some((asked.header("idempotency-key")?, 201)),
            Self::Entrants => {
                let who = asked.header("authorization").or(asked.header("cookie"))?;
                (method == "GET").then(|| (format!("{who} {path}"), 200))
            }
            Self::Months => is("POST", "/api/v1/events").then(|| (path.to_owned(), 429)),
            Self::Secrets => path.ends_with("/export").then(|| (String::new(), 200)),
            Self::Rates => Some((String::new(), 429)),
        }
    }
}

/// A request.
struct Asked {
    head: String,
    body: Vec<u8>,
}

impl Asked {
    fn read(from: &mut TcpStream) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            from.read_exact(&mut byte).ok()?;
            head.push(byte[0]);
        }
        let mut asked = Self {
            head: String::from_utf8(head).unwrap(),
            body: Vec::new(),
        };
        let length = asked.header("content-length");
        asked.body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        from.read_exact(&mut asked.body).ok()?;
        Some(asked)
    }

    fn what(&self) -> (&str, &str) {
        let mut words = self.head.split(' ');
        (words.next().unwrap(), words.next().unwrap())
    }

    fn header(&self, name: &str) -> Option<String> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.to_owned())
    }

    /// What the server answers.
    fn pass_on(&self, to: &str) -> Vec<u8> {
        let mut server = TcpStream::connect(to).unwrap();
        let (line, rest) = self.head.split_once("\r\n").unwrap();
        let rest: Vec<&str> = rest
            .split("\r\n")
            .filter(|line| !line.to_lowercase().starts_with("connection:"))
            .collect();
        let head = format!("{line}\r\nconnection: close\r\n{}", rest.join("\r\n"));
        server.write_all(head.as_bytes()).unwrap();
        server.write_all(&self.body).unwrap();
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).unwrap();
        answer
    }
}

/// Stands before a server until it is dropped.
pub struct Front {
    /// Where it is reached.
    pub base: String,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Front {
    pub fn before(server: &Server<'_>, memory: Memory) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let to = server.url("").trim_start_matches("http://").to_owned();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut known: HashMap<String, Vec<u8>> = HashMap::new();
            for stream in listener.incoming() {
                if stopped.load(Ordering::Acquire) {
                    return;
                }
                let Ok(mut stream) = stream else { return };
                let Some(asked) = Asked::read(&mut stream) else {
                    continue;
                };
                let key = memory.key(&asked);
                let remembered = key.as_ref().and_then(|(key, _)| known.get(key).cloned());
                let answer = remembered.unwrap_or_else(|| asked.pass_on(&to));
                if let Some((key, kept)) = key
                    && answer.starts_with(format!("HTTP/1.1 {kept}").as_bytes())
                {
                    known.insert(key, answer.clone());
                }
                // Whoever asked may be gone.
                drop(stream.write_all(&answer));
            }
        });
        Self {
            base,
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        drop(TcpStream::connect(self.base.trim_start_matches("http://")));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
