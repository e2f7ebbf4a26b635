//! A mail server of our own: takes what it is told to take, remembers everything it heard.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// A server on a port of its own; it ends with the test process.
#[derive(Clone)]
pub struct Sink {
    pub address: SocketAddr,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    letters: Vec<String>,
    logins: Vec<String>,
    answer: Option<&'static str>,
}

impl Sink {
    /// Listening.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = Self {
            address: listener.local_addr().unwrap(),
            heard: Arc::default(),
        };
        let server = sink.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that breaks off is its own affair.
                let _ = server.talk(stream);
            }
        });
        sink
    }

    /// What it says to each letter from now on, instead of taking it.
    pub fn answers(&self, answer: Option<&'static str>) {
        self.heard().answer = answer;
    }

    /// The letters taken, head and body.
    pub fn letters(&self) -> Vec<String> {
        self.heard().letters.clone()
    }

    /// The credentials shown, as sent (base64).
    pub fn logins(&self) -> Vec<String> {
        self.heard().logins.clone()
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut out = stream.try_clone()?;
        let mut lines = BufReader::new(stream).lines();
        out.write_all(b"220 sink.example ESMTP\r\n")?;
        while let Some(line) = lines.next().transpose()? {
            let word = line.split(' ').next().unwrap_or_default().to_uppercase();
            let reply = match word.as_str() {
                "EHLO" => "250-sink.example\r\n250-8BITMIME\r\n250 AUTH PLAIN",
                "AUTH" => {
                    self.heard().logins.push(line);
                    "235 2.7.0 Welcome"
                }
                "DATA" => {
                    out.write_all(b"354 Go on\r\n")?;
                    let mut letter = String::new();
                    for line in lines.by_ref() {
                        let line = line?;
                        if line == "." {
                            break;
                        }
                        letter.push_str(&line);
                        letter.push('\n');
                    }
                    let mut heard = self.heard();
                    match heard.answer {
                        Some(answer) => answer,
                        None => {
                            heard.letters.push(letter);
                            "250 2.0.0 Ok: queued as 4711"
                        }
                    }
                }
                "QUIT" => {
                    out.write_all(b"221 Bye\r\n")?;
                    return Ok(());
                }
                _ => "250 2.1.0 Ok",
            };
            out.write_all(reply.as_bytes())?;
            out.write_all(b"\r\n")?;
        }
        Ok(())
    }
}
