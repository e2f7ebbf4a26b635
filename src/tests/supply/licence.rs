//! SPDX licence expressions, as far as Cargo.toml files use them.

/// Whether the allowed licences are enough to use something under `expression`.
pub fn satisfied(expression: &str, allowed: impl Fn(&str) -> bool) -> bool {
    // Before SPDX, a slash meant a choice.
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(&mut rest, &allowed) && rest.is_empty()
}

fn either(words: &mut &[&str], allowed: &impl Fn(&str) -> bool) -> bool {
    let mut enough = both(words, allowed);
    while take(words, "OR") {
        enough |= both(words, allowed);
    }
    enough
}

fn both(words: &mut &[&str], allowed: &impl Fn(&str) -> bool) -> bool {
    let mut enough = one(words, allowed);
    while take(words, "AND") {
        enough &= one(words, allowed);
    }
    enough
}

fn one(words: &mut &[&str], allowed: &impl Fn(&str) -> bool) -> bool {
    if take(words, "(") {
        let enough = either(words, allowed);
        return take(words, ")") && enough;
    }
    let Some((licence, rest)) = words.split_first() else {
        return false;
    };
    *words = rest;
    if take(words, "WITH") {
        // An exception only adds permissions.
        *words = words.get(1..).unwrap_or_default();
    }
    allowed(licence)
}

fn take(words: &mut &[&str], word: &str) -> bool {
    match words.split_first() {
        Some((first, rest)) if *first == word => {
            *words = rest;
            true
        }
        _ => false,
    }
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    let allowed = |licence: &str| ["MIT", "Apache-2.0", "BSD-3-Clause"].contains(&licence);
    for good in [
        "MIT",
        "MIT OR GPL-3.0",
        "GPL-3.0/MIT",
        "MIT AND Apache-2.0",
        "(GPL-3.0 OR MIT) AND BSD-3-Clause",
        "Apache-2.0 WITH LLVM-exception",
        "GPL-3.0 AND GPL-2.0 OR MIT",
    ] {
        assert!(satisfied(good, allowed), "{good}");
    }
    for bad in [
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT OR BSD-3-Clause) AND AGPL-3.0",
        "",
        "MIT MIT",
        "(MIT",
        "AGPL-3.0 WITH x",
    ] {
        assert!(!satisfied(bad, allowed), "{bad}");
    }
}
