//! Session and one-time tokens.

use std::collections::HashSet;

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use steading::crypto::{HashedToken, PlainToken};

#[test]
fn a_token_is_known_again_by_its_hash() {
    let token = PlainToken::generate().unwrap();
    let stored = HashedToken::from_bytes(*token.hash().as_bytes());
    let received = PlainToken::parse(token.expose()).unwrap();
    assert!(received.hash() == stored);
    assert!(PlainToken::generate().unwrap().hash() != stored);
    assert_eq!(
        stored.as_bytes()[..],
        Sha256::digest(token.expose().as_bytes())[..]
    );
}

#[test]
fn tokens_are_256_bits_and_never_repeat() {
    let tokens: HashSet<String> = (0..10_000)
        .map(|_| PlainToken::generate().unwrap().expose().to_owned())
        .collect();
    assert_eq!(tokens.len(), 10_000);
    assert!(tokens.iter().all(|token| token.len() == 43));
}

#[test]
fn what_is_no_token_is_refused() {
    let token = PlainToken::generate().unwrap();
    let (short, long) = (
        token.expose().get(1..).unwrap(),
        format!("{}A", token.expose()),
    );
    for wrong in [
        "",
        short,
        &long,
        &"=".repeat(43),
        &"é".repeat(21),
        &format!("{}B", "A".repeat(42)),
    ] {
        assert!(PlainToken::parse(wrong).is_none());
    }
}

#[test]
fn a_token_does_not_print_itself() {
    let token = PlainToken::generate().unwrap();
    assert_eq!(
        format!("{token:?} {:?}", token.hash()),
        "PlainToken HashedToken"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,60}") {
        let _ = PlainToken::parse(&text);
    }
}
