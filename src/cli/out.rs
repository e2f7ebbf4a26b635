//! Data on standard output, words on standard error.

use std::io::{ErrorKind, Write};

use serde::Serialize;

use super::exit::{Exit, Failure, Outcome};

/// Writes data as it is. A reader that went away (`| head`) is no failure.
pub fn data(text: &str) -> Outcome {
    let mut stdout = std::io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(
            Exit::CannotWrite,
            format!("cannot write to standard output: {error}"),
        )),
        _ => Ok(()),
    }
}

/// Writes one JSON value and a line end.
pub fn json<T: Serialize + ?Sized>(value: &T) -> Outcome {
    let text =
        serde_json::to_string_pretty(value).map_err(|error| Failure::failed(error.to_string()))?;
    data(&(text + "\n"))
}

/// Says something to the person at the screen. If nobody listens, nothing is lost.
pub fn say(text: impl AsRef<str>) {
    let line = format!("{}\n", text.as_ref());
    match std::io::stderr().lock().write_all(line.as_bytes()) {
        Ok(()) | Err(_) => {}
    }
}

/// Columns as wide as their widest cell, two spaces apart.
pub fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
