//! Whoever sends slowly is cut off; whoever waits behind them is served.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::shop::{Shop, furnished};
use crate::harness::engine::Engine;

/// What the contract of patience says.
const CLOSED_WITHIN: Duration = Duration::from_secs(35);

/// Opens a connection, sends a beginning, and never the rest.
fn stalled(shop: &Shop<'_>, beginning: &str) -> TcpStream {
    let mut stream = shop.server.connect();
    stream.write_all(beginning.as_bytes()).unwrap();
    stream
}

#[test]
fn slow_senders_are_closed_and_keep_nobody_out() {
    furnished(Engine::Sqlite, |shop| {
        let rows = shop.rows();
        let key = shop.key();
        let host = shop.server.url("").replace("http://", "");
        let head = |path: &str, kind: &str| {
            format!(
                "POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\nauthorization: Bearer {key}\r\n\
                 content-type: {kind}\r\ncontent-length: 1000\r\n\r\n{{"
            )
        };
        let json = "application/json";
        let reverse = format!("/api/v1{}", shop.path("/commissions/{id}/reverse"));
        let beginnings = [
            (
                "half a head",
                "GET /api/v1/me HTTP/1.1\r\nhost: lo".to_owned(),
            ),
            ("an event", head("/api/v1/events", json)),
            ("a batch", head("/api/v1/events/batch", json)),
            ("an optional body", head(&reverse, json)),
            (
                "another optional body",
                head("/api/v1/payout-batches", json),
            ),
            ("a browser's claim", head("/r/identify", "text/plain")),
            (
                "a sign-in",
                head("/login", "application/x-www-form-urlencoded"),
            ),
        ];
        let begun = Instant::now();
        let mut streams: Vec<(&str, TcpStream)> = beginnings
            .iter()
            .map(|(what, beginning)| (*what, stalled(shop, beginning)))
            .collect();
        // One who sends a byte now and then, so that no gap is long.
        let mut dripping = stalled(shop, &head("/api/v1/events", json));
        let drip = dripping.try_clone().unwrap();
        streams.push(("a drip", drip));
        let tap = std::thread::spawn(move || {
            while begun.elapsed() < CLOSED_WITHIN && dripping.write_all(b" ").is_ok() {
                std::thread::sleep(Duration::from_secs(1));
            }
        });

        for _ in 0..20 {
            shop.client.get("/api/v1/me").expect(200);
        }
        for (what, stream) in &mut streams {
            let left = CLOSED_WITHIN.saturating_sub(begun.elapsed());
            stream
                .set_read_timeout(Some(left.max(Duration::from_millis(1))))
                .unwrap();
            let mut answer = Vec::new();
            let ended = stream.read_to_end(&mut answer);
            let text = String::from_utf8_lossy(&answer).into_owned();
            // A reset is an end as well; a timeout of ours is not.
            let is_open = ended.is_err_and(|why| {
                matches!(
                    why.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                )
            });
            assert!(
                !is_open,
                "{what} is still open after {:?}: {text}",
                begun.elapsed()
            );
            assert!(
                text.is_empty() || text.starts_with("HTTP/1.1 4"),
                "{what}: {text}"
            );
        }
        tap.join().unwrap();
        assert_eq!(rows, shop.rows());
    });
}
