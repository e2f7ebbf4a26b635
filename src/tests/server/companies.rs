//! Where many companies are served: what a start says, what a log line says, and how many may come at once.

use std::process::Command;

use serde_json::Value;

use crate::harness::engine::Engine;
use crate::harness::http::Client;
use crate::harness::process::{Home, Server};

const BASE: &str = "steading.test";

fn two_companies(engine: Engine) -> Home {
    let home = Home::new(engine)
        .env("STEADING_TENANCY", "multi")
        .env("STEADING_SERVER__BASE_DOMAIN", BASE);
    for slug in ["acme", "beta"] {
        home.run(&["tenant", "create", slug]).expect_code(0);
    }
    home
}

fn id(home: &Home, slug: &str) -> String {
    let shown = home.run(&["tenant", "show", slug, "--json"]);
    shown.expect_code(0).json()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn asks(server: &Server<'_>, id: &str) -> Client {
    server.client().with_header("x-request-id", id)
}

#[test]
fn a_log_line_names_the_company_it_is_about() {
    let home = two_companies(Engine::Sqlite).env("STEADING_LOG__FORMAT", "json");
    let server = home.serve();
    let at_acme = format!("acme.{BASE}");
    asks(&server, "by-path").get("/t/beta/api/v1/links");
    asks(&server, "by-host")
        .with_header("host", &at_acme)
        .get("/api/v1/links");
    asks(&server, "of-nobody").get("/login");
    let said = server.stderr.clone();
    assert_eq!(server.terminate(), 0);
    let said = said.text_at_end();
    let company_of = |request: &str| {
        let line = said
            .lines()
            .find(|line| line.contains(request) && line.contains("Answered"))
            .unwrap_or_else(|| panic!("{said}"));
        let line: Value = serde_json::from_str(line).unwrap();
        let fields = if line["fields"].is_object() {
            &line["fields"]
        } else {
            &line
        };
        fields.get("tenant.id").cloned()
    };
    assert_eq!(company_of("by-path"), Some(id(&home, "beta").into()));
    assert_eq!(company_of("by-host"), Some(id(&home, "acme").into()));
    assert_eq!(company_of("of-nobody"), None);
}

#[test]
fn a_start_names_addresses_that_are_there() {
    let home = two_companies(Engine::Sqlite);
    let server = home.serve();
    server.setup_path();
    let said = server.stderr.text();
    for address in [home.url("/operator\n"), home.url("/t/<slug>/api/docs\n")] {
        assert!(said.contains(&address), "{address} is missing:\n{said}");
    }
}

#[test]
fn connections_leave_descriptors_for_the_companies() {
    let home = two_companies(Engine::Sqlite);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 1024; exec \"$@\"", "sh"]);
    let serve = home.command(["serve"]);
    command.arg(serve.get_program()).args(serve.get_args());
    command.current_dir(serve.get_current_dir().unwrap());
    command.env_clear();
    for (name, value) in serve.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let server = home.start_command(command);
    server.wait_until_ready();
    let first = server.client();
    first.get("/t/acme/r/none").expect(404);
    // More than there are descriptors; those beyond the bound wait where the system keeps them.
    let crowd: Vec<_> = (0..1_100).map(|_| server.connect()).collect();
    first.get("/t/beta/r/none").expect(404);
    drop(crowd);
    server.client().get("/t/beta/r/none").expect(404);
    let said = server.stderr.clone();
    assert_eq!(server.terminate(), 0);
    let said = said.text_at_end();
    assert!(!said.contains("open files"), "{said}");
}
