//! What one configuration key is: its name, its kind, its sentence.
//! The keys themselves stand beside the struct they fill; [`keys`] is the one table of all of them,
//! from which the sample file, the JSON Schema, `config print` and the docs page are made.

use super::{
    backup, bootstrap, database, instance, keyring, limits, log, mail, metrics, outbound, server,
};

/// One configuration key.
#[derive(Debug)]
pub struct Key {
    /// Dotted name as in the file, `server.listen`.
    pub name: &'static str,
    /// What its value looks like.
    pub kind: Kind,
    /// What holds when nobody gives it.
    pub fallback: Fallback,
    /// How much of it may be shown.
    pub secrecy: Secrecy,
    /// The command line flag that sets it, if there is one.
    pub flag: Option<&'static str>,
    /// A valid value for the sample file; empty for secrets, which never have a sample.
    pub example: &'static str,
    /// What it does, in whole sentences.
    pub doc: &'static str,
}

/// What the value of a key looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A path of the file system.
    Path,
    /// `address:port`.
    Address,
    /// A URL.
    Url,
    /// A mail address.
    Email,
    /// `true` or `false`.
    Switch,
    /// A whole number, at least one.
    Count,
    /// One word of these.
    Choice(&'static [&'static str]),
    /// Several values: a TOML array, or text with commas.
    List,
}

/// What holds when a key is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// This value.
    Value(&'static str),
    /// A value computed from other keys or the machine, described in words.
    Derived(&'static str),
    /// Nothing; the words say what that means.
    Unset(&'static str),
}

/// How much of a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    /// All of it.
    Open,
    /// It is a URL that may carry a password: all but that.
    UrlPassword,
    /// Nothing.
    Secret,
}

impl Key {
    pub(super) const fn new(name: &'static str, kind: Kind, fallback: Fallback) -> Self {
        Self {
            name,
            kind,
            fallback,
            secrecy: Secrecy::Open,
            flag: None,
            example: "",
            doc: "",
        }
    }

    pub(super) const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    pub(super) const fn example(mut self, example: &'static str) -> Self {
        self.example = example;
        self
    }

    pub(super) const fn flag(mut self, flag: &'static str) -> Self {
        self.flag = Some(flag);
        self
    }

    pub(super) const fn secrecy(mut self, secrecy: Secrecy) -> Self {
        self.secrecy = secrecy;
        self
    }

    /// The environment variable that sets it: `STEADING_SERVER__LISTEN`.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.replace('.', "__").to_uppercase())
    }

    /// The section of the file it stands in; empty for the top of the file.
    pub fn section(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(section, _)| section)
    }

    /// Its name within the section.
    pub fn leaf(&self) -> &'static str {
        self.name
            .split_once('.')
            .map_or(self.name, |(_, leaf)| leaf)
    }
}

/// What every variable of ours begins with.
pub(super) const PREFIX: &str = "STEADING_";

/// The sections of the file in their order, each with one sentence and its keys.
pub const SECTIONS: &[(&str, &str, &[Key])] = &[
    ("", "The instance as a whole.", instance::KEYS),
    (
        "server",
        "Where the server listens and how the world reaches it.",
        server::KEYS,
    ),
    ("database", "Where the data lives.", database::KEYS),
    (
        "keys",
        "The key ring that seals credentials and payee details.",
        keyring::KEYS,
    ),
    ("mail", "How mail leaves.", mail::KEYS),
    (
        "outbound",
        "Calls that the server makes to other machines.",
        outbound::KEYS,
    ),
    (
        "backup",
        "Backups that the server makes by itself.",
        backup::KEYS,
    ),
    (
        "bootstrap",
        "The first owner, for set-ups without a browser.",
        bootstrap::KEYS,
    ),
    ("limits", "How much one company may ask for.", limits::KEYS),
    ("metrics", "Figures for Prometheus.", metrics::KEYS),
    ("log", "What is written to standard error.", log::KEYS),
];

/// Every key, in the order of the file.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    SECTIONS.iter().flat_map(|(_, _, keys)| keys.iter())
}
