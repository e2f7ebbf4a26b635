//! A frozen company is read only from the shell of its machine as well; what shuts somebody out, and what the operator decides, goes on.

use crate::harness::process::Home;
use crate::harness::rows::Behind;
use crate::on_both_engines;

const WRITERS: &[&[&str]] = &[
    &["demo", "load", "--yes"],
    &["demo", "load", "--dry-run"],
    &["demo", "clear", "--yes"],
    &["key", "create", "--name", "late", "--scopes", "*"],
    &[
        "key",
        "create",
        "--name",
        "late",
        "--scopes",
        "*",
        "--dry-run",
    ],
    &["user", "invite", "bo@example.com", "--role", "viewer"],
    &["user", "enable", "ana@example.com"],
    &["mail", "test", "--to", "bo@example.com"],
    &["jobs", "run"],
    &["jobs", "cancel", "job_01h455vb4pex5vsknk084sn02q"],
    &["jobs", "retry", "job_01h455vb4pex5vsknk084sn02q"],
    &["tenant", "project", "create", "autumn", "--name", "Autumn"],
    &[
        "tenant",
        "project",
        "rename",
        "spring",
        "--name",
        "Spring tea",
    ],
    &["tenant", "project", "archive", "spring"],
    &["tenant", "domain", "add", "ebb", "late.ebb.example"],
    &["tenant", "domain", "verify", "ebb", "partners.ebb.example"],
    &[
        "tenant",
        "domain",
        "remove",
        "ebb",
        "partners.ebb.example",
        "--yes",
    ],
];

/// Tried below with what they need besides.
const TRIED: &[&str] = &["tenant import", "user create"];

/// Commands that name a company and write nothing into it, or that the operator decides by.
const OTHERS: &[&str] = &[
    "audit export",
    "audit list",
    "backup create",
    "jobs list",
    "key list",
    "key revoke",
    "migrate check",
    "migrate down",
    "migrate force",
    "migrate status",
    "migrate up",
    "migrate version",
    "restore",
    "tenant activate",
    "tenant archive",
    "tenant create",
    "tenant delete",
    "tenant domain list",
    "tenant export",
    "tenant freeze",
    "tenant health",
    "tenant keep",
    "tenant list",
    "tenant project list",
    "tenant reset-demo",
    "tenant set",
    "tenant show",
    "user disable",
    "user list",
    "user reset-password",
];

/// Every command that takes a company, by its help.
fn commands(home: &Home, path: &[String], found: &mut Vec<String>) {
    let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
    arguments.push("--help");
    let help = home.run(&arguments).expect_code(0).stdout;
    let listed: Vec<&str> = help
        .split("Options:")
        .next()
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once("  "))
        .map(|(name, _)| name)
        .filter(|name| *name != "help" && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
        .filter(|name| !name.is_empty())
        .collect();
    if listed.is_empty() && !path.is_empty() {
        let name = path.join(" ");
        if help.contains("--tenant <SLUG>") || path[0] == "tenant" {
            found.push(name);
        }
        return;
    }
    for name in listed {
        let mut deeper = path.to_vec();
        deeper.push(name.to_owned());
        commands(home, &deeper, found);
    }
}

#[test]
fn every_command_upon_a_company_is_tried_or_known_to_write_nothing() {
    let home = Home::new(crate::harness::engine::Engine::Sqlite);
    let mut found = Vec::new();
    commands(&home, &[], &mut found);
    assert!(found.len() > 30, "{found:?}");
    for name in &found {
        let is_tried = WRITERS
            .iter()
            .any(|writer| writer.join(" ").starts_with(name.as_str()));
        assert!(
            is_tried || TRIED.contains(&name.as_str()) || OTHERS.contains(&name.as_str()),
            "steading {name}: does it write into a frozen company?"
        );
    }
}

on_both_engines! {
    fn nothing_is_written_into_a_frozen_company_from_the_shell(engine: Engine) {
        let home = Home::new(engine).env("STEADING_TENANCY", "multi");
        let owner = ["tenant", "create", "ebb", "--owner-email", "ana@example.com", "--password-stdin"];
        home.run_with_input(&owner, "a sentence that is long enough").expect_code(0);
        home.run(&["tenant", "create", "flow"]).expect_code(0);
        home.run(&["tenant", "project", "create", "spring", "--name", "Spring", "--tenant", "ebb"]).expect_code(0);
        home.run(&["tenant", "domain", "add", "ebb", "partners.ebb.example"]).expect_code(0);
        home.run(&["key", "create", "--name", "shop", "--scopes", "*", "--tenant", "ebb"]).expect_code(0);
        home.run(&["tenant", "export", "flow", "flow.steading"]).expect_code(0);
        home.run(&["tenant", "create", "shut"]).expect_code(0);
        for slug in ["ebb", "shut"] {
            home.run(&["tenant", "freeze", slug]).expect_code(0);
        }
        let server = home.serve();
        let mut behind = Behind::of(&home);
        let before = behind.rows();
        let refuse = |arguments: &[&str]| {
            let refused = home.run(arguments).expect_code(77);
            assert!(refused.stderr.contains("This company is frozen"), "{arguments:?}: {}", refused.stderr);
        };
        for writer in WRITERS {
            let of_slug = writer.contains(&"ebb");
            let all = if of_slug { writer.to_vec() } else { [*writer, &["--tenant", "ebb"]].concat() };
            refuse(&all);
        }
        let create = ["user", "create", "bo@example.com", "--role", "viewer", "--password-stdin", "--tenant", "ebb"];
        let refused = home.run_with_input(&create, "a sentence that is long enough").expect_code(77);
        assert!(refused.stderr.contains("This company is frozen"), "{}", refused.stderr);
        refuse(&["tenant", "import", "flow.steading", "--as", "shut"]);
        assert_eq!(behind.rows(), before);

        // What shuts somebody out, and what the operator decides about the company.
        home.run(&["key", "revoke", "shop", "--tenant", "ebb"]).expect_code(0);
        home.run(&["tenant", "set", "ebb", "--plan", "growth", "--product", "partners", "--knob", "members=5"]).expect_code(0);
        home.run(&["tenant", "activate", "ebb"]).expect_code(0);
        home.run(&["key", "create", "--name", "late", "--scopes", "*", "--tenant", "ebb"]).expect_code(0);
        drop(server);
    }
}
