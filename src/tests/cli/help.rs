//! What a person who is new or lost is told.

use crate::harness::engine::Engine;
use crate::harness::process::Home;

/// Words of the overview that are commands: the lines under each group.
fn commands(overview: &str) -> Vec<String> {
    let from = overview.find("\nRun:").unwrap();
    let to = overview.find("\nOptions:").unwrap();
    let lines = overview[from..to]
        .lines()
        .filter(|line| line.starts_with("  "));
    lines
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn alone_it_prints_the_overview() {
    let home = Home::new(Engine::Sqlite);
    let alone = home.run(&[]).expect_code(0).stdout;
    assert_eq!(
        alone,
        home.run(&["--help"])
            .expect_code(0)
            .stdout
            .replace("Print help (see more with '--help')", "Print help")
    );
    assert!(alone.contains("Examples:\n  steading serve"), "{alone}");
    assert!(alone.find("Examples:") < alone.find("Options:"));
    assert!(
        !alone.contains("Other:"),
        "every command stands in a group:\n{alone}"
    );
}

#[test]
fn every_command_explains_itself_without_colour() {
    let home = Home::new(Engine::Sqlite).env("CLICOLOR_FORCE", "1");
    let overview = home.run(&[]).expect_code(0).stdout;
    for command in commands(&overview) {
        let help = home.run(&[&command, "--help"]).expect_code(0).stdout;
        assert!(help.contains("Usage: steading"), "{help}");
        assert!(
            help.trim_end().ends_with("Documentation: docs/."),
            "{command}: {help}"
        );
        assert!(!help.contains('\u{1b}'), "{help}");
    }
}

#[test]
fn a_misspelt_command_is_answered_with_the_right_one() {
    let home = Home::new(Engine::Sqlite);
    for (typed, meant) in [
        ("confg", "config"),
        ("helth", "health"),
        ("verison", "version"),
    ] {
        let done = home.run(&[typed]).expect_code(2);
        assert!(done.stderr.contains(&format!("'{meant}'")), "{done:?}");
    }
}
