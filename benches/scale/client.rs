//! A client that asks at a rate, whatever the answers take: an answer that is late counts from when it was due.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::host::Host;

/// Connections, each with a thread of its own.
const CONNECTIONS: usize = 32;

/// Rounds of one measurement.
pub const ROUNDS: usize = 9;

/// One request.
pub struct Ask(Vec<u8>);

impl Ask {
    /// Of a visitor.
    pub fn get(path: &str) -> Self {
        Self(format!("GET {path} HTTP/1.1\r\nHost: bench\r\nUser-Agent: bench\r\n\r\n").into())
    }

    /// Of a program.
    pub fn get_with_key(path: &str, key: &str) -> Self {
        Self(
            format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n\r\n")
                .into(),
        )
    }
}

/// How long answers took, in milliseconds from when they were due.
pub struct Timing {
    pub p50: f64,
    pub p99: f64,
    pub refused: usize,
}

/// Drives so many rounds. What is told is each figure's median over them: a stall of the machine itself is in one or two of them.
pub fn drive_rounds(host: &Host, asks: &[Ask], rate: f64, round: Duration) -> Timing {
    let rounds: Vec<Timing> = (0..ROUNDS)
        .map(|_| drive(host, asks, rate, round))
        .collect();
    median(&rounds)
}

/// Each figure's median; the refused are all of them.
pub fn median(rounds: &[Timing]) -> Timing {
    let middle = |figure: fn(&Timing) -> f64| {
        let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    Timing {
        p50: middle(|round| round.p50),
        p99: middle(|round| round.p99),
        refused: rounds.iter().map(|round| round.refused).sum(),
    }
}

/// Sends the requests in turn, so many a second over all.
pub fn drive(host: &Host, asks: &[Ask], rate: f64, time: Duration) -> Timing {
    let total = (rate * time.as_secs_f64()) as usize;
    let (next, began) = (AtomicUsize::new(0), Instant::now());
    let answers: Vec<(f64, u16)> = std::thread::scope(|threads| {
        let workers: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                threads.spawn(|| {
                    let mut connection =
                        BufReader::new(TcpStream::connect(("127.0.0.1", host.port)).unwrap());
                    let mut answers = Vec::new();
                    loop {
                        let turn = next.fetch_add(1, Ordering::Relaxed);
                        if turn >= total {
                            return answers;
                        }
                        let due = began + Duration::from_secs_f64(turn as f64 / rate);
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        connection
                            .get_mut()
                            .write_all(&asks[turn % asks.len()].0)
                            .unwrap();
                        let status = answer(&mut connection);
                        answers.push((due.elapsed().as_secs_f64() * 1e3, status));
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    let mut times: Vec<f64> = answers.iter().map(|(time, _)| *time).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Timing {
        p50: at(0.50),
        p99: at(0.99),
        refused: answers
            .iter()
            .filter(|(_, status)| matches!(status, 429 | 503))
            .count(),
    }
}

/// Reads one answer to its end; its status.
fn answer(connection: &mut BufReader<TcpStream>) -> u16 {
    let (mut status, mut length) = (0, 0);
    let mut line = String::new();
    loop {
        line.clear();
        connection.read_line(&mut line).unwrap();
        let text = line.trim_end().to_ascii_lowercase();
        if text.is_empty() {
            break;
        }
        if let Some(rest) = text.strip_prefix("http/1.1 ") {
            status = rest[..3].parse().unwrap();
        }
        if let Some(value) = text.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    std::io::copy(&mut connection.take(length), &mut std::io::sink()).unwrap();
    status
}
