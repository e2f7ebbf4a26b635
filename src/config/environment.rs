//! The environment as a value, so that tests bring their own. The only code that reads the process's.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::error::Problem;
use super::key::{PREFIX, keys};
use super::layer::LayerValues;
use super::nearest::nearest;
use super::origin::{Layer, Origin};

/// No value of ours is longer; a device or a log named by mistake is refused instead of swallowed.
const LONGEST_FILE_BYTES: u64 = 64 * 1024;

/// What a service manager tells a process it starts.
#[derive(Debug, Clone, Default)]
pub struct Manager {
    /// Where systemd put credentials.
    pub credentials_directory: Option<PathBuf>,
    /// Where it waits to hear that we are ready.
    pub notify_socket: Option<String>,
}

/// Environment variables by name.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// The variables of this process.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the process environment"
    )]
    pub fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
                .collect(),
        )
    }

    /// Exactly these variables.
    pub fn from_pairs<N: Into<String>, V: Into<OsString>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }

    /// What the service manager said.
    pub fn manager(&self) -> Manager {
        let text = |name: &str| {
            self.0
                .get(name)
                .and_then(|value| value.to_str())
                .map(ToOwned::to_owned)
        };
        Manager {
            credentials_directory: self.0.get("CREDENTIALS_DIRECTORY").map(PathBuf::from),
            notify_socket: text("NOTIFY_SOCKET"),
        }
    }

    /// Whether the user asked for plain output (<https://no-color.org>).
    pub fn no_color(&self) -> bool {
        self.0
            .get("NO_COLOR")
            .is_some_and(|value| !value.is_empty())
    }

    /// Whether nothing shall move on the screen: plain output, or a machine that builds.
    pub fn wants_plain(&self) -> bool {
        let says = |name| self.0.get(name).is_some_and(|value| !value.is_empty());
        self.no_color() || says("CI")
    }

    /// The values our variables, the files they name and the credentials folder give.
    pub(super) fn layer(&self, problems: &mut Vec<Problem>) -> LayerValues {
        let mut layer = LayerValues::default();
        let credentials = self.0.get("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        for key in keys() {
            let variable = key.variable();
            let file_variable = format!("{variable}_FILE");
            let mut found: Vec<(String, String)> = Vec::new();
            if let Some(text) = self.text(&variable, problems) {
                found.push((variable, text));
            }
            if let Some(path) = self.text(&file_variable, problems) {
                match read_value(Path::new(&path)) {
                    Ok(text) => found.push((file_variable, text)),
                    Err(reason) => {
                        problems.push(Problem::Unreadable {
                            what: format!("{path} (from {file_variable})"),
                            reason,
                        });
                    }
                }
            }
            if let Some(path) = credentials
                .as_ref()
                .map(|folder| folder.join(key.name))
                .filter(|path| path.is_file())
            {
                match read_value(&path) {
                    Ok(text) => found.push((format!("credential {}", key.name), text)),
                    Err(reason) => problems.push(Problem::Unreadable {
                        what: path.display().to_string(),
                        reason,
                    }),
                }
            }
            let mut found = found.into_iter();
            match (found.next(), found.next()) {
                (Some((first, _)), Some((second, _))) => {
                    problems.push(Problem::Twice {
                        key: key.name,
                        places: [first, second],
                    });
                }
                (Some((place, text)), None) => {
                    layer.give(key, text, Origin::new(Layer::Environment, place))
                }
                (None, _) => {}
            }
        }
        self.refuse_unknown(problems);
        layer
    }

    /// The text of a variable; an empty one counts as not set.
    fn text(&self, variable: &str, problems: &mut Vec<Problem>) -> Option<String> {
        let value = self.0.get(variable).filter(|value| !value.is_empty())?;
        let text = value.to_str().map(str::to_owned);
        if text.is_none() {
            problems.push(Problem::Malformed {
                place: variable.to_owned(),
                reason: "is not UTF-8 text".to_owned(),
            });
        }
        text
    }

    fn refuse_unknown(&self, problems: &mut Vec<Problem>) {
        let ours = || keys().flat_map(|key| [key.variable(), format!("{}_FILE", key.variable())]);
        for name in self.0.keys().filter(|name| name.starts_with(PREFIX)) {
            if ours().any(|known| known == *name) {
                continue;
            }
            let leaf_separator = if name.contains("__") { "__" } else { PREFIX };
            let nearest = nearest(name, ours(), leaf_separator).or_else(|| by_leaf(name));
            problems.push(Problem::Unknown {
                place: String::new(),
                name: name.clone(),
                nearest,
            });
        }
    }
}

/// `STEADING_LISTEN` means `STEADING_SERVER__LISTEN`: the one key whose last part it is.
fn by_leaf(name: &str) -> Option<String> {
    let leaf = name.strip_prefix(PREFIX)?.to_lowercase();
    let mut same = keys().filter(|key| key.leaf() == leaf);
    match (same.next(), same.next()) {
        (Some(only), None) => Some(only.variable()),
        _ => None,
    }
}

/// The content of a value's file without the line end an editor leaves.
fn read_value(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(LONGEST_FILE_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(|error| error.to_string())?;
    if text.len() as u64 > LONGEST_FILE_BYTES {
        return Err(format!("it is longer than {LONGEST_FILE_BYTES} bytes"));
    }
    let value = text.trim_end_matches(['\r', '\n']);
    if value.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(value.to_owned())
}
