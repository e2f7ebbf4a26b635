//! API keys: form, checksum, hash.

use proptest::prelude::*;
use steading::crypto::{ApiKeyId, HashedApiKey, Key32, PlainApiKey};

#[test]
fn a_key_has_the_promised_form() {
    let key = PlainApiKey::generate().unwrap();
    let text = key.expose();
    assert_eq!(text.len(), 3 + 10 + 1 + 43 + 6);
    assert!(text.starts_with("st_"));
    assert_eq!(text.get(13..14), Some("_"));
    assert_eq!(key.prefix(), text.get(..13).unwrap());
    assert_eq!(key.id().as_str(), text.get(3..13).unwrap());
    assert!(
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    );
}

#[test]
fn a_key_is_known_again_by_its_hash() {
    let (pepper, other_pepper) = (Key32::random().unwrap(), Key32::random().unwrap());
    let key = PlainApiKey::generate().unwrap();
    let stored = HashedApiKey::from_bytes(*key.hash(&pepper).as_bytes());
    let received = PlainApiKey::parse(&key.expose()).unwrap();
    assert_eq!(received.id(), key.id());
    assert!(received.hash(&pepper) == stored);
    assert!(received.hash(&other_pepper) != stored);
    assert!(PlainApiKey::generate().unwrap().hash(&pepper) != stored);
}

#[test]
fn every_mistyped_character_is_noticed() {
    let text = PlainApiKey::generate().unwrap().expose().to_string();
    for at in 0..text.len() {
        for wrong in ['0', 'a', 'Z', '_', 'é'] {
            let typed: String = text
                .chars()
                .enumerate()
                .map(|(i, c)| if i == at { wrong } else { c })
                .collect();
            assert!(
                typed == text || PlainApiKey::parse(&typed).is_none(),
                "character {at}"
            );
        }
        assert!(PlainApiKey::parse(text.get(..at).unwrap()).is_none());
    }
    assert!(PlainApiKey::parse(&format!("{text}0")).is_none());
    assert!(PlainApiKey::parse(&format!(" {text}")).is_none());
}

#[test]
fn ids_have_ten_unambiguous_characters() {
    assert!(ApiKeyId::parse("0123456789").is_some());
    for wrong in [
        "",
        "012345678",
        "01234567890",
        "ABCDEFGHJK",
        "abcdefghil",
        "abcdefgho0",
        "ééééé",
    ] {
        assert!(ApiKeyId::parse(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn a_key_does_not_print_itself() {
    let key = PlainApiKey::generate().unwrap();
    assert_eq!(format!("{key:?}"), "PlainApiKey");
    assert_eq!(
        format!("{:?}", key.hash(&Key32::random().unwrap())),
        "HashedApiKey"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,80}", tail in "st_[0-9a-z]{10}_\\PC{40,60}") {
        prop_assert!(PlainApiKey::parse(&text).is_none());
        prop_assert!(PlainApiKey::parse(&tail).is_none());
    }
}
