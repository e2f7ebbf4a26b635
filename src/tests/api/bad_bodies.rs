//! Bodies that cannot be read are refused the same way at every route that takes one.

use std::io::{Read, Write};

use serde_json::json;

use super::shop::{Bad, JSON, Shop, description, furnished, of_a_company};
use crate::harness::engine::Engine;

/// Method and path template of every route that takes a JSON body.
fn with_bodies() -> Vec<(String, String)> {
    let paths = description()["paths"].as_object().unwrap();
    let all: Vec<(String, String)> = paths
        .iter()
        .filter(|(path, _)| of_a_company(path))
        .flat_map(|(path, operations)| {
            operations
                .as_object()
                .unwrap()
                .iter()
                .filter(|(_, operation)| operation.get("requestBody").is_some())
                .map(|(method, _)| (method.to_uppercase(), path.clone()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(all.len() >= 15, "{all:?}");
    all
}

#[test]
fn what_is_no_json_object_is_refused_everywhere() {
    furnished(Engine::Sqlite, |shop| {
        let deep = "[".repeat(200_000);
        let cases: &[(&str, &[u8], u16)] = &[
            ("half an object", b"{\"name\":", 400),
            ("two values", b"{} {}", 400),
            ("no JSON", b"name=Ana", 400),
            ("invalid UTF-8", b"{\"name\":\"\xff\xfe\"}", 400),
            ("half a surrogate", b"{\"name\":\"\\ud800\"}", 400),
            ("a byte order mark", b"\xef\xbb\xbf{}", 400),
            ("NaN", b"{\"name\":NaN}", 400),
            ("too deep", deep.as_bytes(), 422),
            ("an array", b"[]", 422),
            ("a text", b"\"name\"", 422),
            ("null", b"null", 422),
            ("a number", b"5", 422),
            ("unknown members", b"{\"no_such_member\":1}", 422),
        ];
        for (method, path) in with_bodies() {
            for (what, body, status) in cases {
                let what = format!("{method} {path}: {what}");
                shop.refused(&what, &Bad::bytes(&method, &path, *status, body.to_vec()));
            }
            let what = format!("{method} {path}: a form");
            let headers = [("content-type", "application/x-www-form-urlencoded")];
            let form = Bad {
                headers: &headers,
                ..Bad::bytes(&method, &path, 400, b"name=Ana".to_vec())
            };
            shop.refused(&what, &form);
        }
    });
}

#[test]
fn a_body_is_never_larger_than_the_route_takes() {
    furnished(Engine::Sqlite, |shop| {
        for (method, path) in with_bodies() {
            let size = if path == "/events/batch" {
                5 << 20
            } else {
                300 << 10
            };
            let before = shop.rows();
            let status = too_large(shop, &method, &path, size);
            assert_eq!(status, 413, "{method} {path}");
            assert_eq!(before, shop.rows(), "{method} {path}");
        }
        let large = json!({ "email": "a", "password": "x".repeat(2 << 20) }).to_string();
        let origin = shop.server.url("");
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", origin.as_str()),
        ];
        let reply = shop
            .server
            .client()
            .try_send("POST", "/login", &headers, large.as_bytes());
        assert!(reply.is_none_or(|reply| reply.status == 413));
    });
}

/// Announces a body of `size` bytes, sends what the server is willing to read of it, and returns the answer's status.
fn too_large(shop: &Shop<'_>, method: &str, path: &str, size: usize) -> u16 {
    let path = shop.path(path);
    let mut stream = shop.server.connect();
    let key = shop.key();
    let head = format!(
        "{method} /api/v1{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {size}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reader = stream.try_clone().unwrap();
    let writing = std::thread::spawn(move || {
        let chunk = vec![b' '; 64 << 10];
        for _ in 0..=size / chunk.len() {
            // The server stops reading once it is too much.
            if stream.write_all(&chunk).is_err() {
                break;
            }
        }
    });
    let mut answer = [0; 512];
    let length = reader.read(&mut answer).unwrap_or(0);
    drop(reader);
    writing.join().unwrap();
    let text = String::from_utf8_lossy(&answer[..length]).into_owned();
    text.get(9..12)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("{method} {path}: {text:?}"))
}

#[test]
fn a_body_of_unknown_length_is_measured_as_it_comes() {
    furnished(Engine::Sqlite, |shop| {
        let mut stream = shop.server.connect();
        let key = shop.key();
        let head = format!(
            "POST /api/v1/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        for _ in 0..5 {
            stream.write_all(chunk.as_bytes()).unwrap();
        }
        let mut answer = [0; 512];
        let length = stream.read(&mut answer).unwrap();
        let text = String::from_utf8_lossy(&answer[..length]);
        assert!(text.starts_with("HTTP/1.1 413"), "{text}");
    });
}

#[test]
fn a_compressed_body_is_not_blown_up() {
    furnished(Engine::Sqlite, |shop| {
        let headers = [JSON[0], ("content-encoding", "gzip")];
        let bad = Bad {
            headers: &headers,
            ..Bad::bytes(
                "POST",
                "/events",
                400,
                vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3],
            )
        };
        shop.refused("a gzip body", &bad);
    });
}
