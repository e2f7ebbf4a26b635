//! What holds for each key, whatever keys there are.

use std::collections::BTreeSet;

use steading::config::{Key, Kind, Layer, REDACTED, Secrecy, keys};

use super::{load, refusal, setting};

const SECRET: &str = "first:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn value(key: &Key) -> &'static str {
    if key.secrecy == Secrecy::Secret {
        SECRET
    } else {
        key.example
    }
}

/// What a key needs beside it to have an effect.
fn companions(key: &Key) -> Vec<(String, String)> {
    let needed: &[(&str, &str)] = match key.name {
        "database.owner_url" | "database.listen_url" => {
            &[("STEADING_DATABASE__URL", "postgres://app@localhost/other")]
        }
        "bootstrap.owner_email" => &[("STEADING_BOOTSTRAP__OWNER_PASSWORD", "correct horse")],
        "bootstrap.owner_password" => &[("STEADING_BOOTSTRAP__OWNER_EMAIL", "ada@example.com")],
        _ => &[],
    };
    needed
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

#[test]
fn each_is_set_by_its_variable_and_reaches_its_struct() {
    for key in keys() {
        let mut variables = companions(key);
        let before = load("", &borrowed(&variables)).unwrap();
        variables.push((key.variable(), value(key).to_owned()));
        let after =
            load("", &borrowed(&variables)).unwrap_or_else(|error| panic!("{}: {error}", key.name));
        let found = setting(&after.settings, key.name);
        assert_eq!(found.origin.to_string(), format!("env {}", key.variable()));
        let shown = if key.secrecy == Secrecy::Secret {
            REDACTED
        } else {
            value(key)
        };
        assert_eq!(found.shown().as_deref(), Some(shown), "{}", key.name);
        assert_ne!(
            format!("{:?}", before.config),
            format!("{:?}", after.config),
            "{} has no effect",
            key.name
        );
    }
}

#[test]
fn each_is_set_by_a_file_that_its_variable_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("value");
    for key in keys() {
        std::fs::write(&path, format!("{}\n", value(key))).unwrap();
        let mut variables = companions(key);
        variables.push((
            format!("{}_FILE", key.variable()),
            path.display().to_string(),
        ));
        let loaded = load("", &borrowed(&variables)).unwrap();
        let found = setting(&loaded.settings, key.name);
        assert_eq!(found.origin.place, format!("{}_FILE", key.variable()));
        let shown = if key.secrecy == Secrecy::Secret {
            REDACTED
        } else {
            value(key)
        };
        assert_eq!(found.shown().as_deref(), Some(shown));
    }
}

#[test]
fn each_refuses_two_places_in_the_environment_and_names_both() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("value").display().to_string();
    for key in keys() {
        std::fs::write(&path, value(key)).unwrap();
        let (direct, file) = (key.variable(), format!("{}_FILE", key.variable()));
        let said = refusal("", &[(direct.as_str(), value(key)), (file.as_str(), &path)]);
        assert!(said.contains(&format!("{direct} and {file};")), "{said}");
    }
}

#[test]
fn each_is_read_from_a_credential_of_its_name() {
    for key in keys() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(key.name), value(key)).unwrap();
        std::fs::write(folder.path().join("of-another-service"), "anything").unwrap();
        let mut variables = companions(key);
        variables.push((
            "CREDENTIALS_DIRECTORY".to_owned(),
            folder.path().display().to_string(),
        ));
        let loaded = load("", &borrowed(&variables)).unwrap();
        assert_eq!(
            setting(&loaded.settings, key.name).origin.to_string(),
            format!("env credential {}", key.name)
        );
        variables.push((key.variable(), value(key).to_owned()));
        let said = refusal("", &borrowed(&variables));
        assert!(
            said.contains(&key.variable()) && said.contains(&format!("credential {}", key.name)),
            "{said}"
        );
    }
}

#[test]
fn each_is_set_by_the_file() {
    for key in keys() {
        let mut file = String::new();
        if !key.section().is_empty() {
            file.push_str(&format!("[{}]\n", key.section()));
        }
        file.push_str(&format!("{} = \"{}\"\n", key.leaf(), value(key)));
        let loaded = load(&file, &borrowed(&companions(key))).unwrap();
        let origin = &setting(&loaded.settings, key.name).origin;
        assert_eq!(
            (origin.layer, origin.place.as_str()),
            (
                Layer::File,
                format!("steading.toml:{}", file.lines().count()).as_str()
            )
        );
    }
}

#[test]
fn each_says_what_it_is() {
    let names: BTreeSet<&str> = keys().map(|key| key.name).collect();
    assert_eq!(names.len(), keys().count(), "a name stands twice");
    for key in keys() {
        assert!(
            key.doc.ends_with('.'),
            "{}: the sentence ends with a full stop",
            key.name
        );
        assert_eq!(
            key.example.is_empty(),
            key.secrecy == Secrecy::Secret,
            "{}: an example, but never of a secret",
            key.name
        );
        assert!(
            !key.doc.contains('|') && !key.doc.contains('\n'),
            "{} stands in a table",
            key.name
        );
        if let Kind::Choice(words) = key.kind {
            assert!(words.contains(&key.example), "{}", key.name);
        }
    }
}
