//! `steading config …`.

use std::os::unix::fs::PermissionsExt;

use crate::harness::engine::Engine;
use crate::harness::process::Home;

fn home() -> Home {
    Home::new(Engine::Sqlite)
        .without_env("STEADING_SERVER__LISTEN")
        .without_env("STEADING_DATA_DIR")
}

#[test]
fn init_writes_a_private_file_that_check_accepts() {
    let home = home();
    home.run(&["config", "init"])
        .expect_code(0)
        .stdout
        .is_empty()
        .then_some(())
        .unwrap();
    let file = home.path().join("steading.toml");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let checked = home
        .run(&["config", "check", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(
        (&checked["ok"], &checked["file"]),
        (&true.into(), &"steading.toml".into())
    );
}

#[test]
fn init_to_standard_output_feeds_check() {
    let home = home();
    let sample = home.run(&["config", "init", "-"]).expect_code(0).stdout;
    let _ = home
        .run_with_input(&["config", "check", "-"], &sample)
        .expect_code(0);
    let wrong = sample.replace(
        "#listen = \"127.0.0.1:8080\"",
        "listen = \"127.0.0.1:port\"",
    );
    let done = home
        .run_with_input(&["config", "check", "-"], &wrong)
        .expect_code(78);
    assert!(done.stderr.contains("standard input:"), "{done:?}");
}

#[test]
fn init_never_replaces_a_file_unasked() {
    let home = home();
    let file = home.path().join("steading.toml");
    std::fs::write(&file, "tenancy = \"multi\"\n").unwrap();
    let done = home.run(&["config", "init"]).expect_code(73);
    assert!(done.stderr.contains("--yes"), "{done:?}");
    let _ = home.run(&["config", "init", "--dry-run"]).expect_code(0);
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "tenancy = \"multi\"\n"
    );
    let _ = home.run(&["config", "init", "--yes"]).expect_code(0);
    assert!(std::fs::read_to_string(&file).unwrap().contains("#tenancy"));
    let _ = home
        .run(&["config", "init", "missing/folder/steading.toml"])
        .expect_code(73);
}

#[test]
fn a_bad_port_is_78_and_names_its_line() {
    let home = home();
    std::fs::write(
        home.path().join("steading.toml"),
        "[server]\nlisten = \"127.0.0.1:99999\"\n",
    )
    .unwrap();
    let done = home.run(&["config", "check"]).expect_code(78);
    assert!(
        done.stderr.contains("steading.toml:2: server.listen: "),
        "{done:?}"
    );
    let answer = home
        .run(&["config", "check", "--json"])
        .expect_code(78)
        .json();
    assert_eq!(answer["problems"].as_array().unwrap().len(), 1);
}

#[test]
fn print_shows_each_layer_and_its_origin() {
    let home = home();
    std::fs::write(home.path().join("steading.toml"), "[backup]\nkeep = 3\n").unwrap();
    let home = home
        .env("STEADING_TENANCY", "multi")
        .env("STEADING_METRICS__TOKEN", "hunter2");
    let arguments = ["--listen", "127.0.0.1:9", "config", "print"];
    let table = home.run(&arguments).expect_code(0).stdout;
    for row in [
        ["backup.keep", "3", "file steading.toml:1"],
        ["tenancy", "multi", "env STEADING_TENANCY"],
        ["server.listen", "127.0.0.1:9", "flag --listen"],
        ["server.public_url", "http://127.0.0.1:9", "default"],
        ["metrics.token", "[redacted]", "env STEADING_METRICS__TOKEN"],
    ] {
        let origin = row[2].replace("toml:1", "toml:2");
        let found = table.lines().any(|line| {
            line.starts_with(row[0])
                && line.contains(&format!(" {} ", row[1]))
                && line.ends_with(&origin)
        });
        assert!(found, "{row:?} is not in\n{table}");
    }
    let json = home
        .run(&[&arguments[..], &["--json"]].concat())
        .expect_code(0)
        .json();
    assert_eq!(json["file"], "steading.toml");
    assert!(!json.to_string().contains("hunter2"));
}

#[test]
fn print_shows_what_is_there_even_when_it_does_not_hold() {
    let home = home().env("STEADING_SERVER__LISTEN", "nonsense");
    let done = home.run(&["config", "print"]).expect_code(78);
    assert!(
        done.stdout.contains("nonsense")
            && done
                .stderr
                .contains("STEADING_SERVER__LISTEN: server.listen"),
        "{done:?}"
    );
}

#[test]
fn the_named_file_wins_over_the_usual_one_and_must_exist() {
    let home = home();
    std::fs::write(home.path().join("steading.toml"), "tenancy = \"multi\"\n").unwrap();
    std::fs::write(home.path().join("other.toml"), "signup = \"closed\"\n").unwrap();
    let json = home
        .run(&["config", "print", "--json", "--config", "other.toml"])
        .expect_code(0)
        .json();
    assert_eq!(json["file"], "other.toml");
    assert_eq!(json["settings"][0]["value"], "single");
    let done = home
        .run(&["config", "check", "--config", "missing.toml"])
        .expect_code(78);
    assert!(done.stderr.contains("cannot read missing.toml"), "{done:?}");
}

#[test]
fn schema_is_one_json_value() {
    let schema = home().run(&["config", "schema"]).expect_code(0).json();
    assert_eq!(schema["title"], "Steading configuration");
}

#[test]
fn errors_are_json_lines_when_logs_are() {
    let home = home()
        .env("STEADING_LOG__FORMAT", "json")
        .env("STEADING_SERVER__LISTEN", "nonsense");
    let done = home.run(&["health"]).expect_code(78);
    for line in done.stderr.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&line["level"], &line["exit_code"]),
            (&"ERROR".into(), &78.into())
        );
    }
    assert_eq!(done.stderr.lines().count(), 1);
}
