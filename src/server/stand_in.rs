//! The port during a stop: whoever connects while requests drain is told to come back, and not met by silence.
//!
//! The framework closes its listener first and drops what it accepted last. A second handle of the same socket outlives it: what
//! comes in there is answered here, with as little as such an answer needs, until nothing is left to drain.

use std::time::{Duration, Instant};

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Connections answered at once; more wait their turn in the kernel.
const MOST: usize = 512;
/// Longest head that is read.
const HEAD_LIMIT: usize = 16 * 1024;
/// A head must be here this long after its connection opened.
const HEAD_TIME: Duration = Duration::from_secs(2);
/// Closing with bytes unread would reset the connection under the answer: this much and this long is read past.
const REST_LIMIT: usize = 1024 * 1024;
const REST_TIME: Duration = Duration::from_millis(500);
/// The end takes at most this long, however many still come.
const END_WITHIN: Duration = Duration::from_secs(1);
/// Nobody new for this long means that the kernel's queue is empty.
const QUEUE_EMPTY: Duration = Duration::from_millis(5);

/// Answers in place of the program until it is told to end.
pub struct StandIn {
    over: oneshot::Sender<()>,
    answering: tokio::task::JoinHandle<()>,
}

impl StandIn {
    /// Takes over a listening socket.
    ///
    /// # Errors
    /// Where the socket cannot be used.
    pub fn begin(listener: std::net::TcpListener) -> std::io::Result<Self> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let (over, is_over) = oneshot::channel();
        let answering = tokio::spawn(answer_all(listener, is_over));
        Ok(Self { over, answering })
    }

    /// Answers who is in the queue, closes the port, and returns once every answer is sent.
    pub async fn end(self) {
        drop(self.over);
        if tokio::time::timeout(END_WITHIN, self.answering)
            .await
            .is_err()
        {
            tracing::debug!("Somebody connected at the very end and got no answer");
        }
    }
}

async fn answer_all(listener: TcpListener, mut over: oneshot::Receiver<()>) {
    let mut under_way = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = &mut over => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                under_way.spawn(answer(stream));
            }
            // Out of descriptors, or the visitor left: neither is cured by asking at once again.
            Err(_) => tokio::time::sleep(QUEUE_EMPTY).await,
        }
        while under_way.try_join_next().is_some() {}
        if under_way.len() >= MOST {
            under_way.join_next().await;
        }
    }
    // Closing a port resets whoever waits in its queue. With room for nobody the kernel passes over those who knock now; they
    // knock again, and by then it is closed.
    if let Err(error) = SockRef::from(&listener).listen(0) {
        tracing::debug!(%error, "The queue of new connections could not be shortened");
    }
    let deadline = Instant::now() + END_WITHIN / 2;
    while Instant::now() < deadline {
        let Ok(Ok((stream, _))) = tokio::time::timeout(QUEUE_EMPTY, listener.accept()).await else {
            break;
        };
        under_way.spawn(answer(stream));
    }
    drop(listener);
    while under_way.join_next().await.is_some() {}
}

/// One request, one answer, and the connection ends. A visitor who leaves is no failure of ours.
async fn answer(mut stream: TcpStream) {
    let Ok(Some(line)) = tokio::time::timeout(HEAD_TIME, request_line(&mut stream)).await else {
        return;
    };
    let text = said(&line);
    if stream.write_all(text.as_bytes()).await.is_err() || stream.shutdown().await.is_err() {
        return;
    }
    let rest = async {
        let mut buffer = [0; 4096];
        let mut seen = 0;
        while seen < REST_LIMIT {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(length) => seen += length,
            }
        }
    };
    drop(tokio::time::timeout(REST_TIME, rest).await);
}

/// The first line of a request, once its whole head is here.
async fn request_line(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let length = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        head.extend_from_slice(buffer.get(..length)?);
        if head.windows(4).any(|four| four == b"\r\n\r\n") || head.len() > HEAD_LIMIT {
            let line = head.split(|byte| *byte == b'\r').next()?;
            return Some(String::from_utf8_lossy(line).into_owned());
        }
    }
}

/// Alive, and not ready for anything.
fn said(line: &str) -> String {
    let mut words = line.split(' ');
    let (method, path) = (words.next(), words.next().unwrap_or_default());
    let (status, more, body) = match path.split('?').next() {
        Some("/healthz") => ("200 OK", "", "ok\n"),
        _ => (
            "503 Service Unavailable",
            "retry-after: 1\r\n",
            "not ready: stopping\n",
        ),
    };
    let shown = if method == Some("HEAD") { "" } else { body };
    format!(
        "HTTP/1.1 {status}\r\n{more}connection: close\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n\
         content-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\r\n{shown}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn everything_but_the_sign_of_life_is_told_to_come_back() {
        assert!(said("GET /healthz HTTP/1.1").starts_with("HTTP/1.1 200 "));
        assert!(said("GET /healthz HTTP/1.1").ends_with("\r\n\r\nok\n"));
        for line in [
            "GET /readyz HTTP/1.1",
            "POST /api/v1/events HTTP/1.1",
            "",
            "nonsense",
        ] {
            let answer = said(line);
            assert!(answer.starts_with("HTTP/1.1 503 "), "{line}");
            assert!(answer.contains("retry-after: 1\r\nconnection: close\r\n"));
        }
        assert!(said("HEAD /admin HTTP/1.1").ends_with("content-length: 20\r\n\r\n"));
    }
}
