//! `steading health`: asks the server at the configured address whether it is well. Needs no shell and no curl.

use std::io::{Error, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;

use super::exit::{Exit, Failure, Outcome};
use super::{Context, out};
use crate::config::reachable;

/// Ask the running server whether it is well (exit 0 or 1)
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading health                         is the process alive?
  steading health --ready                 does it take requests?")]
pub struct Health {
    /// Ask whether it takes requests (/readyz) instead of whether it lives (/healthz)
    #[arg(long)]
    ready: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A probe answers within three seconds or counts as failed.
const PATIENCE: Duration = Duration::from_secs(3);

/// The status line is all we read.
const LONGEST_STATUS_LINE: usize = 64;

impl Health {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let listen = context.load()?.config.server.listen;
        if listen.port() == 0 {
            return Err(Failure::new(
                Exit::Usage,
                "server.listen has port 0; pass --listen with the port the server got",
            ));
        }
        let address = reachable(listen);
        let path = if self.ready { "/readyz" } else { "/healthz" };
        let answer = status(address, path).map_err(plain);
        let well = matches!(answer, Ok(200));
        if self.json {
            let error = answer.as_ref().err().map(ToString::to_string);
            out::json(
                &json!({"healthy": well, "address": address, "path": path, "status": answer.ok(), "error": error}),
            )?;
            return if well {
                Ok(())
            } else {
                Err(Failure::silent(Exit::Failed))
            };
        }
        match answer {
            Ok(200) => out::data("ok\n"),
            Ok(status) => Err(Failure::failed(format!(
                "http://{address}{path} answers {status}"
            ))),
            Err(error) => Err(Failure::failed(format!(
                "http://{address}{path} does not answer: {error}"
            ))),
        }
    }
}

/// A socket whose time is up says "would block"; people are told the time.
fn plain(error: Error) -> Error {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Error::new(
            ErrorKind::TimedOut,
            format!("nothing within {} seconds", PATIENCE.as_secs()),
        ),
        _ => error,
    }
}

/// The status code of a GET, or why there was none in time.
fn status(address: SocketAddr, path: &str) -> Result<u16, Error> {
    let end = Instant::now() + PATIENCE;
    let left = || {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            Err(Error::from(ErrorKind::TimedOut))
        } else {
            Ok(left)
        }
    };
    let mut stream = TcpStream::connect_timeout(&address, left()?)?;
    stream.set_write_timeout(Some(left()?))?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: steading-health\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut line = Vec::new();
    let mut chunk = [0; LONGEST_STATUS_LINE];
    while line.len() < LONGEST_STATUS_LINE && !line.contains(&b'\n') {
        stream.set_read_timeout(Some(left()?))?;
        match stream.read(&mut chunk)? {
            0 => break,
            count => line.extend_from_slice(chunk.get(..count).unwrap_or_default()),
        }
    }
    let line = String::from_utf8_lossy(&line);
    let code = line
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split_whitespace().nth(1))
        .and_then(|code| code.parse().ok());
    code.ok_or_else(|| Error::new(ErrorKind::InvalidData, "the answer is not HTTP"))
}
