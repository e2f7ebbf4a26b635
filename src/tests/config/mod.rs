//! Configuration through its face: sources in, values or sentences out.

mod every_key;
mod files;
mod generated;
mod layers;
mod secrets;
mod unknown;
mod values;

use steading::config::{
    Config, ConfigError, Environment, FileSource, Flags, Loaded, Setting, Sources,
};

/// Sources made of a file's text, variables and flags; nothing of this process.
fn sources(file: &str, variables: &[(&str, &str)], given: &[(&str, &str)]) -> Sources {
    let mut flags = Flags::default();
    for (key, value) in given {
        flags.set(key, Some((*value).to_owned()));
    }
    Sources {
        file: FileSource::Text {
            name: "steading.toml".to_owned(),
            text: file.to_owned(),
        },
        environment: Environment::from_pairs(variables.iter().copied()),
        flags,
    }
}

fn load(file: &str, variables: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
    Config::load(&sources(file, variables, &[]))
}

/// Everything that is wrong, as people read it.
#[track_caller]
fn refusal(file: &str, variables: &[(&str, &str)]) -> String {
    match load(file, variables) {
        Ok(_) => panic!("this should not hold:\n{file}\n{variables:?}"),
        Err(error) => error.to_string(),
    }
}

fn setting<'a>(settings: &'a [Setting], key: &str) -> &'a Setting {
    settings
        .iter()
        .find(|setting| setting.key.name == key)
        .unwrap()
}
