//! One question to one name server, and its answer. An answer counts only from the server's own address and port (the socket is
//! connected), with the number drawn for this question and the question itself in it.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use super::packet::{self, Reply};
use super::{Texts, Trouble};

/// More than any server sends to somebody who did not offer to take more than 512 bytes.
const DATAGRAM: usize = 4_096;

/// Asks for the texts at a name.
pub(super) async fn ask(server: SocketAddr, name: &str) -> Result<Texts, Trouble> {
    let mut number = [0; 2];
    getrandom::fill(&mut number).map_err(|error| Trouble::Unreachable(error.to_string()))?;
    let number = u16::from_be_bytes(number);
    let question = packet::question(number, name)?;
    match by_udp(server, &question, number, name).await? {
        Some(answer) => answer,
        None => by_tcp(server, &question, number, name).await,
    }
}

/// The answer, or nothing where it did not fit.
async fn by_udp(
    server: SocketAddr,
    question: &[u8],
    number: u16,
    name: &str,
) -> Result<Option<Result<Texts, Trouble>>, Trouble> {
    let any = match server {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let socket = UdpSocket::bind(any).await.map_err(|e| unreachable(&e))?;
    socket.connect(server).await.map_err(|e| unreachable(&e))?;
    socket.send(question).await.map_err(|e| unreachable(&e))?;
    let mut buffer = [0; DATAGRAM];
    loop {
        let length = socket
            .recv(&mut buffer)
            .await
            .map_err(|e| unreachable(&e))?;
        match packet::read(buffer.get(..length).unwrap_or_default(), number, name) {
            // Somebody guesses, or an answer comes late: the true one may still come.
            Reply::NotOurs => {}
            Reply::CutShort => return Ok(None),
            Reply::Says(answer) => return Ok(Some(answer)),
        }
    }
}

async fn by_tcp(
    server: SocketAddr,
    question: &[u8],
    number: u16,
    name: &str,
) -> Result<Texts, Trouble> {
    let failed = |error: std::io::Error| unreachable(&error);
    let mut stream = TcpStream::connect(server).await.map_err(failed)?;
    let length = u16::try_from(question.len()).map_err(|_| Trouble::NoName)?;
    let framed = [&length.to_be_bytes(), question].concat();
    stream.write_all(&framed).await.map_err(failed)?;
    let length = stream.read_u16().await.map_err(failed)?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await.map_err(failed)?;
    match packet::read(&answer, number, name) {
        Reply::Says(answer) => answer,
        Reply::NotOurs | Reply::CutShort => Err(Trouble::Unreadable),
    }
}

fn unreachable(error: &std::io::Error) -> Trouble {
    Trouble::Unreachable(error.kind().to_string())
}
