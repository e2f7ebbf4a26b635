//! From merged text to typed values. Collects every problem instead of stopping at the first,
//! and remembers for each key what was given and by whom.

use std::str::FromStr;

use config::{Value, ValueKind};

use super::error::Problem;
use super::key::{Fallback, Key, Secrecy, keys};
use super::origin::{Layer, Origin};
use super::secret::{REDACTED, Secret, redact_url};

/// One key with what holds for it.
#[derive(Clone)]
pub struct Setting {
    /// The key.
    pub key: &'static Key,
    /// Who gave it.
    pub origin: Origin,
    given: Option<String>,
    derived: Option<String>,
}

impl Setting {
    /// The value as people may see it: secrets replaced, computed defaults filled in.
    pub fn shown(&self) -> Option<String> {
        match (&self.given, self.key.secrecy) {
            (Some(_), Secrecy::Secret) => Some(REDACTED.to_owned()),
            (Some(text), Secrecy::UrlPassword) => Some(redact_url(text)),
            (Some(text), Secrecy::Open) => Some(text.clone()),
            (None, _) => self.derived.clone(),
        }
    }
}

/// Reads typed values by key.
pub(super) struct Reader {
    pub(super) settings: Vec<Setting>,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<String>,
}

impl Reader {
    /// Over the tree the layers merged into.
    pub(super) fn new(merged: &Value, problems: Vec<Problem>) -> Self {
        let setting = |key: &'static Key| {
            let leaf = leaf(merged, key.name);
            let given = leaf.and_then(|value| value.clone().into_string().ok());
            let origin = leaf
                .and_then(Value::origin)
                .map_or(Origin::new(Layer::Default, ""), Origin::from_text);
            Setting {
                key,
                origin,
                given,
                derived: None,
            }
        };
        Self {
            settings: keys().map(setting).collect(),
            problems,
            warnings: Vec::new(),
        }
    }

    /// The parsed value; `None` where it is not given, or wrong (which is then noted).
    pub(super) fn parse_with<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let setting = self
            .settings
            .iter()
            .find(|setting| setting.key.name == name)?;
        let text = setting.given.as_deref()?.trim();
        match parse(text) {
            Ok(value) => Some(value),
            Err(reason) => {
                let reason = match setting.key.secrecy {
                    Secrecy::Open => format!("\"{text}\" {reason}"),
                    Secrecy::UrlPassword | Secrecy::Secret => format!("the value {reason}"),
                };
                self.problems.push(Problem::Invalid {
                    key: name,
                    place: setting.origin.place.clone(),
                    reason,
                });
                None
            }
        }
    }

    /// The same for types that know how they are written.
    pub(super) fn parse<T: FromStr<Err = String>>(&mut self, name: &'static str) -> Option<T> {
        self.parse_with(name, T::from_str)
    }

    /// A list, separated by commas.
    pub(super) fn list<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        let items = |text: &str| {
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(&parse)
                .collect()
        };
        self.parse_with(name, items).unwrap_or_default()
    }

    /// A secret, taken as it is.
    pub(super) fn secret(&mut self, name: &'static str) -> Option<Secret> {
        self.parse_with(name, |text| Ok(Secret::new(text)))
    }

    /// `true` or `false`, in the ways people write that.
    pub(super) fn switch(&mut self, name: &'static str) -> Option<bool> {
        self.parse_with(name, |text| match text.to_ascii_lowercase().as_str() {
            "true" | "on" | "yes" | "1" => Ok(true),
            "false" | "off" | "no" | "0" => Ok(false),
            _ => Err("is neither true nor false".to_owned()),
        })
    }

    /// A whole number between one and `most`.
    pub(super) fn count(&mut self, name: &'static str, most: u32) -> Option<u32> {
        self.parse_with(name, |text| match text.parse() {
            Ok(number) if (1..=most).contains(&number) => Ok(number),
            _ => Err(format!("is not a whole number from 1 to {most}")),
        })
    }

    /// What a computed default came to, for display.
    pub(super) fn derived(&mut self, name: &'static str, value: impl ToString) {
        if let Some(setting) = self
            .settings
            .iter_mut()
            .find(|setting| setting.key.name == name)
        {
            setting.derived = Some(value.to_string());
        }
    }

    /// Whether somebody gave the key.
    pub(super) fn is_given(&self, name: &'static str) -> bool {
        self.origin(name)
            .is_some_and(|origin| origin.layer != Layer::Default)
    }

    /// Who gave the key.
    pub(super) fn origin(&self, name: &'static str) -> Option<&Origin> {
        self.settings
            .iter()
            .find(|setting| setting.key.name == name)
            .map(|setting| &setting.origin)
    }
}

/// The defaults as a layer.
pub(super) fn defaults() -> super::layer::LayerValues {
    let mut layer = super::layer::LayerValues::default();
    for key in keys() {
        if let Fallback::Value(text) = key.fallback {
            layer.give(key, text, Origin::new(Layer::Default, ""));
        }
    }
    layer
}

fn leaf<'v>(tree: &'v Value, name: &str) -> Option<&'v Value> {
    name.split('.')
        .try_fold(tree, |value, part| match &value.kind {
            ValueKind::Table(table) => table.get(part),
            _ => None,
        })
}

/// One word out of a list of words and their meanings.
pub(super) fn choice<T: Copy>(text: &str, choices: &[(&str, T)]) -> Result<T, String> {
    choices
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text))
        .map(|(_, meaning)| *meaning)
        .ok_or_else(|| {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            format!("is none of {}", words.join(", "))
        })
}
