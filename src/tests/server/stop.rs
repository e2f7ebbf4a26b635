//! A stop is clean: readiness goes first, what was accepted is answered, and nobody waits for ever.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::harness::company::owned;
use crate::harness::engine::Engine;
use crate::harness::eventually;
use crate::harness::process::Server;

/// A form whose last bytes are still to come.
struct Unfinished {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Unfinished {
    /// Sends the head and half of the body of a sign-in.
    fn begin(server: &Server<'_>) -> Self {
        let body = b"email=nobody%40example.com&password=a+sentence+that+is+wrong&csrf=none";
        let (half, rest) = body.split_at(20);
        let mut stream = server.connect();
        let host = server.url("").replace("http://", "");
        let head = format!(
            "POST /login HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(half).unwrap();
        Self {
            stream,
            rest: rest.to_vec(),
        }
    }

    /// Sends the rest and returns the status of the answer.
    fn finish(mut self) -> u16 {
        self.stream.write_all(&self.rest).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        status_of(&answer).unwrap_or_else(|| panic!("{answer:?}"))
    }
}

fn status_of(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

fn says_it_stops(server: &Server<'_>) {
    server
        .stderr
        .wait_for("the stop", |line| line.contains("Stopping").then_some(()));
}

crate::on_both_engines! {
    fn what_was_accepted_is_answered_and_the_exit_is_clean(engine: Engine) {
        let home = owned(engine);
        let server = home.serve();
        let unfinished = Unfinished::begin(&server);
        let watcher = server.client();
        assert_eq!(watcher.get("/readyz").status, 200);

        let (over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
        let asked = AtomicBool::new(false);
        std::thread::scope(|threads| {
            for path in ["/login", "/api/v1/me", "/steading.js", "/r/nothing"] {
                let (client, over, answered, asked) = (server.client(), &over, &answered, &asked);
                threads.spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        // No answer means that it was not accepted any more.
                        let Some(reply) = client.try_get(path) else { break };
                        // 503 from whoever stands in at the port; before the stop there is no reason for one.
                        assert!(reply.status < 500 || reply.status == 503, "{path}: {} {}", reply.status, reply.text());
                        assert!(reply.status < 500 || asked.load(Ordering::Relaxed), "{path}: 503 before the stop");
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            eventually("the load is under way", || (answered.load(Ordering::Relaxed) > 50).then_some(()));
            let began = Instant::now();
            asked.store(true, Ordering::Relaxed);
            server.signal("TERM");
            says_it_stops(&server);
            eventually("readiness is withdrawn", || {
                watcher.try_get("/readyz").is_none_or(|reply| reply.status == 503).then_some(())
            });
            assert_eq!(unfinished.finish(), 403, "the form was carried out or lost");
            let code = server.wait();
            over.store(true, Ordering::Relaxed);
            assert_eq!(code, 0);
            assert!(began.elapsed() < Duration::from_secs(25));
        });
    }
}

/// What a visitor with a connection of their own gets: the status, or nothing where the port is closed.
fn knock(address: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    // The answers of a stopping server end their connection, so that this ends.
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn new_connections_are_answered_until_the_last_request_is_done() {
    let home = owned(Engine::Sqlite).env("STEADING_LOG__LEVEL", "info");
    let server = home.serve();
    let unfinished = Unfinished::begin(&server);
    let address = server.url("").replace("http://", "");
    let (over, turned_away) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|threads| {
        server.signal("TERM");
        says_it_stops(&server);
        let knocking: Vec<_> = (0..12)
            .map(|number| {
                let path = ["/login", "/healthz", "/api/v1/me", "/readyz"][number % 4];
                let (address, over, turned_away) = (&address, &over, &turned_away);
                threads.spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        let answer =
                            knock(address, path).unwrap_or_else(|why| panic!("{path}: {why}"));
                        let status =
                            status_of(&answer).unwrap_or_else(|| panic!("{path}: {answer:?}"));
                        assert!([200, 401, 503].contains(&status), "{path}: {answer}");
                        let head = answer.to_ascii_lowercase();
                        assert!(
                            head.contains("\r\nconnection: close\r\n"),
                            "{path}: {answer}"
                        );
                        if status == 503 {
                            assert!(head.contains("\r\nretry-after: "), "{path}: {answer}");
                            if path != "/readyz" {
                                turned_away.fetch_add(1, Ordering::Relaxed);
                            }
                        }
                    }
                })
            })
            .collect();
        // Long after the program's own listener is closed, and while the form still holds the drain.
        eventually("newcomers are told to come back", || {
            (turned_away.load(Ordering::Relaxed) > 200).then_some(())
        });
        let ready = knock(&address, "/readyz").unwrap();
        assert!(
            ready.starts_with("HTTP/1.1 503 ") && ready.contains("stopping"),
            "{ready}"
        );
        assert!(
            knock(&address, "/healthz")
                .unwrap()
                .starts_with("HTTP/1.1 200 ")
        );
        over.store(true, Ordering::Relaxed);
        for one in knocking {
            one.join().unwrap();
        }
    });
    assert_eq!(unfinished.finish(), 403);
    assert_eq!(server.wait(), 0);
}

#[test]
fn readiness_goes_while_open_connections_are_still_served() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let unfinished = Unfinished::begin(&server);
    let mut open = server.connect();
    let mut ask = || {
        open.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .ok()?;
        let mut answer = [0; 4096];
        let length = open.read(&mut answer).ok()?;
        status_of(&String::from_utf8_lossy(&answer[..length]))
    };
    assert_eq!(ask(), Some(200));
    server.signal("TERM");
    says_it_stops(&server);
    let last = eventually("another answer than ready", || match ask() {
        Some(200) => None,
        other => Some(other),
    });
    assert_eq!(last, Some(503));
    assert_eq!(unfinished.finish(), 403);
    assert_eq!(server.wait(), 0);
}

#[test]
fn an_idle_connection_does_not_hold_the_stop() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let mut idle = server.connect();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .unwrap();
    let mut answer = [0; 4096];
    assert!(idle.read(&mut answer).unwrap() > 0);
    let asked = Instant::now();
    assert_eq!(server.terminate(), 0);
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "{:?}",
        asked.elapsed()
    );
}

#[test]
fn a_second_signal_stops_at_once() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let unfinished = Unfinished::begin(&server);
    server.signal("TERM");
    says_it_stops(&server);
    let asked = Instant::now();
    server.signal("INT");
    let stderr = server.stderr.clone();
    server.wait();
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "{:?}",
        asked.elapsed()
    );
    assert!(
        stderr.text_at_end().contains("at once"),
        "{}",
        stderr.text()
    );
    drop(unfinished);
    assert_eq!(home.serve().terminate(), 0);
}
