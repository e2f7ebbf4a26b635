//! The configuration file: which one counts, and its values with their lines.

use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::error::Problem;
use super::key::{Key, Kind, SECTIONS, keys};
use super::layer::LayerValues;
use super::nearest::nearest;
use super::origin::{Layer, Origin};

/// Where the file layer comes from.
#[derive(Debug, Clone, Default)]
pub enum FileSource {
    /// `./steading.toml`, else `/etc/steading/steading.toml`, else none.
    #[default]
    Search,
    /// This file, which must exist.
    At(PathBuf),
    /// This text, under a name for messages; for standard input and tests.
    Text {
        /// What messages call it.
        name: String,
        /// The TOML.
        text: String,
    },
    /// No file at all.
    Nothing,
}

/// Looked for in this order.
const USUAL_PLACES: [&str; 2] = ["./steading.toml", "/etc/steading/steading.toml"];

/// Whether a file of this name is read without being asked for.
pub fn is_usual_file(name: &str) -> bool {
    USUAL_PLACES
        .iter()
        .any(|place| place.strip_prefix("./").unwrap_or(place) == name)
}

impl FileSource {
    /// Name and text of the file; `None` where there is none.
    pub(super) fn open(&self, problems: &mut Vec<Problem>) -> Option<(String, String)> {
        let path = match self {
            Self::Nothing => return None,
            Self::Text { name, text } => return Some((name.clone(), text.clone())),
            Self::At(path) => path.clone(),
            // A file that is there but may not be read must not be passed over in silence.
            Self::Search => PathBuf::from(
                USUAL_PLACES
                    .into_iter()
                    .find(|path| Path::new(path).symlink_metadata().is_ok())?,
            ),
        };
        let name = path
            .strip_prefix("./")
            .unwrap_or(&path)
            .display()
            .to_string();
        match std::fs::read_to_string(&path) {
            Ok(text) => Some((name, text)),
            Err(error) => {
                problems.push(Problem::Unreadable {
                    what: name,
                    reason: error.to_string(),
                });
                None
            }
        }
    }
}

/// The values of a TOML text.
pub(super) fn layer(name: &str, text: &str, problems: &mut Vec<Problem>) -> LayerValues {
    let mut walk = Walk {
        name,
        text,
        layer: LayerValues::default(),
        problems,
    };
    match DeTable::parse(text) {
        Ok(table) => walk.table("", table.get_ref()),
        Err(error) => {
            let place = walk.place(error.span().map_or(0, |span| span.start));
            walk.problems.push(Problem::Malformed {
                place,
                reason: error.message().to_owned(),
            });
        }
    }
    walk.layer
}

struct Walk<'a> {
    name: &'a str,
    text: &'a str,
    layer: LayerValues,
    problems: &'a mut Vec<Problem>,
}

impl Walk<'_> {
    fn place(&self, offset: usize) -> String {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        format!(
            "{}:{}",
            self.name,
            before.iter().filter(|byte| **byte == b'\n').count() + 1
        )
    }

    fn table(&mut self, section: &str, table: &DeTable<'_>) {
        for (leaf, value) in table {
            let name = if section.is_empty() {
                leaf.get_ref().to_string()
            } else {
                format!("{section}.{}", leaf.get_ref())
            };
            let place = self.place(leaf.span().start);
            match (keys().find(|key| key.name == name), value.get_ref()) {
                (Some(key), value) => self.value(key, place, value),
                (None, DeValue::Table(inner)) if is_section(&name) || !inner.is_empty() => {
                    self.table(&name, inner)
                }
                (None, _) if is_section(&name) => {
                    let reason = format!("{name} is a section; write [{name}] and its keys below");
                    self.problems.push(Problem::Malformed { place, reason });
                }
                (None, _) => {
                    let nearest = nearest(&name, keys().map(|key| key.name.to_owned()), ".");
                    self.problems.push(Problem::Unknown {
                        place,
                        name,
                        nearest,
                    });
                }
            }
        }
    }

    fn value(&mut self, key: &Key, place: String, value: &DeValue<'_>) {
        match plain(value, key.kind == Kind::List) {
            Ok(text) => self.layer.give(key, text, Origin::new(Layer::File, place)),
            Err(found) => {
                let reason = format!("{} must be {}, not {found}", key.name, wanted(key.kind));
                self.problems.push(Problem::Malformed { place, reason });
            }
        }
    }
}

fn is_section(name: &str) -> bool {
    SECTIONS
        .iter()
        .any(|(section, _, _)| !section.is_empty() && *section == name)
}

/// A value as the text its key's parser reads, the same that the environment would give.
fn plain(value: &DeValue<'_>, list: bool) -> Result<String, &'static str> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) => Ok(number.as_str().replace('_', "")),
        DeValue::Boolean(on) => Ok(on.to_string()),
        DeValue::Array(items) if list => {
            let items: Result<Vec<String>, _> = items
                .iter()
                .map(|item| plain(item.get_ref(), false))
                .collect();
            Ok(items?.join(","))
        }
        DeValue::Array(_) => Err("an array"),
        DeValue::Float(_) => Err("a fraction"),
        DeValue::Datetime(_) => Err("a date"),
        DeValue::Table(_) => Err("a table"),
    }
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::List => "a list of texts",
        Kind::Switch => "true or false",
        Kind::Count => "a whole number",
        _ => "text",
    }
}
