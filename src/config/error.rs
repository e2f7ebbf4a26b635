//! What can be wrong with a configuration. All problems are told at once, each with its place;
//! a process that cannot go on because of them ends with exit code 78.

use std::fmt;

/// Everything that is wrong, one line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.problems))]
pub struct ConfigError {
    /// At least one problem, in the order of the layers.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A file cannot be read.
    Unreadable {
        /// What was to be read, and who asked for it.
        what: String,
        /// Why it failed.
        reason: String,
    },
    /// The file is not TOML, or a value has the wrong shape.
    Malformed {
        /// File and line.
        place: String,
        /// What is wrong there.
        reason: String,
    },
    /// A key or variable nobody knows.
    Unknown {
        /// File and line, or empty where the name is the place.
        place: String,
        /// The name as given.
        name: String,
        /// The nearest name that exists.
        nearest: Option<String>,
    },
    /// One key from two places of the same layer.
    Twice {
        /// The key.
        key: &'static str,
        /// Both places.
        places: [String; 2],
    },
    /// A value that its key does not take.
    Invalid {
        /// The key.
        key: &'static str,
        /// Where the value stands.
        place: String,
        /// What is wrong with it; never contains a secret.
        reason: String,
    },
    /// Keys that do not go together.
    Together {
        /// The sentence.
        reason: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { what, reason } => write!(f, "cannot read {what}: {reason}"),
            Self::Malformed { place, reason } => write!(f, "{place}: {reason}"),
            Self::Unknown {
                place,
                name,
                nearest,
            } => {
                if !place.is_empty() {
                    write!(f, "{place}: ")?;
                }
                write!(f, "unknown key {name}")?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean {nearest}?"),
                    None => write!(f, "; `steading config init -` lists every key"),
                }
            }
            Self::Twice {
                key,
                places: [first, second],
            } => {
                write!(
                    f,
                    "{key} is given by both {first} and {second}; keep one of them"
                )
            }
            Self::Invalid { key, place, reason } if place.is_empty() => {
                write!(f, "{key}: {reason}")
            }
            Self::Invalid { key, place, reason } => write!(f, "{place}: {key}: {reason}"),
            Self::Together { reason } => f.write_str(reason),
        }
    }
}

fn lines(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}
