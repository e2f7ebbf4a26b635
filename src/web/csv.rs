//! CSV for people's spreadsheets: a row a line, quoted where needed, no cell that a spreadsheet would run as a formula.
//!
//! Long files leave in chunks, each read by key in a transaction of its own, so that memory stays flat and no snapshot is held.

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use futures_util::stream;

use super::answer;
use super::pager::{Cursor, MAX_LIMIT, Paging};
use crate::db::{Scope, TenantConn};
use crate::money::Money;
use crate::{Error, Result};

/// What the answer says it is.
const CONTENT_TYPE: &str = "text/csv; charset=utf-8";

/// Lines of a file as they are written.
#[derive(Debug, Default)]
pub struct Lines {
    text: String,
    begun: bool,
}

impl Lines {
    /// A file that begins with these heads.
    pub fn headed(heads: &[&str]) -> Self {
        let mut lines = Self::default();
        for head in heads {
            lines.plain(head);
        }
        lines.end();
        lines
    }

    /// A cell of words. What a spreadsheet would take for a formula gets an apostrophe before it.
    pub fn text(&mut self, cell: &str) -> &mut Self {
        if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
            self.cell(&format!("'{cell}"))
        } else {
            self.cell(cell)
        }
    }

    /// A cell of our own making that is no formula: a number, an id, a time.
    pub fn plain(&mut self, cell: impl std::fmt::Display) -> &mut Self {
        self.cell(&cell.to_string())
    }

    /// Two cells: the amount as plain decimal text, and its currency.
    pub fn money(&mut self, money: Option<Money>) -> &mut Self {
        match money {
            Some(money) => self.plain(money.to_decimal()).plain(money.currency.code()),
            None => self.cell("").cell(""),
        }
    }

    /// Ends the line.
    pub fn end(&mut self) {
        self.text.push_str("\r\n");
        self.begun = false;
    }

    /// What was written.
    pub fn into_text(self) -> String {
        self.text
    }

    fn cell(&mut self, cell: &str) -> &mut Self {
        if self.begun {
            self.text.push(',');
        }
        self.begun = true;
        if cell.contains([',', '"', '\r', '\n']) {
            self.text.push('"');
            self.text.push_str(&cell.replace('"', "\"\""));
            self.text.push('"');
        } else {
            self.text.push_str(cell);
        }
        self
    }
}

/// A file to save, streamed: `chunk` writes one page of rows (in the list's other direction where `reversed`) and says where the
/// next begins.
///
/// # Errors
/// What the first chunk returns; a later failure cuts the file off, so that it cannot be taken for whole.
pub async fn download<F>(
    scope: &Scope,
    file_name: &str,
    heads: &[&str],
    reversed: bool,
    chunk: F,
) -> Result<HttpResponse>
where
    F: Fn(&mut TenantConn, &Paging, &mut Lines) -> Result<Option<Cursor>> + Clone + Send + 'static,
{
    let (first, next) = read(scope, None, reversed, chunk.clone()).await?;
    let mut body = Lines::headed(heads).into_text();
    body.push_str(&first);
    let Some(next) = next else {
        return Ok(answer::download(file_name, CONTENT_TYPE, body));
    };
    let rest = stream::try_unfold(
        (scope.clone(), Some(next), chunk),
        move |(scope, next, chunk)| async move {
            let Some(cursor) = next else {
                return Ok::<_, Error>(None);
            };
            let (text, next) = read(&scope, Some(cursor), reversed, chunk.clone()).await?;
            Ok(Some((Bytes::from(text), (scope, next, chunk))))
        },
    );
    let first = stream::iter([Ok(Bytes::from(body))]);
    let whole = futures_util::StreamExt::chain(first, rest);
    Ok(answer::download(
        file_name,
        CONTENT_TYPE,
        actix_web::body::BodyStream::new(Box::pin(whole)),
    ))
}

async fn read<F>(
    scope: &Scope,
    cursor: Option<Cursor>,
    reversed: bool,
    chunk: F,
) -> Result<(String, Option<Cursor>)>
where
    F: Fn(&mut TenantConn, &Paging, &mut Lines) -> Result<Option<Cursor>> + Send + 'static,
{
    let paging = Paging {
        limit: MAX_LIMIT,
        cursor,
        total: false,
        reversed,
    };
    scope
        .read(move |c| {
            let mut lines = Lines::default();
            let next = chunk(c, &paging, &mut lines)?;
            Ok((lines.into_text(), next))
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_disarmed() {
        let mut lines = Lines::headed(&["name", "amount", "currency"]);
        lines
            .text("Tea, \"Talk\" & Co")
            .money(Some(Money::new(-4_000, "EUR".parse().unwrap())))
            .end();
        lines.text("=1+1").money(None).end();
        assert_eq!(
            lines.into_text(),
            "name,amount,currency\r\n\"Tea, \"\"Talk\"\" & Co\",-40.00,EUR\r\n'=1+1,,\r\n"
        );
    }
}
