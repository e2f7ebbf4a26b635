//! Small web sites for tests: what a page on another server does, and what the harness itself is tried on.

use std::io::{Read, Write};
use std::net::TcpListener;

/// Answers every request with the page for its path; ends with the test process.
pub fn site(page: impl Fn(&str, &str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let Some(request) = read_request(&mut stream) else {
                continue;
            };
            let target = request.split(' ').nth(1).unwrap_or("/");
            let path = target.split('?').next().unwrap_or("/").to_owned();
            drop(stream.write_all(page(&path, &request).as_bytes()));
        }
    });
    base
}

/// Head and body of one request.
fn read_request(stream: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 8192];
        let length = stream.read(&mut buffer).ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let promised = head
            .to_ascii_lowercase()
            .lines()
            .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= promised.unwrap_or(0) {
            return Some(text);
        }
    }
}

/// An answer with a page.
pub fn html(headers: &str, body: &str) -> String {
    let page = format!("<!doctype html><html lang=en><title>A page</title>{body}");
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{page}",
        page.len()
    )
}
