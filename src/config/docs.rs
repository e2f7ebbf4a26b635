//! The page `docs/configuration.md`, made from the table of keys; a test compares it with the file.

use super::key::{Fallback, Key, SECTIONS, Secrecy};

const INTRO: &str = "\
# Configuration

Steading starts without any configuration. Everything below is optional.

## Where values come from

Each layer overrules the one before it:

1. the defaults of this page;
2. the file: the one `--config` names, else `./steading.toml`, else `/etc/steading/steading.toml`;
3. the environment: `STEADING_` and the key in capitals, sections joined by two underscores (`server.listen` is
   `STEADING_SERVER__LISTEN`);
4. flags (`--listen`).

Every variable also exists with `_FILE` at its end: `STEADING_MAIL__SMTP_URL_FILE=/run/secrets/smtp` takes the value from
that file, without the line end. A credential that systemd passes (`LoadCredential=mail.smtp_url:/etc/…`) counts the same
way when it bears the name of a key. Two of these for one key are an error that names both.

An empty value counts as not given. An unknown key in the file, or an unknown variable that begins with `STEADING_`, is an
error that names the nearest key. Whatever is wrong is told at once, with file and line, and ends the process with exit
code 78.

| Command | What it does |
|---|---|
| `steading config init` | writes a commented sample |
| `steading config check` | checks without starting; `-` checks standard input |
| `steading config print` | shows what holds and where each value came from, without secrets |
| `steading config schema` | prints a JSON Schema for editors |
";

/// The page.
pub fn docs() -> String {
    let mut out = INTRO.to_owned();
    for (section, about, keys) in SECTIONS {
        let heading = if section.is_empty() {
            "Top of the file".to_owned()
        } else {
            format!("`[{section}]`")
        };
        out.push_str(&format!("\n## {heading}\n\n{about}\n\n"));
        out.push_str("| Key | Environment | Default | What it does |\n|---|---|---|---|\n");
        for key in *keys {
            out.push_str(&row(key));
        }
    }
    out
}

fn row(key: &Key) -> String {
    let fallback = match key.fallback {
        Fallback::Value(text) => format!("`{text}`"),
        Fallback::Derived(words) => words.to_owned(),
        Fallback::Unset(words) => format!("unset: {words}"),
    };
    let flag = key
        .flag
        .map(|flag| format!("<br>flag `{flag}`"))
        .unwrap_or_default();
    let secret = match key.secrecy {
        Secrecy::Secret => " Secret: never shown.",
        Secrecy::UrlPassword => " A password in it is never shown.",
        Secrecy::Open => "",
    };
    format!(
        "| `{}` | `{}`{flag} | {fallback} | {}{secret} |\n",
        key.name,
        key.variable(),
        key.doc
    )
}
