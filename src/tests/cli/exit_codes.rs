//! The promised numbers.

use crate::harness::company::owned;
use crate::harness::engine::Engine;
use crate::harness::process::Home;

#[test]
fn each_way_to_end_has_its_number() {
    let home = Home::new(Engine::Sqlite);
    std::fs::write(home.path().join("taken"), "").unwrap();
    let cases: [(&[&str], i32); 8] = [
        (&[], 0),
        (&["--help"], 0),
        (&["--version"], 0),
        (&["version"], 0),
        (&["no-such-command"], 2),
        (&["version", "--no-such-flag"], 2),
        (&["config", "init", "taken"], 73),
        (&["config", "check", "missing"], 78),
    ];
    for (arguments, code) in cases {
        let done = home.run(arguments);
        assert_eq!(done.code, code, "{arguments:?}: {done:?}");
        assert_eq!(
            done.stdout.is_empty(),
            code != 0,
            "data only where it worked: {arguments:?}"
        );
        // Every failure begins the same way, whoever found it.
        let named = done.stderr.starts_with("steading: ") && !done.stderr.contains("error:");
        assert!(code == 0 || named, "{arguments:?}: {}", done.stderr);
    }
}

#[test]
fn a_failure_begins_the_same_beside_a_server() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    for (arguments, code) in [
        (&["key", "revoke", "nobody"][..], 1),
        (&["key", "revoke"], 2),
        (&["audit", "list", "--since", "yesterday"], 65),
    ] {
        let done = home.run(arguments).expect_code(code);
        let named = done.stderr.starts_with("steading: ") && !done.stderr.contains("error:");
        assert!(named, "{arguments:?}: {}", done.stderr);
    }
    drop(server);
}

#[test]
fn help_and_manual_list_them_all() {
    let home = Home::new(Engine::Sqlite);
    let help = home.run(&["help", "exit-codes"]).expect_code(0).stdout;
    let own = home.run(&["exit-codes"]).expect_code(0).stdout;
    let json = home.run(&["exit-codes", "--json"]).expect_code(0).json();
    let listed: Vec<u64> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["code"].as_u64().unwrap())
        .collect();
    assert_eq!(listed, [0, 1, 2, 65, 69, 73, 75, 77, 78]);
    for code in listed {
        for text in [&help, &own] {
            assert!(
                text.lines()
                    .any(|line| line.trim_start().starts_with(&format!("{code}  "))),
                "{code} in {text}"
            );
        }
    }
}

#[test]
fn a_full_target_is_73_and_a_reader_that_left_is_fine() {
    let home = Home::new(Engine::Sqlite);
    let mut full = home.command(["config", "init", "-"]);
    full.stdout(
        std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap(),
    );
    full.stderr(std::process::Stdio::null());
    assert_eq!(full.status().unwrap().code(), Some(73));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut left = home.command(["config", "init", "-"]);
    left.stdout(writer);
    assert_eq!(left.status().unwrap().code(), Some(0));
}

#[test]
fn no_password_is_ever_an_argument() {
    let home = Home::new(Engine::Sqlite);
    let script = home.run(&["completions", "bash"]).expect_code(0).stdout;
    let flags = script
        .split(|c: char| c.is_whitespace() || c == '"')
        .filter(|word| word.starts_with("--"));
    for flag in flags {
        let names_a_secret = ["password", "secret", "token", "passphrase"]
            .iter()
            .any(|word| flag.contains(word));
        let by_stdin_or_file =
            flag.ends_with("-stdin") || flag.ends_with("-file") || flag.starts_with("--with");
        assert!(!names_a_secret || by_stdin_or_file, "{flag}");
    }
}
