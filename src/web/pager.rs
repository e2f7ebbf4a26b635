//! Pages of a list by keyset: no offset, no count unless asked, no row twice or missing while others are added.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Error, Result};

/// Rows of a page where nobody says.
pub const DEFAULT_LIMIT: usize = 50;
/// Rows of a page at most.
pub const MAX_LIMIT: usize = 200;

/// Where the next page begins: the last row's sort value and id. Opaque to callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The sort value as text; empty where the id alone sorts.
    pub value: String,
    /// The id in text form.
    pub id: String,
}

impl Cursor {
    /// After a row.
    pub fn after(value: impl Into<String>, id: impl ToString) -> Self {
        Self {
            value: value.into(),
            id: id.to_string(),
        }
    }

    /// As it travels.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}\u{1f}{}", self.id, self.value))
    }

    /// From what came back.
    ///
    /// # Errors
    /// [`Error::Invalid`] for anything we did not give out in this shape.
    pub fn decode(text: &str) -> Result<Self> {
        let bad = || {
            Error::invalid(
                "cursor",
                "Take the cursor from the answer before, unchanged.",
            )
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
        let text = String::from_utf8(bytes).map_err(|_| bad())?;
        let (id, value) = text.split_once('\u{1f}').ok_or_else(bad)?;
        Ok(Self {
            value: value.to_owned(),
            id: id.to_owned(),
        })
    }
}

/// What every list takes from its query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// Rows wanted.
    pub limit: usize,
    /// Where to begin.
    pub cursor: Option<Cursor>,
    /// Whether to count all rows of the filtered set.
    pub total: bool,
    /// Whether the list runs the other way: oldest first where newest is the habit, from Z where it is from A.
    pub reversed: bool,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            limit: DEFAULT_LIMIT,
            cursor: None,
            total: false,
            reversed: false,
        }
    }
}

impl Paging {
    /// From the query's own words.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit outside 1 to 200 or a foreign cursor.
    pub fn read(limit: &str, cursor: &str, total: &str) -> Result<Self> {
        let limit = match limit {
            "" => DEFAULT_LIMIT,
            text => text
                .parse::<usize>()
                .ok()
                .filter(|limit| (1..=MAX_LIMIT).contains(limit))
                .ok_or_else(|| {
                    Error::invalid("limit", format!("Ask for 1 to {MAX_LIMIT} rows."))
                })?,
        };
        let cursor = if cursor.is_empty() {
            None
        } else {
            Some(Cursor::decode(cursor)?)
        };
        Ok(Self {
            limit,
            cursor,
            total: matches!(total, "true" | "1"),
            reversed: false,
        })
    }

    /// Rows to fetch: one more than wanted tells whether another page follows.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(50) + 1
    }

    /// Makes a page of what [`Paging::fetch`] brought; `key` gives a row's place.
    pub fn page<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> Cursor) -> Page<T> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = if more { rows.last().map(key) } else { None };
        Page {
            rows,
            next,
            total: None,
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// Rows of the whole filtered set, where it was asked for.
    pub total: Option<i64>,
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(change).collect(),
            next: self.next,
            total: self.total,
        }
    }
}
