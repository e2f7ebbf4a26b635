//! Word of how far long work is, for whoever waits for it at a terminal.

use std::fmt;
use std::sync::Arc;

type Hear = dyn Fn(&str, u64, u64) + Send + Sync;

/// Where word of work under way goes; nowhere unless somebody listens. Cheap to clone.
#[derive(Clone, Default)]
pub struct Told(Option<Arc<Hear>>);

impl Told {
    /// To somebody who hears what is worked on, how much of it is done, and of how much: 0 where that is not known.
    pub fn to(hear: impl Fn(&str, u64, u64) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hear)))
    }

    /// Whether somebody listens.
    pub fn is_heard(&self) -> bool {
        self.0.is_some()
    }

    /// Says how far it is.
    pub fn at(&self, what: &str, done: u64, of: u64) {
        if let Some(hear) = &self.0 {
            hear(what, done, of);
        }
    }

    /// For tables whose number of rows is known before they are copied: of how many is said too.
    #[must_use]
    pub fn of_tables(&self, rows: Vec<(String, u64)>) -> Self {
        if !self.is_heard() {
            return Self::default();
        }
        let told = self.clone();
        Self::to(move |table, done, _| {
            let of = rows.iter().find(|(name, _)| name == table);
            told.at(table, done, of.map_or(0, |(_, rows)| *rows));
        })
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told")
    }
}
