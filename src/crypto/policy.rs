//! Which passwords are taken: 15 to 128 characters, no rules of composition, and not made of the
//! words, rows and repeats that guessers try first, nor of the person's own name or company alone.

use super::password::PlainPassword;

const MIN_CHARS: usize = 15;
const MAX_CHARS: usize = 128;
/// Fewer characters than these beyond known words add nothing a guesser would not try.
const OWN_CHARS_NEEDED: usize = 4;
const DISTINCT_WORDS_NEEDED: usize = 3;

const COMMON: &str = include_str!("common_passwords.txt");
const ROWS: [&str; 9] = [
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "01234567890",
    "09876543210",
    "qwertyuiop",
    "poiuytrewq",
    "asdfghjkl",
    "lkjhgfdsa",
    "zxcvbnm",
];

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than 15 characters.
    #[error("Use at least 15 characters; a few words you will remember are fine.")]
    TooShort,
    /// More than 128 characters.
    #[error("Use at most 128 characters.")]
    TooLong,
    /// Made of what guessers try first.
    #[error("This is one of the passwords that are guessed first. Choose words of your own.")]
    Common,
    /// Made of the person's own name, address or company.
    #[error(
        "This is made of your own name, address or company. Choose something others cannot guess."
    )]
    Personal,
}

impl WeakPassword {
    /// A stable name for the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Common => "password_common",
            Self::Personal => "password_personal",
        }
    }
}

/// What an outsider knows about the person.
#[derive(Clone, Copy, Debug, Default)]
pub struct PersonalWords<'a> {
    /// The person's e-mail address.
    pub email: &'a str,
    /// The company's name.
    pub company: &'a str,
}

/// Takes a password, or says why not.
pub fn check(password: &PlainPassword, person: PersonalWords<'_>) -> Result<(), WeakPassword> {
    match password.expose().chars().count() {
        0..MIN_CHARS => return Err(WeakPassword::TooShort),
        MIN_CHARS..=MAX_CHARS => {}
        _ => return Err(WeakPassword::TooLong),
    }
    let personal = personal_words(person);
    let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
    let makeup = Makeup::of(&fold(password.expose()), &personal);
    if makeup.own_chars >= OWN_CHARS_NEEDED || makeup.words.len() >= DISTINCT_WORDS_NEEDED {
        return Ok(());
    }
    let is_personal = makeup.words.iter().any(|word| personal.contains(word));
    Err(if is_personal {
        WeakPassword::Personal
    } else {
        WeakPassword::Common
    })
}

fn personal_words(person: PersonalWords<'_>) -> Vec<String> {
    let (local, domain) = person.email.split_once('@').unwrap_or((person.email, ""));
    let host = domain.split('.').next().unwrap_or_default();
    let whole = [person.email, local, domain, host, person.company].map(fold);
    let parts = local
        .split(['.', '-', '_', '+'])
        .chain(person.company.split_whitespace())
        .map(fold);
    whole
        .into_iter()
        .chain(parts)
        .filter(|word| word.chars().count() >= 3)
        .collect()
}

/// Lower case, without the separators people put between words.
fn fold(text: &str) -> String {
    let separator = |c: &char| c.is_whitespace() || matches!(c, '-' | '_' | '.' | ',');
    text.to_lowercase()
        .chars()
        .filter(|c| !separator(c))
        .collect()
}

/// What a password is made of.
struct Makeup<'a> {
    own_chars: usize,
    words: Vec<&'a str>,
}

impl<'a> Makeup<'a> {
    fn of(text: &str, personal: &[&'a str]) -> Self {
        let known: Vec<&'a str> = COMMON
            .lines()
            .filter(|line| !line.is_empty())
            .chain(personal.iter().copied())
            .collect();
        let mut makeup = Self {
            own_chars: 0,
            words: Vec::new(),
        };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let word = longest_word(rest, &known);
            let pattern = [repeat(rest), row(rest), year(rest)]
                .into_iter()
                .max()
                .unwrap_or_default();
            let step = match word {
                Some((word, bytes)) if bytes >= pattern => {
                    if !makeup.words.contains(&word) {
                        makeup.words.push(word);
                    }
                    bytes
                }
                _ if pattern > 0 => pattern,
                _ => {
                    makeup.own_chars += 1;
                    first.len_utf8()
                }
            };
            rest = rest.get(step..).unwrap_or_default();
        }
        makeup
    }
}

/// The longest word `text` opens with, and how many bytes of it that is.
fn longest_word<'a>(text: &str, words: &[&'a str]) -> Option<(&'a str, usize)> {
    let taken = words
        .iter()
        .filter_map(|word| opens_with(text, word).map(|bytes| (*word, bytes)));
    taken.max_by_key(|(_, bytes)| *bytes)
}

/// The bytes of `text` that spell `word`, usual substitutes included.
fn opens_with(text: &str, word: &str) -> Option<usize> {
    let mut letters = text.chars();
    word.chars().try_fold(0, |bytes, expected| {
        letters
            .next()
            .filter(|letter| spells(*letter, expected))
            .map(|letter| bytes + letter.len_utf8())
    })
}

fn spells(letter: char, expected: char) -> bool {
    letter == expected
        || matches!(
            (letter, expected),
            ('0', 'o')
                | ('1' | '!', 'i' | 'l')
                | ('3', 'e')
                | ('4' | '@', 'a')
                | ('5' | '$', 's')
                | ('7', 't')
        )
}

/// Bytes of one character repeated three times or more.
fn repeat(text: &str) -> usize {
    let first = text.chars().next();
    let run: Vec<char> = text.chars().take_while(|c| Some(*c) == first).collect();
    if run.len() >= 3 {
        run.iter().map(|c| c.len_utf8()).sum()
    } else {
        0
    }
}

/// Bytes that run along the alphabet, the digits or a row of keys, three or more.
fn row(text: &str) -> usize {
    let along = |row: &str| {
        let start = text.chars().next().and_then(|first| row.find(first))?;
        let run = row
            .get(start..)?
            .chars()
            .zip(text.chars())
            .take_while(|(a, b)| a == b)
            .count();
        (run >= 3).then_some(run)
    };
    ROWS.into_iter().filter_map(along).max().unwrap_or_default()
}

/// Bytes of a year, 1900 to 2099.
fn year(text: &str) -> usize {
    match text.as_bytes() {
        [b'1', b'9', a, b, ..] | [b'2', b'0', a, b, ..]
            if a.is_ascii_digit() && b.is_ascii_digit() =>
        {
            4
        }
        _ => 0,
    }
}
