//! The sample file of `config init`: every key with its sentence, nothing switched on.

use super::key::{Fallback, Key, Kind, SECTIONS, Secrecy};

const INTRO: &str = "\
# Configuration of Steading.
#
# Lines that begin with \"#\" and a key show its default or an example: take the \"#\" away to set it.
# What stands here is overruled by the environment (server.listen by STEADING_SERVER__LISTEN),
# and that by flags (--listen). Any variable may end in _FILE and name a file that holds the value.
# Check with `steading config check`; see what holds, and why, with `steading config print`.
";

/// A complete commented file. As it stands it changes nothing.
pub fn sample() -> String {
    let mut out = INTRO.to_owned();
    for (section, about, keys) in SECTIONS {
        out.push('\n');
        if !section.is_empty() {
            out.push_str(&format!("# {about}\n[{section}]\n"));
        }
        let entries: Vec<String> = keys.iter().map(entry).collect();
        out.push_str(&entries.join("\n"));
    }
    out
}

fn entry(key: &Key) -> String {
    let fallback = match key.fallback {
        Fallback::Value(text) => format!("Default: {text}"),
        Fallback::Derived(words) => format!("Default: {words}"),
        Fallback::Unset(words) => format!("Not given: {words}"),
    };
    let better = match key.secrecy {
        Secrecy::Secret => format!(
            "\n# Better from a file: {}_FILE=/run/secrets/{}",
            key.variable(),
            key.leaf()
        ),
        Secrecy::UrlPassword => format!(
            "\n# With a password better from a file: {}_FILE",
            key.variable()
        ),
        Secrecy::Open => String::new(),
    };
    let value = match key.fallback {
        Fallback::Value(text) => text,
        Fallback::Derived(_) | Fallback::Unset(_) => key.example,
    };
    let doc = wrap(&key.doc.replace('`', ""));
    format!(
        "{doc}# {fallback}.{better}\n#{} = {}\n",
        key.leaf(),
        toml_value(key.kind, value)
    )
    .replace('`', "")
}

fn toml_value(kind: Kind, text: &str) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    match kind {
        Kind::Switch | Kind::Count => text.to_owned(),
        Kind::List => format!(
            "[{}]",
            text.split(',').map(quoted).collect::<Vec<_>>().join(", ")
        ),
        _ => quoted(text),
    }
}

/// Comment lines of at most a hundred columns.
fn wrap(text: &str) -> String {
    let mut lines = vec![String::from("#")];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < 100 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("# {word}")),
        }
    }
    lines.join("\n") + "\n"
}
