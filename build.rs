//! Tells the program which source it was built from. Works without git, and without a history:
//! what is not known is left out. The same source gives the same answers.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    println!("cargo:rerun-if-env-changed=SOURCE_COMMIT");
    // A debug build would otherwise be built anew after every commit; releases begin from a fresh clone.
    let watched: &[&str] = if variable("PROFILE").as_deref() == Some("release") {
        &["HEAD", "logs/HEAD"]
    } else {
        &["HEAD"]
    };
    for name in watched {
        if let Some(path) =
            git(&["rev-parse", "--git-path", name]).filter(|path| Path::new(path).exists())
        {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    // Where rustc links with its own LLD: identical functions once (most queries exist for two engines), relocations packed
    // (read by glibc 2.36 and later, as in Debian 12). Together a tenth of the binary.
    let is_release = variable("PROFILE").as_deref() == Some("release");
    if is_release && variable("TARGET").as_deref() == Some("x86_64-unknown-linux-gnu") {
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    let rustc = variable("RUSTC").unwrap_or_else(|| "rustc".to_owned());
    set(
        "BUILD_COMMIT",
        variable("SOURCE_COMMIT").or_else(|| git(&["rev-parse", "HEAD"])),
    );
    set(
        "BUILD_DATE_EPOCH",
        variable("SOURCE_DATE_EPOCH")
            .or_else(|| git(&["show", "--no-patch", "--format=%ct", "HEAD"])),
    );
    set("BUILD_RUSTC", said(&rustc, &["--version"]));
    set("BUILD_TARGET", variable("TARGET"));
    for (made, packed) in [
        ("notices.gz", file("THIRD-PARTY-NOTICES")),
        ("sheet.gz", sheet()),
        ("htmx.gz", file("static/vendor/htmx.min.js")),
        ("app.gz", file("static/app.js")),
        ("steading.gz", file("static/steading.js")),
        ("favicon.gz", file("static/favicon.svg")),
    ] {
        if let Err(error) = packed.and_then(|bytes| pack(made, &bytes)) {
            println!("cargo::error={made} cannot be made: {error}");
        }
    }
}

fn file(path: &str) -> std::io::Result<Vec<u8>> {
    println!("cargo:rerun-if-changed={path}");
    std::fs::read(path)
}

/// The style sheet with Pico written where it is imported: one request instead of two in a row.
fn sheet() -> std::io::Result<Vec<u8>> {
    const IMPORT: &str = r#"@import url("vendor/pico.min.css") layer(pico);"#;
    let text = |path| file(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let (sheet, pico) = (
        text("static/steading.css")?,
        text("static/vendor/pico.min.css")?,
    );
    let pico = pico.trim_start_matches("@charset \"UTF-8\";");
    Ok(sheet
        .replacen(IMPORT, &format!("@layer pico{{{pico}}}"), 1)
        .into_bytes())
}

/// What is long travels packed in the binary, where it takes a fifth of its room.
fn pack(name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let target = Path::new(&variable("OUT_DIR").unwrap_or_default()).join(name);
    let mut packed = GzEncoder::new(File::create(target)?, Compression::best());
    packed.write_all(bytes)?;
    packed.finish().map(drop)
}

fn set(name: &str, value: Option<String>) {
    if let Some(value) = value {
        println!("cargo:rustc-env={name}={value}");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo speaks to build scripts by the environment"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Asks git only about this folder's own history, not about one around an unpacked archive.
fn git(arguments: &[&str]) -> Option<String> {
    Path::new(".git")
        .exists()
        .then(|| said("git", arguments))
        .flatten()
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let line = String::from_utf8(output.stdout)
        .ok()?
        .lines()
        .next()?
        .trim()
        .to_owned();
    (!line.is_empty()).then_some(line)
}
