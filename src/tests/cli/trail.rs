//! `audit`, `jobs` and `mail` at the terminal: beside a running server and alone.

use serde_json::Value;

use crate::harness::engine::Engine;
use crate::harness::process::Home;
use crate::harness::smtp::Sink;
use crate::on_both_engines;

fn home(engine: Engine) -> (Home, Sink) {
    let sink = Sink::start();
    let url = format!("smtp://tea:secret-of-the-sink@{}", sink.address);
    let home = Home::new(engine)
        .env("STEADING_MAIL__SMTP_URL", &url)
        .env("STEADING_MAIL__FROM", "Tea <tea@example.com>");
    (home, sink)
}

fn json(home: &Home, arguments: &[&str], code: i32) -> Value {
    let done = home.run(arguments).expect_code(code);
    serde_json::from_str(&done.stdout).unwrap()
}

fn tell_the_story(home: &Home, sink: &Sink) {
    let test = ["mail", "test", "--to", "ana@example.org", "--json"];
    let tested = json(home, &test, 0);
    assert_eq!(tested["state"], "sent");
    assert_eq!(tested["answer"], "250 2.0.0 Ok: queued as 4711");
    sink.answers(Some("550 5.7.1 Go away"));
    let refused = home.run(&test[..4]).expect_code(1);
    assert!(refused.stdout.contains("Go away"), "{}", refused.stdout);
    sink.answers(None);

    let list = ["audit", "list", "--action", "mail.tested", "--json"];
    let events = json(home, &list, 0);
    assert_eq!(events.as_array().unwrap().len(), 2);
    assert_eq!(events[0]["actor"]["kind"], "shell");
    assert!(
        events[0]["changes"]["answer"]["after"]
            .as_str()
            .unwrap()
            .contains("Go away")
    );
    let none = home
        .run(&["audit", "list", "--actor", "nobody"])
        .expect_code(0);
    assert_eq!(none.stdout, "");
    let bad = home
        .run(&["audit", "list", "--since", "yesterday"])
        .expect_code(65);
    assert!(bad.stderr.contains("since"), "{}", bad.stderr);
    let file = home
        .run(&["audit", "export", "--product", "mailing"])
        .expect_code(0);
    let lines: Vec<&str> = file.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{}", file.stdout);
    assert!(lines[0].starts_with("id,at,actor_kind,"));

    json(home, &["jobs", "run", "--json"], 0);
    let waits = json(home, &["jobs", "list", "--all", "--json"], 0);
    assert!(
        waits
            .as_array()
            .unwrap()
            .iter()
            .any(|job| job["kind"] == "jobs.tidy"),
        "{waits}"
    );
    let due = json(home, &["jobs", "run", "--dry-run", "--json"], 0);
    assert_eq!(due.as_array().unwrap().len(), 0, "{due}");
    let recurring = waits
        .as_array()
        .unwrap()
        .iter()
        .find(|job| job["kind"] == "jobs.tidy")
        .unwrap();
    home.run(&["jobs", "retry", recurring["id"].as_str().unwrap()])
        .expect_code(1);
    home.run(&["jobs", "cancel", "job_01h455vb4pex5vsknk084sn02q"])
        .expect_code(1);
    home.run(&["jobs", "cancel", "prt_01h455vb4pex5vsknk084sn02q"])
        .expect_code(2);
}

on_both_engines! {
    fn the_commands_work_beside_a_running_server(engine: Engine) {
        let (home, sink) = home(engine);
        let server = home.serve();
        tell_the_story(&home, &sink);
        assert_eq!(server.terminate(), 0);
    }

    fn the_commands_work_without_a_server(engine: Engine) {
        let (home, sink) = home(engine);
        home.run(&["jobs", "run"]).expect_code(0);
        tell_the_story(&home, &sink);
    }
}

#[test]
fn no_secret_of_the_mail_server_is_told() {
    let (home, _sink) = home(Engine::Sqlite);
    for arguments in [
        &["mail", "test", "--to", "ana@example.org"][..],
        &["audit", "export"],
        &["config", "print"],
    ] {
        let done = home.run(arguments).expect_code(0);
        let all = format!("{}{}", done.stdout, done.stderr);
        assert!(!all.contains("secret-of-the-sink"), "{arguments:?}");
    }
}
