//! The query of an address: its parameters, read once, unknown ones refused at the API.

use std::str::FromStr;

use actix_web::HttpRequest;
use url::form_urlencoded;

use super::pager::Paging;
use crate::error::FieldError;
use crate::{Error, Result};

/// Parameters every list knows.
const LIST: &[&str] = &["q", "sort", "limit", "cursor", "total"];

/// The parameters of a query string, in order; empty ones count as absent. A NUL, which PostgreSQL knows in no text, becomes the
/// character that stands for what cannot be read: it matches nothing.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes())
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (key.into_owned(), value.replace('\0', "\u{fffd}")))
        .collect()
}

/// The parameters of a request; empty ones count as absent.
#[derive(Debug, Clone, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a request's query.
    pub fn of(request: &HttpRequest) -> Self {
        Self::parse(request.query_string())
    }

    /// Reads a query string.
    pub fn parse(text: &str) -> Self {
        Self(pairs(text))
    }

    /// A parameter, or an empty text.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.trim())
    }

    /// A parameter that reads itself from text.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the parameter.
    pub fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>>
    where
        T::Err: std::fmt::Display,
    {
        match self.get(name) {
            "" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|error: T::Err| Error::invalid(name, error.to_string())),
        }
    }

    /// Refuses parameters that a list does not know: a misspelt filter must not show everything.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming each.
    pub fn only(&self, filters: &[&str]) -> Result<()> {
        let known = |key: &str| LIST.contains(&key) || filters.contains(&key);
        let mut wrong: Vec<FieldError> = Vec::new();
        for (key, value) in &self.0 {
            if !known(key) {
                let message = format!("This list filters by: {}.", filters.join(", "));
                wrong.push(FieldError::new(key, message));
            } else if value.contains('\0') {
                wrong.push(FieldError::new(key, "Leave out the zero byte."));
            }
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(wrong))
        }
    }

    /// Refuses an order for a list that has only one.
    ///
    /// # Errors
    /// [`Error::Invalid`] where one is asked for.
    pub fn unsorted(&self) -> Result<()> {
        if self.get("sort").is_empty() {
            Ok(())
        } else {
            Err(Error::invalid("sort", "This list has one order only."))
        }
    }

    /// Limit, cursor and whether to count.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn paging(&self) -> Result<Paging> {
        Paging::read(self.get("limit"), self.get("cursor"), self.get("total"))
    }
}
