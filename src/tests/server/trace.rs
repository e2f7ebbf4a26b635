//! A request can be followed: its id comes in, goes out, and stands in the log and on error pages.

use serde_json::Value;

use crate::harness::company::{OWNER, PASSWORD, owned};
use crate::harness::engine::Engine;
use crate::harness::eventually;

#[test]
fn a_request_id_comes_back_and_stands_in_the_log() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let client = server.client().with_header("x-request-id", "t1");
    assert_eq!(client.get("/login").header("x-request-id"), "t1");
    let page = client.get("/no-such-page").expect(404);
    assert!(page.text().contains("t1"));
    let problem = client.get("/api/v1/no-such-thing").expect(404).json();
    assert_eq!(problem["request_id"], "t1");
    let line = server.stderr.wait_for("the line of the request", |line| {
        line.contains("no-such-page").then(|| line.to_owned())
    });
    assert!(line.contains("t1"), "{line}");

    let own = server
        .client()
        .get("/login")
        .header("x-request-id")
        .to_owned();
    assert!(own.len() >= 16, "{own}");
    for strange in ["a b", "<script>", &"x".repeat(200), "%0a"] {
        let given = server.client().with_header("x-request-id", strange);
        let reply = given.get("/login");
        let answered = reply.header("x-request-id");
        assert_ne!(answered, strange);
        assert!(!answered.is_empty());
    }
}

#[test]
fn logs_for_machines_are_json_from_the_first_line_to_the_last() {
    let home = owned(Engine::Sqlite)
        .env("STEADING_LOG__FORMAT", "json")
        .env("STEADING_LOG__LEVEL", "debug");
    let server = home.serve();
    let client = server.client().with_header("x-request-id", "t1");
    client.get("/no-such-page").expect(404);
    let entered = client.submit("/login", &[("email", OWNER), ("password", PASSWORD)]);
    assert_eq!(entered.location(), "/admin");
    let (stderr, stdout) = (server.stderr.clone(), server.stdout.clone());
    assert_eq!(server.terminate(), 0);

    let said = stderr.text_at_end();
    let lines: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
        .collect();
    assert!(
        lines
            .iter()
            .all(|line| line["timestamp"].is_string() && line["level"].is_string())
    );
    let ready = lines
        .iter()
        .find(|line| line.to_string().contains("Steading is ready"))
        .unwrap_or_else(|| panic!("{said}"));
    assert!(ready.to_string().contains(&home.url("/admin")), "{ready}");
    assert!(lines.iter().any(
        |line| line.to_string().contains("no-such-page") && line.to_string().contains("\"t1\"")
    ));
    assert!(!said.contains(PASSWORD));
    assert_eq!(stdout.text_at_end(), "");
}

#[test]
fn no_log_line_carries_a_token_or_a_password() {
    let home = owned(Engine::Sqlite).env("STEADING_LOG__LEVEL", "trace");
    let server = home.serve();
    let client = server.client();
    client
        .submit("/login", &[("email", OWNER), ("password", PASSWORD)])
        .location();
    client.get("/admin");
    let session = client.cookie("sid").unwrap();
    client.get("/login?next=/admin&secret=shown");
    eventually("the lines are there", || {
        server.stderr.text().contains("/login").then_some(())
    });
    let stderr = server.stderr.clone();
    assert_eq!(server.terminate(), 0);
    let said = stderr.text_at_end();
    assert!(!said.contains(PASSWORD), "the password was logged");
    assert!(!said.contains(&session), "the session was logged");
}
