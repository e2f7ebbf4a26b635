//! The papers are there, lead somewhere, name only commands that exist, and hold no password.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::engine::Engine;
use crate::harness::process::Home;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below these folders and at the top that a reader may open.
fn files_below(folders: &[&str]) -> Vec<PathBuf> {
    let mut waiting: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    let mut files = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

fn papers() -> Vec<(PathBuf, String)> {
    let mut papers = files_below(&["docs"]);
    papers.extend(["README.md", "SECURITY.md", "CHANGELOG.md"].map(|name| root().join(name)));
    papers.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    papers
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(&path).unwrap()))
        .collect()
}

#[test]
fn links_between_papers_lead_somewhere() {
    for (path, text) in papers() {
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = target.split('#').next().unwrap();
            if !target.contains("://") && !file.is_empty() {
                let there = path.parent().unwrap().join(file);
                assert!(there.exists(), "{}: {target} leads nowhere", path.display());
            }
        }
    }
}

#[test]
fn every_command_the_papers_name_exists() {
    let home = Home::new(Engine::Sqlite);
    let mut named: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut texts = papers();
    let unit = root().join("packaging/systemd/steading.service");
    texts.push((unit.clone(), fs::read_to_string(unit).unwrap()));
    for (_, text) in &texts {
        // A command may be broken over two lines of prose.
        let text = text.replace('\n', " ");
        for rest in text
            .split("`steading ")
            .skip(1)
            .chain(text.split("/steading steading ").skip(1))
        {
            let command = rest.split('`').next().unwrap();
            let words = command
                .split_whitespace()
                .take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            named.insert(
                words
                    .filter(|word| !word.starts_with('-'))
                    .map(ToOwned::to_owned)
                    .collect(),
            );
        }
    }
    assert!(named.len() > 3, "found only {named:?}");
    for words in named {
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("--help");
        let done = home.run(&arguments);
        assert_eq!(
            done.code,
            0,
            "`steading {}` is named but unknown: {}",
            words.join(" "),
            done.stderr
        );
    }
}

#[test]
fn no_sample_holds_a_password() {
    for path in files_below(&["docs", "docker", "packaging", "scripts"]) {
        let text = fs::read_to_string(&path).unwrap().to_lowercase();
        for weak in [
            "admin123",
            "test123",
            "changeme",
            "change-me",
            "password=secret",
            "postgres:postgres",
        ] {
            assert!(!text.contains(weak), "{} holds {weak}", path.display());
        }
    }
}

#[test]
fn the_changelog_speaks_of_this_version() {
    let changelog = fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    let upgrading = fs::read_to_string(root().join("docs/upgrading.md")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert!(changelog.contains(&format!("\n## {version}")));
    assert!(upgrading.contains(&format!("\n### {version}")));
    let dockerfile = fs::read_to_string(root().join("docker/Dockerfile")).unwrap();
    assert!(dockerfile.contains(&format!("ARG VERSION={version}\n")));
}

#[test]
fn scripts_may_be_run() {
    use std::os::unix::fs::PermissionsExt;
    for path in files_below(&["scripts", ".ci"]) {
        assert!(is_executable(&path), "{}", path.display());
    }
    fn is_executable(path: &Path) -> bool {
        fs::metadata(path).unwrap().permissions().mode() & 0o111 != 0
    }
}
