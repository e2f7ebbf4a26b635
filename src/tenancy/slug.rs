//! A company's name in addresses. Pure: one rule for the command line, the API and every page.

use std::fmt;

/// The company of single mode.
pub const DEFAULT_SLUG: &str = "default";
/// Words that mean something in a path or a host name of ours, or would pass for the house itself.
const RESERVED: [&str; 38] = [
    "account",
    "admin",
    "api",
    "app",
    "apply",
    "assets",
    "auth",
    "companies",
    "control",
    "default",
    "docs",
    "domains",
    "favicon",
    "forgot",
    "health",
    "healthz",
    "help",
    "hooks",
    "invite",
    "localhost",
    "login",
    "logout",
    "mail",
    "metrics",
    "operator",
    "portal",
    "public",
    "readyz",
    "reset",
    "root",
    "setup",
    "signup",
    "static",
    "steading",
    "support",
    "system",
    "theme",
    "www",
];
const LENGTH: std::ops::RangeInclusive<usize> = 3..=40;

/// A company's name in addresses: `/t/<slug>`, `<slug>.<base domain>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(String);

/// A text that is no slug a new company may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASlug {
    /// Wrong letters or length.
    #[error(
        "A slug has 3 to 40 small letters, digits and single hyphens; it begins with a letter and ends without a hyphen."
    )]
    Form,
    /// A word of ours.
    #[error("This word has a meaning of its own in addresses. Choose another.")]
    Reserved,
}

impl Slug {
    /// Takes a text, if a new company may be called that: fit for a path and for a host name, and no word of ours.
    ///
    /// # Errors
    /// Where it may not.
    pub fn parse(text: &str) -> Result<Self, NotASlug> {
        let slug = Self::of_registry(text).ok_or(NotASlug::Form)?;
        if RESERVED.contains(&text) {
            return Err(NotASlug::Reserved);
        }
        Ok(slug)
    }

    /// The slug of the company of single mode, which no other may have.
    pub fn of_default() -> Self {
        Self(DEFAULT_SLUG.to_owned())
    }

    /// A slug that the registry holds: words that were reserved since stay readable.
    pub(super) fn of_registry(text: &str) -> Option<Self> {
        let fits = LENGTH.contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && !text.contains("--")
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        fits.then(|| Self(text.to_owned()))
    }

    /// The slug's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name a company gets where nobody chose one: `northwind-tea` becomes `Northwind Tea`.
    pub fn title(&self) -> String {
        let word = |part: &str| {
            let mut letters = part.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
                .unwrap_or_default()
        };
        self.0.split('-').map(word).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_fit_paths_and_host_names() {
        for good in [
            "acme",
            "abc",
            "a12",
            "northwind-tea",
            "x2-y3",
            &"a".repeat(40),
        ] {
            assert_eq!(Slug::parse(good).unwrap().as_str(), good);
        }
        let long = ["a".repeat(41), "a".repeat(51)];
        let bad = [
            "", "a", "ab", "123x", "1ab", "-abc", "abc-", "a--b", "Acme", "My-Brand", "a_b_c",
            "şab", "a.b.c", "a b",
        ];
        for bad in bad.into_iter().chain(long.iter().map(String::as_str)) {
            assert_eq!(Slug::parse(bad), Err(NotASlug::Form), "{bad}");
        }
        for word in RESERVED {
            assert_eq!(Slug::parse(word), Err(NotASlug::Reserved), "{word}");
        }
        assert_eq!(Slug::of_registry("default"), Some(Slug::of_default()));
    }

    #[test]
    fn a_slug_makes_a_name() {
        for (slug, title) in [
            ("acme", "Acme"),
            ("northwind-tea", "Northwind Tea"),
            ("a1-b2", "A1 B2"),
        ] {
            assert_eq!(Slug::parse(slug).unwrap().title(), title);
        }
    }
}
