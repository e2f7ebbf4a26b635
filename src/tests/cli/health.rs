//! `steading health` against servers that are well, unwell, silent and gone.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::harness::engine::Engine;
use crate::harness::process::Home;

/// Answers one request with `answer`, and hands back its first line.
fn server(answer: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
        line
    });
    (address, asked)
}

fn home(address: &str) -> Home {
    Home::new(Engine::Sqlite).env("STEADING_SERVER__LISTEN", address)
}

#[test]
fn a_server_that_is_well_is_zero() {
    let (address, asked) = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let done = home(&address).run(&["health"]).expect_code(0);
    assert_eq!(done.stdout, "ok\n");
    assert_eq!(asked.join().unwrap(), "GET /healthz HTTP/1.1\r\n");
}

#[test]
fn a_server_that_is_not_ready_is_one() {
    let (address, asked) = server("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    let answer = home(&address)
        .run(&["health", "--ready", "--json"])
        .expect_code(1)
        .json();
    assert_eq!(
        (&answer["healthy"], &answer["status"]),
        (&false.into(), &503.into())
    );
    assert_eq!(asked.join().unwrap(), "GET /readyz HTTP/1.1\r\n");
}

#[test]
fn something_else_on_the_port_is_one() {
    let (address, _asked) = server("SSH-2.0-OpenSSH\r\n");
    let done = home(&address).run(&["health"]).expect_code(1);
    assert!(done.stderr.contains("not HTTP"), "{done:?}");
}

#[test]
fn a_server_that_is_gone_is_one() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let done = home(&address).run(&["health"]).expect_code(1);
    assert!(done.stderr.contains("does not answer"), "{done:?}");
}

#[test]
fn a_server_that_never_answers_is_one_before_an_orchestrator_gives_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let begun = Instant::now();
    let done = home(&listener.local_addr().unwrap().to_string())
        .run(&["health"])
        .expect_code(1);
    assert!(done.stderr.contains("does not answer"), "{done:?}");
    // The bound a person waits for, not a measurement: the probe's own patience is three seconds.
    assert!(begun.elapsed() < Duration::from_secs(20));
}
