//! One source file, read far enough to know which modules it names: comments and literals are dropped, paths resolved.

/// A file of the program.
pub struct Source {
    /// Its path below `src`, such as `partners/save.rs`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Its tokens without comments and literals.
    pub tokens: Vec<Token>,
}

/// As much of Rust's grammar as paths need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name or keyword.
    Word(String),
    /// `::`
    PathSeparator,
    /// Any other sign.
    Sign(char),
}

impl Source {
    /// Reads a file.
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            tokens: tokens(text),
        }
    }

    /// The modules this file is: `partners/save.rs` is `["partners", "save"]`, `lib.rs` is nothing.
    pub fn modules(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        if path == "lib" {
            Vec::new()
        } else {
            path.split('/').collect()
        }
    }

    /// The first module of its path; for `lib.rs` and `main.rs` that is the root, above all.
    pub fn top(&self) -> Option<&str> {
        self.modules().first().copied().filter(|top| *top != "main")
    }

    /// Every path of this crate that the file names, from the crate's root.
    pub fn paths(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        let mut module: Vec<String> = self.modules().into_iter().map(ToOwned::to_owned).collect();
        // For each open brace, whether it opened a module.
        let mut braces = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let continues = at > 0 && self.tokens[at - 1] == Token::PathSeparator;
            match &self.tokens[at] {
                Token::Sign('{') => {
                    let name = match self.tokens[..at] {
                        [.., Token::Word(ref keyword), Token::Word(ref name)]
                            if keyword == "mod" =>
                        {
                            Some(name.clone())
                        }
                        _ => None,
                    };
                    braces.push(name.is_some());
                    module.extend(name);
                }
                Token::Sign('}') if braces.pop() == Some(true) => {
                    module.pop();
                }
                Token::Word(word)
                    if word == "crate"
                        && !continues
                        && self.tokens.get(at + 1) == Some(&Token::PathSeparator) =>
                {
                    at = self.tree(at + 2, &[], &mut found);
                    continue;
                }
                Token::Word(word) if word == "super" && !continues => {
                    let mut base = module.clone();
                    while self.tokens.get(at) == Some(&Token::Word("super".to_owned()))
                        && self.tokens.get(at + 1) == Some(&Token::PathSeparator)
                    {
                        base.pop();
                        at += 2;
                    }
                    at = self.tree(at, &base, &mut found).max(at + 1);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        found
    }

    /// Reads `a::b` or `{a, b::{c, d}}` from `at`, adds what it names below `base`, and returns where it ends.
    fn tree(&self, mut at: usize, base: &[String], found: &mut Vec<Vec<String>>) -> usize {
        let mut path = base.to_vec();
        loop {
            match self.tokens.get(at) {
                Some(Token::Word(word)) => {
                    path.push(word.clone());
                    at += 1;
                    if self.tokens.get(at) != Some(&Token::PathSeparator) {
                        break;
                    }
                    at += 1;
                }
                Some(Token::Sign('{')) => {
                    at += 1;
                    while self
                        .tokens
                        .get(at)
                        .is_some_and(|token| *token != Token::Sign('}'))
                    {
                        at = self.tree(at, &path, found).max(at + 1);
                    }
                    return at + 1;
                }
                _ => break,
            }
        }
        found.push(path);
        at
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = literal_or_comment(rest);
        if length > 0 {
            rest = &rest[length..];
        } else if rest.starts_with("::") {
            tokens.push(Token::PathSeparator);
            rest = &rest[2..];
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            if !first.is_whitespace() {
                tokens.push(Token::Sign(first));
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    tokens
}

/// How long the comment or literal is that `text` begins with; 0 when it begins with neither.
fn literal_or_comment(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return text.find("*/").map_or(text.len(), |end| end + 2);
    }
    if let Some(raw) = text.strip_prefix("br").or_else(|| text.strip_prefix('r')) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let start = text.len() - raw.len() + hashes + 1;
            let close = format!("\"{}", "#".repeat(hashes));
            return text[start..]
                .find(&close)
                .map_or(text.len(), |end| start + end + close.len());
        }
    }
    match text.as_bytes() {
        [b'"', ..] => quoted(text, '"'),
        [b'\'', b'\\', ..] => quoted(text, '\''),
        // `'x'` is a literal, `'a` before anything else a lifetime.
        [b'\'', ..] if text.chars().nth(2) == Some('\'') => quoted(text, '\''),
        _ => 0,
    }
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return at + 1;
        }
    }
    text.len()
}
