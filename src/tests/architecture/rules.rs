//! The rules themselves. Each returns one sentence per broken place, naming the file.

use std::collections::BTreeMap;

use super::source::{Source, Token};

/// Past this a file holds more than one idea.
const MOST_LINES: usize = 500;
/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["util", "utils", "common", "helper", "helpers", "manager"];

/// Everything that is wrong with these files.
pub fn broken(files: &[Source]) -> Vec<String> {
    let order = order(files);
    let macros = macros(files);
    let mut broken = Vec::new();
    for file in files {
        let rules = [
            directions(file, &order, &macros),
            sql(file),
            stores(file),
            shape(file),
        ];
        broken.extend(
            rules
                .into_iter()
                .flatten()
                .map(|why| format!("src/{}: {why}", file.path)),
        );
    }
    broken
}

/// The modules `lib.rs` declares, with the paragraph each stands in. A blank line ends a paragraph.
fn order(files: &[Source]) -> BTreeMap<String, usize> {
    let map = files
        .iter()
        .find(|file| file.path == "lib.rs")
        .expect("src/lib.rs");
    let mut order = BTreeMap::new();
    for (paragraph, text) in map.text.split("\n\n").enumerate() {
        for line in text.lines() {
            let name = line
                .strip_prefix("pub mod ")
                .or_else(|| line.strip_prefix("mod "));
            order.extend(
                name.and_then(|name| name.strip_suffix(';'))
                    .map(|name| (name.to_owned(), paragraph)),
            );
        }
    }
    order
}

/// The macros the program exports, which live at the crate's root, to the module that defines each.
fn macros(files: &[Source]) -> BTreeMap<String, String> {
    let mut macros = BTreeMap::new();
    for file in files {
        for window in file.tokens.windows(3) {
            if let [Token::Word(keyword), Token::Sign('!'), Token::Word(name)] = window
                && keyword == "macro_rules"
                && let Some(top) = file.top()
            {
                macros.insert(name.clone(), top.to_owned());
            }
        }
    }
    macros
}

fn directions(
    file: &Source,
    order: &BTreeMap<String, usize>,
    macros: &BTreeMap<String, String>,
) -> Vec<String> {
    let Some(top) = file.top() else {
        return Vec::new();
    };
    let rank = |name: &str| {
        order
            .get(name)
            .or_else(|| order.get(macros.get(name)?))
            .copied()
    };
    let Some(own) = rank(top) else {
        return vec![format!("`{top}` is not in the map of src/lib.rs")];
    };
    let mut broken = Vec::new();
    for path in file.paths() {
        // `crate::Error` and its like come from the lowest module.
        let Some(used) = path
            .first()
            .filter(|name| name.starts_with(|c: char| c.is_lowercase()))
        else {
            continue;
        };
        match rank(used) {
            Some(rank) if rank <= own => {}
            Some(_) => broken.push(format!(
                "`{top}` may not use `{used}`, which stands below it in src/lib.rs"
            )),
            None => broken.push(format!("`{used}` is not in the map of src/lib.rs")),
        }
    }
    broken.dedup();
    broken
}

fn sql(file: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    let kernel = file.top() == Some("db");
    let has = |name: &str| {
        file.tokens
            .iter()
            .any(|token| matches!(token, Token::Word(word) if word == name))
    };
    let store = file.path.ends_with("store.rs") || file.modules().contains(&"store");
    if !kernel && !store && (has("diesel") || has("diesel_migrations")) {
        broken.push("speaks diesel; only db/ and stores may".to_owned());
    }
    let asks = file.tokens.windows(2).any(|window| {
        matches!(window, [Token::PathSeparator, Token::Word(word)] if word == "Sqlite" || word == "Postgres")
    });
    if !kernel && asks {
        broken.push("asks which engine it runs on; only db/ may".to_owned());
    }
    let bare = file.tokens.windows(2).any(
        |window| matches!(window, [Token::Sign('.'), Token::Word(word)] if word == "on_conflict"),
    );
    if bare && file.path != "db/portable.rs" {
        broken.push("a bare .on_conflict means another key on each engine; use the helper of db/portable.rs".to_owned());
    }
    let plane = |plane: &str| {
        let named = |path: &[String]| {
            path.iter()
                .zip(path.iter().skip(1))
                .any(|(a, b)| a == "schema" && b == plane)
        };
        file.paths().iter().any(|path| named(path))
    };
    if !kernel && plane("control") && plane("tenant") {
        broken.push("imports the schema of both planes".to_owned());
    }
    broken
}

fn stores(file: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    for path in file.paths() {
        if let [slice, second, ..] = path.as_slice()
            && second == "store"
            && Some(slice.as_str()) != file.top()
        {
            broken.push(format!("reaches into the store of `{slice}`; use its face"));
        }
    }
    let shown = file.tokens.windows(3).any(|window| {
        let words = [0, 1, 2].map(|at| {
            if let Token::Word(word) = &window[at] {
                word.as_str()
            } else {
                ""
            }
        });
        words == ["pub", "mod", "store"]
    });
    if shown {
        broken.push("shows its store; the face says what others may use".to_owned());
    }
    broken
}

fn shape(file: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    if file.text.lines().count() > MOST_LINES {
        broken.push(format!(
            "{} lines; look for the second idea",
            file.text.lines().count()
        ));
    }
    for module in file.modules() {
        if module.split('_').any(|word| EMPTY_NAMES.contains(&word)) {
            broken.push(format!("`{module}` says nothing about what is inside"));
        }
    }
    broken
}
